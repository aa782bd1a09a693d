"""A stick from a station whose line was down: taken in like what comes over a line, once, by the centre alone."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.schema import event
from db.schema.sync import device
from domain.errors import AppError
from server.importing import Imported, import_stick
from server.making import make_node
from server.nodes import ServerNode, open_node
from services.device_keys import own_entries, own_signer
from services.stick_key import private_stick_key
from sync.stick import export_to
from tests.fixed import FixedClock
from tests.sync.world import Node


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[ServerNode]:
    """A serving node; its store is a hub's, which is the quicker to make, and it was given a centre's key."""
    make_node(tmp_path / "node", "hz", "河畔中心", "HZ", hub=True, clock=clock)
    node = open_node(tmp_path / "node", clock)
    yield node
    node.close()


@pytest.fixture
def window(tmp_path: Path, clock: FixedClock) -> Iterator[Node]:
    node = Node(tmp_path / "window", clock)
    yield node
    node.close()


def enrolled(hub: ServerNode, window: Node) -> None:
    entry = window.call(lambda uow, *_: own_entries(uow))[0]
    key = base64.b64decode(entry["public_key"])
    values = {"device": entry["device"], "site": "hz", "role": "window", "name": "", "public_key": key}
    with hub.store.write() as uow:
        uow.connection.execute(sa.insert(device).values(**values, enrolled_at=0))
    window.join(hub)  # type: ignore[arg-type]


def exported(hub: ServerNode, window: Node, path: Path) -> Path:
    from services.stick_key import ensure_stick_key
    from sync.stick import new_key

    pair = new_key()
    assert hub.call(ensure_stick_key, pair, as_actor=hub.operator)
    signer = window.call(lambda uow, *_: own_signer(uow))
    export_to(path, window.station, signer.sign, pair[1])
    return path


def test_what_is_on_the_stick_is_here_once(hub: ServerNode, window: Node, tmp_path: Path) -> None:
    enrolled(hub, window)
    accepted = window.accept()
    path = exported(hub, window, tmp_path / "a.qfs")
    first = import_stick(hub, path)
    assert first.events == first.new > 1
    assert import_stick(hub, path) == Imported(first.events, 0, 0)
    with hub.store.read() as uow:
        known = uow.connection.execute(sa.select(event.c.id).where(event.c.id == accepted.id)).all()
    assert len(known) == 1


def test_a_device_that_was_never_enrolled(hub: ServerNode, window: Node, tmp_path: Path) -> None:
    window.join(hub)  # type: ignore[arg-type]
    window.accept()
    path = exported(hub, window, tmp_path / "a.qfs")
    with pytest.raises(AppError) as caught:
        import_stick(hub, path)
    assert caught.value.code == "sync.device_unknown"


def test_a_hub_makes_no_key_of_its_own(hub: ServerNode) -> None:
    with pytest.raises(AppError) as caught:
        hub.call(private_stick_key)
    assert caught.value.code == "stick.no_key"
