"""接管大厅主机: a hub in the home of a window, made of what the window knows of its hall, while the old one is gone.

The hub is a node of its own: another device, key and chain. It has the window's mirrored log, so that it goes on with
the line as it was; what only the old hub knew comes when that one, or whoever has it, is heard again.
"""

import json
import secrets
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from db.errors import known
from db.incarnation import new_letters
from db.log.hub_copy import forget_who_it_was, show_all
from db.node import Node, create_node
from db.store import engine as store_engine
from db.store import keys
from db.store.atomic import write_file
from db.store.backup import STORE_NAME
from db.store.store_copy import Progress, copy_store
from db.unit_of_work import Store, UnitOfWork
from domain.clock import Clock
from domain.enrolment import DeviceRole
from domain.errors import AppError
from domain.events.event import NewEvent, genesis
from domain.staff import Actor
from services.device_keys import ensure_key, own_signer
from services.devices import enrol_itself
from services.hub import begin_term
from services.station import Ground

FOLDER = "hub"
SERVER_FILE = "server.json"


@dataclass(frozen=True, slots=True)
class MadeHub:
    """Where the hub lies, which device it is, and its term."""

    home: Path
    device: str
    site: str
    term: int


def hub_home(home: Path) -> Path:
    """Where the hub of this computer has its data."""
    return home / FOLDER


def has_hub(home: Path) -> bool:
    """Whether a whole hub was made here."""
    return (hub_home(home) / SERVER_FILE).exists()


def make_hub(ground: Ground, url: str, *, above: int = 0, progress: Progress | None = None) -> MadeHub:
    """Make this computer the hall's hub, reached at ``url``, in a term above every one that is known.

    ``above`` is the highest that others know. ``hub.made_already``. Killed half-way it can be done again.
    """
    home = hub_home(ground.home)
    if has_hub(ground.home):
        raise AppError("hub.made_already", home=str(home))
    try:
        if home.exists():
            shutil.rmtree(home)  # what a kill left
        home.mkdir(parents=True, mode=0o700)
        keys.create_key(home)
        key, _ = keys.find_key(home)
        copy_store(ground.home / STORE_NAME, home / STORE_NAME, ground.key, progress)
        _change_key(home / STORE_NAME, ground.key, key)
    except OSError as error:
        raise known(error) from error
    made = _begin(home, key, ground.clock, ground.actor, url, above)
    told = {"role": DeviceRole.HUB, "site": made.site, "database": ""}
    write_file(home / SERVER_FILE, json.dumps(told, indent=1).encode(), mode=0o600)
    return made


def _change_key(path: Path, before: bytes, key: bytes) -> None:
    with closing(store_engine.connect(path, before)) as connection:
        # The whole file is written anew, which a log beside it does not bear.
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"").fetchall()


def _begin(home: Path, key: bytes, clock: Clock, actor: Actor, url: str, above: int) -> MadeHub:
    store = Store(store_engine.open_engine(home / STORE_NAME, key), clock)
    try:
        with store.engine.connect() as connection, connection.begin():
            was = forget_who_it_was(connection)
        with store.write() as uow:
            return _begin_node(uow, was, home, clock, actor, url, above)
    finally:
        store.close()


def _begin_node(
    uow: UnitOfWork, was: Node, home: Path, clock: Clock, actor: Actor, url: str, above: int
) -> MadeHub:
    now_ms, device = clock.now_ms(), secrets.token_hex(8)
    letters = new_letters(was.letters_used)
    create_node(
        uow.connection,
        Node(
            store=uow.events.new_id(now_ms),
            device=device,
            site=was.site,
            incarnation=1,
            seq=0,
            head=genesis(device, 1),
            hlc=was.hlc,
            letters=letters,
            letters_used=letters,
            demo=was.demo,
            created_at=now_ms,
            serves=True,
        ),
    )
    uow.events.forget_node()
    ensure_key(uow, now_ms)
    show_all(uow.connection, uow.ingest(now_ms), now_ms)
    itself = Actor(f"device:{device}")
    opened = NewEvent("station_opened", {"site": was.site, "letters": letters})
    uow.append(None, [opened], actor=itself.id, now_ms=now_ms)
    signer = own_signer(uow)
    assert signer is not None
    enrol_itself(uow, clock, itself, signer.key.public_key().public_bytes_raw(), DeviceRole.HUB, was.site)
    hub = begin_term(uow, clock, actor, url, above=above)
    return MadeHub(home, device, was.site, hub.term)
