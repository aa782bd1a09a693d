"""Enterprises: the list, one enterprise, taking in a park's own list."""
