"""Taking what waits to the centre on a stick (离线导出), when there is no line for days.

The file is a row of sealed records behind a magic word. Each is a length (4 bytes, big-endian), an open head (CBOR:
what it holds, as a place in a chain, no name of anybody) and a box that the centre alone can open: X25519 with a key
of the record's own, HKDF-SHA256, AES-256-GCM bound to the head. In it is the frame of a ``Push``. A copy that was cut
short is gone on with behind its last whole record. Nothing is noted as sent: once the line is back, the centre passes
over what it has.
"""

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.log.chains import ChainId
from domain.errors import AppError
from sync.cbor_shape import fits
from sync.engine.upward import Signer, chains_to_push, next_batch
from sync.frames import FrameError, decode, encode
from sync.protocol import Push
from sync.store import Store

MAGIC = b"QFS1"
MAX_RECORD = 16 << 20
_WIRE_BYTES = 256 << 10
_MAX_ITEMS = 16
_NONCE = b"\0" * 12  # each box has a key of its own


@dataclass(frozen=True, slots=True)
class Exported:
    """What a stick holds now: events, and how many of them this run wrote."""

    events: int
    written: int


@dataclass(frozen=True, slots=True)
class _Record:
    chain: ChainId
    seq: int
    count: int
    box: bytes
    head: bytes
    end: int


def export_to(
    path: Path,
    store: Store,
    sign: Signer,
    centre_key: bytes,
    *,
    progress: Callable[[int, int], bool] = lambda done, total: True,
) -> Exported:
    """Write all that the upstream lacks to ``path``, going on with a file that is there.

    ``centre_key`` is the centre's X25519 key, 32 bytes. ``progress`` answers whether to go on; the file is whole as far
    as it goes. ``stick.not_ours``, ``stick.key_invalid``, ``stick.no_folder``,
    ``stick.unwritable``.
    """
    key = _public(centre_key)
    rows = store.call(chains_to_push)
    total = sum(row.seq - row.upstream_seq for row in rows)
    with _opened(path) as file:
        held = _held(file, {row.id: row.upstream_seq for row in rows})
        events = before = sum(held[row.id] - row.upstream_seq for row in rows)
        for row in rows:
            while progress(events, total):
                out = store.call(next_batch, row.id, held[row.id], _WIRE_BYTES, sign)
                if out is None:
                    break
                _append(file, key, out.push)
                held[row.id] += out.push.events.count
                events += out.push.events.count
    return Exported(events, events - before)


def _held(file: BinaryIO, after: dict[ChainId, int]) -> dict[ChainId, int]:
    """How far each chain goes with what is on the stick already; ``after`` is what the upstream has."""
    held = dict(after)
    for record in _records(file):
        if held.get(record.chain) == record.seq:
            held[record.chain] += record.count
    return held


def read_stick(path: Path, private_key: bytes) -> Iterator[Push]:
    """The pushes on a stick, in order. ``stick.not_ours``, ``stick.not_for_us``, ``stick.damaged``."""
    key = X25519PrivateKey.from_private_bytes(private_key)
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise AppError("stick.not_ours", file=path.name)
            end = len(MAGIC)
            for record in _records(file):
                yield _unsealed(key, record)
                end = record.end
            if file.seek(0, os.SEEK_END) != end:
                raise AppError("stick.damaged", file=path.name)
    except OSError as error:
        raise AppError("stick.unreadable", file=path.name) from error


def _opened(path: Path) -> BinaryIO:
    """The file, ready to be written on behind its last whole record."""
    try:
        file = path.open("r+b" if path.exists() else "w+b")
        start = file.read(len(MAGIC))
        if start and start != MAGIC:
            file.close()
            raise AppError("stick.not_ours", file=path.name)
        if not start:
            file.write(MAGIC)
        end = max((record.end for record in _records(file)), default=len(MAGIC))
        file.truncate(end)
        file.seek(end)
    except FileNotFoundError as error:
        raise AppError("stick.no_folder", folder=str(path.parent)) from error
    except OSError as error:
        raise AppError("stick.unwritable", file=path.name) from error
    return file


def _records(file: BinaryIO) -> Iterator[_Record]:
    """The whole records of a file, from its beginning."""
    at = len(MAGIC)
    while True:
        file.seek(at)
        size_bytes = file.read(4)
        if len(size_bytes) < 4:
            return
        (size,) = struct.unpack(">I", size_bytes)
        body = file.read(size) if 0 < size <= MAX_RECORD else b""
        if len(body) != size or not size:
            return
        try:
            head, box = _small(body)
            device, incarnation, branch, seq, count = _small(head)
        except (cbor2.CBORError, ValueError, TypeError):
            return
        at += 4 + size
        yield _Record((device, incarnation, branch), seq, count, box, head, at)


def _small(written: bytes) -> Any:
    if not fits(written, _MAX_ITEMS):
        raise ValueError("shape")
    return cbor2.loads(written)


def _append(file: BinaryIO, key: X25519PublicKey, push: Push) -> None:
    head = cbor2.dumps([push.device, push.inc, push.branch, push.seq, push.events.count])
    own = X25519PrivateKey.generate()
    sealed = AESGCM(_shared(own.exchange(key), own.public_key())).encrypt(_NONCE, encode(push), head)
    body = cbor2.dumps([head, own.public_key().public_bytes_raw() + sealed])
    try:
        file.seek(0, os.SEEK_END)
        file.write(struct.pack(">I", len(body)) + body)
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        raise AppError("stick.unwritable", file=Path(file.name).name) from error


def _unsealed(key: X25519PrivateKey, record: _Record) -> Push:
    try:
        theirs = X25519PublicKey.from_public_bytes(record.box[:32])
        plain = AESGCM(_shared(key.exchange(theirs), theirs)).decrypt(_NONCE, record.box[32:], record.head)
        push = decode(plain, Push)
    except (InvalidTag, ValueError) as error:
        raise AppError("stick.damaged" if isinstance(error, FrameError) else "stick.not_for_us") from error
    if (push.device, push.inc, push.branch) != record.chain:
        raise AppError("stick.damaged")
    return push


def _shared(secret: bytes, own: X25519PublicKey) -> bytes:
    """The key of one box; bound to the record's own key, so that no two boxes share one."""
    return HKDF(hashes.SHA256(), 32, own.public_bytes_raw(), b"qifu:stick:1").derive(secret)


def _public(key: bytes) -> X25519PublicKey:
    try:
        return X25519PublicKey.from_public_bytes(key)
    except ValueError as error:
        raise AppError("stick.key_invalid") from error


def new_key() -> tuple[bytes, bytes]:
    """A private key for a centre, and its public half; 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()
