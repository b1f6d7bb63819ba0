"""Facts from mail: pure functions. No Django, no database, no network."""
