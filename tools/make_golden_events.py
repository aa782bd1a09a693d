"""Writes the golden file of every kind of event that has none yet: ``python tools/make_golden_events.py``.

A file that is there is never touched: what a shipped version wrote down stays readable for ever. Run by hand after a
kind or a version has been added to ``tools/golden``.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from domain.events.canonical import canonical_bytes  # noqa: E402
from domain.events.clock import pack  # noqa: E402
from domain.events.event import Event, NewEvent, body_of, genesis, next_hash, private_hash  # noqa: E402
from domain.events.kinds import CURRENT  # noqa: E402
from tests.fixed import WEDNESDAY  # noqa: E402
from tools.golden import cases, queue  # noqa: E402

FOLDER = ROOT / "tests" / "data" / "events"
SALT = bytes(range(8))


def golden() -> Iterator[tuple[str, str]]:
    """(name, text) of every file.

    A kind that comes again is called by its stream in one chain, by its place in the other.
    """
    yield from _chain("golden", "8000", cases.steps(), lambda stream, seq: stream)
    yield from _chain("golden-queue", "8001", queue.steps(), lambda stream, seq: seq)


def _chain(
    device: str, block: str, steps: list[tuple[int, NewEvent]], again: Callable[[int, int], int]
) -> Iterator[tuple[str, str]]:
    head = genesis(device, 1)
    streams: dict[int, str] = {}
    seen: set[str] = set()
    for seq, (stream, new) in enumerate(steps, start=1):
        own = f"019a95a0-0000-7000-{block}-{seq:012d}"
        private = None if new.private is None else canonical_bytes(new.private)
        body = body_of(_event(device, seq, own, streams.setdefault(stream, own), new, private))
        prev, head = head, next_hash(head, body)
        name = f"{new.kind}-{CURRENT[new.kind]}"
        yield (f"{name}-{again(stream, seq)}" if name in seen else name), _kept(prev, body, head, private)
        seen.add(name)


def _event(device: str, seq: int, own: str, stream: str, new: NewEvent, private: bytes | None) -> Event:
    return Event(
        id=own,
        stream=stream,
        kind=new.kind,
        kind_version=CURRENT[new.kind],
        device=device,
        incarnation=1,
        seq=seq,
        hlc=pack(WEDNESDAY + seq, 0),
        actor="clerk",
        site="demo",
        payload=new.payload,
        private_hash=None if private is None else private_hash(SALT, private),
    )


def _kept(prev: bytes, body: bytes, head: bytes, private: bytes | None) -> str:
    document = {
        "prev": prev.hex(),
        "body": body.decode(),
        "hash": head.hex(),
        "salt": None if private is None else SALT.hex(),
        "private": None if private is None else private.decode(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Keep what is new."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in golden():
        file = FOLDER / f"{name}.json"
        if not file.exists():
            file.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
