"""Brings a store's tables to the version this program knows.

A migration runs on a connection of its own, foreign keys off before BEGIN (Alembic's batch mode with them on
empties child tables by cascade), inside one IMMEDIATE transaction; links and row counts are compared before
COMMIT, and the file is copied first. Killed half-way it leaves the old store and can run again. Alembic is
imported only when the version row differs. Versions are numbers of four digits, so that a newer one is told
from an older one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2

from db.errors import known
from db.store import engine as store_engine
from db.store.store_copy import copy_store
from domain.errors import AppError

HEAD = "0003"
SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x71696675  # PostgreSQL's advisory lock for migrations: "qifu"
_FULL_TEXT_PARTS = ("_data", "_idx", "_content", "_docsize", "_config")


def needs_migration(engine: sa.Engine) -> bool:
    """Whether the tables are older than this program; ``storage.newer_version`` when they are newer."""
    with engine.connect().execution_options(qifu_read=True) as connection:
        return _is_older(schema_version(connection))


def schema_version(connection: sa.Connection) -> str | None:
    """The version row, or ``None`` in a store without tables."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def migrate_store(path: Path, key: bytes) -> Path | None:
    """Bring the encrypted store at ``path`` to ``HEAD``, making it when it is missing.

    Returns the copy made before, or ``None`` when there was nothing to copy or to do. Errors:
    ``storage.newer_version``, ``storage.migration_lost_rows``, ``storage.migration_broken_links`` and those
    of ``db.store.engine``; after any of them the store is as it was.
    """
    with _own_connection(path, key) as connection:
        version = schema_version(connection)
        if not _is_older(version):
            return None
        copy = None
        if version is not None:
            copy = path.with_name(f"{path.stem}.before-{HEAD}{path.suffix}")
            copy_store(path, copy, key)
        _run_checked(connection)
        return copy


def migrate_database(engine: sa.Engine) -> None:
    """Bring a PostgreSQL database to ``HEAD``; several servers starting at once wait for one another."""
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _is_older(schema_version(connection)):
            _run(connection)


def _is_older(version: str | None) -> bool:
    if version is not None and version > HEAD:
        raise AppError("storage.newer_version", found=version, known=HEAD)
    return version != HEAD


@contextmanager
def _own_connection(path: Path, key: bytes) -> Iterator[sa.Connection]:
    """One connection in one IMMEDIATE transaction with foreign keys off, committed on the way out."""
    engine = sa.create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=lambda: _connect_without_foreign_keys(path, key),
        poolclass=NullPool,
        hide_parameters=True,
    )
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        raise known(error) from error


def _connect_without_foreign_keys(path: Path, key: bytes) -> Any:
    connection = store_engine.connect(path, key, create=True)
    connection.execute("PRAGMA foreign_keys = OFF")
    return connection


def _run_checked(connection: sa.Connection) -> None:
    before = _row_counts(connection)
    _run(connection)
    after = _row_counts(connection)
    for table, rows in before.items():
        if rows and after.get(table, 0) != rows:
            raise AppError("storage.migration_lost_rows", table=table, before=rows, after=after.get(table, 0))
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise AppError("storage.migration_broken_links", table=broken[0])


def _row_counts(connection: sa.Connection) -> dict[str, int]:
    """Rows of every ordinary table; a full-text index is rebuilt, not kept, and so are its inner tables."""
    listed = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    virtual = [name for name, sql in listed if (sql or "").upper().startswith("CREATE VIRTUAL")]
    skipped = {*virtual, *(name + part for name in virtual for part in _FULL_TEXT_PARTS), "alembic_version"}
    return {name: _count(connection, name) for name, _ in listed if name not in skipped}


def _count(connection: sa.Connection, table: str) -> int:
    quoted = connection.dialect.identifier_preparer.quote(table)
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {quoted}").scalar_one())  # noqa: S608


def _run(connection: sa.Connection) -> None:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(SCRIPTS))
    context = MigrationContext.configure(
        connection,
        opts={"fn": lambda version, _: scripts._upgrade_revs(HEAD, version), "render_as_batch": True},
    )
    with Operations.context(context):
        context.run_migrations()
