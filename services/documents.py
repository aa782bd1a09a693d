"""The reference documents that ship with the program, and those a station writes for itself."""

import json
from typing import Any

import resources
from db.reference import document_bytes
from db.unit_of_work import UnitOfWork
from domain.documents import signed_bytes
from domain.errors import AppError

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
    """Store the station's own next version of ``kind`` (its site, its staff).

    ``documents.from_centre`` where a centre publishes that kind: its next version would be taken back by the centre's.
    A node that hands its documents out (``services/publishing.py``) signs what it had signed before.
    """
    head = uow.reference.head(kind)
    if head is not None and head.source == "upstream":
        raise AppError("documents.from_centre", kind=kind)
    document = {**body, "kind": kind, "version": uow.reference.version(kind) + 1}
    signature = None
    if head is not None and head.signature is not None:
        from services.device_keys import own_signer

        document["by"] = uow.events.node.device
        signer = own_signer(uow)
        signature = None if signer is None else signer.sign(signed_bytes(document_bytes(document)))
    uow.reference.put(document, source="own", now_ms=now_ms, signature=signature)
    uow.changed.note("reference")
    return document
