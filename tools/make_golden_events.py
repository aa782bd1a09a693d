"""Writes the golden file of every kind of case event that has none yet: ``python tools/make_golden_events.py``.

A file that is there is never touched: what a shipped version wrote down stays readable for ever. Run by hand after a
kind or a version has been added.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from domain.cases import decide  # noqa: E402
from domain.cases.model import Attached, Contact, Due  # noqa: E402
from domain.events.canonical import canonical_bytes  # noqa: E402
from domain.events.clock import pack  # noqa: E402
from domain.events.event import (  # noqa: E402
    Event,
    NewEvent,
    body_of,
    genesis,
    next_hash,
    private_hash,
)
from domain.events.kinds import CURRENT  # noqa: E402
from tests.fixed import WEDNESDAY  # noqa: E402
from tests.made_cases import ACCEPTANCE, accepted  # noqa: E402

FOLDER = ROOT / "tests" / "data" / "events"
SALT = bytes(range(8))


def steps() -> list[tuple[int, NewEvent]]:
    """(stream, event): the node's own, and cases that between them go through every step."""
    case = accepted()
    file = Attached("ab" * 32, "营业执照.pdf", 1234, "application/pdf")
    wanted = [
        (0, NewEvent("station_opened", {"site": "demo", "letters": "AB"})),
        (1, NewEvent("incarnation_started", {"reason": "behind", "previous": 1, "seq": 9, "letters": "CD"})),
        (2, decide.accept(ACCEPTANCE)),
        (2, decide.assign(case, ("policy", "talent"))),
        (2, decide.flag(case, in_pool=None, sensitive=True)),
        (2, decide.correct_contact(case, Contact("李明", "13900000000"))),
        (2, decide.request_material(case, ("营业执照", "章程"))),
        (2, decide.receive_material(case, ("章程",))),
        (2, decide.attach(case, file)),
        (2, decide.record_print("case_slip", "a5", 1, at_centre=False)),
        (2, decide.recompute_due(case, Due(WEDNESDAY + 5 * 86_400_000, False, 2))),
        (2, NewEvent("case_linked", {"to": "019a95a0-0000-7000-8000-00000000ffff"})),
        (2, decide.answer(case, "已当场答复。")),
        (3, decide.accept(ACCEPTANCE)),
        (3, decide.decline(case, "不属于受理范围")),
        (4, decide.accept(ACCEPTANCE)),
        (4, decide.withdraw(case, "企业自行办理")),
        (5, decide.accept(ACCEPTANCE)),
        (5, NewEvent("case_merged", {"into": "019a95a0-0000-7000-8000-00000000ffff"})),
    ]
    return [(stream, new) for stream, new in wanted if new is not None]


def main() -> None:
    """Compose the chain and keep what is new."""
    head = genesis("golden", 1)
    streams: dict[int, str] = {}
    for seq, (stream, new) in enumerate(steps(), start=1):
        own = f"019a95a0-0000-7000-8000-{seq:012d}"
        private = None if new.private is None else canonical_bytes(new.private)
        body = body_of(
            Event(
                id=own,
                stream=streams.setdefault(stream, own),
                kind=new.kind,
                kind_version=CURRENT[new.kind],
                device="golden",
                incarnation=1,
                seq=seq,
                hlc=pack(WEDNESDAY + seq, 0),
                actor="clerk",
                site="demo",
                payload=new.payload,
                private_hash=None if private is None else private_hash(SALT, private),
            )
        )
        prev, head = head, next_hash(head, body)
        same = f"-{stream}" if new.kind == "case_accepted" and stream > 2 else ""
        _keep(f"{new.kind}-{CURRENT[new.kind]}{same}", prev, body, head, private)


def _keep(name: str, prev: bytes, body: bytes, head: bytes, private: bytes | None) -> None:
    file = FOLDER / f"{name}.json"
    if file.exists():
        return
    document = {
        "prev": prev.hex(),
        "body": body.decode(),
        "hash": head.hex(),
        "salt": None if private is None else SALT.hex(),
        "private": None if private is None else private.decode(),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
