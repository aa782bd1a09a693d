"""Reference documents: versioned, read-only at a desk; every version that a case was made with stays."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import reference_document

_VERSIONS = sa.select(
    reference_document.c.kind, sa.func.max(reference_document.c.version).label("newest")
).group_by(reference_document.c.kind)


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

    def put(self, document: dict[str, Any], *, source: str, now_ms: int) -> None:
        """Store ``document`` (with its ``kind`` and ``version``); a version that is there stays as it is."""
        body = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        kind, version = document["kind"], document["version"]
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
                "body": body,
                "etag": hashlib.sha256(body.encode()).hexdigest(),
                "stored_at": now_ms,
            },
        )
