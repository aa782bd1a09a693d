"""The line to others: registries that are asked online; hub and centre."""
