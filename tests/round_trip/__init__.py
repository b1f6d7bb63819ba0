"""What goes out by one door and in by another is the same, across packages."""
