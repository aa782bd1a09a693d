"""Backups of the encrypted store: made while it is in use, verified, kept for days; and the way back.

A backup is an encrypted store of its own under the same key, with a list of what it holds beside it
(``<name>.json``). Files handed in are not copied into a folder of the home, where they lie anyway, but into
any other folder, each once. ``key.json`` goes along, so that a recovery code opens the copy; a bare key never
does.
"""

import json
import os
import shutil
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from db import migrate
from db.errors import classify, classify_at, known
from db.store import engine as store_engine
from db.store.atomic import put_in_place, sync_folder, write_file
from db.store.keys import DESCRIPTION_NAME
from db.store.store_copy import Progress, copy_store
from db.store.witness import Witness
from domain.errors import AppError

STORE_NAME = "store.db"
ATTACHMENTS = "attachments"
BACKUPS = "backups"
KEEP_DAYS = 7
DAY_MS = 24 * 3600 * 1000
_PREFIX = "store-"
_MOMENT = "%Y%m%d-%H%M%S"
_IN_USE_PATIENCE_MS = 2_000
_OF_THE_DISK = {"storage.disk_full", "storage.read_only"}


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file; ``made_at`` in UTC milliseconds, ``schema`` the version of its tables."""

    path: Path
    made_at: int
    size: int
    schema: str
    attachments: tuple[str, ...]


def make_backup(
    home: Path, key: bytes, now_ms: int, *, folder: Path | None = None, progress: Progress | None = None
) -> Backup:
    """Copy the store into ``folder`` (``home/backups``), verify the copy, and list what it holds.

    ``progress`` gets (pages done, pages in all) and answers whether to go on. Errors: ``CopyCancelled``,
    ``storage.backup_bad`` (the copy does not verify and is removed), ``storage.damaged`` (for it is the store that
    is not whole), known ``storage.*`` errors.
    """
    target_folder = folder or home / BACKUPS
    target = target_folder / f"{_PREFIX}{_moment(now_ms)}.db"
    try:
        target_folder.mkdir(parents=True, exist_ok=True)
        copy_store(home / STORE_NAME, target, key, progress)
        backup = _described(home / STORE_NAME, target, key, now_ms)
        if not target_folder.is_relative_to(home):
            _copy_files(home, target_folder, backup.attachments)
    except OSError as error:
        raise known(error) from error
    return backup


def list_backups(folder: Path) -> list[Backup]:
    """The backups in ``folder``, newest first; files without a readable list are left out."""
    found = (_read_list(path) for path in folder.glob(f"{_PREFIX}*.db"))
    return sorted((one for one in found if one is not None), key=lambda one: one.made_at, reverse=True)


def verify(path: Path, key: bytes) -> None:
    """Refuse a store file that is not whole: ``storage.backup_bad``. A disk that refuses says nothing of the file."""
    try:
        whole = _is_whole(path, key)
    except (AppError, dbapi2.Error) as error:
        found = classify_at(error, path)
        if found is not None and found.code in _OF_THE_DISK:
            raise found from None
        whole = False
    if not whole:
        raise AppError("storage.backup_bad", path=str(path))


def _is_whole(path: Path, key: bytes) -> bool:
    with closing(store_engine.connect(path, key)) as connection:
        bad_pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        return not bad_pages and connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"


def _is_store_whole(store: Path, key: bytes) -> bool:
    try:
        verify(store, key)
    except AppError as error:
        return error.code != "storage.backup_bad"
    return True


def restore(home: Path, key: bytes, backup: Path, now_ms: int) -> Path | None:
    """Put ``backup`` in the place of the store; returns where the previous one was kept, if there was one.

    The witness then finds the store behind, so that its next write begins a new incarnation. Nothing else may
    have the store open. Errors: ``storage.in_use``, ``storage.backup_bad``, ``storage.newer_version``.
    """
    return _replace(home, key, backup, f"replaced-{_moment(now_ms)}")


def open_last_good(
    home: Path, key: bytes, now_ms: int, *, folder: Path | None = None
) -> tuple[Backup, Path | None]:
    """Keep the store's file under another name, which says whether it is damaged, and put the newest whole backup in
    its place.

    Returns the backup and the kept file. ``storage.no_backup`` when none is whole; the store is then as it
    was.
    """
    found = list_backups(folder or home / BACKUPS)
    state = "replaced" if found and _is_store_whole(home / STORE_NAME, key) else "damaged"
    for backup in found:
        try:
            return backup, _replace(home, key, backup.path, f"{state}-{_moment(now_ms)}")
        except AppError as error:
            if error.code != "storage.backup_bad":
                raise
    raise AppError("storage.no_backup", path=str(folder or home / BACKUPS))


def is_due(folder: Path, now_ms: int) -> bool:
    """Whether the newest backup is a day old, or there is none."""
    newest = next(iter(list_backups(folder)), None)
    return newest is None or now_ms - newest.made_at >= DAY_MS


def prune(folder: Path, *, keep_days: int = KEEP_DAYS) -> int:
    """Keep the newest backup of each of the last ``keep_days`` days that have one; how many were removed."""
    kept: set[int] = set()
    removed = 0
    for backup in list_backups(folder):
        day = backup.made_at // DAY_MS
        if day not in kept and len(kept) < keep_days:
            kept.add(day)
            continue
        backup.path.unlink(missing_ok=True)
        _list_path(backup.path).unlink(missing_ok=True)
        removed += 1
    return removed


def set_aside(home: Path) -> list[Path]:
    """Earlier files of the store that were kept when another took its place: damaged, replaced, not yet migrated."""
    known = {STORE_NAME, f"{STORE_NAME}-wal", f"{STORE_NAME}-shm"}
    return [one for one in home.glob("store.*") if one.name not in known and ".db" in one.suffixes]


def _described(store: Path, target: Path, key: bytes, now_ms: int) -> Backup:
    """A copy that cannot be verified and listed is no backup, and does not stay."""
    try:
        return _describe(target, key, now_ms)
    except BaseException as error:
        target.unlink(missing_ok=True)
        is_bad = isinstance(error, AppError) and error.code == "storage.backup_bad"
        if is_bad and not _is_store_whole(store, key):
            raise AppError("storage.damaged") from None
        raise


def _describe(target: Path, key: bytes, now_ms: int) -> Backup:
    verify(target, key)
    with closing(store_engine.connect(target, key)) as connection:
        schema = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        rows = connection.execute("SELECT sha256 FROM attachment ORDER BY sha256").fetchall()
        stores = connection.execute("SELECT store FROM node").fetchall()
        # Reading put the copy back into WAL mode; one file is to be the whole backup.
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    for (store,) in stores:
        _settle_witness(store)
    backup = Backup(target, now_ms, target.stat().st_size, schema, tuple(row[0] for row in rows))
    text = json.dumps({**asdict(backup), "path": target.name}, indent=1)
    write_file(_list_path(target), text.encode(), mode=0o600)
    return backup


def _settle_witness(store: str) -> None:
    """A backup is the likeliest thing to be put back: the witness must outlive a power cut from here on."""
    witness = Witness(store)
    witness.settle()
    witness.close()


def _copy_files(home: Path, folder: Path, addresses: tuple[str, ...]) -> None:
    """Sealed files are named by their content: what is there already is not copied again."""
    for sha256 in addresses:
        source, target = home / ATTACHMENTS / sha256[:2] / sha256, folder / ATTACHMENTS / sha256[:2] / sha256
        if source.exists() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target.with_suffix(".new"))
            put_in_place(target.with_suffix(".new"), target)
    if (home / DESCRIPTION_NAME).exists():
        shutil.copyfile(home / DESCRIPTION_NAME, folder / DESCRIPTION_NAME)


def _replace(home: Path, key: bytes, backup: Path, label: str) -> Path | None:
    store = home / STORE_NAME
    verify(backup, key)
    _refuse_newer(backup, key)
    _fold_log_in(store, key)
    fresh = home / f".{STORE_NAME}.restored"
    try:
        copy_store(backup, fresh, key)
        kept = _set_aside(store, store.with_name(f"{store.stem}.{label}{store.suffix}"))
        put_in_place(fresh, store)
        _bring_files_back(backup.parent, home)
    except OSError as error:
        raise known(error) from error
    return kept


def _refuse_newer(backup: Path, key: bytes) -> None:
    try:
        with closing(store_engine.connect(backup, key)) as connection:
            found = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (TypeError, dbapi2.Error):  # a sound database, but none of ours
        raise AppError("storage.backup_bad", path=str(backup)) from None
    if found > migrate.HEAD:
        raise AppError("storage.newer_version", found=found, known=migrate.HEAD)


def _fold_log_in(store: Path, key: bytes) -> None:
    """Make the store one file again. SQLite allows that only to the last process that has it open."""
    if not store.exists():
        return
    try:
        with closing(store_engine.connect(store, key)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {_IN_USE_PATIENCE_MS}").fetchall()
            left_log_mode = store_engine.pragma(connection, "journal_mode = DELETE") == "delete"
    except (AppError, dbapi2.Error) as error:
        found = classify(error)
        if found is not None and found.code == "storage.locked":
            raise AppError("storage.in_use") from None
        return  # damaged beyond that: log and file are set aside as they are
    if not left_log_mode:
        raise AppError("storage.in_use")


def _set_aside(store: Path, kept: Path) -> Path | None:
    """Keep the present file under another name; it stays in place too, until the new one replaces it."""
    for suffix in ("-wal", "-shm"):
        log = store.with_name(store.name + suffix)
        if log.exists():
            log.replace(kept.with_name(kept.name + suffix))
    if not store.exists():
        return None
    try:
        os.link(store, kept)
    except OSError:  # a file system without links
        store.replace(kept)
    sync_folder(store.parent)
    return kept


def _bring_files_back(folder: Path, home: Path) -> None:
    for source in (folder / ATTACHMENTS).glob("??/*"):
        target = home / ATTACHMENTS / source.parent.name / source.name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target.with_suffix(".new"))
            put_in_place(target.with_suffix(".new"), target)


def _read_list(path: Path) -> Backup | None:
    try:
        fields: dict[str, Any] = json.loads(_list_path(path).read_text(encoding="utf-8"))
        return Backup(**{**fields, "path": path, "attachments": tuple(fields["attachments"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _list_path(backup: Path) -> Path:
    return backup.with_suffix(".json")


def _moment(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms / 1000, UTC).strftime(_MOMENT)
