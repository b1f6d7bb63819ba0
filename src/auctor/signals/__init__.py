"""The twelve risk signals: pure functions over whole columns. No Django, no database, no network."""
