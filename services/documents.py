"""The reference documents that ship with the program, and those a station writes for itself."""

import json
from typing import Any

import resources
from db.unit_of_work import UnitOfWork

SHIPPED = ("boards", "catalog", "packages", "measures", "calendar", "limits", "return_reasons")
"""Documents that are trusted as part of the program; a newer one comes with a newer program."""


def shipped(kind: str) -> dict[str, Any]:
    """The shipped document of ``kind``."""
    document: dict[str, Any] = json.loads(resources.path(f"reference/{kind}.json").read_text("utf-8"))
    return document


def needs_install(uow: UnitOfWork) -> bool:
    """Whether a shipped document is newer than what is stored."""
    known = uow.reference.versions()
    return any(document["version"] > known.get(document["kind"], 0) for document in map(shipped, SHIPPED))


def install_shipped(uow: UnitOfWork, now_ms: int) -> frozenset[str]:
    """Store every shipped document that is newer than what is there; the kinds that were stored."""
    known = uow.reference.versions()
    newer = [doc for doc in map(shipped, SHIPPED) if doc["version"] > known.get(doc["kind"], 0)]
    for document in newer:
        uow.reference.put(document, source="shipped", now_ms=now_ms)
        uow.changed.note("reference")
    return frozenset(document["kind"] for document in newer)


def publish_own(uow: UnitOfWork, kind: str, body: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """Store the station's own next version of ``kind`` (its site, its staff)."""
    document = {**body, "kind": kind, "version": uow.reference.version(kind) + 1}
    uow.reference.put(document, source="own", now_ms=now_ms)
    uow.changed.note("reference")
    return document
