"""What goes over the wire comes out as it went in."""

from typing import Any, get_type_hints

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import AppError
from domain.queue import hall
from domain.queue.desk import TicketOrder
from domain.queue.hall_desk import HallDesk
from services.queue.local_desk import LocalQueueDesk
from sync import queue_wire
from sync.frames import FrameError, decode, encode
from sync.queue_wire import QueueAnswer, QueueCall, QueueRefusal, error_of, method, refusal_of

METHODS = sorted(queue_wire.method_names())
PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
st.register_type_strategy(str, PLAIN)
st.register_type_strategy(int, st.integers(-(2**47), 2**53))
DUTIES = st.dictionaries(PLAIN, st.builds(hall.WindowDuty))
st.register_type_strategy(
    hall.HallDay, st.builds(hall.HallDay, windows=DUTIES, paused=st.dictionaries(PLAIN, PLAIN))
)


def over_the_wire(value: Any) -> Any:
    return cbor2.loads(cbor2.dumps(value))


@pytest.mark.parametrize("name", METHODS)
@given(data=st.data())
@settings(deadline=None, max_examples=12, suppress_health_check=list(HealthCheck))
def test_answers_come_back_as_they_were(name: str, data: st.DataObject) -> None:
    known = method(name)
    assert known is not None
    answer = data.draw(st.from_type(get_type_hints(getattr(HallDesk, name))["return"]))
    sent = QueueAnswer(term=3, answer=known.pack_answer(answer))
    got = decode(encode(sent), QueueAnswer)
    assert known.unpack_answer(got.answer) == answer
    assert got.term == 3


@pytest.mark.parametrize("name", METHODS)
@given(data=st.data())
@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
def test_arguments_come_back_as_they_were(name: str, data: st.DataObject) -> None:
    known = method(name)
    assert known is not None
    types = get_type_hints(getattr(HallDesk, name))
    args = {arg: data.draw(st.from_type(types[arg])) for arg in known.arguments}
    got = known.unpack(over_the_wire(known.pack(args)))
    assert {arg: tuple(one) if arg == "groups" else one for arg, one in got.items()} == {
        arg: tuple(one) if arg == "groups" else one for arg, one in args.items()
    }


def test_every_method_travels() -> None:
    """What both desks can do is what the protocol names, and nothing of it is left out."""
    assert set(METHODS) == {name for name in dir(LocalQueueDesk) if not name.startswith("_")}


def test_a_field_of_a_newer_program_is_passed_over_and_a_missing_one_stands_at_its_default() -> None:
    known = method("issue")
    assert known is not None
    order = known.unpack({"order": {"group": "A", "colour": "red"}})["order"]
    assert order == TicketOrder(group="A")


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("issue", {}),
        ("issue", {"order": {"group": 5}}),
        ("issue", {"order": {"group": "A", "source": "moon"}}),
        ("next", {"window": "1", "groups": "A"}),
        ("serve", {"ticket": ["A001"]}),
    ],
)
def test_what_does_not_fit_is_refused(name: str, args: dict[str, Any]) -> None:
    known = method(name)
    assert known is not None
    with pytest.raises(FrameError):
        known.unpack(args)


def test_what_is_no_method_is_none() -> None:
    assert method("_is_protocol") is None
    assert method("__init__") is None
    assert method("drop_all") is None


def test_a_refusal_carries_its_parameters() -> None:
    error = AppError("queue.recall_limit", number="A001", limit=3)
    got = error_of(decode(encode(refusal_of(error, 2)), QueueRefusal))
    assert (got.code, got.params) == (error.code, error.params)


def test_a_call_of_too_many_arguments_is_refused() -> None:
    with pytest.raises(FrameError):
        decode(encode({"args": {str(n): n for n in range(17)}}), QueueCall)
