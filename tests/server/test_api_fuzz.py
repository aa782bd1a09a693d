"""Frames that nobody would send: no answer of the 5xx, every error a frame with a code, nobody's data in any answer.

``test_api_described`` tries every boundary of every field at a hub. Here are bodies that are no frames, and, at a
centre, whose PostgreSQL takes other texts and numbers than SQLite, messages with several things wrong at once.
"""

import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import cbor2
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.cases.intake import ContactForm
from server.nodes import ServerNode
from services.cases import accept_case
from sync import protocol
from sync.frames import MEDIA_TYPE, PLAIN, decode
from sync.protocol import ErrorAnswer
from sync.protocol_access import Challenge, Enrol, SessionRequest
from sync.protocol_cases import CaseAsked
from tests.fixed import form
from tests.server.nodes import Pc, Served, serving

DOORS: dict[str, type[BaseModel]] = {
    "/v1/enrol": Enrol,
    "/v1/challenge": Challenge,
    "/v1/session": SessionRequest,
    "/v1/hello": protocol.Hello,
    "/v1/push": protocol.Push,
    "/v1/pull": protocol.Pull,
    "/v1/hashes": protocol.Hashes,
    "/v1/wait": protocol.Wait,
    "/v1/case": CaseAsked,
}
PERSON, PHONE, NAME = "王晓岚", "13812345678", "河畔绝密科技有限公司"
SECRETS = [one.encode() for one in (PERSON, PHONE, NAME)]
MANY = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
INTS = (-(2**63) - 1, -(2**53), -1, 0, 1, 4, 2**31, 2**47 + 1, 2**53 - 1, 2**53, 2**64)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.sampled_from(INTS) | st.floats() | st.text(max_size=8) | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def of_type(kind: Any, known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values that fit ``kind``, near its limits; ``known`` are texts and bytes that the server knows of."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return of_type(inner[0], known) if inner[0] is not bytes else exactly(inner[1:])
    if origin in (Union, types.UnionType):
        return st.one_of([of_type(one, known) for one in inner])
    if origin is tuple and inner[-1] is Ellipsis:
        return st.lists(of_type(inner[0], known), max_size=3)
    if origin is tuple:
        return st.tuples(*(of_type(one, known) for one in inner)).map(list)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return messages(kind, known)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        int: st.sampled_from(INTS) | st.integers(0, 5),
        str: known | st.text(max_size=70),
        bytes: st.binary(max_size=70),
        bool: st.booleans(),
        type(None): st.none(),
    }
    return simple.get(kind, ANYTHING)


def messages(model: type[BaseModel], known: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Maps that may be read as ``model``; now and then a field is of another type, missing, or unknown."""
    fields = {
        name: st.one_of(*[typed(field, known)] * 6, ANYTHING) for name, field in model.model_fields.items()
    }
    required = {name: one for name, one in fields.items() if model.model_fields[name].is_required()}
    optional = {name: one for name, one in fields.items() if name not in required} | {"new": ANYTHING}
    return st.fixed_dictionaries(required, optional=optional)


def typed(field: FieldInfo, known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return exactly([field]) if field.annotation is bytes else of_type(field.annotation, known)


def exactly(limits: Iterable[Any]) -> st.SearchStrategy[bytes]:
    """Bytes that are as long as they have to be at least."""
    bounds = [one for limit in limits for one in getattr(limit, "metadata", ())]
    least = max((one.min_length for one in bounds if hasattr(one, "min_length")), default=0)
    return st.binary(min_size=least, max_size=least or 40)


BROKEN = st.one_of(
    st.binary(max_size=200),
    ANYTHING.map(lambda value: bytes((PLAIN,)) + cbor2.dumps(value)),
    st.binary(max_size=60).map(lambda rest: b"\x01\x28\xb5\x2f\xfd" + rest),
    st.binary(max_size=60).map(lambda rest: b"\x02\x28\xb5\x2f\xfd" + rest),
)
"""Bodies that are hardly frames."""


class Stranger:
    """Sends bytes, and looks at every answer."""

    def __init__(self, served: Served, pc: Pc) -> None:
        self._served, self.pc = served, pc

    def send(self, path: str, body: bytes, *, token: str = "") -> httpx.Response:
        headers = {"content-type": MEDIA_TYPE} | ({"authorization": f"Bearer {token}"} if token else {})
        answer = self._served.client.post(self._served.url + path, content=body, headers=headers)
        self._served.seconds.now += 600  # no limit is what this is about
        assert answer.status_code < 500, (answer.status_code, body)
        assert answer.headers["content-type"] == MEDIA_TYPE
        if answer.status_code != 200:
            told = decode(answer.content, ErrorAnswer)
            assert told.code
            assert not any(one in answer.content or one.decode() in told.detail for one in SECRETS)
        return answer


@pytest.fixture
def stranger(request: pytest.FixtureRequest) -> Iterator[Stranger]:
    """At a node that has a case of somebody; the device is of another site where there is one."""
    node: ServerNode = request.getfixturevalue(request.param)
    contact = ContactForm(name=PERSON, phone=PHONE)
    node.call(accept_case, form(name=NAME, contact=contact), as_actor=node.operator)
    with serving(node) as served:
        pc = Pc()
        pc.enrol(served, served.code("hall"))
        yield Stranger(served, pc)


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("stranger", ["centre"], indirect=True)
def test_messages_at_and_beyond_their_limits(stranger: Stranger, path: str) -> None:
    known = st.sampled_from(["hall", "city", stranger.pc.device])

    @MANY
    @given(message=messages(DOORS[path], known), signed_in=st.booleans())
    def send(message: dict[str, Any], signed_in: bool) -> None:
        if path == "/v1/wait" and isinstance(message.get("s", 25), int):
            message["s"] = min(message.get("s", 0), 0)
        token = stranger.pc.token if signed_in else ""
        answer = stranger.send(path, bytes((PLAIN,)) + cbor2.dumps(message), token=token)
        if not signed_in and path not in ("/v1/enrol", "/v1/challenge", "/v1/session"):
            assert answer.status_code in (401, 403)
            assert not any(one in answer.content for one in SECRETS)

    send()


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("stranger", ["hub"], indirect=True)
def test_bodies_that_are_no_frames(stranger: Stranger, path: str) -> None:
    @MANY
    @given(body=BROKEN)
    def send(body: bytes) -> None:
        assert stranger.send(path, body, token=stranger.pc.token).status_code in (
            400,
            408,
            413,
            415,
            422,
            200,
        )

    send()
