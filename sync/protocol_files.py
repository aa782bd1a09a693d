"""The messages about reference documents and attached files. Same rules as ``sync/protocol.py``."""

from typing import Annotated

from pydantic import Field

from sync.protocol import Count, Hash, Message, Name, Signature

MAX_DOCUMENT_BYTES = 32 << 20
MAX_PIECE_BYTES = 1 << 20
"""Of a file in one PUT."""

SIGNATURE = "qifu-signature"
FILE_HAVE, FILE_SIZE, FILE_WHOLE = "qifu-have", "qifu-size", "qifu-whole"
"""Names of headers."""


class DocumentEntry(Message):
    """A document that the caller is to have; ``etag`` is the SHA-256 of its ``size`` bytes."""

    kind: Annotated[str, Field(min_length=1, max_length=96, pattern=r"^[a-z_]+(@[A-Za-z0-9_-]{1,24})?$")]
    version: Annotated[int, Field(ge=1, lt=2**31)]
    etag: Hash
    size: Annotated[int, Field(ge=1, le=MAX_DOCUMENT_BYTES)]
    signature: Signature


class Signer(Message):
    """A device above that signs documents, and its key."""

    device: Name
    public_key: Hash


class DocumentList(Message):
    """GET /v1/documents. ``signature`` is the answering node's own, over ``signers_bytes``."""

    documents: Annotated[tuple[DocumentEntry, ...], Field(max_length=10_000)] = ()
    signers: Annotated[tuple[Signer, ...], Field(max_length=64)] = ()
    signature: Signature | None = None


class FileState(Message):
    """The answer to a PUT: how much of the file is here now, and whether it is whole and right.

    ``refused`` says why it was dropped: ``files.hash``, or what ``db.files.file_types`` thinks of it.
    """

    have: Count
    size: Count
    whole: bool = False
    refused: Name = ""


def signers_bytes(signers: tuple[Signer, ...]) -> bytes:
    """What ``DocumentList.signature`` signs."""
    lines = "\n".join(f"{one.device} {one.public_key.hex()}" for one in signers)
    return b"qifu:signers:1:" + lines.encode()
