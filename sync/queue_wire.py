"""The queue's decisions on the wire: every method of ``HallDesk`` as ``POST /v1/queue/{method}``.

A call goes as ``QueueCall``, its arguments by name; an answer comes as ``QueueAnswer``, a refusal (409) as
``QueueRefusal``. The protocol class itself is the table of methods: names, types and defaults are read off it, so that
a method can be neither forgotten nor sent differently from how it is called. Dataclasses travel as maps by field name;
unknown fields are passed over and missing ones stand at their default, so that either side may be one version ahead.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_type_hints

from pydantic import Field, TypeAdapter, ValidationError

from domain.errors import AppError
from domain.queue.hall_desk import HallDesk
from sync.frames import FrameError
from sync.protocol import Count, ErrorAnswer, Message, Name

PATH = "/v1/queue/"
WAIT = "wait"
READING = frozenset({"issued", "view", "line", "tickets", "still_open", "statistics"})
"""Methods that change nothing."""
MAX_CALL_BYTES = 64 << 10
MAX_ANSWER_BYTES = 8 << 20
MAX_WAIT_S = 60

Param = str | int | float | bool | None


class QueueCall(Message):
    """What is asked. ``staff`` is who works at the window, "" for the device itself; what they may do the hub knows.

    ``command`` is a key of the caller's own: the same key again has one effect and gets the same answer. ``term`` is
    the highest that the caller knows: a hub of an older term decides nothing any more.
    """

    args: Annotated[dict[Name, Any], Field(max_length=16)] = {}
    staff: Name = ""
    command: Name = ""
    term: Count = 0


class QueueAnswer(Message):
    """The method's own answer, and the term in which it was decided."""

    term: Count
    answer: Any = None


class QueueRefusal(ErrorAnswer):
    """An ``AppError`` of the hub: its code, and the parameters of its sentence."""

    params: Annotated[dict[Name, Param], Field(max_length=16)] = {}
    term: Count = 0


class QueueWait(Message):
    """``wait``: answer as soon as the hall is another than at ``seen`` (opaque, "" at first), at most after ``s``."""

    seen: Name = ""
    s: Annotated[int, Field(ge=0, le=MAX_WAIT_S)] = 25
    term: Count = 0


class QueueNews(Message):
    """The hall's present mark, for the next ``wait``."""

    term: Count
    seen: Name


@dataclass(frozen=True, slots=True)
class QueueMethod:
    """One method as it travels. ``has_command`` where the method itself takes the caller's key."""

    name: str
    arguments: Mapping[str, TypeAdapter[Any]]
    needed: frozenset[str]
    answer: TypeAdapter[Any]
    has_command: bool

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.name in READING

    def pack(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments by name as values of CBOR."""
        return {name: self.arguments[name].dump_python(value, mode="json") for name, value in args.items()}

    def unpack(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments in a call; ``FrameError`` for one missing or ill-fitting; unknown ones are left out."""
        if not self.needed <= set(args):
            raise FrameError(f"{self.name}: an argument is missing")
        known = [name for name in args if name in self.arguments]
        return {name: _checked(self.arguments[name], args[name], f"{self.name}.{name}") for name in known}

    def pack_answer(self, answer: Any) -> Any:
        """The answer as a value of CBOR."""
        return self.answer.dump_python(answer, mode="json")

    def unpack_answer(self, value: Any) -> Any:
        """The answer in a ``QueueAnswer``; ``FrameError``."""
        return _checked(self.answer, value, self.name)


def _checked(adapter: TypeAdapter[Any], value: Any, place: str) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise FrameError(
            f"{place}: {error.errors(include_url=False, include_input=False)[0]['type']}"
        ) from None


def method_names() -> frozenset[str]:
    """Every method of ``HallDesk``."""
    return frozenset(
        name for name, one in inspect.getmembers(HallDesk, inspect.isfunction) if not name.startswith("_")
    )


@cache
def method(name: str) -> QueueMethod | None:
    """How ``name`` travels; None for what is no method of ``HallDesk``."""
    if name not in method_names():
        return None
    function = getattr(HallDesk, name)
    types = get_type_hints(function)
    named = dict(inspect.signature(function).parameters)
    del named["self"]
    has_command = named.pop("command", None) is not None
    needed = frozenset(key for key, one in named.items() if one.default is inspect.Parameter.empty)
    arguments = {key: TypeAdapter(types[key]) for key in named}
    return QueueMethod(name, arguments, needed, TypeAdapter(types["return"]), has_command)


def refusal_of(error: AppError, term: int) -> QueueRefusal:
    """``error`` as it travels; what is no plain value goes as text."""
    params = {name: one if isinstance(one, Param) else str(one) for name, one in error.params.items()}
    return QueueRefusal(code=error.code, params=params, term=term)


def error_of(refusal: QueueRefusal) -> AppError:
    """The ``AppError`` that the hub raised."""
    return AppError(refusal.code, **refusal.params)
