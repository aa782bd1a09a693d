"""Alembic's versions. A new one: ``python -m db.migrations.make 0002 "words"``, then read it and adjust."""
