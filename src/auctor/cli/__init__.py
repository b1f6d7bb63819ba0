"""The command `auctor`: translates words into queries and operations. Decides nothing."""
