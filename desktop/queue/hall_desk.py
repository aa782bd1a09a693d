"""The hall's desk of an open station, put together. Every import of ``services`` and ``sync`` stands in a function."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from desktop.queue.hall_line import HallLine, HubDesk

if TYPE_CHECKING:
    from domain.queue.hall_desk import HallDesk


def hall_line(station: Any, place: Callable[[], str]) -> HallLine:
    """Who decides over the queue of ``station``; ``place`` gives the number of this machine's window. Blocks."""
    from services.hub import StationTerms, learn_no_hub
    from services.queue.local_desk import LocalQueueDesk
    from services.queue.own_numbers import holds_own, own_desk

    terms = StationTerms(station)

    def open_hub(silent_s: int) -> HubDesk:
        from sync.hub_call import ANSWER_S, CONNECT_S, HubCaller
        from sync.hub_desk import HubQueueDesk
        from sync.session import open_transport

        line, _ = open_transport(station, station.clock, stall_s=silent_s + ANSWER_S, connect_s=CONNECT_S)
        return HubQueueDesk(HubCaller(line, terms, lambda: staff_of(station)))

    return HallLine(
        is_elsewhere=terms.elsewhere,
        is_heard_of=terms.is_heard_of,
        own=LocalQueueDesk(station),
        alone=own_desk(station, place),
        open_hub=open_hub,
        holds_own=lambda: station.call(holds_own),
        found_no_hub=lambda: station.call(learn_no_hub),
    )


@contextmanager
def hall_asked_once(station: Any, window: str = "") -> Iterator["HallDesk"]:
    """The hall's desk for one command of the command line, at ``window`` or else that of the settings."""
    line = hall_line(station, (lambda: window) if window else window_in(station.home))
    try:
        line.look()
        yield cast("HallDesk", line)
    finally:
        line.close()


def staff_of(station: Any) -> str:
    """Who works here, "" while nobody is signed in."""
    actor: str = station.actor.id
    return "" if actor.startswith("device:") else actor


def window_in(home: Path) -> Callable[[], str]:
    """The number of this machine's window as the settings say."""
    from desktop.settings import load_settings

    return lambda: load_settings(home).window.strip()
