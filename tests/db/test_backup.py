"""Backups while the store is in use, and the way back from damage."""

import io
import json
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import migrate
from db.files.attachment_rows import AttachmentRows
from db.files.attachments import Attachments
from db.store import backup, keys
from db.store import store_copy as copying
from db.store.engine import connect, open_engine
from db.store.store_copy import CopyCancelled
from db.store.witness import Witness, WitnessState

NOW = 1_790_000_000_000
DAY = backup.DAY_MS


def _count(home: Path, key: bytes, value: int) -> None:
    with closing(connect(home / "store.db", key)) as connection:
        connection.execute(
            "INSERT INTO counter (name, value) VALUES ('n', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
            (value,),
        )


def _counted(path: Path, key: bytes) -> int:
    with closing(connect(path, key)) as connection:
        return int(connection.execute("SELECT value FROM counter").fetchone()[0])


def _hand_in(home: Path, key: bytes) -> str:
    files = Attachments(home / "attachments")
    engine = open_engine(home / "store.db", key)
    with engine.begin() as connection:
        row = files.keep(AttachmentRows(connection), files.receive("a.pdf", io.BytesIO(b"%PDF-1")), NOW)
    engine.dispose()
    return row.sha256


def _spoil(path: Path) -> None:
    """Damage in the middle: the first page stays whole, so the file still opens."""
    content = bytearray(path.read_bytes())
    content[4096 * 5 : 4096 * 20] = bytes(4096 * 15)
    path.write_bytes(content)


def test_backup_of_a_store_in_use(home: Path, key: bytes, engine: sa.Engine) -> None:
    _count(home, key, 1)
    sha256 = _hand_in(home, key)
    steps: list[tuple[int, int]] = []
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE counter SET value = 2")
        made = backup.make_backup(home, key, NOW, progress=lambda *step: not steps.append(step))
    assert _counted(made.path, key) == 1  # only what was committed
    assert (made.schema, made.attachments, made.made_at) == (migrate.HEAD, (sha256,), NOW)
    assert backup.list_backups(home / "backups") == [made]
    assert steps[-1][0] == steps[-1][1]
    assert b"SQLite format" not in made.path.read_bytes()
    assert sorted(path.name for path in (home / "backups").iterdir()) == [
        made.path.with_suffix(suffix).name for suffix in (".db", ".json")
    ]


def test_a_backup_elsewhere_takes_files_and_description_but_no_key(
    home: Path, key: bytes, tmp_path: Path
) -> None:
    sha256 = _hand_in(home, key)
    stick = tmp_path / "stick"
    backup.make_backup(home, key, NOW, folder=stick)
    backup.make_backup(home, key, NOW + 1000, folder=stick)
    assert [path.name for path in stick.glob("attachments/*/*")] == [sha256]
    assert (stick / "key.json").exists()
    assert not list(stick.rglob("store.key"))
    assert not any(key.hex().encode() in path.read_bytes() for path in stick.rglob("*") if path.is_file())


def test_restore_elsewhere_brings_the_files_back(home: Path, key: bytes, tmp_path: Path) -> None:
    sha256 = _hand_in(home, key)
    made = backup.make_backup(home, key, NOW, folder=tmp_path / "stick")
    files = Attachments(home / "attachments")
    files.path(sha256).unlink()
    backup.restore(home, key, made.path, NOW)
    assert files.path(sha256).exists()


def test_cancel_leaves_nothing(home: Path, key: bytes) -> None:
    with pytest.raises(CopyCancelled):
        backup.make_backup(home, key, NOW, progress=lambda done, total: False)
    assert not list((home / "backups").iterdir())


def test_a_copy_that_does_not_verify_is_no_backup(home: Path, key: bytes, monkeypatch, refused) -> None:
    real = copying.copy_store

    def spoiled(source: Path, target: Path, *more: object) -> None:
        real(source, target, *more)
        _spoil(target)

    monkeypatch.setattr(backup, "copy_store", spoiled)
    refused("storage.backup_bad", backup.make_backup, home, key, NOW)
    assert not list((home / "backups").glob("*.db"))


def test_a_damaged_store_is_told_from_a_bad_copy(home: Path, key: bytes, refused) -> None:
    _spoil(home / "store.db")
    refused("storage.damaged", backup.make_backup, home, key, NOW)
    assert not list((home / "backups").iterdir())


def test_the_kept_file_of_a_sound_store_is_not_called_damaged(home: Path, key: bytes) -> None:
    backup.make_backup(home, key, NOW)
    _, kept = backup.open_last_good(home, key, NOW + DAY)
    assert kept is not None
    assert kept.name.startswith("store.replaced-")


def test_full_disk_leaves_no_half_backup(home: Path, key: bytes, monkeypatch, refused) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copying.os, "fsync", full)
    refused("storage.disk_full", backup.make_backup, home, key, NOW)
    assert not list((home / "backups").iterdir())


def test_restore_keeps_the_previous_store(home: Path, key: bytes) -> None:
    _count(home, key, 1)
    made = backup.make_backup(home, key, NOW)
    _count(home, key, 2)
    kept = backup.restore(home, key, made.path, NOW + 5000)
    assert kept is not None
    assert (_counted(home / "store.db", key), _counted(kept, key)) == (1, 2)
    assert made.path.exists()
    assert not list(home.glob(".*"))


def test_restore_without_a_store(home: Path, key: bytes) -> None:
    _count(home, key, 1)
    made = backup.make_backup(home, key, NOW)
    for path in home.glob("store.db*"):
        path.unlink()
    assert backup.restore(home, key, made.path, NOW) is None
    assert _counted(home / "store.db", key) == 1


def test_restore_is_refused_while_the_store_is_in_use(
    home: Path, key: bytes, engine: sa.Engine, monkeypatch, refused
):
    monkeypatch.setattr(backup, "_IN_USE_PATIENCE_MS", 50)
    made = backup.make_backup(home, key, NOW)
    with engine.connect().execution_options(qifu_read=True) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM counter").all()
        refused("storage.in_use", backup.restore, home, key, made.path, NOW)
    _count(home, key, 3)
    assert _counted(home / "store.db", key) == 3


@pytest.mark.parametrize("bad", ["spoiled", "other key", "no store", "foreign"])
def test_a_bad_backup_changes_nothing(home: Path, key: bytes, tmp_path: Path, refused, bad: str) -> None:
    _count(home, key, 1)
    path = backup.make_backup(home, key, NOW).path
    if bad == "spoiled":
        _spoil(path)
    elif bad == "no store":
        path.write_bytes(b"hello" * 5000)
    else:
        path = tmp_path / "foreign.db"
        with closing(connect(path, bytes(32) if bad == "other key" else key, create=True)) as connection:
            connection.execute("CREATE TABLE t (a)")
    before = (home / "store.db").read_bytes()
    refused("storage.backup_bad", backup.restore, home, key, path, NOW)
    assert (home / "store.db").read_bytes() == before
    assert not list(home.glob("store.replaced*"))


def test_a_backup_of_a_newer_program_is_refused(home: Path, key: bytes, refused) -> None:
    made = backup.make_backup(home, key, NOW)
    with closing(connect(made.path, key)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    refused("storage.newer_version", backup.restore, home, key, made.path, NOW)


def test_restored_store_is_behind_its_witness(home: Path, key: bytes, tmp_path: Path) -> None:
    witness = Witness("store", folder=tmp_path / "w", machine="a")
    witness.advance(1, 5)
    made = backup.make_backup(home, key, NOW)
    witness.advance(1, 6)
    backup.restore(home, key, made.path, NOW)
    assert witness.check(1, 5).state is WitnessState.BEHIND
    witness.close()


def test_damage_keeps_the_file_and_opens_the_last_whole_backup(home: Path, key: bytes) -> None:
    _count(home, key, 1)
    first = backup.make_backup(home, key, NOW)
    _count(home, key, 2)
    second = backup.make_backup(home, key, NOW + DAY)
    _spoil(second.path)
    _spoil(home / "store.db")
    damaged = (home / "store.db").read_bytes()
    used, kept = backup.open_last_good(home, key, NOW + 2 * DAY)
    assert used == first
    assert kept is not None
    assert kept.name.startswith("store.damaged-")
    assert kept.read_bytes()[4096:] == damaged[4096:]  # the first page says how the file was last closed
    assert _counted(home / "store.db", key) == 1


def test_damage_of_the_first_page(home: Path, key: bytes) -> None:
    _count(home, key, 1)
    backup.make_backup(home, key, NOW)
    content = (home / "store.db").read_bytes()
    (home / "store.db").write_bytes(bytes(4096) + content[4096:])
    _, kept = backup.open_last_good(home, key, NOW)
    assert kept is not None
    assert _counted(home / "store.db", key) == 1


def test_no_whole_backup_leaves_everything(home: Path, key: bytes, refused) -> None:
    refused("storage.no_backup", backup.open_last_good, home, key, NOW)
    _spoil(backup.make_backup(home, key, NOW).path)
    refused("storage.no_backup", backup.open_last_good, home, key, NOW)
    assert (home / "store.db").exists()


def test_prune_keeps_the_newest_of_each_of_seven_days(home: Path, key: bytes) -> None:
    folder = home / "backups"
    for day in range(9):
        for hour in (1, 2):
            one = folder / f"store-{day}-{hour}.db"
            folder.mkdir(exist_ok=True)
            one.write_bytes(b"x")
            made_at = (NOW // DAY + day) * DAY + hour * 3_600_000
            fields = {"path": one.name, "made_at": made_at, "size": 1, "schema": "0001", "attachments": []}
            one.with_suffix(".json").write_text(json.dumps(fields))
    assert backup.prune(folder) == 11
    assert sorted(path.name for path in folder.glob("*.db")) == [f"store-{day}-2.db" for day in range(2, 9)]
    assert len(list(folder.iterdir())) == 14


def test_due_after_a_day(home: Path, key: bytes) -> None:
    assert backup.is_due(home / "backups", NOW)
    backup.make_backup(home, key, NOW)
    assert not backup.is_due(home / "backups", NOW + DAY - 1)
    assert backup.is_due(home / "backups", NOW + DAY)


def test_a_recovery_code_opens_a_copy_on_another_machine(home: Path, key: bytes, tmp_path: Path) -> None:
    _count(home, key, 1)
    code = keys.create_recovery_code(home, key)
    made = backup.make_backup(home, key, NOW, folder=tmp_path / "stick")
    keys.recover(tmp_path / "stick", code)
    assert _counted(made.path, keys.find_key(tmp_path / "stick")[0]) == 1
