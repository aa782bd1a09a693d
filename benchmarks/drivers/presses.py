"""One window of many: waits for a line on stdin, presses Next as often as told, prints the times."""

import json
import sys
from pathlib import Path

from benchmarks.measuring import timed
from benchmarks.queue import DayClock
from services.queue.tickets import call_next
from services.station import open_station


def main() -> None:
    """``presses HOME TIMES WINDOW``."""
    home, times, window = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    station = open_station(home, clock=DayClock())
    print("ready", flush=True)
    sys.stdin.readline()
    taken = [timed(lambda: station.call(call_next, window)) for _ in range(times)]
    station.close()
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
