"""Train the dictionary by which small messages of sync are compressed: ``resources/sync/events.zdict``.

Run ``python tools/make_sync_dictionary.py`` after the columns of ``sync/packing.py`` or the kinds of events have
changed much. It makes a demonstration centre in a temporary folder, lets thousands of made-up events happen by the real
services, packs them as they travel, in batches of one up to twenty, and trains on that. The same program gives the same
file: chance is seeded, and nothing in it is of a real person. ``--figures`` says what cases cost that it never saw.

A peer with another dictionary cannot read a frame, so the file's number (``DICTIONARY``) is raised with the protocol's
version only.
"""

import argparse
import os
import random
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.sync_dictionary.centre import Centre, MovingClock  # noqa: E402

SEED = 20_261_124
DICTIONARY = 0x5146_0001
"""The dictionary's number, the first of ours; zstd writes it into every frame."""
SIZE = 64 << 10
CASES, FIGURES_CASES = 2_000, 1_000
MADE = "qifu-dictionary"
FIRST_MS = 1_794_967_200_000
"""Wednesday, 18 November 2026, 10:00 at the site."""


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--out", type=Path, default=ROOT / "resources" / "sync" / "events.zdict")
    told.add_argument("--cases", type=int, default=CASES)
    told.add_argument("--figures", action="store_true")
    asked = told.parse_args()
    _seed_chance()
    with tempfile.TemporaryDirectory(prefix=MADE) as folder:
        os.environ["QIFU_WITNESS_DIR"] = str(Path(folder) / "witness")
        if asked.figures:
            print_figures(Path(folder) / "home")
            return
        samples = list(messages(events(Path(folder) / "home", asked.cases)))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(train(samples))
    print(f"{asked.out}: {asked.out.stat().st_size} bytes from {len(samples)} messages")


def _seed_chance() -> None:
    """Identifiers, salts and keys come from one seeded source, so that two runs give one file."""
    chance = random.Random(SEED)
    os.urandom = secrets.token_bytes = chance.randbytes  # type: ignore[assignment]
    secrets.token_hex = lambda count=16: chance.randbytes(count).hex()  # type: ignore[assignment]
    secrets.randbelow = chance.randrange  # type: ignore[assignment]
    secrets.choice = chance.choice  # type: ignore[assignment]
    from db.log.event_log import EventLog

    EventLog.__init__.__defaults__ = (chance.randbytes,)


def events(home: Path, cases: int) -> list[Any]:
    """What happened at the made-up centre, as ``sync.packing.Stored``."""
    from services.demo import fill_demo
    from services.demo_queue import fill_demo_queue
    from services.setup import init_station
    from services.station import open_station

    clock = MovingClock(FIRST_MS)
    init_station(home, demo=True, clock=clock)
    station = open_station(home, clock=clock)
    try:
        station.call(fill_demo)
        station.call(fill_demo_queue)
        Centre(station, clock, random.Random(SEED)).work(cases)
        return station.call(stored)
    finally:
        station.close()


def stored(uow: Any, clock: Any, actor: Any) -> list[Any]:
    """Every event of the store in the order of its chain."""
    import sqlalchemy as sa

    from db.schema import event, event_private
    from sync.packing import Stored

    rows = uow.connection.execute(
        sa.select(event.c.device, event.c.incarnation, event.c.seq, event.c.body)
        .add_columns(event_private.c.salt, event_private.c.body.label("private"))
        .join_from(event, event_private, event_private.c.event == event.c.id, isouter=True)
        .order_by(event.c.pos)
    )
    return [Stored(*row) for row in rows]


def messages(found: Sequence[Any]) -> Iterator[bytes]:
    """The events as plain messages of sync, in batches of many sizes."""
    import cbor2

    from domain.events.event import genesis
    from sync.packing import pack
    from sync.protocol import Push

    chance, at = random.Random(SEED), 0
    while at < len(found):
        count = chance.choice((1, 1, 2, 3, 5, 8, 13, 20))
        batch = found[at : at + count]
        push = Push(
            device=batch[0].device,
            inc=batch[0].incarnation,
            seq=at,
            prev=chance.randbytes(32),
            head=genesis(batch[0].device, at),
            signature=chance.randbytes(64),
            events=pack(batch),
        )
        yield cbor2.dumps(push.model_dump(exclude_defaults=True))
        at += count


def train(samples: Sequence[bytes]) -> bytes:
    """The dictionary: the parts that come again most, and tables for what stands between them."""
    import zstandard

    made = zstandard.train_dictionary(SIZE, list(samples), dict_id=DICTIONARY, level=6, k=200, d=8, steps=1)
    return made.as_bytes()


def print_figures(home: Path) -> None:
    """What a case costs on the line, by the size of the batch: cases of the benchmark, which the training never saw."""
    from sync.frames import encode
    from sync.packing import pack
    from sync.protocol import Push

    found, chance = _unseen(home, FIGURES_CASES), random.Random(SEED)
    plain = sum(len(one.body) + len(one.private or b"") for one in found) / len(found)
    print(f"body and private part: {plain:.0f} bytes a case")
    for count in (1, 10, 100, 1_000):
        total = 0
        for at in range(0, len(found), count):
            push = Push(
                device=found[0].device,
                inc=1,
                seq=at,
                prev=chance.randbytes(32),
                head=chance.randbytes(32),
                signature=chance.randbytes(64),
                events=pack(found[at : at + count]),
            )
            total += len(encode(push))
        print(f"batches of {count:>5}: {total / len(found):.1f} bytes a case")


def _unseen(home: Path, cases: int) -> list[Any]:
    """Acceptances of the benchmark's cases, as ``sync.packing.Stored``."""
    from benchmarks import sync_content
    from domain.cases.intake import ContactForm, IntakeForm
    from services.cases import accept_case
    from services.setup import init_station
    from services.station import open_station

    clock = MovingClock(FIRST_MS)
    init_station(home, demo=True, clock=clock)
    station = open_station(home, clock=clock)
    try:
        for case in sync_content.cases(cases):
            clock.at_ms += 97_000
            contact = ContactForm(name=case.person, phone=case.phone)
            form = IntakeForm(
                uscc=case.uscc, name=case.name, text=case.text, boards=case.boards, contact=contact
            )
            station.call(accept_case, form)
        return station.call(stored)[-cases:]
    finally:
        station.close()


if __name__ == "__main__":
    main()
