"""Making a hub or centre: ``qifu-server init``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db import migrate
from db.store import keys
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.enrolment import DeviceRole
from domain.errors import AppError
from domain.staff import Actor
from server.epoch import EpochKeeper
from server.nodes import EMBEDDED, FILE_NAME, NodeFile, open_store
from services.clock import SystemClock
from services.devices import enrol_itself
from services.sites import checked_code, checked_letters, checked_name, letters_for
from services.station import STORE_NAME, begin_node


@dataclass(frozen=True, slots=True)
class Made:
    """What ``make_node`` made."""

    home: Path
    role: str
    site: str
    device: str


def make_node(
    home: Path,
    code: str,
    name: str,
    letters: str = "",
    *,
    database: str = "",
    hub: bool = False,
    names: tuple[str, ...] = (),
    clock: Clock | None = None,
) -> Made:
    """Make a node in ``home``: a hub, or a centre in ``database``, else in an embedded one. ``server.*``, ``sites.*``.

    Killed half-way it can be done again: ``server.json`` is written last.
    """
    clock = clock or SystemClock()
    if (home / FILE_NAME).exists():
        raise AppError("server.exists", home=str(home))
    site = _site(code, name, letters)
    file = NodeFile(
        DeviceRole.HUB if hub else DeviceRole.CENTRE, site["code"], "" if hub else database or EMBEDDED
    )
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if hub:
        _prepare_file(home)
    opened = open_store(home, file, clock)
    try:
        with opened.store.write() as uow:
            if uow.events.is_opened and uow.events.node.site != site["code"]:
                raise AppError("server.other_site", site=uow.events.node.site)
            if uow.events.is_opened:
                EpochKeeper(home).adopt(uow)
            else:
                _begin(uow, site, file.role, clock)
            device = uow.events.node.device
    finally:
        opened.close()
    file.write(home)
    file.reached_by(home, names)
    return Made(home, file.role, site["code"], device)


def need_embedded(home: Path) -> None:
    """``server.not_embedded`` where the node of ``home`` has its data elsewhere."""
    if NodeFile.read(home).database != EMBEDDED:
        raise AppError("server.not_embedded", home=str(home))


def _begin(uow: UnitOfWork, site: dict[str, Any], role: str, clock: Clock) -> None:
    begin_node(uow, site, [], clock.now_ms(), serves=True)
    node = uow.events.node
    seed = uow.device_secrets.get(node.device)
    assert seed is not None
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    enrol_itself(uow, clock, Actor(f"device:{node.device}"), public, role, site["name"])


def _prepare_file(home: Path) -> None:
    if not (home / keys.DESCRIPTION_NAME).exists():
        keys.create_key(home)
    key, _ = keys.find_key(home)
    migrate.migrate_store(home / STORE_NAME, key)


def _site(code: str, name: str, letters: str) -> dict[str, Any]:
    code = checked_code(code)
    own = checked_letters(letters) if letters.strip() else letters_for(code)
    return {"code": code, "name": checked_name(name), "letters": own, "windows": 1}
