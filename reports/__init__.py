"""Paper: PDF and thermal raster. See ARCHITECTURE.md."""
