"""Upkeep of a station: backups, the way back, the doctor, wiping the demonstration centre."""

import shutil
from pathlib import Path

from db import chain_check, doctor, migrate
from db.doctor import Patient, Report
from db.node import load_node
from db.store import backup, keys
from db.store.backup import Backup
from db.store.engine import open_engine
from db.store.store_copy import Progress
from domain.clock import Clock
from domain.errors import AppError
from services.clock import SystemClock
from services.permissions import require
from services.station import STORE_NAME, Ground, station_exists


def make_backup(ground: Ground, folder: Path | None = None, progress: Progress | None = None) -> Backup:
    """Copy the store, verify the copy, drop backups older than a week. For ``Station.submit_upkeep``."""
    made = backup.make_backup(
        ground.home, ground.key, ground.clock.now_ms(), folder=folder, progress=progress
    )
    if folder is None:
        backup.prune(ground.home / backup.BACKUPS)
    return made


def backup_if_due(ground: Ground, progress: Progress | None = None) -> Backup | None:
    """The day's own backup: made when the newest is a day old."""
    if not backup.is_due(ground.home / backup.BACKUPS, ground.clock.now_ms()):
        return None
    return make_backup(ground, progress=progress)


def list_backups(home: Path) -> list[Backup]:
    """Backups in the home, newest first."""
    return backup.list_backups(home / backup.BACKUPS)


def restore_backup(
    home: Path, copy: Path | None = None, *, clock: Clock | None = None, passphrase: str | None = None
) -> tuple[Path, Path | None]:
    """Put ``copy`` (default: the newest whole backup) in the place of the store, which nobody may have open.

    Returns what was put in place and where the previous store is kept. The next write begins a new incarnation.
    """
    now_ms = (clock or SystemClock()).now_ms()
    key, _ = keys.find_key(home, passphrase=passphrase)
    if copy is None:
        made, kept = backup.open_last_good(home, key, now_ms)
        return made.path, kept
    if not copy.is_file():
        raise AppError("files.not_found", name=copy.name)
    return copy, backup.restore(home, key, copy, now_ms)


def examine(home: Path, *, clock: Clock | None = None, passphrase: str | None = None) -> Report:
    """The doctor's report on the station in ``home``; needs no open station and mends nothing."""
    if not station_exists(home):
        raise AppError("station.missing", home=str(home))
    key, place = keys.find_key(home, passphrase=passphrase)
    now_ms = (clock or SystemClock()).now_ms()
    return doctor.examine(Patient(home, key, place, now_ms, chain=chain_check.broken))


def new_recovery_code(ground: Ground) -> str:
    """A printable recovery code; an earlier one ends. The first one is anybody's: the wizard shows it."""
    if keys.has_recovery_code(ground.home):
        require(ground.actor, "upkeep")
    return keys.create_recovery_code(ground.home, ground.key)


def recover_key(home: Path, code: str) -> keys.KeyPlace:
    """Open the store by its recovery code when the key's place is lost; ``storage.recovery_*``."""
    return keys.recover(home, code)


def wipe_demo(home: Path, *, passphrase: str | None = None) -> None:
    """Remove the demonstration centre from ``home``; ``station.not_demo`` for any other station."""
    key, _ = keys.find_key(home, passphrase=passphrase)
    engine = open_engine(home / STORE_NAME, key)
    try:
        if migrate.needs_migration(engine):
            raise AppError("station.not_demo")
        with engine.connect().execution_options(qifu_read=True) as connection:
            node = load_node(connection)
    finally:
        engine.dispose()
    if node is None or not node.demo:
        raise AppError("station.not_demo")
    for entry in (
        *home.glob("store*"),
        *home.glob("key.json*"),
        home / "attachments",
        home / "backups",
        home / "papers",
        home / "demo-codes",
    ):
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)
