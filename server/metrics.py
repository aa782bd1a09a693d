"""Figures for Prometheus, in its text format (https://prometheus.io/docs/instrumenting/exposition_formats/).

Several processes serve one node: each writes what it counted to a file of its own, and whoever is asked adds them up.
"""

import json
import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure of this moment."""

    name: str
    help: str
    value: float


COUNTERS = {
    "qifu_requests_total": "Requests answered, by route, method and status.",
    "qifu_events_ingested_total": "Events stored that came from elsewhere.",
    "qifu_events_refused_total": "Events held back as forged or malformed.",
    "qifu_events_quarantined_total": "Events set aside since their device had been revoked.",
    "qifu_bytes_received_total": "Bytes of request bodies.",
    "qifu_bytes_sent_total": "Bytes of answers.",
}
_DURATION = "qifu_request_seconds"


class Metrics:
    """Counters and durations of this process. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[tuple[str, _Labels], float] = defaultdict(float)
        self._buckets: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BOUNDS_S) + 1))
        self._seconds: dict[str, float] = defaultdict(float)

    def count(self, name: str, by: float = 1, **labels: str) -> None:
        """Add ``by`` to a counter of ``COUNTERS``."""
        with self._lock:
            self._counts[name, tuple(sorted(labels.items()))] += by

    def took(self, route: str, seconds: float) -> None:
        """A request of ``route`` took ``seconds``."""
        with self._lock:
            self._buckets[route][bisect_left(BOUNDS_S, seconds)] += 1
            self._seconds[route] += seconds

    def kept(self) -> str:
        """Everything counted, as one line for another process."""
        with self._lock:
            counts = [[name, labels, value] for (name, labels), value in self._counts.items()]
            return json.dumps({"counts": counts, "buckets": self._buckets, "seconds": self._seconds})

    def add(self, kept: str) -> None:
        """Add what another process has counted; a line that cannot be read counts nothing."""
        try:
            told = json.loads(kept)
        except ValueError:
            return
        with self._lock:
            for name, labels, value in told["counts"]:
                self._counts[name, tuple((key, text) for key, text in labels)] += value
            for route, counted in told["buckets"].items():
                mine = self._buckets[route]
                self._buckets[route] = [a + b for a, b in zip(mine, counted, strict=True)]
            for route, seconds in told["seconds"].items():
                self._seconds[route] += seconds

    def text(self, gauges: Iterable[Gauge] = ()) -> str:
        """All of it in Prometheus' format."""
        lines: list[str] = []
        with self._lock:
            for name, help_ in COUNTERS.items():
                lines += [f"# HELP {name} {help_}", f"# TYPE {name} counter"]
                found = {labels: value for (one, labels), value in self._counts.items() if one == name}
                lines += [f"{name}{_shown(labels)} {value:g}" for labels, value in sorted(found.items())]
            lines += self._durations()
        for gauge in gauges:
            lines += [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
            lines.append(f"{gauge.name} {gauge.value:g}")
        return "\n".join(lines) + "\n"

    def _durations(self) -> list[str]:
        lines = [f"# HELP {_DURATION} How long answers took.", f"# TYPE {_DURATION} histogram"]
        for route, counted in sorted(self._buckets.items()):
            total = 0
            for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), counted, strict=True):
                total += count
                lines.append(f"{_DURATION}_bucket{_shown((('route', route), ('le', bound)))} {total}")
            lines.append(f"{_DURATION}_sum{_shown((('route', route),))} {self._seconds[route]:g}")
            lines.append(f"{_DURATION}_count{_shown((('route', route),))} {total}")
        return lines


def _shown(labels: Iterable[tuple[str, str]]) -> str:
    told = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
    return f"{{{told}}}" if told else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def share(folder: Path, metrics: Metrics) -> None:
    """Write what this process counted where the others of this node look."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{os.getpid()}"
    fresh.write_text(metrics.kept(), "utf-8")
    fresh.replace(folder / f"{os.getpid()}.json")


def of_all(folder: Path, own: Metrics) -> Metrics:
    """What all processes of this node have counted since each began; ``own`` as it is now."""
    total = Metrics()
    total.add(own.kept())
    for file in folder.glob("*.json"):
        if file.stem != str(os.getpid()):
            total.add(file.read_text("utf-8"))
    return total


def withdraw(folder: Path) -> None:
    """Take this process's figures back: it ends."""
    (folder / f"{os.getpid()}.json").unlink(missing_ok=True)
