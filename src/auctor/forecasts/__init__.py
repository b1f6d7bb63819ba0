"""What the quarter will bring."""
