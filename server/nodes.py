"""A hub or centre that is open: store, device, key and epoch, as commands and requests work with them."""

import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db import migrate
from db.centre import CentreStore, open_centre
from db.changes import Changes
from db.hub_store import HubStore
from db.server_secrets import ServerSecrets
from db.store import keys
from db.store.atomic import write_file
from db.store.engine import open_engine
from db.store.keys import KeyPlace
from db.store.read_only import only_reads
from db.unit_of_work import UnitOfWork, changes_of
from domain.clock import Clock
from domain.enrolment import DeviceRole
from domain.errors import AppError
from domain.staff import Actor, Role
from server.embedded import Embedded
from server.epoch import EpochKeeper
from services.clock import SystemClock
from services.listeners import Listener, Listeners
from services.publishing import publish_unsigned
from services.station import STORE_NAME, Ground, reads, renew_documents
from services.stick_key import ensure_stick_key, has_stick_key
from sync.stick import new_key

FILE_NAME = "server.json"
EMBEDDED = "embedded"
THREADS = 8
_TOKEN_KEY = "token"  # noqa: S105
_log = logging.getLogger("qifu.server")

Result = TypeVar("Result")
AnyStore = CentreStore | HubStore


@dataclass(frozen=True, slots=True)
class NodeFile:
    """``server.json`` of a home: ``role`` is centre or hub; ``database`` a URL, ``embedded``, or "" for a hub.

    ``names`` are hosts by which devices reach it.
    """

    role: str
    site: str
    database: str = ""
    names: tuple[str, ...] = ()

    @classmethod
    def read(cls, home: Path) -> "NodeFile":
        """``server.missing`` where none was made, ``server.file_bad`` where it cannot be read."""
        try:
            told = json.loads((home / FILE_NAME).read_text("utf-8"))
            return cls(**{**told, "names": tuple(map(str, told.get("names", ())))})
        except FileNotFoundError as error:
            raise AppError("server.missing", home=str(home)) from error
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise AppError("server.file_bad", path=str(home / FILE_NAME)) from error

    def reached_by(self, home: Path, names: Iterable[str]) -> "NodeFile":
        """The same with further ``names``, kept in ``home``."""
        named = replace(self, names=tuple(dict.fromkeys((*self.names, *(one.lower() for one in names)))))
        if named != self:
            named.write(home)
        return named

    def write(self, home: Path) -> None:
        """Only its owner may read it: a URL may hold a password."""
        write_file(home / FILE_NAME, json.dumps(asdict(self), indent=1).encode(), mode=0o600)


@dataclass(slots=True)
class Opened:
    """A store that is open, and what has to be let go of with it."""

    store: AnyStore
    key: bytes = b""
    key_place: KeyPlace | None = None
    embedded: Embedded | None = None

    def close(self) -> None:
        """Let go of everything."""
        self.store.close()
        if self.embedded is not None:
            self.embedded.close()


def open_store(home: Path, file: NodeFile, clock: Clock) -> Opened:
    """The store of ``home``, brought to this program's version."""
    if file.role == DeviceRole.HUB:
        return _open_hub(home, clock)
    embedded = Embedded(home) if file.database == EMBEDDED else None
    try:
        engine = open_centre(embedded.url if embedded else file.database, pool_size=THREADS)
        if migrate.needs_migration(engine):
            migrate.migrate_database(engine)
    except BaseException:
        if embedded is not None:
            embedded.close()
        raise
    return Opened(CentreStore(engine, clock), embedded=embedded)


def _open_hub(home: Path, clock: Clock) -> Opened:
    key, place = keys.find_key(home)
    path = home / STORE_NAME
    engine = open_engine(path, key)
    if migrate.needs_migration(engine):
        engine.dispose()
        migrate.migrate_store(path, key)
    return Opened(HubStore(engine, clock), key, place)


class ServerNode:
    """An open hub or centre, with the face of a ``Station``. Everything but ``close`` may be called from any thread."""

    def __init__(self, home: Path, file: NodeFile, opened: Opened, clock: Clock) -> None:
        self.home = home
        self.role = file.role
        self.clock = clock
        self.embedded = opened.embedded
        self.gathered_at = float("-inf")
        self.store = opened.store
        self._opened = opened
        self._epochs = EpochKeeper(home)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store")
        self._listeners = Listeners()
        with self.store.read() as uow:
            node = uow.events.node
            seed = uow.device_secrets.get(node.device)
        assert seed is not None
        self.site, self.device = node.site, node.device
        self.signer = Ed25519PrivateKey.from_private_bytes(seed)
        self.actor = self.device_actor
        self.token_key = self._token_key()

    @property
    def device_actor(self) -> Actor:
        """The node itself, as the one who acts."""
        return Actor(f"device:{self.device}")

    @property
    def operator(self) -> Actor:
        """Whoever runs commands in the home: the node itself, with an administrator's rights."""
        return Actor(f"device:{self.device}", Role.ADMIN)

    @property
    def public_key(self) -> bytes:
        """The public half of the node's key, 32 bytes."""
        return self.signer.public_key().public_bytes_raw()

    @property
    def epoch(self) -> str:
        """The life of the store; it may change while the server runs."""
        known = self._epochs.known()
        return known.epoch if known is not None else ""

    def count_epoch(self) -> bool:
        """Advance the epoch's counter; True where the store was put back from a backup and another epoch begins."""
        with self.store.write() as uow:
            restored = self._epochs.advance(uow, self.clock.now_ms())
        self._epochs.keep(uow)
        if restored:
            _log.info("restored", extra={"facts": {"epoch": self.epoch}})
            self._listeners.tell(Changes(elsewhere=True))
        return restored

    def call(
        self, service: Callable[..., Result], /, *args: Any, as_actor: Actor | None = None, **kwargs: Any
    ) -> Result:
        """Run ``service(uow, clock, actor, …)`` in one unit of work, in this thread."""
        actor = as_actor or self.actor
        if only_reads(service):
            with self.store.read() as uow:
                return service(uow, self.clock, actor, *args, **kwargs)
        with self.store.write() as uow:
            result = service(uow, self.clock, actor, *args, **kwargs)
        self._listeners.tell(changes_of(uow))
        return result

    def gather(self, service: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """``call`` for what takes in events of elsewhere: a centre does so beside other work."""
        with self.store.gather() as uow:
            result = service(uow, self.clock, self.actor, *args, **kwargs)
        self.gathered_at = time.monotonic()
        self._listeners.tell(changes_of(uow))
        return result

    def submit(
        self, service: Callable[..., Result], /, *args: Any, as_actor: Actor | None = None, **kwargs: Any
    ) -> "Future[Result]":
        """``call`` in a thread of the node's own."""
        return self._threads.submit(self.call, service, *args, as_actor=as_actor, **kwargs)

    def run_aside(self, task: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """Run ``task(ground, …)`` in the calling thread: work that is no single unit of work."""
        ground: Any = Ground  # a station's, whose store has the same face
        place = self._opened.key_place
        return task(
            ground(self.home, self.store, self.clock, self.actor, self._opened.key, place), *args, **kwargs
        )

    def add_listener(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with ``Changes`` after every commit of this process; returns how to stop."""
        return self._listeners.add(listener)

    def close(self) -> None:
        """Finish what was submitted and let go of the store."""
        self._threads.shutdown(wait=True)
        self._opened.close()

    def _token_key(self) -> bytes:
        """What tokens and challenges are authenticated with, the same in all processes of this node."""
        with self.store.read() as uow:
            known = ServerSecrets(uow.connection).get(_TOKEN_KEY)
        if known is None:
            with self.store.write() as uow:
                kept = ServerSecrets(uow.connection)
                known = kept.get(_TOKEN_KEY)
                if known is None:
                    known = secrets.token_bytes(32)
                    kept.keep(_TOKEN_KEY, known, self.clock.now_ms())
        # Another purpose than any other use of the same bytes, should there ever be one.
        return hashlib.sha256(b"qifu:tokens:1:" + known).digest()


def open_node(home: Path, clock: Clock | None = None) -> ServerNode:
    """Open the hub or centre in ``home``. ``server.*`` and what opening its store raises."""
    clock = clock or SystemClock()
    file = NodeFile.read(home)
    opened = open_store(home, file, clock)
    try:
        with opened.store.read() as uow:
            if not uow.events.is_opened:
                raise AppError("server.missing", home=str(home))
        renew_documents(opened.store, clock)
        node = ServerNode(home, file, opened, clock)
        node.count_epoch()
        if node.call(has_unsigned):
            node.call(publish_unsigned, as_actor=node.operator)
        if node.role == DeviceRole.CENTRE and not node.call(has_stick_key):
            node.call(ensure_stick_key, new_key(), as_actor=node.operator)
        return node
    except BaseException:
        opened.close()
        raise


@reads
def has_unsigned(uow: UnitOfWork, clock: Clock, actor: Actor) -> bool:
    """Whether this node has documents of its own that it could not hand out yet."""
    return any(head.source == "own" and head.signature is None for head in uow.reference.newest())


@contextmanager
def node_in(home: Path, clock: Clock | None = None) -> Iterator[ServerNode]:
    """The node of ``home``, closed at the end."""
    node = open_node(home, clock)
    try:
        yield node
    finally:
        node.close()
