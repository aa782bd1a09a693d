"""Writes a new version from the difference between ``db/schema/__init__.py`` and the versions so far.

Run by hand by whoever changes the tables; the file is read and adjusted before it is committed, and ``HEAD``
in ``db/migrate.py`` raised. A version that was shipped is never made again.
"""

import secrets
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext

from db import migrate
from db.schema import FULL_TEXT, metadata
from db.store.engine import open_engine

_TEMPLATE = '''"""{words}"""

import sqlalchemy as sa
from alembic import op

revision = "{version}"
down_revision = {previous}
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
{extra}'''
_FULL_TEXT = """    for statement in FULL_TEXT[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))


FULL_TEXT = {{
{statements}
}}
"""


def make(version: str, words: str) -> Path:
    """Write ``versions/<version>.py`` and return its path."""
    previous = f"{int(version) - 1:04d}" if version != "0001" else None
    extra = "" if previous else _FULL_TEXT.format(statements=_literals())
    text = _TEMPLATE.format(
        words=words, version=version, previous=_quoted(previous), body=_body(previous), extra=extra
    )
    path = migrate.SCRIPTS / "versions" / f"{version}.py"
    path.write_text(text, encoding="utf-8")
    return path


def is_outside_metadata(name: str | None, kind: str) -> bool:
    """The full-text tables and Alembic's own are not described by ``metadata``."""
    return kind == "table" and name is not None and ("_fts" in name or name == "alembic_version")


def _body(previous: str | None) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path, key = Path(folder) / "store.db", secrets.token_bytes(32)
        if previous:
            migrate.HEAD = previous
            migrate.migrate_store(path, key)
        engine = open_engine(path, key, create=True)
        with engine.connect() as connection:
            code = _difference(connection)
        engine.dispose()
    return code


def _difference(connection: sa.Connection) -> str:
    context = MigrationContext.configure(
        connection,
        opts={
            "include_name": lambda name, kind, _: not is_outside_metadata(name, kind),
            "render_as_batch": True,
        },
    )
    operations = produce_migrations(context, metadata).upgrade_ops
    assert operations is not None
    return render_python_code(operations, render_as_batch=True, migration_context=context)


def _literals() -> str:
    return "\n".join(
        f"    {dialect!r}: {statements!r},  # noqa: E501" for dialect, statements in FULL_TEXT.items()
    )


def _quoted(version: str | None) -> str:
    return "None" if version is None else f'"{version}"'


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[2])
