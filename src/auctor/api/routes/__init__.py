"""One file for each thing; each holds a `door`."""
