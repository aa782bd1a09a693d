"""The catalogue: boards, items, packages, measures, and the router that finds them by a visitor's words."""
