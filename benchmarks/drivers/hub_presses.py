"""One window of a hall with a hub: waits for a line on stdin, presses Next as often as told, prints the times.

As a window does, it reads the hall after each press, off the clock.
"""

import json
import sys

from benchmarks.measuring import timed
from services.clock import SystemClock
from sync.hub_call import ANSWER_S, CONNECT_S, HubCaller
from sync.hub_desk import HubQueueDesk
from sync.transport import Transport


class Window:
    """What lets this window in, and the term it knows."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._term = 0

    def token(self, transport: Transport) -> str:
        """Its name."""
        return self._name

    def forget(self, token: str) -> None:
        """A name stays."""

    def highest(self) -> int:
        """The highest term."""
        return self._term

    def learn(self, term: int) -> None:
        """A higher one."""
        self._term = term


def main() -> None:
    """``hub_presses URL TIMES WINDOW``."""
    url, times, place = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    window = Window(f"w{place}")
    line = Transport(
        url, pin=None, token_source=window, clock=SystemClock(), stall_s=ANSWER_S, connect_s=CONNECT_S
    )
    desk = HubQueueDesk(HubCaller(line, window))
    desk.view()
    print("ready", flush=True)
    sys.stdin.readline()
    taken = []
    for _ in range(times):
        taken.append(timed(lambda: desk.next(place)))
        desk.view()
    desk.close()
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
