"""The one process that will call vendors and open tokens. Empty until connections exist."""
