"""Dumps of a centre, sealed: whoever makes one needs no secret, whoever puts one back needs the passphrase.

The passphrase (备份口令) gives an X25519 key by Argon2id; its public half lies in ``backup_key.json`` of the home. A
sealed dump is a magic word, the length of a head and the head (CBOR: salt and cost of the passphrase's key, a public
key of the dump's own), then boxes of a mebibyte: AES-256-GCM under HKDF-SHA256 of both keys, numbered, the last one
marked, so that none can be left out, moved or cut off unseen.
"""

import json
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.store.atomic import write_file
from domain.errors import AppError
from sync.cbor_shape import fits

MAGIC = b"QFB1"
FILE_NAME = "backup_key.json"
PIECE = 1 << 20
MIN_PASSPHRASE = 12
_COST = {"time_cost": 3, "memory_cost": 65_536, "parallelism": 4}
_MAX_COST = {"time_cost": 16, "memory_cost": 1 << 20, "parallelism": 16}
_LENGTH = struct.Struct(">I")
_MAX_HEAD, _MAX_ITEMS = 1 << 10, 16
_TAG = 16


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The public half of a passphrase's key, and what leads from the passphrase to it."""

    public: bytes
    salt: bytes

    @classmethod
    def of(cls, passphrase: str) -> "SealingKey":
        """A key for ``passphrase``. ``server.backup_passphrase_short``."""
        if len(passphrase) < MIN_PASSPHRASE:
            raise AppError("server.backup_passphrase_short", limit=MIN_PASSPHRASE)
        salt = secrets.token_bytes(16)
        return cls(_private(passphrase, salt, _COST).public_key().public_bytes_raw(), salt)

    @classmethod
    def read(cls, home: Path) -> "SealingKey | None":
        """The key of ``home``, None where none was set. ``server.file_bad``."""
        try:
            told = json.loads((home / FILE_NAME).read_text("utf-8"))
            return cls(bytes.fromhex(told["public"]), bytes.fromhex(told["salt"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AppError("server.file_bad", path=str(home / FILE_NAME)) from error

    def write(self, home: Path) -> None:
        """Keep it for every further dump; it is no secret."""
        told = {"public": self.public.hex(), "salt": self.salt.hex()}
        write_file(home / FILE_NAME, json.dumps(told).encode(), mode=0o600)


def is_sealed(path: Path) -> bool:
    """Whether ``path`` is a sealed dump."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def seal(source: IO[bytes], target: BinaryIO, key: SealingKey) -> None:
    """Write all of ``source`` to ``target``, sealed to ``key``."""
    own = X25519PrivateKey.generate()
    ephemeral = own.public_key().public_bytes_raw()
    head = cbor2.dumps({"salt": key.salt, "cost": _COST, "key": ephemeral})
    target.write(MAGIC + _LENGTH.pack(len(head)) + head)
    cipher = _cipher(own.exchange(X25519PublicKey.from_public_bytes(key.public)), head)
    number, piece = 0, source.read(PIECE)
    while True:
        following = source.read(PIECE) if len(piece) == PIECE else b""
        target.write(cipher.encrypt(_nonce(number, last=not following), piece, None))
        if not following:
            return
        number, piece = number + 1, following


def unsealed(path: Path, passphrase: str) -> Iterator[bytes]:
    """What is in the dump, piece by piece. ``server.backup_passphrase_wrong``, ``server.backup_damaged``.

    A piece that was given out is whole, but only the end tells whether all is there.
    """
    with path.open("rb") as file:
        cipher = _opened(file, path, passphrase)
        number, box = 0, file.read(PIECE + _TAG)
        while True:
            following = file.read(PIECE + _TAG)
            try:
                yield cipher.decrypt(_nonce(number, last=not following), box, None)
            except InvalidTag as error:
                code = "server.backup_damaged" if number else "server.backup_passphrase_wrong"
                raise AppError(code, path=str(path)) from error
            if not following:
                return
            number, box = number + 1, following


def _opened(file: BinaryIO, path: Path, passphrase: str) -> AESGCM:
    try:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("magic")
        (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
        head = file.read(min(length, _MAX_HEAD))
        if len(head) != length or not fits(head, _MAX_ITEMS):
            raise ValueError("head")
        told = cbor2.loads(head)
        private = _private(passphrase, bytes(told["salt"]), _bounded(told["cost"]))
        return _cipher(private.exchange(X25519PublicKey.from_public_bytes(bytes(told["key"]))), head)
    except (struct.error, ValueError, KeyError, TypeError, cbor2.CBORDecodeError) as error:
        raise AppError("server.backup_damaged", path=str(path)) from error


def _bounded(cost: dict[str, int]) -> dict[str, int]:
    """What a dump asks for, unless it would take the machine down."""
    found = {name: int(cost[name]) for name in _COST}
    if any(not 0 < found[name] <= most for name, most in _MAX_COST.items()):
        raise ValueError("cost")
    return found


def _private(passphrase: str, salt: bytes, cost: dict[str, int]) -> X25519PrivateKey:
    from argon2.low_level import Type, hash_secret_raw

    raw = hash_secret_raw(passphrase.encode(), salt, hash_len=32, type=Type.ID, **cost)
    return X25519PrivateKey.from_private_bytes(raw)


def _cipher(shared: bytes, head: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, head[-32:], b"qifu:centre dump:1:" + head).derive(shared))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
