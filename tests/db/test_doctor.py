"""What the doctor says of sound, neglected and broken stores."""

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import doctor
from db.doctor import Level, Patient, examine
from db.files.attachment_rows import AttachmentRow, AttachmentRows
from db.node import Node, create_node
from db.store import backup, keys
from db.store.engine import connect
from db.store.witness import Witness
from desktop.messages import sentence
from domain.errors import AppError

NOW = 1_790_000_000_000


@pytest.fixture
def patient(home: Path, key: bytes, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Patient:
    """A sound, well kept station: everything the doctor looks at is in order."""
    monkeypatch.setenv("QIFU_KEY_FILE", str(home.parent / "key"))
    (home.parent / "key").write_text(key.hex())
    (home / "store.key").unlink()
    keys.create_recovery_code(home, key)
    with engine.begin() as connection:
        create_node(connection, Node("s", "d", "site", 1, 3, b"", 0, "AA", "", False, NOW))
    witness = Witness("s")
    witness.advance(1, 3)
    witness.close()
    backup.make_backup(home, key, NOW)
    engine.dispose()
    return Patient(home, key, keys.find_key(home)[1], NOW, chain=lambda connection: [])


def _levels(patient: Patient) -> dict[str, Level]:
    return {one.code.removeprefix("storage."): one.level for one in examine(patient).findings}


def test_a_sound_station(patient: Patient) -> None:
    report = examine(patient)
    assert report.level is Level.OK, report
    assert {"doctor_engine", "doctor_integrity", "doctor_chain", "doctor_witness_ok"} <= set(_levels(patient))
    engine = next(one for one in report.findings if one.code == "storage.doctor_engine")
    assert set(engine.params) == {"sqlite", "sqlcipher", "provider"}


def test_every_finding_has_its_sentence(patient: Patient) -> None:
    for one in examine(patient).findings:
        assert "{" not in sentence(AppError(one.code, **one.params))


def test_neglect_is_a_warning(patient: Patient) -> None:
    for path in (patient.home / "backups").iterdir():
        path.unlink()
    place = keys.KeyPlace(keys.KeyKind.HOME_FILE, "store.key")
    neglected = Patient(patient.home, patient.key, place, NOW)
    levels = _levels(neglected)
    for code in ("doctor_key_home_file", "doctor_no_backup", "doctor_chain_unchecked"):
        assert levels[code] is Level.WARN
    assert examine(neglected).level is Level.WARN


def test_stale_backup(patient: Patient) -> None:
    later = Patient(patient.home, patient.key, patient.place, NOW + 3 * backup.DAY_MS)
    assert _levels(later)["doctor_backup"] is Level.WARN


@pytest.mark.parametrize(
    ("free", "level"), [(1 << 40, Level.OK), (500 << 20, Level.WARN), (50 << 20, Level.BAD)]
)
def test_disk(patient: Patient, monkeypatch, free: int, level: Level) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    assert _levels(patient)["doctor_disk"] is level


def test_broken_chain(patient: Patient) -> None:
    broken = Patient(patient.home, patient.key, patient.place, NOW, chain=lambda _: [("d", 1, 2)])
    assert _levels(broken)["doctor_chain_bad"] is Level.BAD


def test_a_check_that_fails_hides_nothing_else(patient: Patient) -> None:
    def failing(connection: sa.Connection) -> list[object]:
        connection.exec_driver_sql("SELECT * FROM no_such_table")
        return []

    levels = _levels(Patient(patient.home, patient.key, patient.place, NOW, chain=failing))
    assert levels["doctor_failed"] is Level.BAD
    assert levels["doctor_files"] is Level.OK


def test_store_behind_its_witness(patient: Patient) -> None:
    witness = Witness("s")
    witness.advance(1, 9)
    witness.close()
    assert _levels(patient)["doctor_witness_behind"] is Level.WARN


def test_missing_attachment(patient: Patient, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        AttachmentRows(connection).add(AttachmentRow("ab" * 32, 1, "image/png", b"", NOW))
    assert _levels(patient)["doctor_files_missing"] is Level.BAD


def test_broken_link(patient: Patient) -> None:
    with closing(connect(patient.home / "store.db", patient.key)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO event_private (event, salt, body) VALUES ('none', x'', x'')")
    assert _levels(patient)["doctor_links_bad"] is Level.BAD


def test_newer_store(patient: Patient) -> None:
    with closing(connect(patient.home / "store.db", patient.key)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    assert _levels(patient)["newer_version"] is Level.BAD


def test_damaged_pages(patient: Patient) -> None:
    path = patient.home / "store.db"
    with closing(connect(path, patient.key)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    content = bytearray(path.read_bytes())
    content[-4096:] = bytes(4096)
    path.write_bytes(content)
    levels = _levels(patient)
    assert levels.get("doctor_integrity_bad", levels.get("damaged")) is Level.BAD


def test_what_does_not_open_is_said(patient: Patient) -> None:
    (patient.home / "store.db").write_bytes(b"hello" * 5000)
    assert _levels(patient)["damaged"] is Level.BAD
    (patient.home / "store.db").unlink()
    assert _levels(patient)["missing"] is Level.BAD
