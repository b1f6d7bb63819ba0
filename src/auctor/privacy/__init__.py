"""Export, retention and erasure of a workspace."""
