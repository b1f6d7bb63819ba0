"""Tables of the copy."""
