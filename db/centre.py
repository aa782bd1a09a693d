"""A centre's store: PostgreSQL, used by several server processes at once.

Own work is done one at a time, as on a desk: ``write`` holds the row of the node until it ends, so that seq, head,
clock and counters are read by one only and what a service decided on still stands when it writes. What came from
elsewhere is taken in beside it (``gather``): it appends nothing of the node's own and folds nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from psycopg.adapt import Buffer
from psycopg.types.string import BytesBinaryDumper, StrDumper
from sqlalchemy.pool import QueuePool

from db.errors import known
from db.unit_of_work import UnitOfWork
from domain.clock import Clock

DRIVER = "postgresql+psycopg"
LOCK_TIMEOUT_MS = 20_000
PROGRAM = "qifu-server"
"""What a server's sessions are called."""
_SETTINGS = {
    # The session's own: what the database or role is set to may differ.
    "timezone": "UTC",
    "lock_timeout": str(LOCK_TIMEOUT_MS),
    "idle_in_transaction_session_timeout": "60000",
    "client_connection_check_interval": "10000",
}


class _WithoutNul(StrDumper):
    """Text as PostgreSQL takes it, without NUL. Bodies of events are bytes and keep theirs."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", ""))


def open_centre(url: str, *, pool_size: int = 8) -> sa.Engine:
    """An engine over the database at ``url`` (``postgresql://…``); one connection is tried.

    ``storage.unreachable``; later errors that are known come out of the engine as ``AppError("storage.…")`` as well.
    """
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    engine = sa.create_engine(
        sa.make_url(url).set(drivername=DRIVER),
        poolclass=QueuePool,
        # Statements carry names and telephone numbers; an error must not.
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=2 * pool_size,
        pool_pre_ping=True,  # the database may have been restarted since
        pool_recycle=1800,
        connect_args={"options": settings, "application_name": PROGRAM, "connect_timeout": 10},
    )
    sa.event.listen(engine, "connect", _adapt)
    sa.event.listen(engine, "handle_error", _name_known_error)
    try:
        engine.connect().close()
    except BaseException:
        engine.dispose()
        raise
    return engine


def _adapt(connection: Any, _: Any) -> None:
    connection.adapters.register_dumper(str, _WithoutNul)
    connection.adapters.register_dumper(None, BytesBinaryDumper)  # COPY then takes bytes without a detour


def _name_known_error(context: sa.engine.ExceptionContext) -> None:
    found = known(context.sqlalchemy_exception or context.original_exception)  # type: ignore[arg-type]
    if found is not context.original_exception and found is not context.sqlalchemy_exception:
        raise found


def is_address(url: str) -> bool:
    """Whether ``url`` is the address of a PostgreSQL database."""
    try:
        return sa.make_url(url).get_backend_name() in ("postgresql", "postgres")
    except (sa.exc.ArgumentError, ValueError):
        return False


def for_programs(url: str) -> tuple[str, str | None]:
    """``url`` as PostgreSQL's own programs take it, without its password, and that."""
    found = sa.make_url(url)
    return found.set(drivername="postgresql", password=None).render_as_string(), found.password


def made_database(url: str, name: str) -> str:
    """The URL of the database ``name`` of the cluster at ``url``; it is made where it is not there yet."""
    cluster = sa.make_url(url).set(drivername=DRIVER)
    engine = sa.create_engine(cluster, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        known = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.execute(known, {"name": name}).first() is None:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    return cluster.set(database=name).render_as_string(hide_password=False)


def is_served(url: str) -> bool:
    """Whether a server has the database open."""
    engine = open_centre(url, pool_size=1)
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND application_name = :program"
    )
    try:
        with engine.connect() as connection:
            return bool(connection.execute(others, {"program": PROGRAM}).scalar_one())
    finally:
        engine.dispose()


class CentreStore:
    """Hands out units of work over one engine, with the face of ``db.unit_of_work.Store``."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self.engine = engine
        self._clock = clock
        self._cache: dict[Any, Any] = {}

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """A unit of work for what this node does itself: one at a time over all processes. Commits at its good end."""
        with self._unit() as uow:
            uow.events.hold_node()
            yield uow

    @contextmanager
    def gather(self) -> Iterator[UnitOfWork]:
        """A unit of work for what came from elsewhere, beside others. It commits when the block ends well."""
        with self._unit() as uow:
            yield uow

    @contextmanager
    def _unit(self) -> Iterator[UnitOfWork]:
        with self.engine.connect() as connection:
            connection.begin()
            uow = UnitOfWork(connection, self._cache)
            try:
                yield uow
                connection.commit()
            except BaseException:
                self._cache.clear()
                raise

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """A unit of work that only reads: one consistent view that neither waits nor is waited for."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection:
            yield UnitOfWork(connection, self._cache)

    def data_version(self) -> int:
        """A figure that grows whenever anyone has written."""
        with self.engine.connect() as connection:
            latest = sa.text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
            return int(connection.execute(latest).scalar_one())

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()
