"""Reference documents on their way: what is signed, what a device is told of them, what becomes of them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReceivedDocument:
    """A document as it came: ``body`` are the bytes that ``signature`` (64 bytes of Ed25519) signs."""

    kind: str
    version: int
    body: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """A document that was not taken in, and why: a code, and the field that it is about, if it is about one."""

    kind: str
    version: int
    reason: str
    field: str = ""


def signed_bytes(body: bytes) -> bytes:
    """What the signature of a document signs."""
    return b"qifu:document:1:" + body


def documents_digest(documents: Iterable[tuple[str, int, str]]) -> bytes:
    """32 bytes that differ whenever a device's documents (kind, version, SHA-256 in hex) do."""
    lines = "\n".join(f"{kind} {version} {etag}" for kind, version, etag in sorted(documents))
    return hashlib.sha256(b"qifu:documents:1:" + lines.encode()).digest()
