"""Opens the encrypted store: one file, SQLCipher, used by several processes at once.

Correctness rests on the transaction: a unit of work begins with ``BEGIN IMMEDIATE``, since a deferred one
that reads before it writes fails at once with "database is locked", whatever the time-out. Connections marked
with ``execution_options(qifu_read=True)`` begin deferred and never wait for a writer.
"""

import time
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from db.errors import classify_at
from db.store import keys
from domain.errors import AppError

BUSY_TIMEOUT_MS = 20_000
TURN_MS = 3
"""How long one asking for the write lock lasts: the engine sleeps 1 and 2 ms in it."""
KEY_BYTES = 32

# name, value to set, value that must read back (SQLite names some levels by number).
PRAGMAS: tuple[tuple[str, str, str], ...] = (
    ("busy_timeout", str(BUSY_TIMEOUT_MS), str(BUSY_TIMEOUT_MS)),
    ("cipher_log_level", "NONE", "NONE"),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("temp_store", "MEMORY", "2"),
)


def open_engine(path: Path, key: bytes, *, create: bool = False) -> sa.Engine:
    """An engine over the store at ``path``; one connection is tried, so that a bad store is refused here.

    ``key`` is the raw key of 32 bytes. Without ``create`` a missing file is ``storage.missing``. Later errors
    of the driver that are known come out of the engine as ``AppError("storage.…")`` as well.
    """
    engine = sa.create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=lambda: connect(path, key, create=create),
        poolclass=QueuePool,
        # Statements carry names and telephone numbers; an error must not.
        hide_parameters=True,
        pool_size=4,
        max_overflow=12,
        pool_use_lifo=True,  # one thread keeps one connection: PRAGMA data_version means something only within one
    )
    sa.event.listen(engine, "begin", _begin)
    sa.event.listen(engine, "handle_error", partial(_name_known_error, path))
    try:
        engine.connect().close()
    except BaseException:
        engine.dispose()
        raise
    return engine


def connect(path: Path, key: bytes, *, create: bool = False) -> Any:
    """A bare connection of the driver with every pragma set and read back; it commits only what is asked for.

    Errors: ``storage.missing``, ``storage.wrong_key``, ``storage.damaged``, ``storage.not_a_store``,
    ``storage.pragma`` and those of ``db.errors``.
    """
    if len(key) != KEY_BYTES:
        raise AppError("storage.wrong_key")
    if not create and not path.exists():
        raise AppError("storage.missing", path=str(path))
    try:
        return _connect(path, key, "rwc" if create else "rw")
    except (dbapi2.Error, OSError) as error:
        found = classify_at(error, path)
        if found is None:
            raise
        raise _explain(found, path, key) from None


def pragma(connection: Any, name: str) -> str:
    """The present value of a pragma, as text; empty where the engine does not know it."""
    row = connection.execute(f"PRAGMA {name}").fetchone()
    return str(row[0]) if row else ""


def _connect(path: Path, key: bytes, mode: str) -> Any:
    connection = dbapi2.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_TIMEOUT_MS / 1000,
    )
    try:
        # SQLCipher's own log would write key material warnings to stderr before the key is set.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _set_pragmas(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_pragmas(connection: Any) -> None:
    if pragma(connection, "cipher_status") != "1":
        raise AppError("storage.pragma", name="cipher_status", value="0")
    for name, value, expected in PRAGMAS:
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
        found = pragma(connection, name)
        if found != expected:
            raise AppError("storage.pragma", name=name, value=found)


def _explain(found: AppError, path: Path, key: bytes) -> AppError:
    """Tell a wrong key from a damaged first page and from a file that never was a store."""
    if found.code != "storage.unreadable":
        return found
    fits = keys.key_fits(path.parent, key)
    if fits is None:
        return AppError("storage.not_a_store", path=str(path))
    return AppError("storage.damaged" if fits else "storage.wrong_key")


def _begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("qifu_read", False):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.dbapi_connection
    patience_ms = int(pragma(driver, "busy_timeout"))
    driver.execute(f"PRAGMA busy_timeout = {TURN_MS}")
    try:
        if not _got_turn(driver, patience_ms):
            connection.exec_driver_sql(
                "BEGIN IMMEDIATE"
            )  # a last time, to tell what is wrong as every error is told
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience_ms}")


def _got_turn(driver: Any, patience_ms: int) -> bool:
    """Take the write lock; False where that fails.

    The engine by itself asks ever more rarely, in the end ten times a second, so that among many windows the one that
    has waited longest gets it last. Asking anew in short turns gives all of them the same chance.
    """
    until = time.monotonic() + patience_ms / 1000
    while time.monotonic() < until:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except dbapi2.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != dbapi2.SQLITE_BUSY:
                return False
        else:
            return True
    return False


def _name_known_error(path: Path, context: sa.engine.ExceptionContext) -> None:
    found = classify_at(context.original_exception, path)
    if found is not None:
        raise found
