"""Taking in the upstream's reference documents: what differs is fetched, checked, and taken into force at once.

A fetch that was cut goes on where it stopped. What is refused stays fetched, so that asking again costs no bytes, and
is told to people (``services/sync/documents.py``).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import zstandard

from db.files.partial_files import PartialDamaged, PartialFiles, partial_key
from db.refused_documents import keep_refused
from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.clock import Clock
from domain.codes.keys import PublicKey
from domain.documents import ReceivedDocument, RefusedDocument, documents_digest
from domain.errors import AppError
from domain.staff import Actor
from sync.frames import WINDOW_BYTES, FrameError, decode
from sync.protocol_files import DocumentEntry, DocumentList, signers_bytes
from sync.store import Store
from sync.transport_errors import Refused, WrongServer

FOLDER = "sync/documents"
MAX_LIST_BYTES = 8 << 20
_MORE_THAN_PLAIN = 4096
_OFFSET = 416


class Install(Protocol):
    """``services.upstream_documents.take_in``."""

    def __call__(
        self,
        uow: UnitOfWork,
        clock: Clock,
        actor: Actor,
        upstream: tuple[str, bytes],
        signers: Mapping[str, bytes],
        received: Sequence[ReceivedDocument],
    ) -> tuple[RefusedDocument, ...]: ...


class Line(Protocol):
    """What is needed of ``sync.transport.Transport``."""

    def get(self, path: str, from_offset: int = 0, *, limit: int | None = None) -> Iterable[bytes]:
        """Begin to fetch; what comes, in pieces."""
        ...


@dataclass(frozen=True, slots=True)
class Documents:
    """What became of it: how many were taken in, and what was refused."""

    taken: int = 0
    refused: tuple[RefusedDocument, ...] = ()


class _Damaged(Exception):
    """What came is not what was announced."""


def take_documents(line: Line, store: Store, home: Path, install: Install) -> Documents:
    """Bring this node's documents up to the upstream's. Errors of ``sync/transport_errors.py``; a cut loses nothing."""
    upstream, seed = store.call(_read_upstream)
    listed = _listed(line)
    signers = _signers(listed, upstream[1])
    wanted = store.call(_missing, listed.documents)
    parts = PartialFiles(home / FOLDER, partial_key(seed))
    received: list[ReceivedDocument] = []
    refused: list[RefusedDocument] = []
    for entry in wanted:
        base = store.call(_base, entry.kind)
        try:
            body = _fetched(line, parts, entry, base)
            received.append(ReceivedDocument(entry.kind, entry.version, body, entry.signature))
        except _Damaged:
            refused.append(RefusedDocument(entry.kind, entry.version, "documents.malformed"))
    refused += store.call(install, upstream, signers, received)
    store.call(_settle, _digest(listed.documents) if not refused else "")
    _forget(parts, received, refused)
    keep_refused(home, tuple(refused))
    return Documents(len(wanted) - len(refused), tuple(refused))


def _listed(line: Line) -> DocumentList:
    frame = b"".join(line.get("/v1/documents", limit=MAX_LIST_BYTES))
    try:
        return decode(frame, DocumentList, limit=MAX_LIST_BYTES)
    except FrameError as error:
        raise WrongServer(str(error)) from error


def _signers(listed: DocumentList, upstream_key: bytes) -> dict[str, bytes]:
    """Whom the upstream vouches for; nobody where its signature is not over them."""
    signed = listed.signature is not None and PublicKey.from_raw(upstream_key).verifies(
        listed.signature, signers_bytes(listed.signers)
    )
    return {one.device: one.public_key for one in listed.signers} if signed else {}


@reads
def _read_upstream(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[tuple[str, bytes], bytes]:
    """((upstream's device, its key), seed of this device's key)."""
    row = Upstream(uow.connection).get()
    seed = uow.device_secrets.get(uow.events.node.device)
    if row is None or seed is None:
        raise AppError("sync.alone")
    return (row.device, row.public_key), seed


@reads
def _missing(
    uow: UnitOfWork, clock: Clock, actor: Actor, entries: Iterable[DocumentEntry]
) -> list[DocumentEntry]:
    """Those that are not here as they are there, the smallest first."""
    found = []
    for entry in entries:
        held = uow.reference.head(entry.kind, entry.version)
        if held is None or held.etag != entry.etag.hex() or held.signature is None:
            found.append(entry)
    return sorted(found, key=lambda entry: entry.size)


@reads
def _base(uow: UnitOfWork, clock: Clock, actor: Actor, kind: str) -> bytes | None:
    """The newest version that is here: the upstream may know it and send only what differs."""
    return uow.reference.body(kind, uow.reference.version(kind))


def _settle(uow: UnitOfWork, clock: Clock, actor: Actor, digest: str) -> None:
    """Remember which documents are here; where some are not, the next run looks again."""
    Upstream(uow.connection).set(documents=digest)


def _digest(entries: Iterable[DocumentEntry]) -> str:
    return documents_digest((one.kind, one.version, one.etag.hex()) for one in entries).hex()


def _fetched(line: Line, parts: PartialFiles, entry: DocumentEntry, base: bytes | None) -> bytes:
    """The bytes of a document, against ``base`` first; whole where that does not come out right."""
    for older in (base, None) if base is not None else (None,):
        try:
            return _one(line, parts, entry, older)
        except _Damaged:
            if older is None:
                raise
    raise _Damaged


def _one(line: Line, parts: PartialFiles, entry: DocumentEntry, base: bytes | None) -> bytes:
    name = _part_name(entry, base)
    query = f"?base={hashlib.sha256(base).hexdigest()}" if base is not None else ""
    path = f"/v1/documents/{entry.kind}/{entry.version}{query}"
    have = parts.have(name)
    try:
        for piece in line.get(path, have, limit=entry.size + _MORE_THAN_PLAIN):
            have = parts.append(name, have, piece)
        body = _plain(b"".join(parts.read(name)), base, entry.size)
    except (PartialDamaged, zstandard.ZstdError) as error:
        parts.drop(name)
        raise _Damaged from error
    except Refused as refused:
        if refused.status != _OFFSET:
            raise
        parts.drop(name)
        raise _Damaged from refused
    if hashlib.sha256(body).digest() != entry.etag:
        parts.drop(name)
        raise _Damaged
    return body


def _part_name(entry: DocumentEntry, base: bytes | None) -> str:
    older = "" if base is None else "-" + hashlib.sha256(base).hexdigest()[:16]
    return entry.etag.hex() + older


def _plain(packed: bytes, base: bytes | None, size: int) -> bytes:
    """The document in a zstd frame, never more than one byte beyond ``size``."""
    raw = base and zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    decompressor = zstandard.ZstdDecompressor(dict_data=raw or None, max_window_size=WINDOW_BYTES)
    with decompressor.stream_reader(packed, read_across_frames=False) as reader:
        return reader.read(size + 1)


def _forget(
    parts: PartialFiles, received: Iterable[ReceivedDocument], refused: Iterable[RefusedDocument]
) -> None:
    """What is in force needs no partial file any more; what was refused keeps its own."""
    kept = {(one.kind, one.version) for one in refused}
    for one in received:
        if (one.kind, one.version) not in kept:
            parts.drop_all(hashlib.sha256(one.body).hexdigest())
