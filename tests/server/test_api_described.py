"""Everything that a node answers, tried by schemathesis out of a description of it: boundaries of every field, right
messages with one thing wrong, wrong methods, no token, and what one answer offers for the next request.

What only this project can know stands in ``Watch``: whose data may be in no answer, and how large one may be.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
import schemathesis
from pydantic import BaseModel
from schemathesis.core.transport import Response
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from domain.cases.intake import ContactForm
from domain.enrolment import DeviceRole
from server import health
from server.app import node_app
from server.frames_http import MAX_BODY_BYTES
from server.nodes import ServerNode
from server.refusing import Refusal
from services.cases import accept_case
from services.files import attach_file
from sync.frames import MEDIA_TYPE
from sync.protocol import ChainHead, ErrorAnswer, Hashes, Hello, Pull, ScopeHead, Wait
from sync.protocol_access import Challenge, session_bytes
from sync.protocol_cases import CaseAsked
from sync.queue_wire import QueueCall, QueueWait
from tests.fixed import WEDNESDAY, form
from tests.server.api_document import QUEUE_METHODS, as_json, as_wire, document, frame, read, undescribed
from tests.server.hostile import Hostile
from tests.server.nodes import Served, serving

SHORT, LONG = 2, 200
"""Examples of every route in every phase; boundaries (``coverage``) are as many as there are."""
PERSON, PHONE, NAME = "王晓岚", "13812345678", "河畔绝密科技有限公司"
SECRETS = [one.encode() for one in (PERSON, PHONE, NAME)]
SCAN = b"%PDF-1.4\n" + bytes(range(256)) * 20


@schemathesis.serializer(MEDIA_TYPE)
def _framed(context: schemathesis.SerializationContext, value: Any) -> bytes:
    if context.case.path == "/v1/wait" or context.case.path.endswith("/queue/wait"):
        value = _at_once(value)
    return frame(value)


@schemathesis.deserializer(MEDIA_TYPE)
def _unframed(context: schemathesis.DeserializationContext, response: Response) -> Any:
    return read(response.content)


def _at_once(value: Any) -> Any:
    """A wait that would be answered later is answered now."""
    if isinstance(value, dict) and isinstance(value.get("s", 25), int) and 0 < value.get("s", 25) <= 60:
        return value | {"s": 0}
    return value


@dataclass
class Watch:
    """Looks at every answer. ``found`` is what should not have been."""

    served: Served
    pc: Hostile
    token: str
    found: list[str] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)

    def before_call(self, case: schemathesis.Case) -> None:
        self.served.seconds.now += 600  # no rate is what this is about
        if case.path == "/v1/session" and isinstance(case.body, dict):
            case.body = self._signed(dict(case.body))

    def _signed(self, body: dict[str, Any]) -> dict[str, Any]:
        """With a signature that is right, where the rest lets one be made."""
        told = [as_wire(body.get(name)) for name in ("device", "nonce", "epoch", "host")]
        if [type(one) for one in told] == [str, bytes, str, str] and told[0] == self.pc.device:
            body["signature"] = as_json(self.pc.key.sign(session_bytes(*told)))
        return body

    def after_call(self, case: schemathesis.Case, response: Response) -> None:
        name = f"{case.method} {case.path}"
        self.statuses[name, response.status_code] += 1
        if len(response.content) > MAX_BODY_BYTES:
            self.found.append(f"{name}: an answer of {len(response.content)} bytes")
        told = [one for one in SECRETS if one in response.content]
        if told and (not self.token or response.status_code != 200):
            self.found.append(f"{name}: {response.status_code} tells of somebody")
        if response.status_code >= 400 and case.method != "HEAD" and not self._is_refusal(response):
            self.found.append(f"{name}: {response.status_code} without a code")

    @staticmethod
    def _is_refusal(response: Response) -> bool:
        try:
            return bool(ErrorAnswer.model_validate(as_wire(read(response.content))).code)
        except ValueError:
            return False


_watching: list[Watch] = []
"""Hooks around calls are global to schemathesis."""


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    for one in _watching:
        one.before_call(case)


@schemathesis.hook
def after_call(context: Any, case: schemathesis.Case, response: Response) -> None:
    for one in _watching:
        one.after_call(case, response)


@dataclass
class Target:
    """A served node, a device that may come in, and the document of what the node answers."""

    served: Served
    pc: Hostile
    document: dict[str, Any]

    def run(self, *, token: str, examples: int, coverage: bool, only: str = "") -> Watch:
        """Every phase of schemathesis, on the route ``only`` where one is given; what it finds is in ``found``."""
        watch = Watch(self.served, self.pc, token)
        _watching[:] = [watch]
        config = _config(self.served.url, token, examples, coverage)
        schema = schemathesis.openapi.from_dict(self.document, config=config)
        for event in from_schema(schema.include(path=only) if only else schema).execute():
            if isinstance(event, NonFatalError):
                watch.found.append(f"{event.label}: {event.value!r}")
            elif isinstance(event, ScenarioFinished):
                watch.found += _failures(event)
        return watch


def _failures(event: ScenarioFinished) -> Iterator[str]:
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                case = event.recorder.cases[case_id].value
                yield f"{case.method} {case.path}: {check.name}: {check.failure_info.failure} {case.body!r}"


def _config(url: str, token: str, examples: int, coverage: bool) -> schemathesis.Config:
    told: dict[str, Any] = {
        "seed": 7 if examples == SHORT else secrets.randbelow(2**32),
        "base-url": url,
        "request-timeout": 60,
        "generation": {
            "max-examples": examples,
            "deterministic": examples == SHORT,
            "database": "none",
            "no-shrink": True,
        },
        "phases": {
            "coverage": {"enabled": coverage, "unexpected-methods": ["DELETE", "OPTIONS"]},
            "stateful": {"max-steps": 3, "generation": {"max-examples": 3 * examples}},
        },
        "checks": {
            "negative_data_rejection": {"enabled": True},
            "positive_data_acceptance": {"enabled": False},
        },
    }
    if token:
        told["auth"] = {"openapi": {"device": {"bearer": token}}}
    return schemathesis.Config.from_dict(told)


@pytest.fixture(params=["hub", "centre"])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """At a node that has a case of somebody with a file."""
    node: ServerNode = request.getfixturevalue(request.param)
    contact = ContactForm(name=PERSON, phone=PHONE)
    case = node.call(accept_case, form(name=NAME, contact=contact), as_actor=node.operator)
    file = node.run_aside(attach_file, case.id, "执照.pdf", BytesIO(SCAN))
    with serving(node) as served:
        pc = Hostile()
        pc.enrol(served, served.code("hall"))
        values = {
            "kind": ("staff", "site", "x"),
            "version": ("1", "0", "x"),
            "sha256": (file.sha256, "0" * 64, "x"),
            "stream": (case.id,),
            "name": (*QUEUE_METHODS, "nothing"),
        }
        examples = _examples(served, pc, case.id)
        yield Target(served, pc, document(values, examples, hub=node.role == "hub"))


def _examples(served: Served, pc: Hostile, case: str) -> dict[str, BaseModel]:
    """Messages that are right, to be changed one thing at a time."""
    push = pc.push([pc.event("case_accepted", {"number": "HP-1"})])
    chain = ChainHead(device=pc.device, inc=pc.inc, seq=1, head=push.head)
    scope = ScopeHead(scope="hall", pos=0, digest=bytes(32))
    return {
        "/v1/enrol": Hostile().enrolment(served.code("hall")),
        "/v1/challenge": Challenge(device=pc.device),
        "/v1/push": push,
        "/v1/hello": Hello(now=WEDNESDAY, chains=(chain,), scopes=(scope,)),
        "/v1/pull": Pull(scope="hall", pos=0, bytes=512, have=()),
        "/v1/hashes": Hashes(device=pc.device, inc=pc.inc, branch=0, seqs=(1, 2)),
        "/v1/wait": Wait(scopes=(scope,), s=0),
        "/v1/case": CaseAsked(key=case),
        "/v1/queue/{name}": QueueCall(args={"group": "A"}),
        "/v1/queue/wait": QueueWait(s=0),
    }


def test_nothing_is_answered_that_is_not_described(hub: ServerNode) -> None:
    assert undescribed(node_app(hub)._app) == set()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What is no HTTP may be said to be none; nothing else is worth a warning."""
    yield
    told = {one.getMessage() for one in caplog.get_records("call") if one.levelno >= logging.WARNING}
    assert told <= {"Invalid HTTP request received."}


MANY = pytest.mark.parametrize("examples", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])


@MANY
def test_a_device_that_sends_what_it_likes(target: Target, examples: int) -> None:
    # What is looked at before the store is asked is the same at both: every boundary is tried at the hub.
    coverage = examples == LONG or target.served.node.role == DeviceRole.HUB
    watch = target.run(token=target.pc.token, examples=examples, coverage=coverage)
    assert watch.found == []
    assert {("POST /v1/session", 200), ("POST /v1/push", 200), ("POST /v1/pull", 200)} <= set(watch.statuses)


@MANY
@pytest.mark.parametrize("target", ["hub"], indirect=True)
def test_a_stranger(target: Target, examples: int) -> None:
    watch = target.run(token="", examples=examples, coverage=examples == LONG)
    assert watch.found == []
    doors = {"/health", "/metrics", "/v1/enrol", "/v1/challenge", "/v1/session"}
    let_in = {name for name, status in watch.statuses if status < 300}
    assert {name.partition(" ")[2] for name in let_in} <= doors


@pytest.mark.parametrize("target", ["hub"], indirect=True)
def test_what_is_broken_is_found(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    def undocumented(*_: Any) -> Any:
        raise Refusal(418, "a.teapot")

    monkeypatch.setattr(health, "of_all", undocumented)
    watch = target.run(token="", examples=1, coverage=False, only="/metrics")
    assert any("status_code_conformance" in one for one in watch.found)
