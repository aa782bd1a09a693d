"""One call of a hub: sent, sent again where the answer was lost, and its answer held against the term."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from domain.errors import AppError
from sync.frames import FrameError, decode, encode
from sync.hub_line import ANSWER_S, HubLine
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

TRIES = 2
AWAY = "queue.hub_away"
_OK, _NOT_FOUND = 200, 404
_REFUSED = frozenset({400, 403, 404, 409, 410, 413})

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
    """Calls a hub over ``line``. ``staff`` gives who works here, "" for the device itself.

    ``AppError``: what the hub raised; ``queue.hub_away`` where it gives no answer, ``queue.hub_old`` where one of an
    older term does, ``queue.not_a_hub`` where what answers is none.
    """

    def __init__(self, line: HubLine, terms: Terms, staff: Callable[[], str] = lambda: "") -> None:
        self._line = line
        self._terms = terms
        self._staff = staff

    def close(self) -> None:
        """Let go of the line."""
        self._line.close()

    def wait(self, seen: str, seconds: int) -> str:
        """The hall's mark once it is not ``seen`` any more, at the latest after ``seconds``."""
        asked = QueueWait(seen=seen, s=seconds, term=self._terms.highest())
        news = self._read(*self._sent(WAIT, encode(asked), seconds + ANSWER_S), QueueNews)
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
        answer = self._read(*self._sent(name, encode(call), ANSWER_S), QueueAnswer)
        self._hold_against(answer.term)
        try:
            return known.unpack_answer(answer.answer)
        except FrameError as error:
            raise AppError(AWAY) from error

    def _sent(self, name: str, frame: bytes, answer_s: float) -> tuple[int, bytes]:
        """Sent once more at once where the line broke: the key makes that harmless. Silence is not waited for twice."""
        for turn in range(TRIES):
            try:
                return self._line.post(PATH + name, frame, answer_s=answer_s)
            except TimeoutError as error:
                raise AppError(AWAY) from error
            except OSError as error:
                if turn + 1 == TRIES:
                    raise AppError(AWAY) from error
        raise AssertionError("unreachable")

    def _read(self, status: int, body: bytes, kind: type[Answer]) -> Answer:
        try:
            if status == _OK:
                return decode(body, kind, limit=MAX_ANSWER_BYTES)
            raise self._refused(status, decode(body, QueueRefusal, limit=MAX_ANSWER_BYTES))
        except FrameError as error:
            # A node above that knows nothing of queues answers as its framework does.
            raise AppError("queue.not_a_hub" if status == _NOT_FOUND else AWAY) from error

    def _refused(self, status: int, refusal: QueueRefusal) -> AppError:
        if status not in _REFUSED or not refusal.code:
            return AppError(AWAY)
        if refusal.code == "queue.hub_superseded":
            self._terms.learn(int(refusal.params.get("term") or 0))
        return error_of(refusal)

    def _hold_against(self, term: int) -> None:
        """An answer of an older term counts for nothing; the hub heard of the higher one in the call."""
        highest = self._terms.highest()
        if term < highest:
            raise AppError("queue.hub_old", term=term, known=highest)
        if term > highest:
            self._terms.learn(term)
