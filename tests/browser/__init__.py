"""A real browser against the real processes; nothing is replaced."""
