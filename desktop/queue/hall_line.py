"""Who decides over the hall's queue for this machine: its own store, the hall's hub, or nobody but this window itself.

Not of the main thread: the board's thread asks, another one waits for news of the hub. Each has a line of its own.
"""

import threading
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from desktop.messages import sentence
from domain.errors import AppError

WAIT_S = 25
AGAIN_S = 2.0
ALONE_S = 5.0
"""How often is looked whether this station has come to a hub meanwhile."""
HELD_S = 1.0
"""How often is looked whether the hub has this window's own numbers by now."""
_GONE = frozenset({"queue.hub_away", "queue.hub_old", "queue.hub_superseded", "queue.busy"})
_READING = frozenset({"view", "line", "tickets", "issued", "still_open", "statistics"})


class LineState(StrEnum):
    """``OWN``: no hub. ``HUB``: it answers. ``AWAY``: it does not. ``MOVED``: another one has its term.

    ``UNHEARD``: the node above does not answer, and has never said whether there is a hub.
    """

    OWN = "own"
    HUB = "hub"
    AWAY = "away"
    MOVED = "moved"
    UNHEARD = "unheard"

    @property
    def is_alone(self) -> bool:
        """Whether there is, or may be, a hub that cannot be asked."""
        return self in (LineState.AWAY, LineState.MOVED, LineState.UNHEARD)


class HubDesk(Protocol):
    """``sync.hub_desk.HubQueueDesk``."""

    def wait(self, seen: str, seconds: int) -> str:
        """The hall's mark once it is another."""
        ...

    def close(self) -> None:
        """Let go of the line."""
        ...


class HallLine:
    """A ``domain.queue.hall_desk.HallDesk`` by way of ``__getattr__``, each method asked where it is decided now.

    A decision that got no answer is not taken anew elsewhere: it may have been carried out. Who pressed is told, and
    what is pressed after that is this window's own.
    """

    def __init__(
        self,
        *,
        is_elsewhere: Callable[[], str],
        is_heard_of: Callable[[], bool],
        own: Any,
        alone: Any,
        open_hub: Callable[[int], HubDesk],
        holds_own: Callable[[], bool],
        found_no_hub: Callable[[], None],
    ) -> None:
        """``is_elsewhere`` gives which hub decides, "" for none; ``is_heard_of``, whether anybody ever said so.

        ``open_hub`` takes the seconds it may be silent.
        """
        self._is_elsewhere, self._is_heard_of = is_elsewhere, is_heard_of
        self._own, self._alone = own, alone
        self._open_hub = open_hub
        self._holds_own = holds_own
        self._found_no_hub = found_no_hub
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._hubs: dict[str, tuple[str, HubDesk]] = {}
        self._seen = ""
        self.state = LineState.OWN

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return partial(self._ask, name)

    def close(self) -> None:
        """Ask nothing any more; whoever waits is woken."""
        self._stopped.set()
        with self._lock:
            for _, hub in self._hubs.values():
                hub.close()

    def look(self) -> LineState:
        """Find out at once who decides: for a program that asks one thing and ends."""
        try:
            if self._is_elsewhere():
                self._hub("calls", 0).wait("", 0)
                self._come_back()
        except AppError as error:
            self._lost(error)
        return self.state

    def follow(self) -> bool:
        """Block until something is to be read anew, or for a while; whether there is."""
        before = self.state
        try:
            news = self._follow()
        except AppError as error:
            self._lost(error)
            self._stopped.wait(AGAIN_S)
            news = False
        return news or self.state is not before

    def _follow(self) -> bool:
        if not self._is_elsewhere():
            changed, self.state = self.state is not LineState.OWN, LineState.OWN
            self._stopped.wait(0 if changed else ALONE_S)
            return changed
        hub = self._hub("news", WAIT_S)
        # While alone, the hub is only asked whether it is there: what it has to tell is read once it decides again.
        seen = hub.wait(self._seen, WAIT_S if self.state is LineState.HUB else 0)
        before = self.state
        if not self._come_back():
            self._stopped.wait(HELD_S)
            return False
        changed, self._seen = seen != self._seen or before is not LineState.HUB, seen
        return changed

    def _come_back(self) -> bool:
        """The hub is there: let it decide, unless it lacks open numbers of this window's own; whether it does."""
        if self.state is not LineState.HUB:
            self.state = self._away() if self._holds_own() else LineState.HUB
        return self.state is LineState.HUB

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if not self._is_elsewhere():
            self.state = LineState.OWN
            return getattr(self._own, name)(*args, **kwargs)
        if self.state is LineState.OWN and self._holds_own():
            # It gave out numbers before it was ended, which the hub has yet to get.
            self.state = self._away()
        if self.state.is_alone:
            return getattr(self._alone, name)(*args, **kwargs)
        try:
            answer = getattr(self._hub("calls", 0), name)(*args, **kwargs)
        except AppError as error:
            self._lost(error)
            if not self._is_elsewhere():
                return getattr(self._own, name)(*args, **kwargs)
            if self.state.is_alone and name in _READING:
                return getattr(self._alone, name)(*args, **kwargs)
            raise _with_a_sentence(error) from error
        self.state = LineState.HUB
        return answer

    def _lost(self, error: AppError) -> None:
        if error.code == "queue.not_a_hub":
            self._found_no_hub()
            if self._is_elsewhere():
                self.state = self._away()
        elif error.code in ("queue.hub_superseded", "queue.hub_old"):
            self.state = LineState.MOVED
        elif error.code in _GONE or error.code.startswith("sync."):
            self.state = self._away()

    def _away(self) -> LineState:
        return LineState.AWAY if self._is_heard_of() else LineState.UNHEARD

    def _hub(self, use: str, silent_s: int) -> HubDesk:
        """The line for ``use`` to the hub that decides now."""
        where = self._is_elsewhere()
        with self._lock:
            known = self._hubs.get(use)
            if known is not None and known[0] == where:
                return known[1]
            if known is not None:
                known[1].close()
            if self._stopped.is_set():
                raise AppError("queue.hub_away")
            hub = self._open_hub(silent_s)
            self._hubs[use] = (where, hub)
            return hub


def _with_a_sentence(error: AppError) -> AppError:
    """A newer hub may refuse for a reason that this program has no words for."""
    try:
        sentence(error)
    except (KeyError, ImportError):
        return AppError("queue.refused_by_hub", reason=error.code)
    return error
