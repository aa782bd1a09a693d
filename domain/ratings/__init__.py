"""Ratings (好差评): per visit and per case, and the loop that a bad one begins."""
