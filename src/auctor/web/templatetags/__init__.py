"""The tags that pages are made of; templates load `auctor` and `figures`."""
