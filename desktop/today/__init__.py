"""The first page after sign-in: where the day stands, and what waits for a hand."""
