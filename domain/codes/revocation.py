"""Revocation list (吊销名单): sorted 8-byte hashes of credential ids, and deltas between two numbers."""

import base64
import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.codes.keys import PublicKey, Signer
from domain.codes.signed_documents import (
    bytes_in,
    number_in,
    open_document,
    require_newer,
    sign_document,
)
from domain.errors import AppError

KIND, DELTA_KIND = "revocation_list", "revocation_delta"
HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class RevocationList:
    """Who is revoked as of ``number``. ``hashes``: 8 bytes each, sorted, side by side, none twice."""

    number: int
    issued_at: int
    next_update: int
    hashes: bytes

    def __contains__(self, credential_id: bytes) -> bool:
        wanted = revocation_hash(credential_id)
        rows = range(len(self))
        at = bisect_left(rows, wanted, key=self._row)
        return at < len(rows) and self._row(at) == wanted

    def __len__(self) -> int:
        return len(self.hashes) // HASH_BYTES

    def __bool__(self) -> bool:
        """A list that names nobody is still a list: without one, nothing is known."""
        return True

    def rows(self) -> set[bytes]:
        """The hashes one by one."""
        return {self._row(at) for at in range(len(self))}

    def _row(self, at: int) -> bytes:
        return self.hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES]


def revocation_hash(credential_id: bytes) -> bytes:
    """The first 8 bytes of SHA-256 of a credential's id."""
    return hashlib.sha256(credential_id).digest()[:HASH_BYTES]


def packed(hashes: Iterable[bytes]) -> bytes:
    """Hashes sorted and side by side."""
    return b"".join(sorted(set(hashes)))


def sign_revocation_list(revocations: RevocationList, root: Signer) -> dict[str, Any]:
    """The whole list as a signed document."""
    return sign_document(_head(KIND, revocations) | {"hashes": _base64(revocations.hashes)}, root)


def sign_delta(old: RevocationList, new: RevocationList, root: Signer) -> dict[str, Any]:
    """What leads from ``old`` to ``new`` as a signed document."""
    before, after = old.rows(), new.rows()
    delta = _head(DELTA_KIND, new) | {
        "base": old.number,
        "added": _base64(packed(after - before)),
        "removed": _base64(packed(before - after)),
        "digest": _digest(new.hashes),
    }
    return sign_document(delta, root)


def open_revocation_list(signed: Any, root: PublicKey, held: RevocationList | None = None) -> RevocationList:
    """Read a published list; ``held`` is the one at hand.

    Raises ``AppError``: ``codes.list_malformed``, ``codes.list_signature``, ``codes.list_older``.
    """
    document = open_document(signed, root, KIND)
    opened = _with_head(document, KIND, bytes_in(document, "hashes", KIND))
    if packed(opened.rows()) != opened.hashes:
        raise AppError("codes.list_malformed", kind=KIND)
    if held is not None:
        require_newer(KIND, held.number, opened.number)
    return opened


def apply_delta(signed: Any, root: PublicKey, held: RevocationList) -> RevocationList:
    """Bring ``held`` to the delta's number.

    Raises ``AppError`` as ``open_revocation_list``, and ``codes.delta_gap`` (have, base) when the delta starts from
    another number: the whole list is needed then.
    """
    document = open_document(signed, root, DELTA_KIND)
    base = number_in(document, "base", DELTA_KIND)
    require_newer(DELTA_KIND, held.number, number_in(document, "number", DELTA_KIND))
    if base != held.number:
        raise AppError("codes.delta_gap", have=held.number, base=base)
    added, removed = (
        _with_head(document, DELTA_KIND, bytes_in(document, name, DELTA_KIND)).rows()
        for name in ("added", "removed")
    )
    renewed = _with_head(document, DELTA_KIND, packed((held.rows() | added) - removed))
    if _digest(renewed.hashes) != document.get("digest"):
        raise AppError("codes.list_malformed", kind=DELTA_KIND)
    return renewed


def _head(kind: str, revocations: RevocationList) -> dict[str, Any]:
    return {
        "kind": kind,
        "number": revocations.number,
        "issued_at": revocations.issued_at,
        "next_update": revocations.next_update,
    }


def _with_head(document: Mapping[str, Any], kind: str, hashes: bytes) -> RevocationList:
    if len(hashes) % HASH_BYTES:
        raise AppError("codes.list_malformed", kind=kind)
    number, issued_at, next_update = (
        number_in(document, field, kind) for field in ("number", "issued_at", "next_update")
    )
    return RevocationList(number, issued_at, next_update, hashes)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _digest(hashes: bytes) -> str:
    return hashlib.sha256(hashes).hexdigest()
