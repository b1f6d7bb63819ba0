"""Pages: translates requests into queries and operations, renders their records. Decides nothing."""
