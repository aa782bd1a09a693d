"""Looks a station's store over and says what is well, what deserves attention and what is broken."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlcipher3 import dbapi2

from db import migrate
from db.errors import classify
from db.files.attachment_rows import AttachmentRows
from db.files.attachments import Attachments
from db.node import load_node
from db.store import backup
from db.store.engine import PRAGMAS, open_engine
from db.store.keys import KeyPlace, has_recovery_code
from db.store.witness import Witness, WitnessState
from domain.errors import AppError

LOW_DISK_BYTES = 1 << 30
NO_DISK_BYTES = 100 << 20
STALE_BACKUP_DAYS = 3

ChainCheck = Callable[[sa.Connection], Iterable[object]]


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``code`` has its sentence like an error's."""

    level: Level
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, in the order they were looked at."""

    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """The worst of the findings."""
        levels = {one.level for one in self.findings}
        return next((level for level in (Level.BAD, Level.WARN) if level in levels), Level.OK)


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked over. ``chain`` yields whatever it finds broken in the event log."""

    home: Path
    key: bytes
    place: KeyPlace
    now_ms: int
    chain: ChainCheck | None = None


def examine(patient: Patient) -> Report:
    """Look everything over; never raises for what is wrong with the store, since saying so is its purpose."""
    findings = [*_outside(patient)]
    try:
        engine = open_engine(patient.home / backup.STORE_NAME, patient.key)
    except AppError as error:
        return Report((Finding(Level.BAD, error.code, error.params), *findings))
    try:
        findings.extend(_inside(patient, engine))
    finally:
        engine.dispose()
    return Report(tuple(findings))


def _outside(patient: Patient) -> Iterator[Finding]:
    yield _key_place(patient.place)
    yield _recovery(patient.home)
    yield _disk(patient.home)
    yield _sizes(patient.home)
    yield _backups(patient)


def _inside(patient: Patient, engine: sa.Engine) -> Iterator[Finding]:
    """Each look by itself: a broken table must not hide the rest."""
    looks: tuple[Callable[[Patient, sa.Connection], Finding], ...] = (
        _versions,
        _pragmas,
        _schema,
        _integrity,
        _links,
        _witness,
        _chain,
        _files,
    )
    for look in looks:
        yield _looked(look, patient, engine)


def _looked(
    look: Callable[[Patient, sa.Connection], Finding], patient: Patient, engine: sa.Engine
) -> Finding:
    try:
        # IMMEDIATE, so that no other window moves on between two reads that are compared.
        with engine.begin() as connection:
            return look(patient, connection)
    except (AppError, sa.exc.DBAPIError, dbapi2.Error) as error:
        found = classify(error) or AppError("storage.doctor_failed", look=look.__name__.strip("_"))
        return Finding(Level.BAD, found.code, found.params)


def _key_place(place: KeyPlace) -> Finding:
    level = Level.WARN if place.is_weak else Level.OK
    return Finding(level, f"storage.doctor_key_{place.kind}", {"where": place.where})


def _recovery(home: Path) -> Finding:
    if has_recovery_code(home):
        return Finding(Level.OK, "storage.doctor_recovery")
    return Finding(Level.WARN, "storage.doctor_no_recovery")


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    needed = max(LOW_DISK_BYTES, 2 * _size(home / backup.STORE_NAME))
    level = Level.BAD if free < NO_DISK_BYTES else Level.WARN if free < needed else Level.OK
    return Finding(level, "storage.doctor_disk", {"free_mib": free >> 20})


def _sizes(home: Path) -> Finding:
    store = home / backup.STORE_NAME
    sizes = {
        "store": _size(store),
        "log": _size(store.with_name(store.name + "-wal")),
        "attachments": sum(_size(path) for path in (home / backup.ATTACHMENTS).glob("??/*")),
        "backups": sum(_size(path) for path in (home / backup.BACKUPS).glob("*")),
    }
    return Finding(
        Level.OK, "storage.doctor_sizes", {f"{name}_kib": size >> 10 for name, size in sizes.items()}
    )


def _backups(patient: Patient) -> Finding:
    made = backup.list_backups(patient.home / backup.BACKUPS)
    if not made:
        return Finding(Level.WARN, "storage.doctor_no_backup")
    days = (patient.now_ms - made[0].made_at) // backup.DAY_MS
    level = Level.WARN if days >= STALE_BACKUP_DAYS else Level.OK
    return Finding(level, "storage.doctor_backup", {"days": days, "count": len(made)})


def _versions(_: Patient, connection: sa.Connection) -> Finding:
    read = connection.exec_driver_sql
    return Finding(
        Level.OK,
        "storage.doctor_engine",
        {
            "sqlite": read("SELECT sqlite_version()").scalar_one(),
            "sqlcipher": read("PRAGMA cipher_version").scalar_one(),
            "provider": read("PRAGMA cipher_provider_version").scalar_one(),
        },
    )


def _pragmas(_: Patient, connection: sa.Connection) -> Finding:
    read = {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()) for name, _, _ in PRAGMAS}
    wrong = [name for name, _, expected in PRAGMAS if read[name] != expected]
    if wrong:
        return Finding(Level.BAD, "storage.pragma", {"name": wrong[0], "value": read[wrong[0]]})
    return Finding(Level.OK, "storage.doctor_pragmas", {"settings": read})


def _schema(_: Patient, connection: sa.Connection) -> Finding:
    found = migrate.schema_version(connection) or "0000"
    params = {"found": found, "known": migrate.HEAD}
    if found > migrate.HEAD:
        return Finding(Level.BAD, "storage.newer_version", params)
    level = Level.OK if found == migrate.HEAD else Level.WARN
    return Finding(level, "storage.doctor_schema", params)


def _integrity(_: Patient, connection: sa.Connection) -> Finding:
    pages = len(connection.exec_driver_sql("PRAGMA cipher_integrity_check").all())
    answers = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
    if pages or answers != ["ok"]:
        return Finding(Level.BAD, "storage.doctor_integrity_bad", {"pages": pages, "faults": len(answers)})
    return Finding(Level.OK, "storage.doctor_integrity")


def _links(_: Patient, connection: sa.Connection) -> Finding:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        return Finding(Level.BAD, "storage.doctor_links_bad", {"table": broken[0][0], "count": len(broken)})
    return Finding(Level.OK, "storage.doctor_links")


def _witness(_: Patient, connection: sa.Connection) -> Finding:
    node = load_node(connection)
    if node is None:
        return Finding(Level.WARN, "storage.doctor_no_station")
    witness = Witness(node.store)
    try:
        state = witness.check(node.incarnation, node.seq).state
    finally:
        witness.close()
    level = Level.OK if state is WitnessState.OK else Level.WARN
    return Finding(level, f"storage.doctor_witness_{state}", {"incarnation": node.incarnation})


def _chain(patient: Patient, connection: sa.Connection) -> Finding:
    if patient.chain is None:
        return Finding(Level.WARN, "storage.doctor_chain_unchecked")
    broken = list(patient.chain(connection))
    if broken:
        return Finding(Level.BAD, "storage.doctor_chain_bad", {"count": len(broken), "first": str(broken[0])})
    return Finding(Level.OK, "storage.doctor_chain")


def _files(patient: Patient, connection: sa.Connection) -> Finding:
    missing = Attachments(patient.home / backup.ATTACHMENTS).missing(AttachmentRows(connection))
    if missing:
        return Finding(
            Level.BAD, "storage.doctor_files_missing", {"count": len(missing), "first": missing[0][:8]}
        )
    return Finding(Level.OK, "storage.doctor_files")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
