"""Mappings of the usual exports, one file each; see `mapping.py`."""
