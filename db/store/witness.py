"""A small file outside the home that remembers how far a store got, so that numbers are never used twice.

A store that was restored from an old file, or copied to a second machine, looks perfectly sound from inside.
The witness lies in the user's state folder (``QIFU_WITNESS_DIR`` in tests), one file a store, and holds the
last (incarnation, seq) and the machine. ``check`` is asked before the first write, **inside** its IMMEDIATE
transaction, so that no other process moves on in between; any answer but ``ok`` means: begin incarnation
``highest_incarnation + 1``, and ``advance(new, 0)`` before that COMMIT, so that a process waiting for the
transaction finds both agreeing. Ordinary commits call ``advance`` after COMMIT.

*Behind*: the store is below its witness, hence an old file. *Missing*: no witness, hence another machine or
account. *Other machine*: the witness came along with the whole account, or the store comes back from a
machine where it began a later incarnation. A store that is ahead within its incarnation is sound: its last
process was killed between COMMIT and ``advance``, and a kill must not cost an incarnation.

What it costs: ``advance`` after each COMMIT writes one slot (some 0.02 ms) and forces it to the disk only
when the last time was over ``SYNC_EVERY_S`` ago, or ``SYNC_EVERY`` commits, or an incarnation begins, or
by ``settle``, which a backup calls. A killed process loses nothing, since the page cache outlives it. A
power cut may lose that short tail; it matters only to someone who then puts back by hand a copy of the store
made within the same two seconds (restoring a backup by the program begins a new incarnation anyway). Two
slots, written in turn and each with a checksum, survive a torn write.
"""

import json
import logging
import os
import time
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import platformdirs

from db.store.file_lock import locked
from db.store.machine import machine_id

SYNC_EVERY_S = 2.0
SYNC_EVERY = 64
_SLOT = 4096  # one page of the disk each, so that a torn write hits one slot only
_TEXT = 512

_log = logging.getLogger(__name__)


class WitnessState(StrEnum):
    """What the witness says of a store."""

    OK = "ok"
    BEHIND = "behind"
    MISSING = "missing"
    OTHER_MACHINE = "other_machine"


@dataclass(frozen=True, slots=True)
class WitnessVerdict:
    """``highest_incarnation`` is the highest that store or witness know; a new one is one more."""

    state: WitnessState
    highest_incarnation: int

    @property
    def needs_new_incarnation(self) -> bool:
        """Whether the store must not go on under its present incarnation."""
        return self.state is not WitnessState.OK


@dataclass(frozen=True, slots=True)
class _Mark:
    turn: int
    incarnation: int
    seq: int
    machine: str


def witness_folder() -> Path:
    """Where witnesses lie: ``QIFU_WITNESS_DIR``, else the user's state folder of the program."""
    given = os.environ.get("QIFU_WITNESS_DIR")
    return Path(given) if given else Path(platformdirs.user_state_dir("qifu-desk", appauthor=False))


class Witness:
    """The witness of one store. Several processes share the file; one thread uses one object."""

    def __init__(self, store: str, *, folder: Path | None = None, machine: str | None = None) -> None:
        self._path = (folder or witness_folder()) / f"{store}.witness"
        self._machine = machine
        self._file: int | None = None
        self._unsynced = 0
        self._synced_at = float("-inf")

    def check(self, incarnation: int, seq: int) -> WitnessVerdict:
        """Compare the store's head with what was seen before; to be asked once, before the first write."""
        try:
            mark = self._peek()
            machine = self._this_machine()
        except OSError as error:
            _log.warning("witness cannot be read: %s", error)
            mark = None
        if mark is None:
            return WitnessVerdict(WitnessState.MISSING, incarnation)
        highest = max(incarnation, mark.incarnation)
        if mark.machine != machine or incarnation > mark.incarnation:
            return WitnessVerdict(WitnessState.OTHER_MACHINE, highest)
        if (incarnation, seq) < (mark.incarnation, mark.seq):
            return WitnessVerdict(WitnessState.BEHIND, highest)
        return WitnessVerdict(WitnessState.OK, highest)

    def advance(self, incarnation: int, seq: int) -> None:
        """Raise the mark after a COMMIT; a lower one changes nothing.

        An error of the disk is logged, not raised: the record itself is safe by now. The next start then
        finds the witness missing or lower.
        """
        try:
            self._advance(incarnation, seq)
        except OSError as error:
            self.close()
            _log.warning("witness cannot be written: %s", error)

    def settle(self) -> None:
        """Force to the disk what any process has written so far; says nothing new, and makes no witness."""
        try:
            if self._path.exists():
                os.fsync(self._open())
        except OSError as error:
            _log.warning("witness cannot be written: %s", error)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _advance(self, incarnation: int, seq: int) -> None:
        file = self._open()
        machine = self._this_machine()
        with locked(file):
            mark = _read(file) or _Mark(0, 0, 0, "")
            begins = mark.incarnation < incarnation
            highest = max((mark.incarnation, mark.seq), (incarnation, seq))
            if mark.machine != machine or highest != (mark.incarnation, mark.seq):
                _write(file, _Mark(mark.turn + 1, *highest, machine))
                self._unsynced += 1
        if self._unsynced and (begins or self._is_due()):
            os.fsync(file)
            self._unsynced, self._synced_at = 0, time.monotonic()

    def _is_due(self) -> bool:
        return self._unsynced >= SYNC_EVERY or time.monotonic() - self._synced_at >= SYNC_EVERY_S

    def _peek(self) -> _Mark | None:
        if not self._path.exists():
            return None
        file = self._open()
        with locked(file):
            return _read(file)

    def _open(self) -> int:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        return self._file

    def _this_machine(self) -> str:
        if self._machine is None:
            self._machine = machine_id(self._path.parent / "machine")
        return self._machine


def _read(file: int) -> _Mark | None:
    """The newest whole slot."""
    marks = [mark for mark in (_read_slot(file, 0), _read_slot(file, 1)) if mark is not None]
    return max(marks, key=lambda mark: mark.turn) if marks else None


def _read_slot(file: int, slot: int) -> _Mark | None:
    os.lseek(file, slot * _SLOT, os.SEEK_SET)
    text, _, checksum = os.read(file, _TEXT).rstrip().rpartition(b" ")
    if not text or checksum != _checksum(text):
        return None
    return _Mark(**json.loads(text))


def _write(file: int, mark: _Mark) -> None:
    """Over the older of the two slots."""
    fields = {name: getattr(mark, name) for name in ("turn", "incarnation", "seq", "machine")}
    text = json.dumps(fields).encode()
    os.lseek(file, (mark.turn % 2) * _SLOT, os.SEEK_SET)
    os.write(file, (text + b" " + _checksum(text)).ljust(_TEXT))


def _checksum(text: bytes) -> bytes:
    return b"%08x" % zlib.crc32(text)
