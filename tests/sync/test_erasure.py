"""After an erasure no node holds a name, a telephone number or a word of it anywhere: every file is searched."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db import keys
from db.attachment_rows import AttachmentRow
from db.schema import attachment
from db.unit_of_work import UnitOfWork
from domain.callbacks.decide import Call
from domain.callbacks.model import CallResult
from domain.cases.intake import ContactForm, IntakeForm
from domain.cases.model import ApplicantKind
from domain.erasure import Ground
from domain.staff import Actor, Role
from server import erasures
from server.making import make_node
from server.nodes import open_node
from services.callbacks.tasks import record_callback
from services.case_steps import answer_case
from services.cases import accept_case
from services.drafts import save_draft
from services.erasure import Wanted, erase_person, finish_erasure
from services.files import attach_file
from services.paper_files import keep_paper
from services.printing import record_print
from services.ratings.giving import rate_case
from services.step_drafts import keep_step_draft
from services.upkeep import make_backup as station_backup
from sync.engine import downward
from tests.fixed import FixedClock
from tests.sync import forgotten
from tests.sync.world import Node

NAME, PHONE, WORDS = "龘靐犇", "13987650412", "鱻麤灥秘语"
NEEDLES = [NAME.encode(), PHONE.encode(), WORDS.encode()]
SOLE = "爨麣犪"
ALL = [*NEEDLES, SOLE.encode()]
SUPERVISOR, ADMIN = Actor("super", Role.SUPERVISOR), Actor("admin", Role.ADMIN)
LEGAL = Wanted(phone=PHONE)


class Centre(Node):
    """The same world, with a centre on PostgreSQL at its top."""

    def __init__(self, home: Path, clock: FixedClock, url: str) -> None:
        make_node(home, "hz", "河畔中心", "HZ", database=url, clock=clock)
        self.home, self.clock, self.epoch = home, clock, "e1"
        self.node = open_node(home, clock)
        self.station: Any = self.node

    def reopen(self) -> None:
        raise NotImplementedError


class World:
    """Two windows, their hub, the centre; and a person who was at the first window."""

    def __init__(self, folder: Path, clock: FixedClock, url: str) -> None:
        self.clock = clock
        self.centre = Centre(folder / "centre", clock, url)
        self.hub = Node(folder / "hub", clock).serve()
        self.one, self.two = Node(folder / "one", clock), Node(folder / "two", clock)
        for window in (self.one, self.two):
            self.centre.enrol(window)
            self.hub.enrol(window)
        self.centre.enrol(self.hub, "hub")
        self.cases: list[str] = []

    @property
    def desks(self) -> tuple[Node, ...]:
        return (self.one, self.two, self.hub)

    def close(self) -> None:
        for node in (*self.desks, self.centre):
            node.close()

    def sync(self) -> None:
        for _ in range(2):
            for window in (self.one, self.two):
                window.sync(self.hub)
                fold(self.hub)
            self.hub.sync(self.centre)
            fold(self.centre)
            self.hub.sync(self.centre)
            fold(self.hub)

    def finish(self) -> list[bool]:
        self.clock.move(hours=1)
        return [*(desk.station.run_aside(finish_erasure) for desk in self.desks), erasures.finish(self.centre.node)]

    def erase(self, wanted: Wanted = LEGAL) -> None:
        self.centre.call(erase_person, wanted, Ground.REQUEST, as_actor=ADMIN)
        self.sync()
        self.finish()

    def found(self, rows: list[AttachmentRow] | None = None) -> dict[str, list[str]]:
        """Node → where anything is left."""
        told = {}
        for desk in self.desks:
            key, _ = keys.find_key(desk.home)
            told[desk.home.name] = [
                *forgotten.in_home(desk.home, key, ALL),
                *forgotten.in_attachments(desk.home, rows or [], ALL),
                *forgotten.in_parts(desk.home, seed_of(desk), ALL),
                *terms(desk),
            ]
        told["centre"] = [
            *forgotten.in_home(self.centre.home, b"", ALL),
            *forgotten.in_database(self.centre.node.store.engine, ALL),
        ]
        return {node: places for node, places in told.items() if places}


def fold(node: Node) -> None:
    while node.call(downward.fold):
        pass


def seed_of(node: Node) -> bytes:
    return bytes(node.call(lambda uow, *_: uow.device_secrets.get(uow.events.node.device)))


def terms(node: Node) -> list[str]:
    """Segments of the full-text index that hold a character or the number."""
    rows = node.rows(sa.text("SELECT block FROM case_fts_data UNION ALL SELECT block FROM enterprise_fts_data"))
    needles = [one.encode()[-2:] for one in ("龘", "靐", "鱻", "麣")]
    text = b"".join(bytes(row[0]) for row in rows)
    whole = [PHONE[3:].encode(), *(one.encode() for one in ("靐犇", "麤灥"))]
    del needles
    return ["index"] if any(one in text for one in whole) else []


def live(world: World) -> None:
    """Everything a person leaves behind at a desk."""
    one = world.one
    contact = ContactForm(name=NAME, phone=PHONE)
    first = one.call(accept_case, IntakeForm(name="河畔科技有限公司", text=f"想问{WORDS}的事", contact=contact))
    second = one.call(
        accept_case,
        IntakeForm(name=SOLE, applicant_kind=ApplicantKind.INDIVIDUAL, text=f"{WORDS}补办", contact=contact),
    )
    world.cases = [first.id, second.id]
    one.call(save_draft, one.call(lambda uow, *_: uow.events.new_id(0)), {"text": "别人的草稿"})
    one.call(keep_step_draft, first.id, "answer", {"text": WORDS})
    file = BytesIO(b"%PDF-1.4\n" + f"{NAME} {WORDS}".encode() * 50)
    one.station.submit_upkeep(attach_file, first.number, f"{NAME}.pdf", file).result()
    one.call(answer_case, first.number, f"已当面告诉{NAME}")
    one.call(answer_case, second.number, f"已当面告诉{SOLE}")
    for case in (first, second):
        keep_paper(one.home, one.call(record_print, case.number, "case_slip", "a5"))
    one.call(lambda uow, clock, actor: _drawn(uow, clock, first.number))
    one.call(record_callback, first.number, Call(CallResult.REACHED, solved=True, level=5, note=f"{NAME}说好"),
             as_actor=SUPERVISOR)  # fmt: skip
    one.call(rate_case, second.number, 2, text=f"{WORDS}不满意", paper=True, as_actor=SUPERVISOR)
    for desk in world.desks:
        desk.station.submit_upkeep(station_backup).result()


def _drawn(uow: UnitOfWork, clock: Any, number: str) -> None:
    from domain.callbacks.model import SampleGroup
    from services.callbacks.sample import _draw

    case = uow.case(uow.cases.by_key(number, short_since=0)[0].id)
    if not case.callbacks:
        _draw(uow, clock, case, SampleGroup.HARD)


def files_of(node: Node) -> list[AttachmentRow]:
    columns = [attachment.c[name] for name in AttachmentRow.__slots__]
    return [AttachmentRow(*row) for row in node.rows(sa.select(*columns))]


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock, pg_url: str) -> Iterator[World]:
    made = World(tmp_path, clock, pg_url)
    try:
        live(made)
        made.sync()
        yield made
    finally:
        made.close()


def test_nothing_is_left_in_any_file_of_any_node(world: World) -> None:
    rows = files_of(world.one)
    before = world.found(rows)
    assert set(before) == {"one", "two", "hub", "centre"}, before
    world.erase()
    assert world.found(rows) == {}
