"""Sync engines side by side, over one line and with the same cases: seconds, bytes, round trips, memory, stores.

    python -m benchmarks.sync_peers [names…] [--quick] [--cache DIR] [--keep]

Every engine is installed on its first run below the cache folder, from PyPI or npm, into an environment of its own; one
that is not to be had stands in the table with the reason. Server and devices are processes of their own; bytes and
round trips are counted between them. ``--keep`` writes the table into ``RESULTS.md``.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from benchmarks import table
from benchmarks.peers.anki import Anki
from benchmarks.peers.morango import Morango
from benchmarks.peers.peer import Device, NotInstalled, Peer, Server, SyncFailed
from benchmarks.peers.pouchdb import PouchDB
from benchmarks.peers.processes import forget_peak, peak_bytes, size_of
from benchmarks.peers.qifu import Qifu
from benchmarks.sync_content import cases, changed
from tests.faults.proxy import HOST, Counts, FaultyProxy

PEERS: dict[str, Callable[[], Peer]] = {
    "qifu": Qifu,
    "anki": lambda: Anki(joined=False),
    "anki-normal": lambda: Anki(joined=True),
    "pouchdb": PouchDB,
    "pouchdb-small": lambda: PouchDB(batch=25),
    "morango": Morango,
}
CUT_BYTES = 65_536
SLOW_BYTES_PER_S = 8_000
CHANGES = 100
ATTEMPTS = 60
MIB = 1024 * 1024
COLUMNS = (
    "| what | engine | ended | seconds | cases/s | bytes up | bytes down | bytes/case | round trips | connections "
    "| device MiB | server MiB | device store MB | server store MB |\n|---|---|---|" + "---:|" * 11 + "\n"
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many cases each measurement carries, and how long an engine may try on a line that is cut."""

    many: int = 10_000
    some: int = 2_000
    few: int = 300
    cut_patience_s: float = 60


QUICK = Sizes(many=2_000, some=600, few=100, cut_patience_s=20)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the table. Memory is the most that a process held during the measurement, in bytes, 0 = unknown."""

    what: str
    cases: int
    seconds: float
    counts: Counts
    device_peak: int = 0
    server_peak: int = 0
    device_store: int = 0
    server_store: int = 0
    ended: bool = True
    note: str = ""


@dataclass(slots=True)
class Hall:
    """A server, the line to it and the devices behind that line."""

    server: Server
    line: FaultyProxy
    devices: list[Device]
    outcomes: list[Outcome] = field(default_factory=list)

    def measure(self, what: str, count: int, work: Callable[[], object], device: Device) -> None:
        """Do ``work`` once, and remember what it took."""
        forget_peak(device.pid)
        forget_peak(self.server.pid)
        before = self.line.counts
        started = time.perf_counter()
        ended, note = True, ""
        try:
            note = str(work() or "")
        except SyncFailed as failed:
            ended, note = False, str(failed)
        seconds = time.perf_counter() - started
        self.outcomes.append(
            Outcome(
                what,
                count,
                seconds,
                self.line.counts - before,
                peak_bytes(device.pid),
                peak_bytes(self.server.pid),
                size_of(device.store),
                size_of(self.server.store),
                ended,
                note,
            )
        )


@contextmanager
def hall(peer: Peer, folder: Path, devices: int) -> Iterator[Hall]:
    """A new server and as many joined devices, with nothing wrong on the line."""
    with ExitStack() as stack:
        server = stack.enter_context(peer.serve(folder / "server"))
        line = stack.enter_context(FaultyProxy(HOST, server.port))
        opened = [
            stack.enter_context(peer.device(folder / f"device-{at}", line.url)) for at in range(devices)
        ]
        for device in opened:
            device.join()
        yield Hall(server, line, opened)


def measure(peer: Peer, scratch: Path, sizes: Sizes) -> list[Outcome]:
    """All measurements of one engine, each kind on a new server. A kind that fails in its middle says so in a line."""
    outcomes: list[Outcome] = []
    for kind in (_calm, _uncut, _cut_once, _cut_again_and_again, _slow):
        with hall(peer, scratch / kind.__name__.strip("_"), 2) as made:
            made.outcomes = outcomes
            try:
                kind(made, sizes)
            except SyncFailed as failed:
                name = kind.__name__.strip("_").replace("_", " ")
                outcomes.append(Outcome(name, 0, 0, Counts(), ended=False, note=str(failed)))
    return outcomes


def _calm(hall: Hall, sizes: Sizes) -> None:
    writer, reader = hall.devices
    made = cases(sizes.many)
    writer.write(made)
    hall.measure(f"first push, {sizes.many:,}", sizes.many, writer.push, writer)
    hall.measure(f"first pull, {sizes.many:,}", sizes.many, reader.pull, reader)
    _expect(reader, sizes.many)
    writer.sync()
    writer.write([changed(case) for case in made[:CHANGES]])
    hall.measure(f"{CHANGES} changes", CHANGES, writer.push, writer)
    writer.sync()
    hall.measure("no change", 0, writer.sync, writer)


def _uncut(hall: Hall, sizes: Sizes) -> None:
    writer, reader = hall.devices
    writer.write(cases(sizes.some))
    hall.measure(f"{sizes.some:,}, nothing cut", sizes.some, writer.push, writer)
    reader.pull()
    _expect(reader, sizes.some)


def _cut_once(hall: Hall, sizes: Sizes) -> None:
    writer, reader = hall.devices
    whole = _bytes_uncut(hall)
    writer.write(cases(sizes.some))
    hall.line.cut_once(whole // 2)
    what = f"{sizes.some:,}, all cut once at half the bytes"
    hall.measure(what, sizes.some, lambda: _again(writer, sizes.cut_patience_s), writer)
    reader.pull()
    _tell(hall, whole, reader)


def _cut_again_and_again(hall: Hall, sizes: Sizes) -> None:
    writer, reader = hall.devices
    whole = _bytes_uncut(hall)
    writer.write(cases(sizes.some))
    hall.line.set(cut_after_bytes=CUT_BYTES)
    what = f"{sizes.some:,}, every connection cut after 64 KiB"
    hall.measure(what, sizes.some, lambda: _again(writer, sizes.cut_patience_s), writer)
    hall.line.heal()
    reader.pull()
    _tell(hall, whole, reader)


def _slow(hall: Hall, sizes: Sizes) -> None:
    writer, reader = hall.devices
    writer.write(cases(sizes.few))
    hall.line.set(rate_bytes_per_s=SLOW_BYTES_PER_S)
    hall.measure(f"{sizes.few:,} at 64 kbit/s", sizes.few, writer.push, writer)
    hall.line.heal()
    reader.pull()
    _expect(reader, sizes.few)


def _bytes_uncut(hall: Hall) -> int:
    return next(one.counts.bytes_both for one in hall.outcomes if one.what.endswith("nothing cut"))


def _expect(reader: Device, count: int) -> None:
    """A figure of an engine that lost records is no figure."""
    if (found := reader.count()) != count:
        raise SyncFailed(f"{found:,} of {count:,} arrived")


def _tell(hall: Hall, whole: int, reader: Device) -> None:
    """Add to the last outcome what a cut cost, and what arrived of it, as another device sees."""
    last = hall.outcomes.pop()
    cost = f"{last.counts.bytes_both / whole:.2f} × the uncut bytes, {reader.count():,} arrived"
    hall.outcomes.append(replace(last, note=f"{last.note}; {cost}"))


def _again(device: Device, patience_s: float) -> str:
    """Push until it comes to an end; in how many attempts. Raises SyncFailed when patience is at its end."""
    until = time.monotonic() + patience_s
    reason = ""
    for attempt in range(1, ATTEMPTS + 1):
        if (left_s := until - time.monotonic()) <= 0:
            break
        device.within(left_s)
        try:
            device.push()
            return f"{attempt} attempts"
        except SyncFailed as failed:
            reason = str(failed)
            if failed.lost:
                break
    raise SyncFailed(f"no end in {attempt} attempts ({reason[:80]})")


def main() -> int:
    """0 when every engine that was asked for was measured."""
    options = _options()
    cache: Path = options.cache
    cache.mkdir(parents=True, exist_ok=True)
    where, found = table.machine(), {}
    print(where, flush=True)
    with tempfile.TemporaryDirectory(prefix="sync-", dir=cache) as scratch:
        for name in options.names or PEERS:
            found[name] = _engine(PEERS[name](), cache / "peers", Path(scratch) / name, options.quick)
    text = section(list(found.values()), where, quick=options.quick)
    print("\n" + text)
    if options.keep:
        table.keep({"sync-peers": text}, [])
    return 0 if all(outcomes for _, outcomes in found.values()) else 1


def _engine(peer: Peer, cache: Path, scratch: Path, quick: bool) -> tuple[str, list[Outcome]]:
    """Its name with version, or with the reason why there is nothing to measure; and the measurements."""
    try:
        title = f"{peer.name} ({peer.prepare(cache)})"
        outcomes = measure(peer, scratch, QUICK if quick else Sizes())
    except NotInstalled as missing:
        return f"{peer.name}: not installed: {missing}", []
    for one in outcomes:
        print(_line(title, one), end="", flush=True)
    return title, outcomes


def section(found: Sequence[tuple[str, list[Outcome]]], where: str, *, quick: bool) -> str:
    """The table: all engines of one measurement below each other."""
    rough = ", quick run" if quick else ""
    whats = list(dict.fromkeys(one.what for _, outcomes in found for one in outcomes))
    lines = [
        _line(title, one) for what in whats for title, all_of in found for one in all_of if one.what == what
    ]
    missing = [f"\n{title}\n" for title, outcomes in found if not outcomes]
    head = f"## sync-peers\n\n{date.today().isoformat()}{rough}; {where}\n\n"
    return head + COLUMNS + "".join(lines) + "".join(missing)


def _line(title: str, one: Outcome) -> str:
    counts, per_case = one.counts, max(1, one.cases)
    cells = [
        one.what,
        title,
        ("yes" if one.ended else "**no**") + (f": {_plain(one.note)}" if one.note else ""),
        f"{one.seconds:.2f}",
        f"{one.cases / one.seconds:,.0f}" if one.cases and one.seconds and one.ended else "",
        f"{counts.bytes_up:,}",
        f"{counts.bytes_down:,}",
        f"{counts.bytes_both / per_case:,.0f}" if one.cases else "",
        f"{counts.round_trips:,}",
        f"{counts.connections:,}",
        f"{one.device_peak / MIB:.0f}",
        f"{one.server_peak / MIB:.0f}",
        f"{one.device_store / 1e6:.1f}",
        f"{one.server_store / 1e6:.1f}",
    ]
    return f"| {' | '.join(cells)} |\n"


def _plain(note: str) -> str:
    """Fit for a cell: an engine's own words have breaks and bars."""
    return " ".join(note.replace("|", "/").split())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sync_peers", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", choices=[*PEERS, []], metavar="name", help=" ".join(PEERS))
    parser.add_argument("--quick", action="store_true", help="a fifth of the cases")
    parser.add_argument("--keep", action="store_true", help="write the table into RESULTS.md")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "qifu-benchmarks")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
