"""One file for each word after `auctor`; loaded only when it was said."""
