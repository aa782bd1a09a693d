"""Files handed in with a case: sealed files under the home, keys and sizes in the store.

A file's address is the SHA-256 of its plain content. It rests as AES-256-GCM over one MiB at a time, under a
key of its own kept in the row; the nonce is the chunk's number, and number and, in the last chunk, the whole
size are authenticated, so that no chunk can be changed, moved, dropped or cut off.

``receive`` seals into a temporary file without holding the store; ``keep`` puts it in place inside the unit
of work that records it. What a failed unit of work leaves behind is removed by ``sweep``.
"""

import hashlib
import os
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.errors import known
from db.files.attachment_rows import AttachmentRow, AttachmentRows
from db.files.file_ages import written_before
from db.files.file_types import check_type
from db.store.atomic import put_in_place
from domain.errors import AppError

CHUNK = 1 << 20
LIMIT_BYTES = 20 * CHUNK
_TAG = 16
_UNFINISHED = ".new"
_ABANDONED_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Received:
    """A file checked and sealed, not yet recorded."""

    sha256: str
    size: int
    media_type: str
    key: bytes
    sealed: Path


class Attachments:
    """The sealed files under ``folder`` (``home/attachments``)."""

    def __init__(self, folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def receive(self, name: str, content: BinaryIO) -> Received:
        """Check and seal ``content``, an open seekable file handed in as ``name``.

        Errors: ``storage.attachment_empty``, ``storage.attachment_too_large``, those of ``db.files.file_types`` and
        of a full disk; nothing is left behind.
        """
        size = content.seek(0, os.SEEK_END)
        if size == 0:
            raise AppError("storage.attachment_empty", name=name)
        if size > self._limit_bytes:
            raise AppError("storage.attachment_too_large", name=name, limit_mib=self._limit_bytes // CHUNK)
        media_type = check_type(name, content)
        key, sealed = AESGCM.generate_key(256), self._folder / f"{secrets.token_hex(16)}{_UNFINISHED}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            sha256, sealed_size = _seal(content, sealed, key)
        except OSError as error:
            sealed.unlink(missing_ok=True)
            raise known(error) from error
        return Received(sha256, sealed_size, media_type, key, sealed)

    def keep(self, rows: AttachmentRows, received: Received, stored_at: int) -> AttachmentRow:
        """Put a received file in place and record it; content already stored is recorded once.

        To be called inside the unit of work (a transaction that may write), so that two never place one
        address.
        """
        present = rows.get(received.sha256)
        row = AttachmentRow(received.sha256, received.size, received.media_type, received.key, stored_at)
        if present is None:
            self._place(received.sealed, row.sha256)
            rows.add(row)
            return row
        if not self.path(row.sha256).exists():
            self._replace_lost(received.sealed, row, present)
        self.discard(received)
        return present

    def discard(self, received: Received) -> None:
        """Remove a received file that is not wanted after all."""
        received.sealed.unlink(missing_ok=True)

    def read(self, row: AttachmentRow) -> Iterator[bytes]:
        """The plain content, chunk by chunk; each is verified before it is given out.

        Errors: ``storage.attachment_missing``, ``storage.attachment_damaged``.
        """
        try:
            with self.path(row.sha256).open("rb") as sealed:
                yield from _unseal(sealed, row)
        except FileNotFoundError:
            raise AppError("storage.attachment_missing", sha256=row.sha256) from None
        except (InvalidTag, _Damaged):
            raise AppError("storage.attachment_damaged", sha256=row.sha256) from None
        except OSError as error:
            raise known(error) from error

    def path(self, sha256: str) -> Path:
        """Where the sealed file of this address lies."""
        return self._folder / sha256[:2] / sha256

    def missing(self, rows: AttachmentRows) -> list[str]:
        """Addresses that are recorded but have no file."""
        return sorted(sha256 for sha256 in rows.addresses() if not self.path(sha256).exists())

    def sweep(self, rows: AttachmentRows, now_ms: int) -> int:
        """Remove files without a row and abandoned temporary ones; how many were removed.

        Inside a unit of work that may write, so that no file is on its way in.
        """
        recorded = rows.addresses()
        orphans = [file for file in self._folder.glob("??/*") if file.name not in recorded]
        left = written_before(self._folder.glob(f"*{_UNFINISHED}"), now_ms - _ABANDONED_MS)
        for file in orphans + left:
            file.unlink(missing_ok=True)
        return len(orphans) + len(left)

    def _place(self, sealed: Path, sha256: str) -> None:
        target = self.path(sha256)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            put_in_place(sealed, target)
        except OSError as error:
            raise known(error) from error

    def _replace_lost(self, sealed: Path, row: AttachmentRow, present: AttachmentRow) -> None:
        """A recorded file that was lost is handed in again: seal it under the recorded key."""
        with sealed.open("rb") as file:
            plain = BytesIO(b"".join(_unseal(file, row)))
        again = sealed.with_suffix(f".again{_UNFINISHED}")
        _seal(plain, again, present.key)
        self._place(again, row.sha256)


class _Damaged(Exception):
    """The sealed file is not what was stored."""


def _seal(content: BinaryIO, target: Path, key: bytes) -> tuple[str, int]:
    cipher, digest, size, number = AESGCM(key), hashlib.sha256(), 0, 0
    with target.open("xb") as file:
        chunk = content.read(CHUNK)
        while chunk:
            following = content.read(CHUNK)
            digest.update(chunk)
            size += len(chunk)
            file.write(cipher.encrypt(_nonce(number), chunk, _bound(number, 0 if following else size)))
            chunk, number = following, number + 1
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _unseal(sealed: BinaryIO, row: AttachmentRow) -> Iterator[bytes]:
    cipher, digest = AESGCM(row.key), hashlib.sha256()
    last = (row.size - 1) // CHUNK
    for number in range(last + 1):
        total = row.size if number == last else 0
        plain = cipher.decrypt(_nonce(number), sealed.read(CHUNK + _TAG), _bound(number, total))
        digest.update(plain)
        if number == last and (sealed.read(1) or digest.hexdigest() != row.sha256):
            raise _Damaged
        yield plain


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound(number: int, total: int) -> bytes:
    """What a chunk is bound to: its number, and the whole size in the last one."""
    return struct.pack(">IQ", number, total)
