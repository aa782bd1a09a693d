"""The application whose one model Morango carries."""
