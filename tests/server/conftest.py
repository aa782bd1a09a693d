"""The page on a real server on loopback, over the store of a demonstration centre."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from domain.cases.intake import ContactForm
from domain.cases.model import Case
from domain.staff import Actor, Role
from server.making import make_node
from server.nodes import ServerNode, open_node
from server.progress.desk import ProgressDesk
from server.running import listening, page_config
from services.case_steps import answer_case
from services.cases import accept_case
from services.ratings.links import link_token
from services.ratings.views import RatingItem, list_ratings
from services.station import Station
from tests.fixed import USCC, FixedClock, form
from tests.patience import PATIENCE_S
from tests.server.nodes import Served as Access
from tests.server.nodes import opened, serving

CLERK = Actor("clerk")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
CONTACT = ContactForm(name="王晓岚", phone="13812345678")


@dataclass
class Served:
    """A server that runs. ``seconds`` is its clock for limits; what it would have waited stands in ``pauses``."""

    station: Station
    seconds: float = 0.0
    pauses: list[float] = field(default_factory=list)
    url: str = ""
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=PATIENCE_S))
    stop: Callable[[], None] = lambda: None

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def monotonic(self) -> float:
        return self.seconds

    def accepted(self, **fields: Any) -> Case:
        case: Case = self.station.call(
            accept_case, form(contact=CONTACT, uscc=USCC, **fields), as_actor=CLERK
        )
        return case

    def closed(self, **fields: Any) -> Case:
        case: Case = self.station.call(
            answer_case, self.accepted(**fields).id, "已答复王晓岚。", as_actor=CLERK
        )
        return case

    def token(self, case: Case) -> str:
        token = self.station.call(lambda uow, *_: link_token(uow, case.id))
        assert token
        return token

    def link(self, case: Case) -> str:
        return f"{self.url}/p/{self.token(case)}"

    def get(self, url: str, **kwargs: Any) -> httpx.Response:
        return self.client.get(url, **kwargs)

    def post(self, url: str, **fields: Any) -> httpx.Response:
        return self.client.post(url, data=fields)

    def stamp(self, url: str) -> str:
        """The stamp of the form on the page."""
        return self.get(url).text.partition('name="form" value="')[2].partition('"')[0]

    def ratings(self) -> tuple[RatingItem, ...]:
        rows: tuple[RatingItem, ...] = self.station.call(list_ratings, "all", as_actor=SUPERVISOR).rows
        return rows


@pytest.fixture
def served(station: Station) -> Iterator[Served]:
    """The page, served."""
    one = Served(station)
    desk = ProgressDesk(station, one.monotonic, one.pause)
    with listening("127.0.0.1", 0) as listener:
        one.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(page_config(desk))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})

        def stop() -> None:
            """Let what runs come to its end, with its line in the log."""
            one.client.close()
            server.should_exit = True
            thread.join(PATIENCE_S)

        one.stop = stop
        thread.start()
        try:
            yield one
        finally:
            stop()
    assert not thread.is_alive()


@pytest.fixture(scope="session")
def hub_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a hub in ``hub`` and its witness in ``witness``. Not to be written to."""
    folder = tmp_path_factory.mktemp("hub-template")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("QIFU_KEY_FILE", raising=False)
        patch.delenv("QIFU_PASSPHRASE", raising=False)
        patch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        patch.setenv("QIFU_WITNESS_DIR", str(folder / "witness"))
        make_node(folder / "hub", "hall", "河畔大厅", "HP", hub=True, clock=FixedClock())
    return folder


@pytest.fixture
def hub(hub_template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[ServerNode]:
    """A hub of this test's own, open."""
    shutil.copytree(hub_template / "witness", tmp_path / "witness")
    node = open_node(Path(shutil.copytree(hub_template / "hub", tmp_path / "hub")), clock)
    yield node
    node.close()


@pytest.fixture
def centre(pg_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[ServerNode]:
    """A centre of this test's own on PostgreSQL, with a hall below it."""
    make_node(tmp_path / "centre", "city", "市中心", "HZ", database=pg_url, clock=clock)
    yield from opened(tmp_path / "centre", clock, "hall", "河畔大厅", "HP")


@pytest.fixture
def doors(hub: ServerNode) -> Iterator[Access]:
    """The hub, served."""
    with serving(hub) as served:
        yield served
