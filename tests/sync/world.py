"""A small world of real stores that sync over calls instead of a line: windows, a hub or centre above them.

What goes between them is encoded and decoded as on the wire. Faults are put between by tests.
"""

import base64
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel

from db.log.ingest import ChainMismatch
from db.schema import event
from db.schema import node as node_table
from db.schema.sync import device, upstream
from domain.cases.intake import IntakeForm
from domain.errors import AppError
from domain.events.event import read_body
from server.syncing import answering
from server.syncing.judging import ServerJudge
from server.syncing.origins import origin_of_chain
from services.cases import Accepted, accept_case
from services.device_keys import own_entries, own_signer
from services.setup import init_station
from services.station import Station, open_station
from sync.engine.run import Run
from sync.frames import decode, encode
from sync.protocol import Hashes, HashesAnswer, Hello, HelloAnswer, Pull, PullAnswer, Push, PushAnswer
from sync.transport_errors import Refused
from tests.fixed import FixedClock
from tests.killing import killing

M = TypeVar("M", bound=BaseModel)
Wire = Callable[[str, bytes], None]


def over_the_wire(message: M) -> M:
    """``message`` after a journey."""
    return decode(encode(message), type(message))


class DirectLink:
    """``sync.engine.link.Link`` straight into a server's store; ``watch(step, frame)`` may raise at either end."""

    def __init__(self, server: "Node", client: "Node", watch: Wire = lambda *_: None) -> None:
        self._server = server
        self._client = client
        self._watch = watch

    def hello(self, asked: Hello) -> HelloAnswer:
        return self._ask("hello", asked, self._server.hello)

    def push(self, frame: bytes) -> PushAnswer:
        return self._ask("push", decode(frame, Push), self._server.push)

    def pull(self, asked: Pull) -> PullAnswer:
        return self._ask("pull", asked, self._server.pull)

    def hashes(self, asked: Hashes) -> HashesAnswer:
        return self._ask("hashes", asked, self._server.hashes)

    def carried(self) -> int:
        return 0

    def renew(self) -> None:
        """There is no connection."""

    def _ask(self, step: str, message: M, answer: Callable[..., BaseModel]) -> Any:
        self._watch(f"{step}>", encode(message))
        found = over_the_wire(answer(self._client, over_the_wire(message)))
        self._watch(f"{step}<", encode(found))
        return found


class Node:
    """One store: a window, or with ``serve()`` a hub or centre."""

    def __init__(
        self,
        home: Path,
        clock: FixedClock,
        *,
        letters: str = "HZ",
        name: str = "河畔中心",
        witness: Path | None = None,
    ) -> None:
        if not home.exists():
            init_station(home, site_name=name, site_letters=letters, clock=clock)
        self.home = home
        self.clock = clock
        self.epoch = "e1"
        self._witness = witness
        self.station = self._opened()

    def _opened(self) -> Station:
        station = open_station(self.home, clock=self.clock)
        if self._witness is not None:
            station._store._witness_folder = self._witness
        return station

    def reopen(self) -> None:
        self.station.close()
        self.station = self._opened()

    def copy_to(self, home: Path) -> Path:
        """The store as it is now, as a disk image would have it."""
        self.station.close()
        shutil.copytree(self.home, home)
        self.station = self._opened()
        return home

    def put_back(self, home: Path) -> None:
        """Go on with the store of an earlier ``copy_to``."""
        self.station.close()
        shutil.rmtree(self.home)
        shutil.copytree(home, self.home)
        self.station = self._opened()

    def dying(self, statement: int) -> Any:
        """Within this block the process is killed before its ``statement``-th statement, and starts again."""
        return killing(self.station._store.engine, statement, self.reopen)

    def close(self) -> None:
        self.station.close()

    def call(self, service: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return self.station.call(service, *args, **kwargs)

    @property
    def device(self) -> str:
        return str(self.station.device_actor.id.removeprefix("device:"))

    def accept(
        self, text: str = "新公司要开办，执照和公章想一起办。", name: str = "河畔科技有限公司"
    ) -> Accepted:
        found = self.call(accept_case, IntakeForm(name=name, text=text))
        assert isinstance(found, Accepted)
        return found

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        def read(uow: Any, *_: Any) -> list[Any]:
            return list(uow.connection.execute(query))

        read.reads = True  # type: ignore[attr-defined]
        found = self.call(read)
        assert isinstance(found, list)
        return found

    def do(self, statement: sa.Executable) -> None:
        self.call(lambda uow, *_: uow.connection.execute(statement))

    # Serving.

    def serve(self) -> "Node":
        def begin(uow: Any, clock: Any, _: Any) -> None:
            uow.connection.execute(sa.update(node_table).values(serves=1))
            own = uow.connection.execute(sa.select(event.c.body, event.c.received_at)).all()
            uow.ingest(clock.now_ms()).show_own([read_body(bytes(body), None, at) for body, at in own])

        self.call(begin)
        return self

    def enrol(self, below: "Node", role: str = "window") -> None:
        """Know ``below`` as a device of its site, and be its upstream."""
        entry = below.call(lambda uow, *_: own_entries(uow))[0]

        self.do(
            sa.insert(device).values(
                device=entry["device"],
                site=entry["site"],
                role=role,
                name="",
                public_key=base64.b64decode(entry["public_key"]),
                enrolled_at=0,
            )
        )
        below.join(self)

    def join(self, above: "Node") -> None:
        self.do(sa.delete(upstream))
        entry = above.call(lambda uow, *_: own_entries(uow))[0]
        values = {
            "one": 1,
            "url": "http://127.0.0.1",
            "site": entry["site"],
            "device": above.device,
            "public_key": base64.b64decode(entry["public_key"]),
        }
        self.do(sa.insert(upstream).values(**values, epoch="", enrolled_at=0))

    def hello(self, client: "Node", asked: Hello) -> HelloAnswer:
        return self._served(
            lambda uow, clock, _: answering.hello(
                uow,
                _caller(uow, client),
                asked,
                epoch=self.epoch,
                now_ms=clock.now_ms(),
                documents=b"",
            )
        )

    def push(self, client: "Node", sent: Push) -> PushAnswer:
        def take(uow: Any, clock: Any, _: Any) -> PushAnswer:
            origin = origin_of_chain(uow, sent.device)
            if origin is None:
                raise AppError("sync.device_unknown")
            trusted = _caller(uow, client).role in ("hub", "centre")
            judge = ServerJudge(uow, origin)
            return answering.push(uow, origin, sent, judge, trusted=trusted, now_ms=clock.now_ms())

        return self._served(take)

    def pull(self, client: "Node", asked: Pull) -> PullAnswer:
        def read(uow: Any, *_: Any) -> PullAnswer:
            return answering.pull(uow, _caller(uow, client), asked)

        read.reads = True  # type: ignore[attr-defined]
        return self._served(read)

    def hashes(self, client: "Node", asked: Hashes) -> HashesAnswer:
        return self._served(lambda uow, *_: answering.hashes(uow, asked))

    def _served(self, service: Callable[..., Any]) -> Any:
        try:
            return self.call(service)
        except ChainMismatch as error:
            raise Refused("sync.fork" if error.forked else "sync.gap", status=409) from error
        except AppError as error:
            raise Refused(error.code, status=400) from error

    # Syncing.

    def sync(self, above: "Node", watch: Wire = lambda *_: None) -> Run:
        signer = self.call(lambda uow, *_: own_signer(uow))
        run = Run(self.station, DirectLink(above, self, watch), signer.sign)
        run.go()
        return run


def _caller(uow: Any, client: Node) -> answering.Caller:
    origin = uow.devices.get(client.device)
    if origin is None or origin.is_revoked:
        raise AppError("device.revoked")
    return answering.Caller(origin.device, origin.site, origin.role)
