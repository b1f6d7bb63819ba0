"""How background work is declared and enqueued."""
