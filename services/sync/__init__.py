"""Sync as people see it: what waits, what came back, what is to be decided. The engine itself is in ``sync``."""
