"""What people read on Monday."""
