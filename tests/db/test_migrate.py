"""Migrations: the same tables everywhere, checked, undone when they go wrong, repeatable after a kill."""

import random
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from db import migrate
from db.migrations.make import is_outside_metadata, make
from db.schema import FULL_TEXT, metadata
from db.store.engine import connect, open_engine
from domain.errors import AppError
from tests.pg import TestServer

KILLS = 4
SOAK_KILLS = 150

HEAD = migrate.HEAD
NEXT = f"{int(HEAD) + 1:04d}"

AddVersion = Callable[[str], None]


@pytest.fixture
def add_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AddVersion:
    """``add_version(body)``: the program now knows one more version, whose upgrade is ``body``."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))

    def add(body: str) -> None:
        text = f"""
            import sqlalchemy as sa
            from alembic import op
            revision = "{NEXT}"
            down_revision = "{HEAD}"

            def upgrade():
            """
        full = textwrap.dedent(text) + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n"
        (scripts / "versions" / f"{NEXT}.py").write_text(full)
        monkeypatch.setattr(migrate, "SCRIPTS", scripts)
        monkeypatch.setattr(migrate, "HEAD", NEXT)

    return add


def _fill(home: Path, key: bytes) -> None:
    with closing(connect(home / "store.db", key)) as connection:
        connection.execute(
            "INSERT INTO event (id, stream, kind, kind_version, device, incarnation, seq, hlc, body, hash)"
            " VALUES ('e', 'e', 'k', 1, 'd', 1, 1, 1, x'', x'')"
        )
        connection.execute("INSERT INTO event_private (event, salt, body) VALUES ('e', x'', x'')")
        connection.execute("INSERT INTO counter (name, value) VALUES ('n', 1)")


def _rows(home: Path, key: bytes, query: str) -> list[tuple[object, ...]]:
    with closing(connect(home / "store.db", key)) as connection:
        return [tuple(row) for row in connection.execute(query).fetchall()]


def _differences(connection: sa.Connection) -> list[object]:
    options = {
        "include_name": lambda name, kind, _: not is_outside_metadata(name, kind),
        # SQLite gives back the text of a default, where '' and "nothing" cannot be told apart.
        "compare_server_default": connection.dialect.name != "sqlite",
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_head_is_the_newest_version() -> None:
    assert ScriptDirectory(str(migrate.SCRIPTS)).get_current_head() == migrate.HEAD


def test_versions_are_numbers_in_a_row() -> None:
    versions = sorted(path.stem for path in (migrate.SCRIPTS / "versions").glob("*.py"))
    assert versions == [f"{number:04d}" for number in range(1, len(versions) + 1)]


def test_encrypted_store_matches_the_tables(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert _differences(connection) == []


def test_full_text_tables_are_those_of_the_schema(home: Path, key: bytes) -> None:
    made = _rows(home, key, "SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%' ORDER BY name")
    assert [sql for (sql,) in made] == sorted(FULL_TEXT["sqlite"])


def test_a_table_that_no_version_makes_is_noticed(engine: sa.Engine) -> None:
    """The mutation: without one column the comparison is not empty."""
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE counter DROP COLUMN day")
        assert _differences(connection)


@pytest.fixture
def postgres(pg_server: TestServer) -> Iterator[sa.Engine]:
    """An empty database."""
    url = pg_server.empty()
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    yield engine
    pg_server.drop(url)


def test_postgresql_matches_the_tables(postgres: sa.Engine) -> None:
    migrate.migrate_database(postgres)
    migrate.migrate_database(postgres)
    assert not migrate.needs_migration(postgres)
    with postgres.connect() as connection:
        assert _differences(connection) == []
        made = {name for name in sa.inspect(connection).get_table_names() if "fts" in name}
    assert made == {"case_fts", "enterprise_fts"}


def test_alembic_is_not_imported_for_a_store_up_to_date(home: Path, key: bytes) -> None:
    program = f"""
import sys
from pathlib import Path
from db import migrate
from db.store.engine import open_engine
path, key = Path({str(home / "store.db")!r}), bytes.fromhex({key.hex()!r})
engine = open_engine(path, key)
assert migrate.needs_migration(engine) is False
assert migrate.migrate_store(path, key) is None
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_a_version_is_applied_and_the_old_file_kept(home: Path, key: bytes, add_version: AddVersion) -> None:
    _fill(home, key)
    add_version("op.add_column('counter', sa.Column('more', sa.Text()))")
    engine = open_engine(home / "store.db", key)
    assert migrate.needs_migration(engine)
    engine.dispose()
    copy = migrate.migrate_store(home / "store.db", key)
    assert copy is not None
    assert _rows(home, key, "SELECT name, value, more FROM counter") == [("n", 1, None)]
    with closing(connect(copy, key)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone()[0] == HEAD
        assert old.execute("SELECT count(*) FROM counter").fetchone()[0] == 1
    assert migrate.migrate_store(home / "store.db", key) is None
    assert not list(home.glob(".*"))


def test_rebuilding_a_table_keeps_its_children(home: Path, key: bytes, add_version: AddVersion) -> None:
    _fill(home, key)
    add_version(
        "with op.batch_alter_table('event', recreate='always') as t: t.add_column(sa.Column('x', sa.Text))"
    )
    migrate.migrate_store(home / "store.db", key)
    assert _rows(home, key, "SELECT event FROM event_private") == [("e",)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("op.execute('DELETE FROM counter')", "storage.migration_lost_rows"),
        ("op.drop_table('counter')", "storage.migration_lost_rows"),
        ("op.execute(\"UPDATE event SET id = 'other'\")", "storage.migration_broken_links"),
    ],
)
def test_a_version_that_loses_something_is_undone(
    home: Path, key: bytes, add_version: AddVersion, refused, body: str, code: str
) -> None:
    _fill(home, key)
    add_version(body)
    refused(code, migrate.migrate_store, home / "store.db", key)
    assert _rows(home, key, "SELECT name FROM counter") == [("n",)]
    assert _rows(home, key, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_without_the_checks_the_loss_would_stand(home: Path, key: bytes, add_version, monkeypatch) -> None:
    """The mutation: the comparison is what undoes a losing version."""
    _fill(home, key)
    add_version("op.execute('DELETE FROM counter')")
    monkeypatch.setattr(migrate, "_row_counts", lambda connection: {})
    migrate.migrate_store(home / "store.db", key)
    assert _rows(home, key, "SELECT name FROM counter") == []


def test_a_version_that_fails_is_undone(home: Path, key: bytes, add_version: AddVersion) -> None:
    add_version("op.drop_table('draft')\nop.execute('SELECT * FROM no_such_table')")
    with pytest.raises(sa.exc.OperationalError):
        migrate.migrate_store(home / "store.db", key)
    assert _rows(home, key, "SELECT count(*) FROM draft") == [(0,)]


def test_newer_store_is_refused(home: Path, key: bytes, engine: sa.Engine, refused) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0917'")
    error = refused("storage.newer_version", migrate.needs_migration, engine)
    assert error.params == {"found": "0917", "known": migrate.HEAD}
    refused("storage.newer_version", migrate.migrate_store, home / "store.db", key)


def test_full_disk_while_migrating(
    home: Path, key: bytes, add_version: AddVersion, monkeypatch, refused
) -> None:
    add_version(
        "op.execute('PRAGMA max_page_count = 1')\n"
        "op.execute(\"INSERT INTO draft VALUES ('d', 'a', hex(zeroblob(900000)), 1)\")"
    )
    refused("storage.disk_full", migrate.migrate_store, home / "store.db", key)
    assert _rows(home, key, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_a_store_in_use_is_migrated_once(home: Path, key: bytes, add_version: AddVersion) -> None:
    """Two programs start at once after an update: the second finds the work done."""
    add_version("op.add_column('counter', sa.Column('more', sa.Text()))")
    with _start_migration(home, key) as first, _start_migration(home, key) as second:
        first.communicate(timeout=60)
        second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert _rows(home, key, "SELECT version_num FROM alembic_version") == [(NEXT,)]


_MIGRATE = f"""
import sys
from pathlib import Path
from db import migrate
migrate.SCRIPTS, migrate.HEAD = Path(sys.argv[1]), "{NEXT}"
print("begins", flush=True)
migrate.migrate_store(Path(sys.argv[2]), bytes.fromhex(sys.argv[3]))
"""
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
_SLOW_VERSION = f"""
with op.batch_alter_table('event', recreate='always') as table:
    table.add_column(sa.Column('x', sa.Text))
op.add_column('counter', sa.Column('more', sa.Text()))
op.execute('CREATE TABLE filler AS {_NUMBERS} SELECT i, hex(randomblob(100)) AS words FROM n')
op.drop_table('filler')
"""


def _start_migration(home: Path, key: bytes) -> subprocess.Popen[bytes]:
    arguments = [str(migrate.SCRIPTS), str(home / "store.db"), key.hex()]
    return subprocess.Popen([sys.executable, "-c", _MIGRATE, *arguments], stdout=subprocess.PIPE)


def _kill_migrations(home: Path, key: bytes, rounds: int) -> int:
    """Kill at random moments; returns how many were hit before their end."""
    chance, hit = random.Random(20_26), 0
    for _ in range(rounds):
        process = _start_migration(home, key)
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(chance.uniform(0.0, 0.6))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            hit += 1
        assert process.wait() in (0, -signal.SIGKILL)
        process.stdout.close()
        version = _rows(home, key, "SELECT version_num FROM alembic_version")[0][0]
        columns = {row[1] for row in _rows(home, key, "PRAGMA table_info(counter)")}
        assert ("more" in columns) == (version == NEXT)
        assert _rows(home, key, "SELECT event FROM event_private") == [("e",)]
        assert _rows(home, key, "PRAGMA integrity_check") == [("ok",)]
        if version == NEXT:
            _take_back(home, key)
    return hit


def _take_back(home: Path, key: bytes) -> None:
    for path in home.glob("store.db*"):
        path.unlink()
    shutil.copy(home / "old.db", home / "store.db")


def _prepare_kills(home: Path, key: bytes, add_version: AddVersion) -> None:
    _fill(home, key)
    with closing(connect(home / "store.db", key)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    shutil.copy(home / "store.db", home / "old.db")
    add_version(_SLOW_VERSION)


def test_killed_half_way_it_leaves_the_old_store_and_runs_again(home: Path, key: bytes, add_version) -> None:
    _prepare_kills(home, key, add_version)
    assert _kill_migrations(home, key, KILLS) > 0
    assert _run_migration(home, key) == 0
    assert _rows(home, key, "SELECT version_num FROM alembic_version") == [(NEXT,)]


@pytest.mark.soak
def test_killed_half_way_many_times(home: Path, key: bytes, add_version: AddVersion) -> None:
    _prepare_kills(home, key, add_version)
    assert _kill_migrations(home, key, SOAK_KILLS) > SOAK_KILLS // 4


def _run_migration(home: Path, key: bytes) -> int:
    with _start_migration(home, key) as process:
        process.communicate(timeout=60)
    return process.returncode


def test_a_new_version_is_written_from_the_difference(
    add_version: AddVersion, monkeypatch, tmp_path: Path
) -> None:
    add_version("pass")
    (migrate.SCRIPTS / "versions" / f"{NEXT}.py").unlink()
    changed = sa.MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(changed)
    sa.Table("extra", changed, sa.Column("id", sa.Text, primary_key=True))
    monkeypatch.setattr("db.migrations.make.metadata", changed)
    text = make(NEXT, "One more table.").read_text()
    assert f'down_revision = "{HEAD}"' in text
    assert text.count("create_table") == 1
    assert "extra" in text


def test_unknown_store_reads_as_no_version(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "store.db", bytes(32), create=True)
    assert migrate.needs_migration(engine)
    engine.dispose()


def test_errors_are_app_errors_with_sentences() -> None:
    from desktop.messages import sentence

    assert "0917" in sentence(AppError("storage.newer_version", found="0917", known="0001"))


def test_a_store_of_the_first_version_comes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its events stay as they are, and how far its chains go is known, those of earlier incarnations as well."""
    home, key = tmp_path, b"k" * 32
    with monkeypatch.context() as before:
        before.setattr(migrate, "HEAD", "0001")
        migrate.migrate_store(home / "store.db", key)
    columns = "id, stream, kind, kind_version, device, incarnation, seq, hlc, body, hash"
    with closing(connect(home / "store.db", key)) as connection:
        for incarnation, seq in ((1, 1), (1, 2), (7, 1)):
            values = (
                f"e{incarnation}{seq}",
                "s",
                "k",
                1,
                "d",
                incarnation,
                seq,
                1,
                b"{}",
                bytes((incarnation, seq)),
            )
            connection.execute(f"INSERT INTO event ({columns}) VALUES ({', '.join('?' * 10)})", values)
        connection.execute("INSERT INTO event_private (event, salt, body) VALUES ('e11', x'', x'')")
    migrate.migrate_store(home / "store.db", key)
    assert _rows(home, key, "SELECT incarnation, seq, branch, upstream_pos FROM event ORDER BY pos") == [
        (1, 1, 0, None),
        (1, 2, 0, None),
        (7, 1, 0, None),
    ]
    assert _rows(home, key, "SELECT event FROM event_private") == [("e11",)]
    chains = _rows(
        home, key, "SELECT device, incarnation, branch, seq, head, upstream_seq FROM chain ORDER BY 2"
    )
    assert chains == [("d", 1, 0, 2, bytes((1, 2)), 0), ("d", 7, 0, 1, bytes((7, 1)), 0)]
