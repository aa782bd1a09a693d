"""Ratings (好差评): giving one, the loop of a bad one, who sees what of them, figures."""
