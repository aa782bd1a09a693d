"""Joining a hub or centre (加入中心), the store's side: who comes, and what the answer changes.

Asking the server is ``sync/enrolment.py``. Every step may be taken again: the same device with the same code is told
the same, and what was told changes the store in one transaction.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from db.audience import site_tree
from db.incarnation import new_letters
from db.log.chains import Chains
from db.log.joining import enter_itself, move_site
from db.rows.case_rows import CaseFilter
from db.store import keys
from db.unit_of_work import UnitOfWork
from db.upstream_access import NewUpstream, UpstreamAccess
from domain.clock import Clock
from domain.errors import AppError
from domain.joining import Enrolled, GivenDocument, Newcomer, OldChain, OldSite, joined
from domain.staff import Actor
from services.device_keys import ensure_key
from services.rulebook import rulebook
from services.setup import remove_made
from services.station import InitResult, begin_node, make_empty, reads, station_exists

_CLOCK_SLACK_MS = 3_600_000
KEPT = ("address", "phone", "hours", "web_address")
"""What a site's document says beyond its name: papers print the first two, due times are counted by the third."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The site that the device belongs to now, and the one before; "" where there was none.

    ``lost`` are fields of the station's own site document (``KEPT``) that the one from above does not have.
    """

    site: str
    site_name: str
    old_site: str
    letters: tuple[str, ...]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """Whom this station has joined, by its address, and as which site.

    ``below`` are the names of the sites under it, which this station sees as well; known after the first sync.
    """

    url: str
    site: str
    site_name: str
    below: tuple[str, ...] = ()


class Asking(Protocol):
    """Asks a server (``sync/enrolment.py``)."""

    @property
    def is_answer_lost(self) -> bool:
        """Whether the server may have enrolled the device without our hearing of it."""
        ...

    def ask(self, newcomer: Newcomer) -> Enrolled:
        """Ask to be enrolled; ``AppError``."""
        ...


@reads
def membership(uow: UnitOfWork, clock: Clock, actor: Actor) -> Membership | None:
    """Whom this station has joined; None where it works alone."""
    above = UpstreamAccess(uow.connection).get()
    if above is None:
        return None
    site = uow.events.node.site
    below = tuple(one.name for one in site_tree(uow.reference).below(site))
    return Membership(above.url, site, rulebook(uow).site.name, below)


def newcomer(uow: UnitOfWork, clock: Clock, actor: Actor) -> Newcomer:
    """This station as one that wants to join. ``enrol.demo`` where it holds made-up cases."""
    node = uow.events.node
    if node.demo and _has_made_up_cases(uow, node.created_at):
        raise AppError("enrol.demo")
    ensure_key(uow, clock.now_ms())
    seed = uow.device_secrets.get(node.device)
    assert seed is not None
    site = rulebook(uow).site
    earlier = [one for one in Chains(uow.connection).all() if one.device == node.device and not one.branch]
    chains = {one.incarnation: OldChain(one.incarnation, one.seq, one.head) for one in earlier}
    chains[node.incarnation] = OldChain(node.incarnation, node.seq, node.head)
    letters = tuple(node.letters_used.split())
    old = OldSite(node.site, site.name, site.letters, letters, tuple(chains.values()))
    below = site_tree(uow.reference).below(node.site) if node.serves else ()
    return Newcomer(node.device, *_key_of(seed), old, below)


def join(uow: UnitOfWork, clock: Clock, actor: Actor, enrolled: Enrolled) -> Joined:
    """Make this station one of the site that it was enrolled for; its records stay and count as that site's.

    ``enrol.wrong_site`` where it serves others: those know it by its site.
    """
    node, now_ms = uow.events.node, clock.now_ms()
    if node.serves and node.site != enrolled.site:
        raise AppError("enrol.wrong_site", site=enrolled.site)
    above = UpstreamAccess(uow.connection).get()
    again = above is not None and above.server == enrolled.server and node.site == enrolled.site
    used, before = set(node.letters_used.split()), uow.reference.get("site") or {}
    if not (again and used & set(enrolled.letters)):
        _enter(uow, enrolled)
        letters = new_letters(node.letters_used, enrolled.letters)
        move_site(uow.connection, node, enrolled.site, letters, alone=above is None)
        uow.events.forget_node()
        uow.append(None, [joined(node.site, enrolled)], actor=f"device:{node.device}", now_ms=now_ms)
    _follow(uow, enrolled, now_ms)
    lost = tuple(one for one in lacking(enrolled.document("site") or {}) if before.get(one))
    return Joined(enrolled.site, _site_name(enrolled), node.site, enrolled.letters, lost)


def lacking(site: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of ``KEPT`` the document of a site does not say."""
    return tuple(one for one in KEPT if not site.get(one))


def prepare_home(home: Path, clock: Clock, ask: keys.Ask | None = None) -> Newcomer:
    """A device in a store without a site yet, made in ``home``; the same one when it is asked again.

    ``station.exists`` where there is a station already.
    """
    store, _ = make_empty(home, clock, ask)
    try:
        with store.write() as uow:
            kept = uow.device_secrets.newest()
            if kept is None:
                kept = (secrets.token_hex(8), secrets.token_bytes(32))
                uow.device_secrets.keep(*kept, clock.now_ms())
    finally:
        store.close()
    device, seed = kept
    return Newcomer(device, *_key_of(seed))


def open_home(
    home: Path, device: str, enrolled: Enrolled, clock: Clock, ask: keys.Ask | None = None
) -> InitResult:
    """Make the prepared ``home`` a station of the site that ``device`` was enrolled for: all of it or nothing."""
    site = enrolled.document("site")
    if site is None:
        raise AppError("enrol.document_missing")
    store, place = make_empty(home, clock, ask)
    try:
        with store.write() as uow:
            now_ms = clock.now_ms()
            begin_node(uow, site, [], now_ms, device=device, given=enrolled.letters)
            _enter(uow, enrolled)
            _follow(uow, enrolled, now_ms)
    finally:
        store.close()
    return InitResult(home, enrolled.site, place)


def enrol_home(home: Path, clock: Clock, asking: Asking, ask: keys.Ask | None = None) -> InitResult:
    """Make ``home`` a station of the site that it is enrolled for. Where that fails nothing is left behind.

    Except where the answer was lost: then the device stays, and the same code is good for it once more.
    """
    before = set(home.iterdir()) if home.is_dir() else None
    is_begun = station_exists(home)
    one = prepare_home(home, clock, ask)
    try:
        enrolled = asking.ask(one)
    except AppError:
        if not (is_begun or asking.is_answer_lost):
            remove_made(home, before)
        raise
    return open_home(home, one.device, enrolled, clock, ask)


def _enter(uow: UnitOfWork, enrolled: Enrolled) -> None:
    node = uow.events.node
    seed = uow.device_secrets.get(node.device)
    assert seed is not None
    values: dict[str, str | bytes] = {
        "site": enrolled.site,
        "role": enrolled.role,
        "name": enrolled.name,
        "public_key": _key_of(seed)[0],
        "parent": enrolled.server,
    }
    enter_itself(uow.connection, node, values, enrolled.letters)
    uow.events.homes.forget()


def _follow(uow: UnitOfWork, enrolled: Enrolled, now_ms: int) -> None:
    new = NewUpstream(
        url=enrolled.url,
        pin=enrolled.pin,
        site=enrolled.server_site,
        device=enrolled.server,
        public_key=enrolled.public_key,
        epoch=enrolled.epoch,
        token=enrolled.token,
        token_until=enrolled.token_until,
        now=enrolled.now,
        enrolled_at=now_ms,
    )
    UpstreamAccess(uow.connection).enrol(new)
    for one in enrolled.documents:
        _take(uow, one, now_ms)
    for area in ("node", "cases", "queue"):
        uow.changed.note(area)


def _take(uow: UnitOfWork, given: GivenDocument, now_ms: int) -> None:
    """Take in a document, as newer than the station's own: one that nobody has published yet may have a low number."""
    kind, version = str(given.content["kind"]), int(given.content["version"])
    head = uow.reference.head(kind)
    if head is not None and head.source != "upstream" and version <= head.version:
        uow.reference.put({**given.content, "version": head.version + 1}, source="upstream", now_ms=now_ms)
    else:
        uow.reference.put(given.content, source="upstream", now_ms=now_ms, signature=given.signature)
    uow.changed.note("reference")


def _has_made_up_cases(uow: UnitOfWork, since: int) -> bool:
    """Whether there are cases from before the store: the demonstration's are, real ones cannot be."""
    return uow.cases.count(CaseFilter(accepted_before=since - _CLOCK_SLACK_MS)) > 0


def _key_of(seed: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """(public key, what signs)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key.public_key().public_bytes_raw(), key.sign


def _site_name(enrolled: Enrolled) -> str:
    return str((enrolled.document("site") or {}).get("name", enrolled.site))
