"""Keys; sealing and opening values."""
