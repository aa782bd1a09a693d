"""How much of unfinished files one device may leave at a node: so many, and bytes as their events announce them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from db.errors import known
from db.files.partial_files import PartialFiles

MAX_FILES = 64
MAX_BYTES = 512 << 20
STALE_MS = 86_400_000
"""Whoever has used up his allowance loses what nothing was added to for so long."""
FOLDER = "sync/begun"
"""In a home, beside the partial files."""


@dataclass(frozen=True, slots=True)
class _Begun:
    sha256: str
    size: int
    note: Path


class Allowance:
    """Notes which device began which file at the node in ``home``: an empty file ``{device}/{sha256}.{size}`` each."""

    def __init__(self, home: Path, parts: PartialFiles) -> None:
        self._folder = home / FOLDER
        self._parts = parts

    def admits(self, device: str, sha256: str, size: int, now_ms: int) -> bool:
        """Whether ``device`` may begin one more file of ``size`` bytes; notes it where it may."""
        folder = self._of(device)
        begun = [one for one in self._begun(folder) if one.sha256 != sha256]
        if not _fits(begun, size):
            begun = [one for one in begun if not self._dropped(one, now_ms - STALE_MS)]
        if not _fits(begun, size):
            return False
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / f"{sha256}.{size}").touch()
        except OSError as error:
            raise known(error) from error
        return True

    def ended(self, device: str, sha256: str, size: int) -> None:
        """The file is here; a note by another device goes with that one's next file."""
        (self._of(device) / f"{sha256}.{size}").unlink(missing_ok=True)

    def _of(self, device: str) -> Path:
        return self._folder / hashlib.sha256(device.encode()).hexdigest()[:32]

    def _begun(self, folder: Path) -> Iterator[_Begun]:
        """What of the device is still under way; notes of files that have come to their end go."""
        for note in folder.glob("*.*"):
            sha256, _, size = note.name.partition(".")
            if self._parts.touched_ms(sha256) is None:
                note.unlink(missing_ok=True)
            else:
                yield _Begun(sha256, int(size), note)

    def _dropped(self, one: _Begun, before_ms: int) -> bool:
        touched = self._parts.touched_ms(one.sha256)
        if touched is not None and touched >= before_ms:
            return False
        self._parts.drop(one.sha256)
        one.note.unlink(missing_ok=True)
        return True


def _fits(begun: list[_Begun], size: int) -> bool:
    return len(begun) < MAX_FILES and sum(one.size for one in begun) + size <= MAX_BYTES
