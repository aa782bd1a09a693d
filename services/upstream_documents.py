"""Documents that came from the node above: checked, then taken into force, all in the caller's transaction.

A document is believed when whoever signed it is: the upstream itself, or one it vouches for. What is wrongly signed,
meant for another site, or could not be loaded here is refused, and what was in force stays so.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from db.audience import site_tree
from db.reference import OF_SITE, document_bytes
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.codes.keys import KeyFormatError, PublicKey
from domain.documents import ReceivedDocument, RefusedDocument, signed_bytes
from domain.errors import AppError
from domain.sites import SiteTree
from domain.staff import Actor
from services.calendars import recompute_due_times
from services.document_kinds import KINDS, SIGNERS, check_document
from services.publishing import documents_in_force, sites_left_out
from services.rulebook import build

_TOUCHED = {"queue": "queue", "ratings": "ratings", "callbacks": "callbacks", "paper_templates": "printing"}
"""Kind → what open pages call the thing that changes with it."""

Keys = Mapping[str, bytes]
"""Device → its public key, 32 bytes."""


class _Refused(Exception):
    """Why, and which field."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


def take_in(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    upstream: tuple[str, bytes],
    signers: Keys,
    received: Sequence[ReceivedDocument],
) -> tuple[RefusedDocument, ...]:
    """Take ``received`` into force; what was refused, and why (``documents.*``).

    ``upstream`` is its device and key, ``signers`` are those whom it vouches for; they are remembered for nodes below.

    A new calendar moves the promises that waited for it.
    """
    keys = {**signers, upstream[0]: upstream[1]}
    _remember_signers(uow, clock, signers)
    force = documents_in_force(uow)
    refused: list[RefusedDocument] = []
    taken: set[str] = set()
    order = {kind: place for place, kind in enumerate(KINDS)}
    for one in sorted(received, key=lambda one: (order.get(_plain(one.kind), len(order)), one.kind)):
        try:
            document = _document(one, keys)
            _require_site(uow, one.kind, document, _tree(uow, force))
            if not _has_its_own(uow, one.kind, document) and _is_news(uow, one, document):
                _require_sound(one.kind, document, force)
                _require_inhabited(uow, one.kind, document)
                _put(uow, clock, one, document)
                taken.add(one.kind)
                if OF_SITE not in one.kind:
                    force[one.kind] = document
        except _Refused as why:
            refused.append(RefusedDocument(one.kind, one.version, why.reason, why.field))
    if taken:
        _tell(uow, clock, actor, taken)
    return tuple(refused)


def _remember_signers(uow: UnitOfWork, clock: Clock, keys: Keys) -> None:
    entries = [{"device": device, "public_key": key.hex()} for device, key in sorted(keys.items())]
    held = uow.reference.get(SIGNERS) or {}
    if held.get("entries", []) != entries:
        body = {"kind": SIGNERS, "version": uow.reference.version(SIGNERS) + 1, "entries": entries}
        uow.reference.put(body, source="upstream", now_ms=clock.now_ms())


def known_signers(uow: UnitOfWork) -> dict[str, bytes]:
    """Those whom this node's upstream vouched for."""
    entries = (uow.reference.get(SIGNERS) or {}).get("entries", [])
    return {entry["device"]: bytes.fromhex(entry["public_key"]) for entry in entries}


def _plain(kind: str) -> str:
    return kind.partition(OF_SITE)[0]


def _document(one: ReceivedDocument, keys: Keys) -> dict[str, Any]:
    """What is written in it, once it is known who wrote it."""
    try:
        document = json.loads(one.body)
        sound = isinstance(document, dict) and document_bytes(document) == one.body
    except (ValueError, RecursionError):
        sound = False
    if not sound or (document.get("kind"), document.get("version")) != (_plain(one.kind), one.version):
        raise _Refused("documents.malformed")
    key = keys.get(str(document.get("by")))
    if key is None:
        raise _Refused("documents.signer_unknown")
    try:
        signed = PublicKey.from_raw(key).verifies(one.signature, signed_bytes(one.body))
    except KeyFormatError:
        signed = False
    if not signed:
        raise _Refused("documents.signature")
    found: dict[str, Any] = document
    return found


def _tree(uow: UnitOfWork, force: Mapping[str, Mapping[str, Any]]) -> SiteTree:
    return SiteTree.from_document(force["sites"]) if "sites" in force else site_tree(uow.reference)


def _require_site(uow: UnitOfWork, kind: str, document: Mapping[str, Any], tree: SiteTree) -> None:
    """What is for one site is taken there, and at those below it; ``kind@site`` only by who stands above the site."""
    own, meant = uow.events.node.site, document.get("for", "")
    code = kind.partition(OF_SITE)[2]
    if code:
        fits = meant == code and own != code and own in tree.above(code)
    else:
        fits = meant in ("", *tree.above(own))
    if _plain(kind) == "site":
        fits = fits and document.get("code") == (code or own)
    if not fits:
        raise _Refused("documents.other_site")


def _has_its_own(uow: UnitOfWork, kind: str, document: Mapping[str, Any]) -> bool:
    """Whether this is a centre that has published for its site and those below what came from above for more than them.

    The nearer holds: a centre that joins another keeps its staff. What is published above for its very site takes
    that place. A hub follows its centre in everything.
    """
    node, head, known = uow.events.node, uow.reference.head(kind), KINDS.get(_plain(kind))
    if head is None or head.source != "own" or known is None or not known.of_site:
        return False
    own = uow.devices.get(node.device)
    very_site = kind.partition(OF_SITE)[2] or node.site
    return own is not None and own.role == "centre" and document.get("for") != very_site


def _is_news(uow: UnitOfWork, one: ReceivedDocument, document: Mapping[str, Any]) -> bool:
    """False for what is here already, or is older than what its signer had published: a restored centre hands that out.

    Numbers count for one signer. Another's document takes the place of what was in force, whatever its number: of a
    node's own when it joins a centre, of that centre's when it joins one above.
    """
    held = uow.reference.bodies_from(one.kind, one.version)
    if held.get(one.version) == one.body:
        uow.reference.add_signature(one.kind, one.version, one.signature)
        return False
    numbered = KINDS[one.kind].numbered if one.kind in KINDS else False
    signers = {version: json.loads(body).get("by") for version, body in held.items()}
    if numbered and held:
        return False
    if signers.get(one.version) == document["by"]:
        raise _Refused("documents.version_taken")
    if document["by"] in signers.values():
        return False
    if held:
        uow.reference.make_way(one.kind, one.version)
    return True


def _require_sound(kind: str, document: dict[str, Any], force: Mapping[str, Mapping[str, Any]]) -> None:
    plain = _plain(kind)
    try:
        check_document(plain, document, force)
        if OF_SITE not in kind and plain in KINDS:
            build({**force, plain: document}, {})
    except AppError as error:
        raise _Refused("documents.unloadable", str(error.params.get("field", error.code))) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _Refused("documents.unloadable", plain) from error


def _require_inhabited(uow: UnitOfWork, kind: str, document: Mapping[str, Any]) -> None:
    if kind == "sites" and (left_out := sites_left_out(uow, document)):
        raise _Refused("documents.sites_left_out", " ".join(left_out[:5]))


def _put(uow: UnitOfWork, clock: Clock, one: ReceivedDocument, document: dict[str, Any]) -> None:
    uow.reference.put(
        document,
        source="upstream",
        now_ms=clock.now_ms(),
        signature=one.signature,
        stored_kind=one.kind,
    )


def _tell(uow: UnitOfWork, clock: Clock, actor: Actor, taken: set[str]) -> None:
    uow.changed.note("reference")
    for kind in taken & set(_TOUCHED):
        uow.changed.note(_TOUCHED[kind])
    if "calendar" in taken:
        recompute_due_times(uow, clock, actor)
