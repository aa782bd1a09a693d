"""Event log, read models and repositories. See ARCHITECTURE.md."""
