"""Signals weighed into one score; the scan; back-tests."""
