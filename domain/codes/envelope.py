"""The envelope: prefix, Base45, perhaps zlib, COSE_Sign1 (RFC 9052) around a payload."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2

from domain.codes import base45, strict_cbor
from domain.codes.keys import Algorithm, Signer
from domain.codes.profiles import COSE_SIGN1_TAG, CWT_TAG, MAX_TEXT_CHARS, Profile

_ALG, _CRIT, _KID = 1, 2, 4
_ZLIB_HEADER = 0x78


class EnvelopeError(ValueError):
    """No envelope can be read; the text names the layer (``base45``, ``zlib``, ``cbor``, ``cose``)."""


class TooLargeError(EnvelopeError):
    """A hard limit was met before anything was parsed."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A COSE_Sign1 taken apart; nothing of it is proven yet."""

    protected_bytes: bytes
    protected: Mapping[Any, Any]
    unprotected: Mapping[Any, Any]
    payload: bytes
    signature: bytes

    @property
    def kid(self) -> bytes | None:
        """Key identifier, from the protected header if it is there."""
        found = self.protected.get(_KID, self.unprotected.get(_KID))
        return found if isinstance(found, bytes) else None

    def algorithm(self, *, loose: bool) -> Algorithm | None:
        """The named algorithm if we know it; with ``loose`` the unprotected header may name it."""
        found = self.protected.get(_ALG)
        if found is None and loose:
            found = self.unprotected.get(_ALG)
        if isinstance(found, int) and found in Algorithm.__members__.values():
            return Algorithm(found)
        return None

    @property
    def signed_bytes(self) -> bytes:
        """What the signature covers: the Sig_structure of RFC 9052 section 4.4."""
        header = self.protected_bytes if self.protected else b""
        return _sig_structure(header, self.payload)


def open_text(text: str, profile: Profile) -> Envelope:
    """Read ``text``, which begins with the profile's prefix; raises ``EnvelopeError`` or ``TooLargeError``."""
    if len(text) > MAX_TEXT_CHARS:
        raise TooLargeError("text")
    try:
        body = base45.decode(text.removeprefix(profile.prefix))
    except base45.Base45Error as error:
        raise EnvelopeError("base45") from error
    if profile.inflate_bytes is not None:
        body = _inflate(body, profile.inflate_bytes)
    return open_bytes(body, profile)


def open_bytes(body: bytes, profile: Profile) -> Envelope:
    """Read a COSE_Sign1, tagged or not; raises ``EnvelopeError`` or ``TooLargeError``."""
    if len(body) > profile.envelope.max_bytes:
        raise TooLargeError("cbor")
    try:
        value = _untagged(strict_cbor.decode(body, profile.envelope))
        match value:
            case [bytes() as header, dict() as unprotected, bytes() as payload, bytes() as signature]:
                protected = strict_cbor.decode(header, profile.payload) if header else {}
            case _:
                raise EnvelopeError("cose")
    except strict_cbor.CborError as error:
        raise EnvelopeError("cbor") from error
    # A critical header says that a reader who does not know it must refuse; we know none.
    if not isinstance(protected, Mapping) or _CRIT in protected:
        raise EnvelopeError("cose")
    return Envelope(header, protected, unprotected, payload, signature)


def sign(payload: bytes, signer: Signer) -> bytes:
    """A tagged COSE_Sign1 with algorithm and key identifier in the protected header."""
    header = strict_cbor.encode({_ALG: int(signer.algorithm), _KID: signer.kid})
    signature = signer.sign(_sig_structure(header, payload))
    return bytes(cbor2.dumps(cbor2.CBORTag(COSE_SIGN1_TAG, [header, {}, payload, signature])))


def to_text(body: bytes, profile: Profile) -> str:
    """``body`` as the text of ``profile``, which allows no compression."""
    return profile.prefix + base45.encode(body)


def _sig_structure(header: bytes, payload: bytes) -> bytes:
    return bytes(cbor2.dumps(["Signature1", header, b"", payload]))


def _untagged(value: Any) -> Any:
    """Take off COSE_Sign1's tag 18, and the CWT tag 61 that may stand before it (RFC 8392 section 6)."""
    if isinstance(value, cbor2.CBORTag) and value.tag == CWT_TAG and isinstance(value.value, cbor2.CBORTag):
        value = value.value
    if isinstance(value, cbor2.CBORTag) and value.tag == COSE_SIGN1_TAG:
        return value.value
    return value


def _inflate(data: bytes, limit: int) -> bytes:
    """Undo zlib if it was used, giving up as soon as the result would pass ``limit`` bytes."""
    if not data or data[0] != _ZLIB_HEADER:
        return data
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(data, limit + 1)
    except zlib.error as error:
        raise EnvelopeError("zlib") from error
    if len(inflated) > limit:
        raise TooLargeError("zlib")
    if not inflater.eof or inflater.unused_data:
        raise EnvelopeError("zlib")
    return inflated
