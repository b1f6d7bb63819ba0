"""auctor catches revenue risk before it is lost, and proves it."""
