"""Stand-in vendor servers in their own process. Import nothing of the product."""
