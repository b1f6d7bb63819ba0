"""Runs background jobs inside the scope of their workspace. Decides nothing."""
