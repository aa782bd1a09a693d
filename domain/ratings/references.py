"""Names under which ratings are spoken of without saying whose they are, and the signed links of slips."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from uuid import UUID

from domain.errors import AppError

_ALPHABET = "ABCDEFGHJKLMNPQRTUWXY0123456789"
_CHARS = 8
_VERSION = b"\x01"
_SIGNED = b"qifu:rating-link:1:"
_CASE, _KID, _SIGNATURE = 16, 8, 64


def rating_ref(rating_id: str) -> str:
    """8 characters that name a rating. An id would tell its moment, and so, to who served then, whose it is."""
    number = int.from_bytes(hashlib.sha256(f"qifu:rating:1:{rating_id}".encode()).digest()[:8])
    letters = []
    for _ in range(_CHARS):
        number, at = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[at])
    return "".join(letters)


@dataclass(frozen=True, slots=True)
class Link:
    """A link as read: the case it is about, which key signed it, and what to check."""

    case_id: str
    kid: bytes
    message: bytes
    signature: bytes


def link_message(case_id: str) -> bytes:
    """What is signed: the case and nothing else."""
    return _SIGNED + UUID(case_id).bytes


def link_text(case_id: str, kid: bytes, signature: bytes) -> str:
    """The token of the address on the slip, 119 characters of base64url."""
    return base64.urlsafe_b64encode(_VERSION + UUID(case_id).bytes + kid + signature).rstrip(b"=").decode()


def read_link(token: str) -> Link:
    """``ratings.link_invalid`` where ``token`` is none. One link has one spelling: its last character has bits to
    spare, and limits are counted by the text.
    """
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise AppError("ratings.link_invalid") from error
    if len(raw) != 1 + _CASE + _KID + _SIGNATURE or raw[:1] != _VERSION:
        raise AppError("ratings.link_invalid")
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        raise AppError("ratings.link_invalid")
    case_id = str(UUID(bytes=raw[1 : 1 + _CASE]))
    kid = raw[1 + _CASE : 1 + _CASE + _KID]
    return Link(case_id, kid, link_message(case_id), raw[-_SIGNATURE:])
