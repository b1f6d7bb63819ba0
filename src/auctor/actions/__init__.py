"""What to do about a risk, under approval."""
