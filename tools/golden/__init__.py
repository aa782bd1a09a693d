"""What the golden events tell, chain by chain; ``tools/make_golden_events.py`` writes them down."""
