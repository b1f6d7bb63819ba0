"""Tables of the package, in their order."""
