"""Reference documents: versioned, read-only at a desk; every version that a case was made with stays."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import reference_document

SUPERSEDED = "superseded"
"""The source of a document that the node above has put another signer's in the place of."""

_VERSIONS = (
    sa.select(reference_document.c.kind, sa.func.max(reference_document.c.version).label("newest"))
    .where(reference_document.c.source != SUPERSEDED)
    .group_by(reference_document.c.kind)
)


OF_SITE = "@"
"""A document for one site alone rests as ``kind@site`` at the server that hands it out."""


@dataclass(frozen=True, slots=True)
class StoredHead:
    """A document without its content. ``etag`` is the SHA-256 of its bytes, ``size`` their number."""

    kind: str
    version: int
    source: str
    etag: str
    size: int
    signature: bytes | None


def document_bytes(document: dict[str, Any]) -> bytes:
    """The one way in which a document is written down: what is stored, hashed, signed and sent."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class ReferenceDocuments:
    """Reads and stores reference documents within one transaction."""

    def __init__(self, connection: Connection, cache: dict[Any, Any] | None = None) -> None:
        self._connection = connection
        self.cache: dict[Any, Any] = {} if cache is None else cache
        """Kept by the store from one unit of work to the next. A version of a document never changes."""
        self._versions: dict[str, int] | None = None

    def version(self, kind: str) -> int:
        """The newest version of ``kind``; 0 where there is none."""
        return self.versions().get(kind, 0)

    def versions(self) -> dict[str, int]:
        """The newest version of every kind; asked once in a transaction, which sees no other's writes."""
        if self._versions is None:
            rows = self._connection.execute(_VERSIONS)
            self._versions = {row[0]: int(row[1]) for row in rows}
        return dict(self._versions)

    def get(self, kind: str, version: int | None = None) -> dict[str, Any] | None:
        """The document of ``kind`` in ``version`` (default: the newest), or None."""
        version = self.version(kind) if version is None else version
        if (kind, version) not in self.cache:
            c = reference_document.c
            query = sa.select(c.body).where(c.kind == kind, c.version == version)
            body = self._connection.execute(query).scalar()
            if body is None:
                return None
            self.cache[(kind, version)] = json.loads(body)
        return dict(self.cache[(kind, version)])

    def put(
        self,
        document: dict[str, Any],
        *,
        source: str,
        now_ms: int,
        signature: bytes | None = None,
        stored_kind: str = "",
    ) -> None:
        """Store ``document`` (with its ``kind`` and ``version``); a version that is there stays as it is.

        ``stored_kind`` is ``kind@site`` for what is handed out to one site.
        """
        body = document_bytes(document)
        kind, version = stored_kind or document["kind"], document["version"]
        if self.get(kind, version) is not None:
            return
        self._versions = None
        # Written only: another transaction may yet win this version, so nothing is cached before it is read back.
        self._connection.execute(
            sa.insert(reference_document),
            {
                "kind": kind,
                "version": version,
                "source": source,
                "body": body.decode(),
                "etag": hashlib.sha256(body).hexdigest(),
                "signature": signature,
                "stored_at": now_ms,
            },
        )

    def add_signature(self, kind: str, version: int, signature: bytes) -> None:
        """Keep the signature of a document that had come without one."""
        c = reference_document.c
        where = (c.kind == kind) & (c.version == version) & c.signature.is_(None)
        self._connection.execute(sa.update(reference_document).where(where).values(signature=signature))

    def head(self, kind: str, version: int | None = None) -> StoredHead | None:
        """What is known of ``kind`` in ``version`` (default: the newest) without reading it, or None."""
        version = self.version(kind) if version is None else version
        return next(iter(self._heads({kind: version})), None)

    def newest(self) -> list[StoredHead]:
        """The newest version of every kind."""
        return self._heads(self.versions())

    def bodies_from(self, kind: str, version: int) -> dict[int, bytes]:
        """version → bytes of every document of ``kind`` from ``version`` on."""
        c = reference_document.c
        query = sa.select(c.version, c.body).where(c.kind == kind, c.version >= version)
        return {int(row[0]): str(row[1]).encode() for row in self._connection.execute(query)}

    def make_way(self, kind: str, version: int) -> None:
        """Let ``version`` be put anew and be the newest: later ones stay to be read, but are in force no longer."""
        c = reference_document.c
        self._connection.execute(sa.delete(reference_document).where(c.kind == kind, c.version == version))
        later = sa.update(reference_document).where(c.kind == kind, c.version > version)
        self._connection.execute(later.values(source=SUPERSEDED))
        self._versions = None
        self.cache.clear()

    def body(self, kind: str, version: int) -> bytes | None:
        """The bytes of a document, or None."""
        c = reference_document.c
        found = self._connection.execute(
            sa.select(c.body).where(c.kind == kind, c.version == version)
        ).scalar()
        return None if found is None else str(found).encode()

    def body_of(self, kinds: Iterable[str], etag: str) -> bytes | None:
        """The bytes of the document of one of ``kinds`` whose SHA-256 is ``etag``, or None."""
        c = reference_document.c
        query = sa.select(c.body).where(c.kind.in_(list(kinds)), c.etag == etag).limit(1)
        found = self._connection.execute(query).scalar()
        return None if found is None else str(found).encode()

    def _heads(self, wanted: dict[str, int]) -> list[StoredHead]:
        c = reference_document.c
        size = sa.func.length(sa.cast(c.body, sa.LargeBinary))
        if self._connection.dialect.name == "postgresql":
            size = sa.func.octet_length(c.body)
        columns = (c.kind, c.version, c.source, c.etag, size, c.signature)
        chosen = sa.tuple_(c.kind, c.version).in_(list(wanted.items()))
        rows = self._connection.execute(sa.select(*columns).where(chosen).order_by(c.kind))
        return [StoredHead(*row[:5], None if row[5] is None else bytes(row[5])) for row in rows]
