"""Trust at this station (信任): the root it holds to, the lists that root signed, and the keys of devices.

Reference documents: ``trust_root`` (own: ``public_key`` base64, ``demo``), ``trust_list`` and ``revocation_list`` (as
published, ``signed`` and for the latter ``deltas``; the version is the list's number), ``device_keys``. Lists
are checked against the root when they are first read from the store by a process.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import resources
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.codes import revocation, trust
from domain.codes.keys import KeyFormatError, PublicKey
from domain.codes.profiles import Profile
from domain.codes.recognise import Registries, read
from domain.codes.revocation import RevocationList, apply_delta, open_revocation_list
from domain.codes.trust import Trust, TrustList, open_trust_list
from domain.codes.trust_files import MAX_BYTES
from domain.codes.verdict import Verdict
from domain.codes.verification import LearnedTime
from domain.errors import AppError
from domain.events.clock import milliseconds
from domain.staff import Actor, Role
from services.code_trust import shipped_registries
from services.device_keys import add_keys, keys_mark, known_keys, own_entries
from services.permissions import allows, require
from services.rulebook import rulebook
from services.station import reads

ROOT = "trust_root"
DEMO_FILE = "demo/codes/trust.json"
CLOCK_BACK_MS = 10 * 60_000
"""How far the clock may stand behind the latest event before it is not believed."""


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """What the station trusts, for people. Numbers and ``…_until`` (UTC milliseconds) are None without a list."""

    root: str
    demo: bool
    issuers: tuple[str, ...]
    trust_number: int | None
    trust_until: int | None
    revocation_number: int | None
    revocation_until: int | None
    revoked: int
    devices: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import brought: the numbers now in force, and how many device keys were new."""

    trust_list: int | None
    revocation_list: int | None
    new_devices: int


def trust_of(uow: UnitOfWork) -> Trust:
    """What verdicts rest on at this station."""
    documents = uow.reference.versions()
    place = (
        "trust",
        *(documents.get(kind, 0) for kind in (ROOT, trust.KIND, revocation.KIND, "site")),
        *keys_mark(uow),
    )
    if place not in uow.cache:
        root = _root(uow)
        issuers = _issuers(uow, root) if root else None
        revocations = _revocations(uow, root) if root else None
        uow.cache[place] = Trust(issuers, revocations, known_keys(uow), site=rulebook(uow).site.code)
    found: Trust = uow.cache[place]
    return found


def learned_time(uow: UnitOfWork, clock: Clock) -> LearnedTime:
    """Now, and whether it can be believed: a clock that stands before what this store has recorded cannot."""
    now_ms = clock.now_ms()
    latest = milliseconds(uow.events.node.hlc)
    return LearnedTime(now_ms, sure=now_ms >= latest - CLOCK_BACK_MS)


def registries(uow: UnitOfWork) -> Registries:
    """Hosts and patterns of registries: the centre's document, else the shipped one."""
    version = uow.reference.version("code_hosts")
    place = ("registries", version)
    if place not in uow.cache:
        document = uow.reference.get("code_hosts")
        uow.cache[place] = Registries.from_document(document) if document else shipped_registries()
    found: Registries = uow.cache[place]
    return found


def take_trust(uow: UnitOfWork, clock: Clock, actor: Actor, body: bytes) -> Taken:
    """Take in a trust file (``domain.codes.trust_files``): root, lists, deltas, device keys; all of it or nothing.

    The first file names the root, every later one must be of the same root. Raises ``AppError``:
    ``codes.trust_malformed``, ``codes.no_root``, ``codes.root_differs``, ``codes.demo_material``, ``codes.list_*``,
    ``codes.delta_gap``, ``permission.denied``.
    """
    _require_keeper(uow, actor)
    document = _document(body)
    now_ms = clock.now_ms()
    if "root" in document:
        _settle_root(uow, document, now_ms)
    root = _root(uow)
    for kind, put in (("trust_list", _put_trust_list), ("revocation_list", _put_revocation_list)):
        if document.get(kind) is not None:
            put(uow, _need(root), document[kind], now_ms)
    for delta in _listed(document, "revocation_deltas"):
        _put_delta(uow, _need(root), delta, now_ms)
    added = add_keys(uow, _listed(document, "devices"), now_ms)
    versions = uow.reference.versions()
    uow.changed.note("reference")
    return Taken(versions.get(trust.KIND), versions.get(revocation.KIND), added)


@reads
def trust_facts(uow: UnitOfWork, clock: Clock, actor: Actor) -> TrustFacts:
    """What is trusted here."""
    held = trust_of(uow)
    root = uow.reference.get(ROOT) or {}
    lists, revoked = held.issuers, held.revocations
    return TrustFacts(
        root=_root_name(_root(uow)),
        demo=bool(root.get("demo")),
        issuers=tuple(dict.fromkeys(key.name or key.issuer for key in lists.keys)) if lists else (),
        trust_number=lists.number if lists else None,
        trust_until=lists.next_update if lists else None,
        revocation_number=revoked.number if revoked else None,
        revocation_until=revoked.next_update if revoked else None,
        revoked=len(revoked) if revoked else 0,
        devices=len(held.devices),
    )


@reads
def own_trust_file(uow: UnitOfWork, clock: Clock, actor: Actor) -> bytes:
    """This device's public key as a file for the site's other windows."""
    return json.dumps({"devices": own_entries(uow)}, ensure_ascii=False, indent=1).encode()


def _require_keeper(uow: UnitOfWork, actor: Actor) -> None:
    book = rulebook(uow)
    kept = any(member.role is Role.ADMIN and member.active for member in book.staff.values())
    if kept and not book.site.demo and not allows(actor, "station_settings"):
        require(actor, "station_settings")


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body) if len(body) <= MAX_BYTES else None
    except (ValueError, RecursionError) as error:
        raise AppError("codes.trust_malformed") from error
    if not isinstance(document, Mapping):
        raise AppError("codes.trust_malformed")
    return document


def _listed(document: Mapping[str, Any], name: str) -> list[Any]:
    found = document.get(name, [])
    if not isinstance(found, list):
        raise AppError("codes.trust_malformed")
    return found


def _settle_root(uow: UnitOfWork, document: Mapping[str, Any], now_ms: int) -> None:
    offered = _public_key(document["root"])
    held = _root(uow)
    if held is not None:
        if held.raw != offered.raw:
            raise AppError("codes.root_differs", held=_root_name(held), offered=_root_name(offered))
        return
    demo = bool(document.get("demo")) or offered.raw in _demo_roots()
    if demo and not rulebook(uow).site.demo:
        raise AppError("codes.demo_material")
    put_root(uow, offered, now_ms, demo=demo)


def put_root(uow: UnitOfWork, root: PublicKey, now_ms: int, *, demo: bool = False) -> None:
    """Hold to ``root`` from now on."""
    body = {"public_key": base64.b64encode(root.raw).decode("ascii"), "demo": demo}
    uow.reference.put({**body, "kind": ROOT, "version": 1}, source="own", now_ms=now_ms)


def _demo_roots() -> set[bytes]:
    file = resources.path(DEMO_FILE)
    return {_public_key(json.loads(file.read_text("utf-8")).get("root")).raw}


def _root(uow: UnitOfWork) -> PublicKey | None:
    document = uow.reference.get(ROOT)
    return _public_key(document["public_key"]) if document else None


def _need(root: PublicKey | None) -> PublicKey:
    if root is None:
        raise AppError("codes.no_root")
    return root


def _root_name(root: PublicKey | None) -> str:
    return root.kid.hex() if root else ""


def _public_key(text: Any) -> PublicKey:
    try:
        return PublicKey.from_raw(base64.b64decode("".join(str(text).split()), validate=True))
    except (binascii.Error, KeyFormatError, ValueError) as error:
        raise AppError("codes.trust_malformed") from error


def _issuers(uow: UnitOfWork, root: PublicKey) -> TrustList | None:
    document = uow.reference.get(trust.KIND)
    return open_trust_list(document["signed"], root) if document else None


def _revocations(uow: UnitOfWork, root: PublicKey) -> RevocationList | None:
    document = uow.reference.get(revocation.KIND)
    if document is None:
        return None
    opened = open_revocation_list(document["signed"], root)
    for delta in document["deltas"]:
        opened = apply_delta(delta, root, opened)
    return opened


def _put_trust_list(uow: UnitOfWork, root: PublicKey, signed: Any, now_ms: int) -> None:
    opened = open_trust_list(signed, root, _issuers(uow, root))
    _put(uow, trust.KIND, opened.number, {"signed": signed}, now_ms)


def _put_revocation_list(uow: UnitOfWork, root: PublicKey, signed: Any, now_ms: int) -> None:
    opened = open_revocation_list(signed, root, _revocations(uow, root))
    _put(uow, revocation.KIND, opened.number, {"signed": signed, "deltas": []}, now_ms)


def _put_delta(uow: UnitOfWork, root: PublicKey, signed: Any, now_ms: int) -> None:
    held = _revocations(uow, root)
    if held is None:
        raise AppError("codes.delta_gap", have=0, base="?")
    opened = apply_delta(signed, root, held)
    document = uow.reference.get(revocation.KIND) or {}
    deltas = [*document["deltas"], signed]
    _put(uow, revocation.KIND, opened.number, {"signed": document["signed"], "deltas": deltas}, now_ms)


def _put(uow: UnitOfWork, kind: str, number: int, body: dict[str, Any], now_ms: int) -> None:
    uow.reference.put({**body, "kind": kind, "version": number}, source="upstream", now_ms=now_ms)


def verify_here(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    text: str,
    profile: Profile | None,
    now: LearnedTime | None,
) -> Verdict:
    """The verdict with this station's trust and its memory of presentations; nothing else is recorded."""
    return read(
        text,
        trust=trust_of(uow),
        now=now or learned_time(uow, clock),
        registries=registries(uow),
        profile=profile,
        replay=uow.replay_marks,
    )
