"""The API under /api/v1: translates JSON into queries and operations. Decides nothing."""
