"""Publishing reference documents from a centre (发布), and what each device is to have of them.

A published document names who signed it (``by``, a device) and, where it is for one site, which (``for``); both are
part of what is signed. What is for one site rests as ``kind@site``.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.audience import site_tree
from db.reference import OF_SITE, StoredHead, document_bytes
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.documents import documents_digest, signed_bytes
from domain.errors import AppError
from domain.sites import SiteTree
from domain.staff import Actor
from services.device_keys import own_signer
from services.document_kinds import KINDS, SIGNERS, check_document
from services.permissions import require
from services.rulebook import rulebook

FIRST_VERSION = 1_000_001
"""Shipped and own documents of lone stations stay below, so that what a centre publishes is newer than any of them."""
MAX_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Published:
    """A document as it was published."""

    kind: str
    version: int
    site: str
    etag: str


@dataclass(frozen=True, slots=True)
class Served:
    """A document that a device is to have: under ``kind`` there, under ``head.kind`` here."""

    kind: str
    head: StoredHead


def publish(
    uow: UnitOfWork, clock: Clock, actor: Actor, kind: str, document: Mapping[str, Any], site: str = ""
) -> Published:
    """Check, number, sign and store ``document`` as the newest of ``kind``, for ``site`` alone where one is named.

    A ``version`` in the document that is higher than the next one is kept. ``documents.*``, ``permission.denied``.
    """
    require(actor, "station_settings")
    stored_kind = _place(uow, kind, site)
    _require_own(uow, stored_kind)
    named = {"for": site} if site else {}
    version = _next_version(uow, kind, document)
    body = {name: value for name, value in document.items() if name not in ("kind", "version", "by", "for")}
    made = {**body, **named, "kind": kind, "version": version, "by": uow.events.node.device}
    check_document(kind, made, documents_in_force(uow))
    if kind == "sites" and (left_out := sites_left_out(uow, made)):
        raise AppError("sites.in_use", sites=" ".join(left_out[:5]))
    if kind == "site" and made["code"] != (site or uow.events.node.site):
        raise AppError("documents.field_invalid", kind=kind, field="code")
    return _sign(uow, clock, stored_kind, site, made)


def publish_unsigned(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[Published, ...]:
    """Publish what this node has of its own that was never signed, so that it may hand it out: its site, its staff."""
    heads = [head for head in uow.reference.newest() if head.source == "own" and head.signature is None]
    wanted = [head.kind for head in heads if head.kind in KINDS and not KINDS[head.kind].numbered]
    order = list(KINDS)
    return tuple(
        publish(uow, clock, actor, kind, uow.reference.get(kind) or {})
        for kind in sorted(wanted, key=order.index)
    )


def documents_in_force(uow: UnitOfWork) -> dict[str, Mapping[str, Any]]:
    """Kind → the newest document of every kind that is this node's own."""
    kinds = [kind for kind in uow.reference.versions() if OF_SITE not in kind]
    return {kind: uow.reference.get(kind) or {} for kind in kinds}


def document_for(uow: UnitOfWork, kind: str, site: str) -> dict[str, Any] | None:
    """The document of ``kind`` that holds at ``site``, or None: its own, else that of the nearest site above."""
    return uow.reference.get(_kind_at(uow, kind, site, uow.reference.versions()))


def sites_left_out(uow: UnitOfWork, sites: Mapping[str, Any]) -> tuple[str, ...]:
    """Sites with devices, here or below, that a new tree would forget: nobody could see what they record."""
    new, node = SiteTree.from_document(sites), uow.events.node
    if not node.serves:
        return ()
    inhabited = {one.site for one in uow.devices.all() if not one.is_revoked}
    own = [one.code for one in site_tree(uow.reference).below(node.site)]
    return tuple(one for one in own if one in inhabited and node.site not in new.above(one)[1:])


def documents_of(uow: UnitOfWork, site: str, *, below: bool = False) -> tuple[Served, ...]:
    """What a device of ``site`` is to have; with ``below``, since it serves others, also what is for sites under it."""
    versions = uow.reference.versions()
    heads = {head.kind: head for head in uow.reference.newest() if head.signature is not None}
    plain = {kind.partition(OF_SITE)[0] for kind in heads} - {SIGNERS}
    found = [(kind, _kind_at(uow, kind, site, versions)) for kind in plain]
    if below:
        found += [(kind, kind) for kind in heads if OF_SITE in kind and _is_below(uow, kind, site)]
    return tuple(
        sorted((Served(kind, heads[at]) for kind, at in found if at in heads), key=lambda one: one.kind)
    )


def digest_for(uow: UnitOfWork, site: str, *, below: bool = False) -> bytes:
    """What a hello compares: ``domain.documents.documents_digest`` of ``documents_of``."""
    served = documents_of(uow, site, below=below)
    return documents_digest((one.kind, one.head.version, one.head.etag) for one in served)


def _place(uow: UnitOfWork, kind: str, site: str) -> str:
    known = KINDS.get(kind)
    if known is None:
        raise AppError("documents.kind_unknown", kind=kind[:40], known=" ".join(KINDS))
    if not site or site == uow.events.node.site:
        return kind
    if not known.of_site:
        raise AppError("documents.not_of_site", kind=kind)
    if site not in site_tree(uow.reference).entries:
        raise AppError("documents.site_unknown", site=site[:24])
    return f"{kind}{OF_SITE}{site}"


def _require_own(uow: UnitOfWork, stored_kind: str) -> None:
    head = uow.reference.head(stored_kind)
    if head is not None and head.source == "upstream" and head.signature is not None:
        raise AppError("documents.from_centre", kind=stored_kind.partition(OF_SITE)[0])


def _next_version(uow: UnitOfWork, kind: str, document: Mapping[str, Any]) -> int:
    """One after the newest for any site, so that a device that goes to another site meets no number again."""
    asked = document.get("version", 0)
    if not isinstance(asked, int) or isinstance(asked, bool) or not 0 <= asked < 2**31 - 1:
        raise AppError("documents.field_invalid", kind=kind, field="version")
    if KINDS[kind].numbered:
        return asked
    known = uow.reference.versions().items()
    newest = max((version for name, version in known if name.partition(OF_SITE)[0] == kind), default=0)
    return max(newest + 1, FIRST_VERSION, asked)


def _sign(uow: UnitOfWork, clock: Clock, stored_kind: str, site: str, made: dict[str, Any]) -> Published:
    signer = own_signer(uow)
    if signer is None:
        raise AppError("documents.no_key")
    body = document_bytes(made)
    if len(body) > MAX_BYTES:
        raise AppError("documents.too_large", kind=made["kind"], limit_mib=MAX_BYTES >> 20)
    if uow.reference.version(stored_kind) >= made["version"]:
        raise AppError("documents.version_old", kind=made["kind"], version=made["version"])
    uow.reference.put(
        made,
        source="own",
        now_ms=clock.now_ms(),
        signature=signer.sign(signed_bytes(body)),
        stored_kind=stored_kind,
    )
    uow.changed.note("reference")
    rulebook(uow)
    return Published(made["kind"], made["version"], site, hashlib.sha256(body).hexdigest())


def _kind_at(uow: UnitOfWork, kind: str, site: str, versions: Mapping[str, int]) -> str:
    """Under which kind the document of ``kind`` for ``site`` rests here."""
    own = uow.events.node.site
    if site == own:
        return kind
    known = KINDS.get(kind)
    above = site_tree(uow.reference).above(site) if known is None or known.handed_down else (site,)
    for code in above:
        if code == own:
            return kind
        if f"{kind}{OF_SITE}{code}" in versions:
            return f"{kind}{OF_SITE}{code}"
    return kind if known is None or known.handed_down else f"{kind}{OF_SITE}{site}"


def _is_below(uow: UnitOfWork, stored_kind: str, site: str) -> bool:
    code = stored_kind.partition(OF_SITE)[2]
    return code != site and site in site_tree(uow.reference).above(code)
