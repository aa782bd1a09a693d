"""Private keys on the authority's disk: PKCS 8 in PEM, for the owner alone, encrypted if a passphrase is set."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from domain.codes.keys import Algorithm, Ed25519Signer, PublicKey, Signer
from domain.errors import AppError

PASSPHRASE = "QIFU_PASSPHRASE"  # noqa: S105 - the variable's name
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class P256Signer:
    """Signs ES256: for authorities whose keys live in devices without Ed25519."""

    key: ec.EllipticCurvePrivateKey

    @property
    def kid(self) -> bytes:
        return PublicKey(self.key.public_key()).kid

    @property
    def algorithm(self) -> Algorithm:
        return Algorithm.ES256

    def sign(self, message: bytes) -> bytes:
        """r and s, 32 bytes each."""
        r, s = utils.decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def make_key(algorithm: Algorithm = Algorithm.EDDSA) -> PrivateKey:
    """A new private key for EdDSA or ES256."""
    if algorithm is Algorithm.EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def signer_of(key: PrivateKey) -> Signer:
    """The signer that uses ``key``."""
    return Ed25519Signer(key) if isinstance(key, ed25519.Ed25519PrivateKey) else P256Signer(key)


def public_of(key: PrivateKey) -> PublicKey:
    """The public half."""
    return PublicKey(key.public_key())


def save_key(file: Path, key: PrivateKey) -> None:
    """Write ``key`` to a new file; ``AppError("authority.exists", file)`` rather than overwrite one."""
    body = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, _encryption())
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise AppError("authority.exists", file=file.name) from error
    with os.fdopen(handle, "wb") as stream:
        stream.write(body)


def load_key(file: Path) -> PrivateKey:
    """Read ``file``; raises ``AppError("authority.unreadable", file)``."""
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), _passphrase())
    except (OSError, ValueError, TypeError) as error:
        raise AppError("authority.unreadable", file=file.name) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
        raise AppError("authority.unreadable", file=file.name)
    return key


def _passphrase() -> bytes | None:
    given = os.environ.get(PASSPHRASE)
    return given.encode() if given else None


def _encryption() -> serialization.KeySerializationEncryption:
    given = _passphrase()
    return serialization.BestAvailableEncryption(given) if given else serialization.NoEncryption()
