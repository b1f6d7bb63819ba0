"""Django's PostgreSQL backend, with every transaction scoped as it begins. Named in the settings; called by Django."""
