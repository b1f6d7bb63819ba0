"""Measurements: each file prints one JSON object; figures are ratios or counts of one run."""
