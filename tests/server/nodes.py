"""Hubs and centres that are served on loopback, and devices that speak to them frame by frame."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel

from domain.enrolment import DeviceRole
from server.app import Served as App
from server.app import node_app
from server.context import NodeContext, NodeSettings
from server.nodes import ServerNode, open_node
from server.running import listening
from server.serving import uvicorn_config
from services.devices import invite
from services.sites import add_site
from sync.enrol_code import code_hash, new_code
from sync.frames import MEDIA_TYPE, decode, encode
from sync.protocol import ErrorAnswer
from sync.protocol_access import (
    Challenge,
    ChallengeAnswer,
    Enrol,
    EnrolAnswer,
    EnrolStatement,
    SessionAnswer,
    SessionRequest,
    enrol_bytes,
    session_bytes,
    statement_bytes,
)
from tests.fixed import WEDNESDAY, FixedClock

M = TypeVar("M", bound=BaseModel)


class Seconds:
    """A clock for limits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Served:
    """A node that is served; ``seconds`` is the clock of its limits."""

    node: ServerNode
    url: str
    client: httpx.Client
    seconds: Seconds
    context: NodeContext | None = None

    def ask(self, path: str, message: BaseModel, token: str = "") -> httpx.Response:
        headers = {"content-type": MEDIA_TYPE} | ({"authorization": f"Bearer {token}"} if token else {})
        return self.client.post(self.url + path, content=encode(message), headers=headers)

    def answer(self, path: str, message: BaseModel, expected: type[M], token: str = "") -> M:
        answer = self.ask(path, message, token)
        assert answer.status_code == 200, decode(answer.content, ErrorAnswer)
        return decode(answer.content, expected)

    def refused(self, path: str, message: BaseModel, token: str = "") -> tuple[int, str]:
        answer = self.ask(path, message, token)
        return answer.status_code, decode(answer.content, ErrorAnswer).code

    def get(self, path: str, token: str = "") -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return self.client.get(self.url + path, headers=headers)

    def code(self, site: str = "", role: str = "window", minutes: int = 15) -> str:
        """A fresh code, as ``qifu-server enrol`` makes it."""
        code = new_code()
        self.node.call(invite, code_hash(code), site or self.node.site, role, minutes)
        return code


@dataclass
class Pc:
    """A device with a key, as far as the doors of a server are concerned."""

    device: str = field(default_factory=lambda: secrets.token_hex(8))
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    token: str = ""

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def statement(self, code: str, **changed: Any) -> EnrolStatement:
        told = EnrolStatement(
            code=code,
            public_key=self.public_key,
            device=self.device,
            name="3号窗口",
            role=DeviceRole.WINDOW,
            host="127.0.0.1",
            now=WEDNESDAY,
        )
        return told.model_copy(update=changed)

    def enrolment(self, code: str, **changed: Any) -> Enrol:
        statement = statement_bytes(self.statement(code, **changed))
        return Enrol(statement=statement, signature=self.key.sign(enrol_bytes(statement)))

    def enrol(self, served: Served, code: str = "", **changed: Any) -> EnrolAnswer:
        answer = served.answer("/v1/enrol", self.enrolment(code or served.code(), **changed), EnrolAnswer)
        self.token = answer.token
        return answer

    def request(self, served: Served, **changed: Any) -> SessionRequest:
        """An answer to a fresh challenge, signed; ``changed`` is changed after the signing."""
        told = served.answer("/v1/challenge", Challenge(device=self.device), ChallengeAnswer)
        signed = session_bytes(self.device, told.nonce, told.epoch, "127.0.0.1")
        request = SessionRequest(
            device=self.device,
            nonce=told.nonce,
            epoch=told.epoch,
            host="127.0.0.1",
            signature=self.key.sign(signed),
        )
        return request.model_copy(update=changed)

    def begin(self, served: Served) -> SessionAnswer:
        answer = served.answer("/v1/session", self.request(served), SessionAnswer)
        self.token = answer.token
        return answer


@contextmanager
def serving(node: ServerNode, settings: NodeSettings | None = None) -> Iterator[Served]:
    """``node`` on a port of this machine."""
    seconds = Seconds()
    app = node_app(node, settings, seconds)
    assert isinstance(app, App)
    server = uvicorn.Server(uvicorn_config(app))
    with listening("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(trust_env=False, timeout=60) as client:
            try:
                yield Served(node, url, client, seconds, app.context)
            finally:
                client.close()
                server.should_exit = True
                thread.join(60)
    assert not thread.is_alive()


def opened(home: Path, clock: FixedClock, *below: str) -> Iterator[ServerNode]:
    """The node in ``home`` with a site below it, given by its code, name and letters; closed in the end."""
    code, name, letters = below
    node = open_node(home, clock)
    node.call(add_site, code, name, "", letters, as_actor=node.operator)
    yield node
    node.close()
