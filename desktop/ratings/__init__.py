"""好差评 for those who handle it, and for the one a bad rating is about."""
