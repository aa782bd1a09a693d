"""Opening a store: settings, key, transactions, several threads."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.store import engine as store_engine
from db.store.engine import PRAGMAS, connect, open_engine, pragma
from domain.errors import AppError


def test_every_connection_has_its_pragmas(engine: sa.Engine) -> None:
    reading = engine.execution_options(qifu_read=True)
    with reading.connect() as first, reading.connect() as second:
        for connection in (first, second):
            for name, _, expected in PRAGMAS:
                assert str(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()) == expected


def test_a_pragma_that_does_not_hold_is_an_error(home: Path, key: bytes, monkeypatch, refused) -> None:
    monkeypatch.setattr(store_engine, "PRAGMAS", (("synchronous", "OFF", "2"),))
    error = refused("storage.pragma", connect, home / "store.db", key)
    assert error.params == {"name": "synchronous", "value": "0"}


def test_a_store_without_encryption_is_not_opened(home: Path, key: bytes, monkeypatch, refused) -> None:
    """The mutation: SQLCipher that does not encrypt would say so in ``cipher_status``."""
    real = store_engine.pragma
    monkeypatch.setattr(
        store_engine, "pragma", lambda c, name: "0" if name == "cipher_status" else real(c, name)
    )
    refused("storage.pragma", connect, home / "store.db", key)


def test_nothing_readable_lies_on_the_disk(home: Path, key: bytes) -> None:
    connection = connect(home / "store.db", key)
    connection.execute("INSERT INTO counter (name, value) VALUES ('anchored-words', 1)")
    raw = b"".join(path.read_bytes() for path in home.glob("store.db*"))
    connection.close()
    assert b"SQLite format 3" not in raw
    assert b"anchored-words" not in raw


def test_missing_store_is_not_made(tmp_path: Path, refused) -> None:
    refused("storage.missing", open_engine, tmp_path / "none.db", bytes(32))
    assert not (tmp_path / "none.db").exists()


def test_wrong_key(home: Path, refused) -> None:
    refused("storage.wrong_key", open_engine, home / "store.db", bytes(32))
    refused("storage.wrong_key", open_engine, home / "store.db", b"short")


def test_key_is_in_no_text(home: Path, key: bytes, engine: sa.Engine) -> None:
    assert key.hex() not in f"{engine!r} {engine.url!r} {engine.pool!r}"


def test_a_unit_of_work_holds_the_write_lock_from_its_start(
    home: Path, key: bytes, engine: sa.Engine
) -> None:
    other = connect(home / "store.db", key)
    other.execute("PRAGMA busy_timeout = 0")
    with engine.begin(), pytest.raises(Exception, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_readers_do_not_wait_for_the_writer(engine: sa.Engine) -> None:
    with engine.begin() as writing:
        writing.exec_driver_sql("INSERT INTO counter (name, value) VALUES ('a', 1)")
        with engine.connect().execution_options(qifu_read=True) as reading:
            assert reading.exec_driver_sql("SELECT count(*) FROM counter").scalar_one() == 0


def test_deferred_writers_would_collide(home: Path, key: bytes) -> None:
    """Why units of work begin IMMEDIATE: with a plain BEGIN a read before the write fails, whatever the time-out."""
    first, second = connect(home / "store.db", key), connect(home / "store.db", key)
    for connection in (first, second):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM counter").fetchone()
    first.execute("INSERT INTO counter (name, value) VALUES ('a', 1)")
    first.execute("COMMIT")
    with pytest.raises(Exception, match="locked"):
        second.execute("INSERT INTO counter (name, value) VALUES ('b', 1)")
    first.close()
    second.close()


def _count_up(engine: sa.Engine, times: int, errors: list[BaseException]) -> None:
    try:
        for _ in range(times):
            with engine.begin() as connection:
                value = connection.exec_driver_sql("SELECT value FROM counter WHERE name = 'n'").scalar_one()
                connection.exec_driver_sql("UPDATE counter SET value = ? WHERE name = 'n'", (value + 1,))
    except BaseException as error:
        errors.append(error)


def _count_with_threads(engine: sa.Engine) -> tuple[int, list[BaseException]]:
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO counter (name, value) VALUES ('n', 0)")
    errors: list[BaseException] = []
    threads = [threading.Thread(target=_count_up, args=(engine, 25, errors)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT value FROM counter").scalar_one(), errors


def test_threads_lose_no_update(engine: sa.Engine) -> None:
    assert _count_with_threads(engine) == (100, [])


def test_threads_fail_without_immediate(home: Path, key: bytes, monkeypatch) -> None:
    """The mutation: with deferred transactions the same work fails."""
    monkeypatch.setattr(store_engine, "_begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    mutated = open_engine(home / "store.db", key)
    value, errors = _count_with_threads(mutated)
    mutated.dispose()
    assert errors
    assert value < 100


def test_known_errors_come_out_as_such_and_bugs_do_not(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(AppError) as full:
            connection.exec_driver_sql("INSERT INTO counter (name, value) VALUES (hex(zeroblob(100000)), 1)")
    assert full.value.code == "storage.disk_full"
    with pytest.raises(sa.exc.OperationalError), engine.begin() as connection:
        connection.exec_driver_sql("SELECT * FROM no_such_table")
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO counter (name, value) VALUES ('a', 1), ('a', 2)")


def test_foreign_keys_are_kept(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO event_private (event, salt, body) VALUES ('none', x'', x'')")


def test_a_folder_with_odd_characters(tmp_path: Path) -> None:
    odd = tmp_path / "数据 #1?%20"
    odd.mkdir()
    open_engine(odd / "store.db", bytes(32), create=True).dispose()
    connection = connect(odd / "store.db", bytes(32))
    assert pragma(connection, "cipher_status") == "1"
    connection.close()
