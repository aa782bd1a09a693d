"""What has arrived of files that are on their way: sealed like everything at rest, kept over any cut.

A partial file is a row of records, one for each piece as it came: length and offset, a nonce, AES-256-GCM over the
piece, bound to the file's name and the offset. A record that was torn by a power cut is cut off; one that was changed
is found when the file is read, and the file begins anew.
"""

import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.errors import known
from db.files.file_ages import written_before, written_ms
from db.store.file_lock import locked

INCOMING = "sync/incoming"
"""Where attached files on their way lie, in a home."""
LONGEST_PIECE = 1 << 20
_HEAD = struct.Struct(">IQ")
_NONCE, _TAG = 12, 16
_SUFFIX = ".part"


class OffsetGap(Exception):
    """A piece does not follow what is here: ``have`` bytes."""

    def __init__(self, have: int) -> None:
        super().__init__(have)
        self.have = have


class PartialDamaged(Exception):
    """What rested here is not what had come."""


def partial_key(seed: bytes) -> bytes:
    """The key of a node's partial files, from its device's own secret."""
    return HKDF(SHA256(), 32, None, b"qifu:partial files:1").derive(seed)


class PartialFiles:
    """Partial files under ``folder``; several processes may add to one."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._cipher = AESGCM(key)

    def have(self, name: str) -> int:
        """How many bytes of ``name`` are here, from its beginning on."""
        try:
            with self._path(name).open("rb") as file:
                return _end(file)[0]
        except FileNotFoundError:
            return 0

    def touched_ms(self, name: str) -> float | None:
        """When something was last added to ``name``, UTC milliseconds; None where nothing of it is here."""
        return written_ms(self._path(name))

    def append(self, name: str, offset: int, piece: bytes) -> int:
        """Add ``piece``, which begins at ``offset``; how many bytes are here then.

        What is here already is passed over, so that a piece may come twice. ``OffsetGap`` where bytes are missing
        between.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._path(name).open("a+b") as file, locked(file.fileno()):
                have, place = _end(file)
                if offset > have:
                    raise OffsetGap(have)
                fresh = piece[have - offset :]
                file.truncate(place)
                file.seek(0, os.SEEK_END)
                for at in range(0, len(fresh), LONGEST_PIECE):
                    file.write(self._record(name, have + at, fresh[at : at + LONGEST_PIECE]))
                return have + len(fresh)
        except OSError as error:
            raise known(error) from error

    def read(self, name: str) -> Iterator[bytes]:
        """What is here of ``name``, piece by piece; ``PartialDamaged``."""
        try:
            with self._path(name).open("rb") as file:
                while head := file.read(_HEAD.size):
                    if len(head) < _HEAD.size:
                        return
                    length, offset = _HEAD.unpack(head)
                    yield self._opened(name, offset, file.read(_NONCE), file.read(length + _TAG))
        except FileNotFoundError:
            return

    def drop(self, name: str) -> None:
        """Forget what is here of ``name``."""
        self._path(name).unlink(missing_ok=True)

    def drop_all(self, beginning: str) -> None:
        """Forget all whose names begin so."""
        for one in self._folder.glob(f"{beginning}*{_SUFFIX}"):
            one.unlink(missing_ok=True)

    def sweep(self, before_ms: float) -> int:
        """Drop what nothing was added to since ``before_ms`` (UTC); how many."""
        old = written_before(self._folder.glob(f"*{_SUFFIX}"), before_ms)
        for one in old:
            one.unlink(missing_ok=True)
        return len(old)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"

    def _record(self, name: str, offset: int, piece: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        head = _HEAD.pack(len(piece), offset)
        return head + nonce + self._cipher.encrypt(nonce, piece, name.encode() + head)

    def _opened(self, name: str, offset: int, nonce: bytes, sealed: bytes) -> bytes:
        bound = name.encode() + _HEAD.pack(len(sealed) - _TAG if len(sealed) > _TAG else 0, offset)
        try:
            return self._cipher.decrypt(nonce, sealed, bound)
        except (InvalidTag, ValueError) as error:
            raise PartialDamaged(name) from error


def _end(file: BinaryIO) -> tuple[int, int]:
    """(bytes of the file that are here, where the last whole record ends)."""
    size = file.seek(0, os.SEEK_END)
    have = place = 0
    while place + _HEAD.size <= size:
        file.seek(place)
        length, offset = _HEAD.unpack(file.read(_HEAD.size))
        following = place + _HEAD.size + _NONCE + length + _TAG
        if not 0 < length <= LONGEST_PIECE or offset != have or following > size:
            break
        have, place = have + length, following
    return have, place
