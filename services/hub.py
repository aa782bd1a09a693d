"""The hall's hub: who decides over the queue, in which term, and moving it to another machine.

A hub decides while its own device stands in the hall's row (``db.rows.hub_rows``). Whoever knows of a higher term
tells it, in every call; from then on it decides nothing more, also after a restart.
"""

from dataclasses import dataclass

from db.changes import Changes
from db.rows.sync_rows import SyncRows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.queue.hub import MAX_TERM, Hub, move
from domain.staff import Actor
from services.documents import publish_own
from services.pins import hash_pin
from services.queue.supervising import RULES, require_decision
from services.rulebook import rulebook
from services.staff import LOCK_MS, MAX_FAILURES, verify_password
from services.station import Station, reads

PIN_DOCUMENT = "hub_pin"
_PIN_COUNTER = "hub:pin"


@dataclass(frozen=True, slots=True)
class HubFacts:
    """Who decides over this station's queue, as far as it knows.

    ``elsewhere`` is whether a hub does, at ``url``; ``heard_at`` when the node above was last heard, UTC ms.
    """

    site: str
    device: str
    hub: Hub | None
    elsewhere: bool
    url: str
    has_pin: bool
    heard_at: int | None = None
    enrolled_at: int | None = None

    @property
    def term(self) -> int:
        """The highest term known here."""
        return 0 if self.hub is None else self.hub.term


@reads
def read_hub(uow: UnitOfWork, clock: Clock, actor: Actor) -> HubFacts:
    """What this station knows. A node above that has not said yet who decides is asked as if it did."""
    node = uow.events.node
    hub, above = uow.hubs.get(node.site), SyncRows(uow.connection).upstream()
    own = hub is not None and hub.device == node.device
    elsewhere = not own and not node.serves and (above is not None or bool(hub is not None and hub.url))
    url = hub.url if hub is not None and hub.url else above.url if above is not None else ""
    has_pin = uow.reference.get(PIN_DOCUMENT) is not None
    heard, enrolled = (above.heard_at, above.enrolled_at) if above is not None else (None, None)
    return HubFacts(node.site, node.device, hub, elsewhere, url, has_pin, heard, enrolled)


def learn_term(uow: UnitOfWork, clock: Clock, actor: Actor, term: int) -> None:
    """A higher term was told of, by whoever knows it; which device has it the event will say."""
    if 0 < term <= MAX_TERM and uow.hubs.keep(Hub(uow.events.node.site, term, since=clock.now_ms())):
        uow.changed.note("hub")


def learn_no_hub(uow: UnitOfWork, clock: Clock, actor: Actor) -> None:
    """The node above is no hub and there is none: this station decides by itself."""
    node = uow.events.node
    if uow.hubs.get(node.site) is None:
        uow.hubs.keep(Hub(node.site, 0, node.device, since=clock.now_ms()))
        uow.changed.note("hub")


def require_deciding(uow: UnitOfWork, told_term: int = 0) -> Hub:
    """The row of a hub that decides; ``queue.not_a_hub``, or ``queue.hub_superseded`` where another one does."""
    node = uow.events.node
    hub = uow.hubs.get(node.site)
    if hub is None or hub.term == 0:
        raise AppError("queue.not_a_hub")
    if hub.device != node.device or told_term > hub.term:
        raise AppError("queue.hub_superseded", term=max(hub.term, told_term))
    return hub


def begin_term(uow: UnitOfWork, clock: Clock, actor: Actor, url: str, *, above: int = 0) -> Hub:
    """This device decides from now on, in a term above every one that is known, reached at ``url``.

    Nothing happens where it decides already and is reached there. ``above`` is the highest that others know.
    """
    node = uow.events.node
    known = uow.hubs.get(node.site)
    if known is not None and known.device == node.device and known.url == url and above <= known.term > 0:
        return known
    term = max(above, 0 if known is None else known.term) + 1
    uow.append(None, [move(node.site, term, node.device, url)], actor=actor.id, now_ms=clock.now_ms())
    begun = uow.hubs.get(node.site)
    if begun is None or begun.device != node.device:
        raise AppError("queue.hub_superseded", term=term)
    return begun


def set_hub_pin(uow: UnitOfWork, clock: Clock, actor: Actor, pin: str) -> None:
    """Choose the PIN (口令) by which the hub is moved: 4–8 digits, for supervisors. Slow on purpose (Argon2id)."""
    require_decision(uow, actor, RULES)
    publish_own(uow, PIN_DOCUMENT, {"pin": hash_pin(pin)}, clock.now_ms())


def check_hub_pin(station: Station, pin: str) -> None:
    """``hub.pin_missing`` where none was chosen, ``hub.pin_wrong``, ``hub.pin_locked`` after five wrong ones."""
    # The failure is counted in a unit of work that commits; an exception inside it would take the count back.
    outcome = station.call(_check_pin, pin)
    if outcome is not None:
        raise outcome


def _check_pin(uow: UnitOfWork, clock: Clock, actor: Actor, pin: str) -> AppError | None:
    document = uow.reference.get(PIN_DOCUMENT)
    if document is None:
        return AppError("hub.pin_missing")
    failures, locked_until = uow.sign_in_failures.get(_PIN_COUNTER)
    now_ms = clock.now_ms()
    if now_ms < locked_until <= now_ms + LOCK_MS:
        return AppError("hub.pin_locked", minutes=-(-(locked_until - now_ms) // 60_000))
    if verify_password(str(document.get("pin", "")), pin):
        uow.sign_in_failures.clear(_PIN_COUNTER)
        return None
    failures += 1
    locked = now_ms + LOCK_MS if failures % MAX_FAILURES == 0 else 0
    uow.sign_in_failures.set(_PIN_COUNTER, failures, locked)
    left = MAX_FAILURES - failures % MAX_FAILURES
    return AppError("hub.pin_locked", minutes=5) if locked else AppError("hub.pin_wrong", left=left)


def acting(uow: UnitOfWork, staff: str, device: str) -> Actor:
    """Who acts at a window that says ``staff``: what they may do stands in this node's own staff document.

    ``staff.inactive``. Somebody unknown here is the window's device itself, with a clerk's rights.
    """
    member = rulebook(uow).staff.get(staff) if staff else None
    if member is None:
        return Actor(f"device:{device}")
    if not member.active:
        raise AppError("staff.inactive", name=member.name)
    return member.actor


class StationTerms:
    """What an open station knows of its hub (``sync.hub_call.Terms``); read again when its store has changed."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._highest = 0
        self._where = ""
        self._is_heard_of = False
        self._stale = True
        self.stop = station.add_listener(self._on_changes)

    def highest(self) -> int:
        """The highest term known."""
        self._read()
        return self._highest

    def elsewhere(self) -> str:
        """Which hub decides, as a text that is another for another one; "" where this station does itself."""
        self._read()
        return self._where

    def is_heard_of(self) -> bool:
        """Whether anybody has ever said who decides."""
        self._read()
        return self._is_heard_of

    def learn(self, term: int) -> None:
        """Keep a higher one for good."""
        if term > self.highest():
            self._station.call(learn_term, term)
            self._stale = True

    def _read(self) -> None:
        if self._stale:
            self._stale = False
            facts = self._station.call(read_hub)
            self._highest = max(self._highest, facts.term)
            self._is_heard_of = facts.hub is not None
            self._where = f"{facts.url} {facts.enrolled_at}" if facts.elsewhere else ""

    def _on_changes(self, changes: Changes) -> None:
        self._stale = self._stale or changes.elsewhere or bool(changes.areas & {"hub", "node", "sync"})
