"""First start: three steps from a fresh machine to work."""
