"""Reference documents of codes, signed by an offline root: trust list and revocation list.

On disk and on the wire: ``{"document": {...}, "kid": hex, "signature": base64}``. The signature is Ed25519 over a
fixed line and the canonical bytes of the document (RFC 8785 rules), so that nothing signed elsewhere can pass
for one.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from domain.codes.keys import PublicKey, Signer
from domain.errors import AppError
from domain.events.canonical import NotCanonicalError, canonical_bytes

_CONTEXT = b"qifu signed reference document 1\n"


def sign_document(document: Mapping[str, Any], root: Signer) -> dict[str, Any]:
    """``document`` with the root's signature around it."""
    signature = root.sign(_CONTEXT + canonical_bytes(dict(document)))
    return {
        "document": dict(document),
        "kid": root.kid.hex(),
        "signature": base64.b64encode(signature).decode("ascii"),
    }


def open_document(signed: Any, root: PublicKey, kind: str) -> Mapping[str, Any]:
    """The document inside, if ``root`` signed it and it is of ``kind``.

    Raises ``AppError``: ``codes.list_malformed`` (kind), ``codes.list_signature`` (kind).
    """
    if not isinstance(signed, Mapping) or not isinstance(document := signed.get("document"), Mapping):
        raise AppError("codes.list_malformed", kind=kind)
    try:
        signature = base64.b64decode(str(signed.get("signature")), validate=True)
        content = canonical_bytes(dict(document))
    except (binascii.Error, NotCanonicalError, ValueError) as error:
        raise AppError("codes.list_malformed", kind=kind) from error
    if not root.verifies(signature, _CONTEXT + content):
        raise AppError("codes.list_signature", kind=kind)
    if document.get("kind") != kind:
        raise AppError("codes.list_malformed", kind=kind)
    return document


def require_newer(kind: str, have: int, offered: int) -> None:
    """Refuse a list with an older number, which would bring back what has been withdrawn since.

    Raises ``AppError("codes.list_older", kind, have, offered)``.
    """
    if offered < have:
        raise AppError("codes.list_older", kind=kind, have=have, offered=offered)


def number_in(document: Mapping[str, Any], field: str, kind: str) -> int:
    """A whole number ≥ 0 of ``document``; raises ``AppError("codes.list_malformed")``."""
    found = document.get(field)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise AppError("codes.list_malformed", kind=kind)
    return found


def bytes_in(document: Mapping[str, Any], field: str, kind: str) -> bytes:
    """Base64 of ``document`` as bytes; raises ``AppError("codes.list_malformed")``."""
    try:
        return base64.b64decode(str(document.get(field)), validate=True)
    except (binascii.Error, ValueError) as error:
        raise AppError("codes.list_malformed", kind=kind) from error
