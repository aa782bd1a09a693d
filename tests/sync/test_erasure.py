"""After an erasure no node holds a name, a telephone number or a word of it anywhere: every file is searched."""

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db.chain_check import broken
from db.files.attachment_rows import AttachmentRow
from db.files.attachments import Attachments
from db.files.partial_files import PartialFiles, partial_key
from db.log import erasing, showing
from db.log.ingest import Taken
from db.retention import scrubbing
from db.rows import erased_enterprises
from db.schema import attachment, enterprise, event, event_private, provisional_code
from db.schema.erasing import erasure as erasure_table
from db.schema.sync import held_event, stream_scope
from db.store import backup, keys
from db.store.engine import connect
from db.unit_of_work import UnitOfWork
from domain import erasure
from domain.callbacks.decide import Call
from domain.callbacks.model import CallResult, SampleGroup
from domain.cases.intake import ContactForm, IntakeForm
from domain.cases.model import ApplicantKind
from domain.erasure import KIND, Ground
from domain.errors import AppError
from domain.events.incoming import Incoming, received
from domain.staff import Actor, Role
from server import erasures
from server.making import make_node
from server.nodes import open_node
from services import erasure as erasing_service
from services.callbacks.sample import _draw
from services.callbacks.tasks import record_callback
from services.case_steps import answer_case, correct_contact
from services.cases import accept_case, show_case
from services.drafts import save_draft
from services.erasure import Wanted, erase_person, finish_erasure, plan_erasure
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
        return [
            *(desk.station.run_aside(finish_erasure) for desk in self.desks),
            erasures.finish(self.centre.node),
        ]

    def erase(self, wanted: Wanted = LEGAL) -> None:
        self.centre.call(erase_person, wanted, Ground.REQUEST, as_actor=ADMIN)
        self.sync()
        self.finish()

    def found(self, rows: list[AttachmentRow] | None = None) -> dict[str, list[str]]:
        """Node → where anything is left."""
        told = {desk.home.name: left_at(desk, rows or []) for desk in self.desks}
        told["centre"] = [
            *forgotten.in_home(self.centre.home, b"", ALL),
            *forgotten.in_database(self.centre.node.store.engine, ALL),
        ]
        return {node: places for node, places in told.items() if places}


def left_at(desk: Node, rows: list[AttachmentRow]) -> list[str]:
    """Where anything is left at a desk or hub. ``rows`` hold keys that it once had."""
    key, _ = keys.find_key(desk.home)
    return [
        *forgotten.in_home(desk.home, key, ALL),
        *forgotten.in_attachments(desk.home, rows, ALL),
        *forgotten.in_parts(desk.home, seed_of(desk), ALL),
        *terms(desk),
    ]


def fold(node: Node) -> None:
    while node.call(downward.fold):
        pass


def seed_of(node: Node) -> bytes:
    return bytes(node.call(lambda uow, *_: uow.device_secrets.get(uow.events.node.device)))


def terms(node: Node) -> list[str]:
    """Segments of the full-text index that hold a character or the number."""
    rows = node.rows(
        sa.text("SELECT block FROM case_fts_data UNION ALL SELECT block FROM enterprise_fts_data")
    )
    text = b"".join(bytes(row[0]) for row in rows)
    # A segment leaves out what a term has in common with the one before it: single characters are whole.
    return ["index"] if any(one.encode() in text for one in ("靐", "爨", "鱻", "麣")) else []


def live(one: Node) -> list[str]:
    """Everything a person leaves behind at a desk; the cases."""
    contact = ContactForm(name=NAME, phone=PHONE)
    first = one.call(
        accept_case, IntakeForm(name="河畔科技有限公司", text=f"想问{WORDS}的事", contact=contact)
    )
    second = one.call(
        accept_case,
        IntakeForm(name=SOLE, applicant_kind=ApplicantKind.INDIVIDUAL, text=f"{WORDS}补办", contact=contact),
    )
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
    return [first.id, second.id]


def refused_copy(node: Node, case: str) -> None:
    """Another device had sent a copy of the case's first event, which was held back whole."""

    def hold(uow: UnitOfWork, *_: Any) -> None:
        query = sa.select(event.c.body, event_private.c.salt, event_private.c.body).join(event_private)
        body, salt, private = uow.connection.execute(query.where(event.c.id == case)).one()
        uow.ingest(0).hold(
            Incoming("other", 1, 0, 9, bytes(body), salt, private), b"", "refused", "duplicate_id"
        )

    node.call(hold)


def leftovers(node: Node, case: str) -> None:
    """What lies about besides: a file that arrived in part, a scan that waits, a store that was set aside."""
    (row, *_) = files_of(node)
    content = b"".join(Attachments(node.home / "attachments").read(row))
    PartialFiles(node.home / "sync/incoming", partial_key(seed_of(node))).append(row.sha256, 0, content)
    node.do(sa.insert(provisional_code).values(event=case, text=f"QYM1:{NAME}"))
    node.station.submit_upkeep(station_backup).result()
    newest = max((node.home / "backups").glob("store-*.db"))
    (node.home / "store.replaced-20261101-080000.db").write_bytes(newest.read_bytes())


def _drawn(uow: UnitOfWork, clock: Any, number: str) -> None:
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
        made.cases = live(made.one)
        made.sync()
        refused_copy(made.hub, made.cases[0])
        refused_copy(made.centre, made.cases[0])
        leftovers(made.one, made.cases[0])
        for desk in (made.two, made.hub):
            desk.station.submit_upkeep(station_backup).result()
        yield made
    finally:
        made.close()


def test_nothing_is_left_in_any_file_of_any_node(world: World) -> None:
    rows = files_of(world.one)
    before = world.found(rows)
    assert set(before) == {"one", "two", "hub", "centre"}, before
    world.erase()
    assert world.found(rows) == {}
    assert [node.rows(sa.select(erasure_table.c.cleaned_at)) for node in (*world.desks, world.centre)] == [
        [(world.clock.now_ms(),)]
    ] * 4


def test_chains_logs_and_rows_still_agree_everywhere(world: World) -> None:
    digests = {}
    for node in (*world.desks, world.centre):
        digests[node.home.name] = node.rows(
            sa.select(event.c.id, event.c.body, event.c.hash).order_by(event.c.id)
        )
    world.erase()
    world.sync()
    for node in (*world.desks, world.centre):
        assert node.call(lambda uow, *_: list(broken(uow.connection))) == []
        now = node.rows(sa.select(event.c.id, event.c.body, event.c.hash).order_by(event.c.id))
        assert set(digests[node.home.name]) <= set(now)
        case = node.call(show_case, world.cases[0])
        assert case.erased
        assert (case.text, case.contact.name) == ("", "")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station that works alone, with a person's traces in ``home`` and its witness in ``witness``."""
    folder = tmp_path_factory.mktemp("lone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QIFU_WITNESS_DIR", str(folder / "witness"))
        node = Node(folder / "home", FixedClock())
        case = live(node)[0]
        refused_copy(node, case)
        leftovers(node, case)
        node.close()
    return folder


@pytest.fixture
def lone(template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Node]:
    shutil.copytree(template / "witness", tmp_path / "witness")
    node = Node(Path(shutil.copytree(template / "home", tmp_path / "home")), clock)
    clock.move(hours=1)
    yield node
    node.close()


def erased(node: Node) -> list[str]:
    rows = files_of(node)
    node.call(erase_person, LEGAL, Ground.REQUEST, as_actor=ADMIN)
    node.station.run_aside(finish_erasure)
    return left_at(node, rows)


def test_a_station_that_works_alone_erases_by_itself(lone: Node) -> None:
    assert left_at(lone, files_of(lone))
    assert erased(lone) == []
    assert lone.rows(sa.select(enterprise.c.id, enterprise.c.contact_name)) == [("name:河畔科技有限公司", "")]
    assert not lone.station.run_aside(finish_erasure)


DELETIONS = [
    (erasing, "_drop_private"),
    (erasing, "_drop_printed"),
    (erasing, "_empty_held"),
    (erasing, "_drop_drafts"),
    (erasing, "_drop_files"),
    (erased_enterprises, "renew"),
    (scrubbing, "merge_indexes"),
    (scrubbing, "scrub"),
    (erasing_service, "renew_backups"),
    (erasing_service, "_drop_papers"),
    (erasing_service, "_drop_parts"),
    (backup, "set_aside"),
    (Attachments, "sweep"),
    (UnitOfWork, "refold"),
]


@pytest.mark.parametrize(("place", "name"), DELETIONS, ids=[name for _, name in DELETIONS])
def test_without_any_one_of_the_deletions_something_is_left(
    lone: Node, place: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, name, lambda *_, **__: () if name == "set_aside" else None)
    assert erased(lone)


def test_a_centre_whose_database_is_not_written_anew_still_holds_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "_scrub_database", lambda driver: None)
    world.erase()
    assert set(world.found()) == {"centre"}


def test_an_erasure_reaches_other_sites_that_see_the_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The streams that it names decide, not the site where it was recorded."""
    shown = {"stream": world.cases[0], "scope": "elsewhere"}
    world.centre.do(sa.insert(stream_scope).values(**shown))
    world.centre.call(erase_person, LEGAL, Ground.REQUEST, as_actor=ADMIN)
    told = sa.select(event.c.id).where(event.c.kind == KIND)
    ((event_id,),) = world.centre.rows(told)
    seen = world.centre.rows(sa.select(stream_scope.c.scope).where(stream_scope.c.stream == event_id))
    assert {row.scope for row in seen} >= {"hz", "elsewhere"}


def test_without_the_streams_named_it_would_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "streams_named", lambda kind, payload: ())
    with pytest.raises(AssertionError):
        test_an_erasure_reaches_other_sites_that_see_the_record(world, monkeypatch)


class Late:
    """A window that was away while the person was forgotten, with more of them in its store."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.clock.move(ms=1)
        contact = ContactForm(name=SOLE, phone=PHONE)
        world.two.call(correct_contact, world.cases[0], contact)
        world.clock.move(ms=1)
        world.centre.call(erase_person, LEGAL, Ground.REQUEST, as_actor=ADMIN)

    def brought_to(self, node: Node) -> None:
        """The event as it stands in the window's store, private part and all: from a stick, or a store put back."""
        c, p = event.c, event_private.c
        columns = (c.device, c.incarnation, c.branch, c.seq, c.body, p.salt, p.body)
        query = sa.select(*columns).join(event_private, p.event == c.id).where(c.kind == "contact_corrected")
        (row,) = self.world.two.rows(query)
        one = received(*row, 0)
        assert one.event is not None
        assert one.private is not None
        node.call(lambda uow, *_: uow.ingest(0).keep([(one, one.event, None)], None, Taken(0, b"")))
        fold(node)

    def private_at(self, node: Node) -> list[str]:
        query = sa.select(event.c.kind).join(event_private, event_private.c.event == event.c.id)
        return [row.kind for row in node.rows(query.where(event.c.stream == self.world.cases[0]))]


def test_what_an_old_device_brings_later_is_dropped_on_its_way_in(world: World) -> None:
    late = Late(world)
    world.hub.sync(world.centre)
    fold(world.hub)
    late.brought_to(world.hub)
    assert late.private_at(world.hub) == []
    assert world.hub.call(show_case, world.cases[0]).erased


def test_without_the_look_on_the_way_in_it_would_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Late(world)
    world.hub.sync(world.centre)
    fold(world.hub)
    monkeypatch.setattr(erasing, "without_erased", lambda connection, taken: taken)
    late.brought_to(world.hub)
    assert late.private_at(world.hub) == ["contact_corrected"]


def test_a_window_that_was_away_leaves_nothing_either(world: World) -> None:
    late = Late(world)
    world.sync()
    for node in (*world.desks, world.centre):
        assert late.private_at(node) == []
        assert node.call(lambda uow, *_: list(broken(uow.connection))) == []
    assert world.finish() == [True] * 4
    assert world.found() == {}


def test_a_copy_that_is_held_back_comes_without_its_private_part(
    lone: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = sa.select(event.c.id, event.c.body, event_private.c.salt, event_private.c.body).join(
        event_private
    )
    (_, body, salt, private), *_ = lone.rows(query.where(event.c.kind == "case_accepted"))
    erased(lone)
    one = Incoming("late", 1, 0, 9, bytes(body), salt, private)
    kept = lone.call(lambda uow, *_: erasing.kept_apart(uow.connection, one))
    assert (kept.salt, kept.private) == (None, None)
    stranger = Incoming("late", 1, 0, 9, b"{}", salt, private)
    assert lone.call(lambda uow, *_: erasing.kept_apart(uow.connection, stranger)) == stranger


def test_what_is_recorded_afterwards_stays(lone: Node) -> None:
    (case,) = lone.rows(sa.select(event.c.stream).where(event.c.kind == "callback_recorded"))
    erased(lone)
    lone.clock.move(hours=1)
    lone.call(correct_contact, case.stream, ContactForm(name="新的经办人", phone="13700001111"))
    (told,) = lone.rows(sa.select(event.c.id).where(event.c.kind == KIND))
    lone.call(lambda uow, *_: uow.refold([told.id], 0))
    assert lone.call(show_case, case.stream).contact.name == "新的经办人"
    lone.call(record_print, case.stream, "case_slip", "a5")
    lone.call(lambda uow, *_: uow.refold([told.id], 0))
    assert len(lone.call(lambda uow, *_: uow.prints.of(case.stream))) == 1


def test_the_listing_names_what_goes_and_changes_nothing(lone: Node) -> None:
    plan = lone.call(plan_erasure, LEGAL, as_actor=ADMIN)
    assert [one.is_open for one in plan.cases] == [False, False]
    assert (plan.ratings, plan.papers, plan.files, plan.drafts) == (1, 2, 1, 1)
    assert plan.events == len(lone.rows(sa.select(event_private.c.event)))
    one = lone.call(plan_erasure, Wanted(case=plan.cases[0].number), as_actor=ADMIN)
    assert one.cases == plan.cases[:1]
    assert left_at(lone, [])


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted(), "erasure.nobody"),
        (Wanted(phone="13011112222"), "erasure.nothing"),
        (Wanted(case="HZ261118HU00013", phone=PHONE), "erasure.one_of"),
        (Wanted(case="HZ261118XX99990"), "cases.not_found"),
    ],
)
def test_what_cannot_be_erased(lone: Node, wanted: Wanted, code: str) -> None:
    with pytest.raises(AppError) as caught:
        lone.call(plan_erasure, wanted, as_actor=ADMIN)
    assert caught.value.code == code


def test_only_an_administrator_and_only_a_centre_or_a_lone_station(lone: Node) -> None:
    with pytest.raises(AppError, match=re.escape("permission.denied")):
        lone.call(erase_person, LEGAL, Ground.REQUEST, as_actor=SUPERVISOR)
    lone.join(lone)
    with pytest.raises(AppError, match=re.escape("erasure.centre_only")):
        lone.call(erase_person, LEGAL, Ground.REQUEST, as_actor=ADMIN)
    assert left_at(lone, [])


def test_an_erasure_from_a_window_is_refused(world: World) -> None:
    def forge(uow: UnitOfWork, clock: Any, actor: Actor) -> None:
        for new in erasure.erase([erasure.Named(world.cases[0], ())], Ground.REQUEST):
            uow.append(None, [new], actor=actor.id, now_ms=clock.now_ms())

    world.two.call(forge)
    world.two.sync(world.hub)
    fold(world.hub)
    (held,) = world.hub.rows(sa.select(held_event.c.reason).where(held_event.c.device == world.two.device))
    assert held.reason == "not_entitled"
    assert world.hub.call(show_case, world.cases[0]).text


def test_a_reader_keeps_the_file_from_being_written_anew_and_it_stays_due(lone: Node) -> None:
    lone.call(erase_person, LEGAL, Ground.REQUEST, as_actor=ADMIN)
    key, _ = keys.find_key(lone.home)
    with closing(connect(lone.home / "store.db", key)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
        lone.station._store.engine.dispose()
        assert not lone.station.run_aside(finish_erasure)
    assert lone.station.run_aside(finish_erasure)
    assert left_at(lone, []) == []
