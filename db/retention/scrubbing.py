"""Making a store forget what was deleted: index segments, free pages and the log keep old bytes until rewritten.

On SQLite a ``VACUUM`` writes the file anew and the log is cut to nothing. On PostgreSQL the tables that may hold a
person are written anew, as are its statistics; where the role may do so, the write-ahead log is passed on, too.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.errors import known
from domain.errors import AppError

_INDEXES = ("case_fts", "enterprise_fts")
TABLES = (
    *("event_private", "held_event", "case_row", "case_fts", "callback_row", "ticket_row", "enterprise"),
    *(
        "enterprise_fts",
        "draft",
        "print_snapshot",
        "attachment",
        "provisional_code",
        "outbox",
        "file_transfer",
    ),
)
"""Those of a centre's tables that erasing deletes from or writes to."""
_MOST_SWITCHES = 64
_PATIENCE_MS = 500
"""Whoever waits for readers to end keeps writers out meanwhile."""


def merge_indexes(connection: Connection) -> None:
    """Write the full-text indexes anew: a deleted row's words stay in their segments until then. SQLite alone."""
    if connection.dialect.name == "sqlite":
        for name in _INDEXES:
            connection.exec_driver_sql(f"INSERT INTO {name}({name}) VALUES ('optimize')")  # noqa: S608


def scrub(engine: sa.Engine) -> None:
    """Write the store anew. ``storage.locked`` where others keep it from doing so: to be tried again later."""
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        if engine.dialect.name == "sqlite":
            _scrub_file(driver)
        else:
            _scrub_database(driver)
    except engine.dialect.loaded_dbapi.Error as error:
        raise known(error) from error
    finally:
        connection.close()


def _scrub_file(driver: Any) -> None:
    patience_ms = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    driver.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    try:
        driver.execute("VACUUM")
        busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience_ms}")
    if busy:
        raise AppError("storage.locked")


def _scrub_database(driver: Any) -> None:
    before = driver.autocommit
    driver.rollback()
    driver.autocommit = True
    try:
        for table in TABLES:
            driver.execute(f"VACUUM (FULL, ANALYZE) {table}")
        # Statistics of columns hold samples of what was in them.
        driver.execute("VACUUM FULL pg_statistic")
        if driver.execute("SELECT current_setting('is_superuser')").fetchone()[0] == "on":
            _pass_log_on(driver)
    finally:
        driver.autocommit = before


def _pass_log_on(driver: Any) -> None:
    """Fill the segments of the log that were laid by for use again, and let a checkpoint give them back."""
    recycled = driver.execute("SELECT current_setting('wal_recycle')").fetchone()[0]
    driver.execute("ALTER SYSTEM SET wal_recycle = off")
    driver.execute("SELECT pg_reload_conf()")
    laid_by = driver.execute("SELECT count(*) FROM pg_ls_waldir()").fetchone()[0]
    try:
        for _ in range(min(int(laid_by) + 1, _MOST_SWITCHES)):
            driver.execute("SELECT pg_logical_emit_message(false, 'qifu', '')")
            driver.execute("SELECT pg_switch_wal()")
        driver.execute("CHECKPOINT")
    finally:
        driver.execute(
            "ALTER SYSTEM RESET wal_recycle" if recycled == "on" else "ALTER SYSTEM SET wal_recycle = off"
        )
        driver.execute("SELECT pg_reload_conf()")
