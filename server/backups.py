"""Backups of a hub or centre, and the way back. What is put back begins another epoch and another incarnation.

A hub's are those of a desk (``db.store.backup``). A centre's are PostgreSQL's own dumps (``pg_dump``, custom format),
sealed, with the files that were handed in beside them; whoever runs the database may have better ones, which are
noticed, too.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from db.centre import for_programs, is_served
from db.store import backup as desk_backup
from db.store.atomic import put_in_place
from domain.enrolment import DeviceRole
from domain.errors import AppError
from server.embedded import Embedded
from server.epoch import EpochKeeper
from server.nodes import EMBEDDED, NodeFile, node_in
from server.sealed_dumps import PIECE, SealingKey, is_sealed, seal, unsealed
from services.clock import SystemClock
from services.upkeep import make_backup as make_desk_backup
from services.upkeep import restore_backup as restore_desk_backup

_PREFIX, _SUFFIX = "centre-", ".dump"
_MAGIC = b"PGDMP"
"""How every dump of ``pg_dump`` in its custom format begins."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup and its size in bytes."""

    path: Path
    size: int


def make_backup(home: Path, folder: Path | None = None, *, passphrase: str = "", plain: bool = False) -> Made:
    """Copy the store of ``home`` into ``folder`` (default: its ``backups``), while it is in use or not.

    A hub's copy is encrypted as its store is. A centre's dump is sealed to ``passphrase``, which counts from then on,
    or to the last one that was given; ``plain``: where there is none. ``server.backup_open``.
    """
    file = NodeFile.read(home)
    with node_in(home) as node:
        if file.role == DeviceRole.HUB:
            made = node.run_aside(make_desk_backup, folder)
            return Made(made.path, made.size)
        key = _sealing_key(home, passphrase, plain)
        url = node.embedded.url if node.embedded else file.database
        programs = node.embedded.programs if node.embedded else None
        return _dump(home, folder or home / desk_backup.BACKUPS, _Pg(url, programs), key)


def _sealing_key(home: Path, passphrase: str, plain: bool) -> SealingKey | None:
    if passphrase:
        SealingKey.of(passphrase).write(home)
    key = SealingKey.read(home)
    if key is None and not plain:
        raise AppError("server.backup_open")
    return key


def restore_backup(home: Path, copy: Path | None = None, *, passphrase: str = "") -> Path:
    """Put ``copy`` (default: the newest backup of the home) in the place of the store, which nobody may be serving.

    A sealed dump is read to its end before anything is changed. ``server.in_use``, ``server.no_dump``,
    ``server.restore_failed``, ``server.backup_*``, ``storage.*``.
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
    if sealed := is_sealed(copy):
        _check_sealed(copy, passphrase)
    elif next(_pieces(copy), b"")[: len(_MAGIC)] != _MAGIC:
        raise AppError("server.no_dump", path=str(copy))
    embedded = Embedded(home) if file.database == EMBEDDED else None
    try:
        url = embedded.url if embedded else file.database
        if is_served(url):
            raise AppError("server.in_use")
        EpochKeeper(home).forget()
        plain = unsealed(copy, passphrase) if sealed else _pieces(copy)
        _Pg(url, embedded.programs if embedded else None).load(plain)
    except AppError as error:
        if error.code != "server.pg_failed":
            raise
        raise AppError("server.restore_failed", path=str(copy), detail=error.params["detail"]) from error
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


def _check_sealed(copy: Path, passphrase: str) -> None:
    if not passphrase:
        raise AppError("server.backup_passphrase_needed")
    for _ in unsealed(copy, passphrase):
        pass


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _dump(home: Path, folder: Path, pg: "_Pg", key: SealingKey | None) -> Made:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = datetime.fromtimestamp(SystemClock().now_ms() / 1000, UTC).strftime("%Y%m%d-%H%M%S")
    target = folder / f"{_PREFIX}{moment}{_SUFFIX}"
    fresh = folder / f".{target.name}.new"
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            pg.dump(file, key)
        put_in_place(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
    if folder.resolve() != (home / desk_backup.BACKUPS).resolve():
        _copy_files(home / desk_backup.ATTACHMENTS, folder / desk_backup.ATTACHMENTS)
    return Made(target, target.stat().st_size)


@dataclass(frozen=True, slots=True)
class _Pg:
    """PostgreSQL's own programs over one database; ``programs`` is where they lie, None for wherever they are found."""

    url: str
    programs: Path | None

    def dump(self, target: BinaryIO, key: SealingKey | None) -> None:
        """Write a dump to ``target``: nothing of it lies open anywhere where there is a ``key``."""
        with self._running("pg_dump", "--format=custom", "--no-owner", stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            if key is None:
                shutil.copyfileobj(process.stdout, target, PIECE)
            else:
                seal(process.stdout, target, key)

    def load(self, pieces: Iterator[bytes]) -> None:
        """Put a dump back, in one transaction."""
        given = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        with self._running("pg_restore", *given, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            with suppress(BrokenPipeError):  # it has ended, and says why
                for piece in pieces:
                    process.stdin.write(piece)
                process.stdin.close()

    @contextmanager
    def _running(
        self, program: str, *given: str, stdin: int | None = None, stdout: int | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program. The password goes by the environment, where no other user reads it."""
        plain, password = for_programs(self.url)
        environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
        command = [_program(program, self.programs), f"--dbname={plain}", *given]
        with (
            TemporaryFile() as said,
            subprocess.Popen(command, env=environment, stdin=stdin, stdout=stdout, stderr=said) as process,
        ):
            try:
                yield process
            except BaseException:
                process.kill()
                raise
            if process.wait():
                said.seek(0)
                last = (said.read().decode(errors="replace").strip().splitlines() or [""])[-1]
                raise AppError("server.pg_failed", program=program, detail=last[:200])


def _program(name: str, programs: Path | None) -> str:
    """Of the embedded server, else the system's, else the wheel's."""
    found = shutil.which(name, path=str(programs)) if programs else shutil.which(name)
    if found is None:
        raise AppError("server.no_pg_program", program=name)
    return found


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
