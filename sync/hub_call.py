"""One call of a hub: sent, sent again where the answer was lost, and its answer held against the term."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from domain.errors import AppError
from sync.frames import FrameError, decode
from sync.protocol_access import AccessCode
from sync.queue_wire import (
    MAX_ANSWER_BYTES,
    PATH,
    WAIT,
    QueueAnswer,
    QueueCall,
    QueueNews,
    QueueRefusal,
    QueueWait,
    error_of,
    method,
)
from sync.transport import Transport
from sync.transport_errors import LinkDown, Refused, Stalled, TransportError

AWAY = "queue.hub_away"
CONNECT_S = 2.0
ANSWER_S = 5.0
"""How long a hub may be silent; for ``wait`` that comes on top of what is waited for."""
_OURS = frozenset({400, 403, 404, 409, 410, 413})
_OF_THE_SERVER = frozenset({"http", "frame", "request", "access", "device"})
"""Areas of the codes that a server has for calls which never came to the queue."""
_NOT_FOUND = 404

Answer = TypeVar("Answer", QueueAnswer, QueueNews)


class Terms(Protocol):
    """What this node knows of terms."""

    def highest(self) -> int:
        """The highest known."""
        ...

    def learn(self, term: int) -> None:
        """A higher one was told of."""
        ...


class HubCaller:
    """Calls a hub over ``transport``, one thread at a time. ``staff`` gives who works here, "" for the device itself.

    ``AppError``: what the hub raised; ``queue.hub_away`` where it gives no answer, ``queue.hub_old`` where one of an
    older term does, ``queue.not_a_hub`` where what answers is none.
    """

    def __init__(self, transport: Transport, terms: Terms, staff: Callable[[], str] = lambda: "") -> None:
        self._transport = transport
        self._terms = terms
        self._staff = staff

    def close(self) -> None:
        """Let go of the line; whoever waits for an answer has ``queue.hub_away``. From any thread."""
        self._transport.close()

    def wait(self, seen: str, seconds: int) -> str:
        """The hall's mark once it is not ``seen`` any more, at the latest after ``seconds``."""
        asked = QueueWait(seen=seen, s=seconds, term=self._terms.highest())
        news = self._sent(WAIT, asked, QueueNews)
        self._hold_against(news.term)
        return news.seen

    def ask(self, name: str, args: Mapping[str, Any], *, command: str = "", staff: str | None = None) -> Any:
        """The answer of the method ``name``. A key of its own is made where ``command`` is empty."""
        known = method(name)
        assert known is not None
        call = QueueCall(
            args=known.pack(args),
            staff=self._staff() if staff is None else staff,
            command="" if known.reads else command or uuid4().hex,
            term=self._terms.highest(),
        )
        answer = self._sent(name, call, QueueAnswer)
        self._hold_against(answer.term)
        try:
            return known.unpack_answer(answer.answer)
        except FrameError as error:
            raise AppError(AWAY) from error

    def _sent(self, name: str, asked: QueueCall | QueueWait, kind: type[Answer]) -> Answer:
        """Sent once more at once where the line broke: the key makes that harmless. Silence is not waited for twice."""
        try:
            try:
                return self._transport.post(PATH + name, asked, kind, limit=MAX_ANSWER_BYTES)
            except Stalled:
                raise
            except LinkDown:
                return self._transport.post(PATH + name, asked, kind, limit=MAX_ANSWER_BYTES)
        except Refused as refused:
            raise self._refusal(refused) from refused
        except TransportError as error:
            raise AppError(AWAY) from error

    def _refusal(self, refused: Refused) -> AppError:
        try:
            told = decode(refused.body, QueueRefusal)
        except FrameError:
            # A node above that knows nothing of queues answers as its framework does.
            return AppError("queue.not_a_hub" if refused.status == _NOT_FOUND else AWAY)
        if told.code == AccessCode.UNKNOWN_DEVICE:
            return AppError("sync.unknown_device")
        if told.code.partition(".")[0] in _OF_THE_SERVER:
            return AppError("queue.not_a_hub" if refused.status == _NOT_FOUND else AWAY)
        if refused.status not in _OURS:
            return AppError(AWAY)
        if told.code == "queue.hub_superseded":
            self._terms.learn(int(told.params.get("term") or 0))
        return error_of(told)

    def _hold_against(self, term: int) -> None:
        """An answer of an older term counts for nothing; the hub heard of the higher one in the call."""
        highest = self._terms.highest()
        if term < highest:
            raise AppError("queue.hub_old", term=term, known=highest)
        if term > highest:
            self._terms.learn(term)
