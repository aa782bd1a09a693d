"""Public keys that can vouch for a code, and the signing side's interface."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

KID_BYTES = 8
_OKP, _EC2 = 1, 2
_ED25519, _P256 = 6, 1
_KTY, _CRV, _X, _Y = 1, -1, -2, -3
# OpenSSL verifies a 16,384-bit RSA signature in tens of milliseconds: more than a scan may cost.
_RSA_BITS = range(2048, 4097)

Key = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class Algorithm(IntEnum):
    """Signature algorithms of COSE (RFC 9053) that we read. SM2 gets a private-use value when it comes."""

    ES256 = -7
    EDDSA = -8
    PS256 = -37


class KeyFormatError(ValueError):
    """The bytes hold no public key that we can use."""


class Signer(Protocol):
    """Something that signs: holds or reaches a private key."""

    @property
    def kid(self) -> bytes:
        """Identifier of the public key (``PublicKey.kid``)."""
        ...

    @property
    def algorithm(self) -> Algorithm:
        """What ``sign`` does."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Signature of ``message`` in COSE's form (for ES256 r and s, 32 bytes each)."""
        ...


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """Signs with an Ed25519 key: a device its slips, a holder a presentation."""

    key: ed25519.Ed25519PrivateKey

    @property
    def kid(self) -> bytes:
        return PublicKey(self.key.public_key()).kid

    @property
    def algorithm(self) -> Algorithm:
        return Algorithm.EDDSA

    def sign(self, message: bytes) -> bytes:
        """64 bytes (RFC 8032)."""
        return self.key.sign(message)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key (公钥) and what it can check."""

    key: Key

    @classmethod
    def from_raw(cls, raw: bytes) -> Self:
        """32 bytes of Ed25519, or an uncompressed P-256 point of 65 bytes; raises ``KeyFormatError``."""
        try:
            if len(raw) == 32:
                return cls(ed25519.Ed25519PublicKey.from_public_bytes(raw))
            if len(raw) == 65:
                return cls(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeyFormatError("raw") from error
        raise KeyFormatError("raw")

    @classmethod
    def from_cose(cls, document: Any) -> Self:
        """A COSE_Key map (RFC 9052 section 7): OKP with Ed25519, or EC2 with P-256 and both coordinates."""
        if not isinstance(document, Mapping):
            raise KeyFormatError("cose")
        x, y = document.get(_X), document.get(_Y)
        match document.get(_KTY), document.get(_CRV), x, y:
            case (int(kty), int(crv), bytes(), None) if (kty, crv) == (_OKP, _ED25519) and len(x) == 32:
                return cls.from_raw(x)
            case (int(kty), int(crv), bytes(), bytes()) if (kty, crv) == (_EC2, _P256) and len(x) == 32:
                return cls.from_raw(b"\x04" + x + y)
        raise KeyFormatError("cose")

    @classmethod
    def from_certificate(cls, der: bytes) -> Self:
        """The key of an X.509 certificate in DER; raises ``KeyFormatError``."""
        try:
            key = x509.load_der_x509_certificate(der).public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyFormatError("certificate") from error
        if isinstance(key, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey):
            return cls(key)
        if isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_BITS:
            return cls(key)
        raise KeyFormatError("certificate")

    @property
    def raw(self) -> bytes:
        """The bytes that ``from_raw`` reads."""
        if isinstance(self.key, ed25519.Ed25519PublicKey):
            return self.key.public_bytes_raw()
        return self.key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    @property
    def kid(self) -> bytes:
        """Key identifier: the first 8 bytes of SHA-256 of the raw key."""
        return kid_of(self.raw)

    @property
    def cose(self) -> dict[int, int | bytes]:
        """The key as a COSE_Key map."""
        raw = self.raw
        if len(raw) == 32:
            return {_KTY: _OKP, _CRV: _ED25519, _X: raw}
        return {_KTY: _EC2, _CRV: _P256, _X: raw[1:33], _Y: raw[33:]}

    @property
    def algorithm(self) -> Algorithm:
        """The one algorithm this key is used with; a message cannot choose another."""
        if isinstance(self.key, ed25519.Ed25519PublicKey):
            return Algorithm.EDDSA
        return Algorithm.ES256 if isinstance(self.key, ec.EllipticCurvePublicKey) else Algorithm.PS256

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether ``signature`` (COSE form) is this key's over ``message``."""
        try:
            match self.key:
                case ed25519.Ed25519PublicKey() as key:
                    key.verify(signature, message)
                case ec.EllipticCurvePublicKey() as key:
                    key.verify(_der(signature, key), message, ec.ECDSA(hashes.SHA256()))
                case rsa.RSAPublicKey() as key:
                    salted = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
                    key.verify(signature, message, salted, hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True


def kid_of(content: bytes) -> bytes:
    """Key identifier for a certificate (DER) or a raw public key: the first 8 bytes of its SHA-256."""
    return hashlib.sha256(content).digest()[:KID_BYTES]


def _der(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """COSE writes r and s side by side, each as long as the curve; OpenSSL reads DER."""
    half = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * half:
        raise ValueError("length of signature")
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    return utils.encode_dss_signature(r, s)
