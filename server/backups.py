"""Backups of a hub or centre, and the way back. What is put back begins another epoch and another incarnation.

A hub's are those of a desk (``db.backup``). A centre's are PostgreSQL's own dumps (``pg_dump``, custom format), with
the files that were handed in beside them; whoever runs the database may well have better ones, which are noticed, too.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from db import backup as desk_backup
from db.atomic import put_in_place
from db.centre import open_centre
from domain.enrolment import DeviceRole
from domain.errors import AppError
from server.embedded import Embedded
from server.epoch import EpochKeeper
from server.nodes import EMBEDDED, NodeFile, node_in
from services.clock import SystemClock
from services.upkeep import make_backup as make_desk_backup
from services.upkeep import restore_backup as restore_desk_backup

_PREFIX, _SUFFIX = "centre-", ".dump"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup and its size in bytes."""

    path: Path
    size: int


def make_backup(home: Path, folder: Path | None = None) -> Made:
    """Copy the store of ``home`` into ``folder`` (default: its ``backups``), while it is in use or not."""
    file = NodeFile.read(home)
    with node_in(home) as node:
        if file.role == DeviceRole.HUB:
            made = node.run_aside(make_desk_backup, folder)
            return Made(made.path, made.size)
        url = node.embedded.url if node.embedded else file.database
        programs = node.embedded.programs if node.embedded else None
        return _dump(home, folder or home / desk_backup.BACKUPS, url, programs)


def restore_backup(home: Path, copy: Path | None = None) -> Path:
    """Put ``copy`` (default: the newest backup of the home) in the place of the store, which nobody may be serving.

    ``server.in_use``, ``storage.*``.
    """
    file = NodeFile.read(home)
    if file.role == DeviceRole.HUB:
        EpochKeeper(home).forget()
        done, _ = restore_desk_backup(home, copy)
        _begin_anew(home)
        return done
    copy = copy or _newest(home / desk_backup.BACKUPS)
    if not copy.is_file():
        raise AppError("server.no_file", path=str(copy))
    embedded = Embedded(home) if file.database == EMBEDDED else None
    try:
        url = embedded.url if embedded else file.database
        _refuse_while_served(url)
        EpochKeeper(home).forget()
        _load(copy, url, embedded.programs if embedded else None)
    finally:
        if embedded is not None:
            embedded.close()
    _bring_files_back(copy.parent, home)
    _begin_anew(home)
    return copy


def _begin_anew(home: Path) -> None:
    """Opening it once begins the new epoch."""
    with node_in(home):
        pass


def _dump(home: Path, folder: Path, url: str, programs: Path | None) -> Made:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = datetime.fromtimestamp(SystemClock().now_ms() / 1000, UTC).strftime("%Y%m%d-%H%M%S")
    target = folder / f"{_PREFIX}{moment}{_SUFFIX}"
    fresh = folder / f".{target.name}.new"
    _run("pg_dump", programs, url, "--format=custom", "--no-owner", f"--file={fresh}")
    fresh.chmod(0o600)
    put_in_place(fresh, target)
    if folder.resolve() != (home / desk_backup.BACKUPS).resolve():
        _copy_files(home / desk_backup.ATTACHMENTS, folder / desk_backup.ATTACHMENTS)
    return Made(target, target.stat().st_size)


def _load(copy: Path, url: str, programs: Path | None) -> None:
    given = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    _run("pg_restore", programs, url, *given, str(copy), dbname=True)


def _run(program: str, programs: Path | None, url: str, *given: str, dbname: bool = False) -> None:
    """Run a program of PostgreSQL. The password goes by the environment, where no other user reads it."""
    known = sa.make_url(url)
    environment = {**os.environ, **({"PGPASSWORD": known.password} if known.password else {})}
    plain = known.set(drivername="postgresql", password=None).render_as_string()
    place = _program(program, programs)
    target = [f"--dbname={plain}"] if dbname else [plain]
    done = subprocess.run([place, *target, *given], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise AppError("server.pg_failed", program=program, detail=done.stderr.strip().splitlines()[-1][:200])


def _program(name: str, programs: Path | None) -> str:
    """Of the embedded server, else the system's, else the wheel's."""
    found = shutil.which(name, path=str(programs)) if programs else shutil.which(name)
    if found is None:
        raise AppError("server.no_pg_program", program=name)
    return found


def _refuse_while_served(url: str) -> None:
    engine = open_centre(url, pool_size=1)
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND application_name = 'qifu-server'"
    )
    try:
        with engine.connect() as connection:
            if connection.execute(others).scalar_one():
                raise AppError("server.in_use")
    finally:
        engine.dispose()


def _newest(folder: Path) -> Path:
    found = sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"))
    if not found:
        raise AppError("server.no_backup", path=str(folder))
    return found[-1]


def _copy_files(source: Path, target: Path) -> None:
    """Each file once: its name is the digest of what it holds."""
    for file in source.rglob("*") if source.is_dir() else ():
        copy = target / file.relative_to(source)
        if file.is_file() and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)


def _bring_files_back(folder: Path, home: Path) -> None:
    _copy_files(folder / desk_backup.ATTACHMENTS, home / desk_backup.ATTACHMENTS)
