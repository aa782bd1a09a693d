"""The issuing authority's side of enterprise codes. Never part of the frozen desk: here secrets are made and used."""
