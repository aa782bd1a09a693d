"""The one place that puts store, clock and worker together.

One worker thread owns the local store. A service is a function ``(uow, clock, actor, …)``; ``Station.submit`` runs it
there in one unit of work and gives a future. Services that only read are marked with ``reads`` and take no lock.
"""

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from db import migrate
from db.changes import Changes
from db.errors import known
from db.incarnation import new_letters
from db.node import Node, create_node
from db.store import keys
from db.store.engine import open_engine
from db.store.keys import KeyPlace
from db.store.read_only import only_reads
from db.store.read_only import reads as reads
from db.unit_of_work import Store, UnitOfWork, changes_of
from domain.clock import Clock
from domain.errors import AppError
from domain.events.event import NewEvent, genesis
from domain.staff import Actor
from services.clock import SystemClock
from services.device_keys import ensure_key, has_key
from services.documents import install_shipped, needs_install, publish_own
from services.listeners import Listener, Listeners

STORE_NAME = "store.db"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class InitResult:
    """What ``init_station`` made."""

    home: Path
    site: str
    key: KeyPlace


@dataclass(slots=True)
class Ground:
    """What upkeep works on: the home with its files, the store and its key."""

    home: Path
    store: Store
    clock: Clock
    actor: Actor
    key: bytes
    key_place: KeyPlace
    changes: Changes = field(default_factory=Changes)


class Station:
    """An open station. Everything but ``close`` may be called from any thread."""

    def __init__(self, home: Path, store: Store, clock: Clock, key: bytes, key_place: KeyPlace) -> None:
        self.home = home
        self.clock = clock
        self.key_place = key_place
        self._store = store
        self._key = key
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._listeners = Listeners()
        with store.read() as uow:
            self._device = uow.events.node.device
        self._data_version = store.data_version()
        self.actor = self.device_actor

    @property
    def device_actor(self) -> Actor:
        """The device itself, which acts with a clerk's rights while nobody is signed in."""
        return Actor(f"device:{self._device}")

    def submit(
        self, service: Callable[..., Result], /, *args: Any, as_actor: Actor | None = None, **kwargs: Any
    ) -> Future[Result]:
        """Run ``service(uow, clock, actor, *args, **kwargs)`` on the store's thread, in one unit of work."""
        return self._worker.submit(self._run, service, as_actor or self.actor, args, kwargs)

    def call(
        self, service: Callable[..., Result], /, *args: Any, as_actor: Actor | None = None, **kwargs: Any
    ) -> Result:
        """``submit`` and wait: for the command line and tests, never for the window."""
        return self.submit(service, *args, as_actor=as_actor, **kwargs).result()

    def submit_upkeep(self, task: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Run ``task(ground, …)`` on the store's thread: work that is no single unit of work."""
        return self._worker.submit(self._upkeep, task, self.actor, args, kwargs)

    def run_aside(self, task: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """Run ``task(ground, …)`` in the calling thread, beside the store's own: for what opens the file itself."""
        return task(self._ground(self.actor), *args, **kwargs)

    def add_listener(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with ``Changes`` on the store's thread after every commit; returns how to stop."""
        return self._listeners.add(listener)

    def poll(self) -> Future[None]:
        """Look whether another process has written; listeners then hear of a change ``elsewhere``."""
        return self._worker.submit(self._poll)

    def close(self) -> None:
        """Finish what was submitted and let go of the store."""
        self._worker.shutdown(wait=True)
        self._store.close()

    def _run(self, service: Callable[..., Result], actor: Actor, args: Any, kwargs: Any) -> Result:
        if only_reads(service):
            with self._store.read() as uow:
                return service(uow, self.clock, actor, *args, **kwargs)
        with self._store.write() as uow:
            result = service(uow, self.clock, actor, *args, **kwargs)
        self._listeners.tell(changes_of(uow))
        return result

    def _upkeep(self, task: Callable[..., Result], actor: Actor, args: Any, kwargs: Any) -> Result:
        ground = self._ground(actor)
        result = task(ground, *args, **kwargs)
        self._listeners.tell(ground.changes)
        return result

    def _ground(self, actor: Actor) -> Ground:
        return Ground(self.home, self._store, self.clock, actor, self._key, self.key_place)

    def _poll(self) -> None:
        version = self._store.data_version()
        previous, self._data_version = self._data_version, version
        if version != previous:
            self._listeners.tell(Changes(elsewhere=True))


def station_exists(home: Path) -> bool:
    """Whether a station has been made in ``home``."""
    return (home / STORE_NAME).exists()


def open_station(
    home: Path, *, clock: Clock | None = None, ask: keys.Ask | None = None, passphrase: str | None = None
) -> Station:
    """Open the station in ``home``: key, store, migration, shipped documents.

    ``AppError``: ``station.missing`` and the ``storage.*`` errors.
    """
    clock = clock or SystemClock()
    if not station_exists(home):
        raise AppError("station.missing", home=str(home))
    key, place = keys.find_key(home, ask=ask, passphrase=passphrase)
    path = home / STORE_NAME
    engine = open_engine(path, key)
    try:
        if migrate.needs_migration(engine):
            engine.dispose()
            migrate.migrate_store(path, key)
        store = Store(engine, clock)
        renew_documents(store, clock)
        return Station(home, store, clock, key, place)
    except BaseException:
        engine.dispose()
        raise


def renew_documents(store: Any, clock: Clock) -> None:
    """Take in documents that came with a newer program, and make the device's key where it has none.

    Asks for the write lock only when there is something to write.
    """
    with store.read() as uow:
        if not uow.events.is_opened or (has_key(uow) and not needs_install(uow)):
            return
    from services.calendars import recompute_due_times

    with store.write() as uow:
        ensure_key(uow, clock.now_ms())
        if "calendar" in install_shipped(uow, clock.now_ms()):
            recompute_due_times(uow, clock, Actor(f"device:{uow.events.node.device}"))


def make_store(
    home: Path,
    *,
    site: dict[str, Any],
    staff: list[dict[str, Any]],
    clock: Clock,
    ask: keys.Ask | None = None,
) -> InitResult:
    """Make home, key and store with the site's and staff's documents; ``station.exists`` where there is one.

    The first transaction holds the whole station, so that a kill leaves either none or a whole one; a store that
    was left without its node is begun anew.
    """
    store, place = make_empty(home, clock, ask)
    try:
        with store.write() as uow:
            begin_node(uow, site, staff, clock.now_ms())
    finally:
        store.close()
    return InitResult(home, site["code"], place)


def make_empty(home: Path, clock: Clock, ask: keys.Ask | None = None) -> tuple[Store, KeyPlace]:
    """Home, key and a store without a node; what a kill left of it is taken up again. ``station.exists``."""
    path = home / STORE_NAME
    if is_opened(home, ask):
        raise AppError("station.exists", home=str(home))
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = _key_for(home, ask)
    except OSError as error:
        raise known(error) from error
    key, _ = keys.find_key(home, ask=ask)
    migrate.migrate_store(path, key)
    return Store(open_engine(path, key), clock), place


def _key_for(home: Path, ask: keys.Ask | None) -> KeyPlace:
    if (home / keys.DESCRIPTION_NAME).exists():
        return keys.find_key(home, ask=ask)[1]
    return keys.create_key(home, ask=ask)


def is_opened(home: Path, ask: keys.Ask | None = None) -> bool:
    """Whether there is a whole station in ``home``, not only what a kill left of one."""
    if not station_exists(home):
        return False
    key, _ = keys.find_key(home, ask=ask)
    engine = open_engine(home / STORE_NAME, key)
    try:
        if migrate.needs_migration(engine):
            with engine.connect().execution_options(qifu_read=True) as connection:
                return migrate.schema_version(connection) is not None
        with Store(engine, SystemClock()).read() as uow:
            return uow.events.is_opened
    finally:
        engine.dispose()


def begin_node(
    uow: UnitOfWork,
    site: dict[str, Any],
    staff: list[dict[str, Any]],
    now_ms: int,
    *,
    serves: bool = False,
    device: str = "",
    given: Sequence[str] = (),
) -> None:
    """Make the empty store of ``uow`` a node: its device and key, the shipped documents, those of site and staff.

    One that ``serves`` is a hub or centre, and begins its tree of sites. ``device`` is one whose key is kept already,
    ``given`` are the letters that it was given.
    """
    device = device or secrets.token_hex(8)
    letters = new_letters("", given)
    node = Node(
        store=uow.events.new_id(now_ms),
        device=device,
        site=site["code"],
        incarnation=1,
        seq=0,
        head=genesis(device, 1),
        hlc=0,
        letters=letters,
        letters_used=letters,
        demo=bool(site.get("demo")),
        created_at=now_ms,
        serves=serves,
    )
    create_node(uow.connection, node)
    uow.events.forget_node()
    install_shipped(uow, now_ms)
    publish_own(uow, "site", site, now_ms)
    publish_own(uow, "staff", {"entries": staff}, now_ms)
    if serves:
        own = {"code": site["code"], "name": site["name"], "parent": "", "letters": site["letters"]}
        publish_own(uow, "sites", {"entries": [own]}, now_ms)
    ensure_key(uow, now_ms)
    uow.append(
        None,
        [NewEvent("station_opened", {"site": site["code"], "letters": letters})],
        actor=f"device:{device}",
        now_ms=now_ms,
    )
