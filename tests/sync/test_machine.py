"""Windows, a hub and a centre under everything that goes wrong: whatever the order of mishaps, nothing is ever lost.

Runs that went wrong once are written out at the end of the file, one test each.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db.chain_check import broken
from db.log.pulling import ChainsParted, PageMismatch
from db.schema import case_row, event, outbox
from db.schema.sync import held_event, scope_entry, unfolded, upstream_cursor
from domain.enterprises.decide import Told
from domain.errors import AppError
from domain.events.event import NewEvent
from services.case_steps import answer_case, flag_case
from services.cases import show_case
from services.enterprises import save_enterprise
from sync.engine import downward
from sync.frames import decode
from sync.protocol import PullAnswer, Push
from sync.transport_errors import Refused
from tests.fixed import DAY_MS, USCC
from tests.sync.halls import (
    LATER,
    PLACES,
    Halls,
    ids,
    own_ids,
    seen_at,
    streams,
    write_newer,
)
from tests.sync.pg_centre import PgCentre, put_under
from tests.sync.world import Node

WINDOWS = ("a1", "a2", "b1", "a3", "b2")
window = st.sampled_from(WINDOWS[:3])
below = st.sampled_from(("hub", *WINDOWS[:3]))
anyone = st.sampled_from(("centre", "hub", *WINDOWS[:3]))
MAX_CLONES = 2


UNKNOWN = ("device.revoked", "sync.device_unknown")
"""A server that was put back may not know who came since."""


@contextmanager
def tolerating(*codes: str) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        if refused.refusal not in codes:
            raise


class Halls5(RuleBasedStateMachine):
    """``written``: every event that was ever acknowledged, but ``destroyed``: those whose every copy was."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="halls", dir=self.template.parent))
        self.halls = Halls(self.template, self.folder)
        self.written: set[str] = set()
        self.destroyed: set[str] = set()
        self.copies: dict[str, list[Path]] = {}
        self.frames: list[tuple[str, str, bytes]] = []
        self.epochs = 1

    @initialize()
    def begin(self) -> None:
        for computer in ("centre", "hub", "a1", "a2", "b1"):
            self.note(computer)

    def teardown(self) -> None:
        try:
            self.come_to_rest()
        finally:
            self.halls.close()
            shutil.rmtree(self.folder)

    # What people do.

    def note(self, computer: str) -> None:
        self.written |= own_ids(self.halls[computer])

    def node(self, computer: str) -> Node:
        """The computer, or one of its clones in its place now and then."""
        return self.halls[computer]

    @rule(at=window, text=st.sampled_from(("要办执照", "要贷款", "要招人")))
    def accept(self, at: str, text: str) -> None:
        self.node(at).accept(text)
        self.note(at)

    @rule(at=anyone, which=st.integers(0, 5), how=st.sampled_from(("answer", "flag", "pool")))
    def step(self, at: str, which: int, how: str) -> None:
        number = self.some_case(at, which)
        if number is None:
            return
        try:
            if how == "answer":
                self.node(at).call(answer_case, number, "已经办好。")
            else:
                self.node(at).call(
                    flag_case, number, **({"sensitive": True} if how == "flag" else {"in_pool": True})
                )
        except AppError as error:
            if not error.code.startswith("cases."):
                raise
        self.note(at)

    @rule(at=window, value=st.sampled_from(("河东路1号", "河西路2号")))
    def change(self, at: str, value: str) -> None:
        self.node(at).call(save_enterprise, USCC, Told(name="河畔科技有限公司", address=value))
        self.note(at)

    @rule(at=anyone, which=st.integers(0, 5), to=st.sampled_from(("a", "b")))
    def hand_over(self, at: str, which: int, to: str) -> None:
        number = self.some_case(at, which)
        if number is not None:
            case = self.node(at).call(show_case, number)
            told = [NewEvent("case_handed_over", {"to": to}, {"reason": "归口办理"})]
            self.node(at).call(
                lambda uow, clock, who: uow.append(case.id, told, actor=who.id, now_ms=clock.now_ms())
            )
            self.note(at)

    @rule(at=window, which=st.integers(0, 5), version=st.integers(2, 3))
    def be_newer(self, at: str, which: int, version: int) -> None:
        number = self.some_case(at, which)
        stream = None if number is None else self.node(at).call(show_case, number).id
        self.node(at).call(write_newer, stream, "case_linked" if stream else "of_tomorrow_begun", version)
        self.note(at)

    def some_case(self, at: str, which: int) -> str | None:
        found = [row.id for row in self.node(at).rows(sa.select(case_row.c.id).order_by(case_row.c.id))]
        return found[which % len(found)] if found else None

    # What travels, and what happens to it.

    @rule(who=below)
    def sync(self, who: str) -> None:
        self.try_sync(who)

    @rule(who=below, step=st.integers(1, 12))
    def sync_partly(self, who: str, step: int) -> None:
        """The line breaks before the server did its part, or after it did and the answer is lost."""
        self.try_sync(who, cut=step)

    def try_sync(self, who: str, cut: int = 0) -> None:
        with tolerating(*UNKNOWN):
            self.halls.sync(who, cut=cut)
        self.note(who)
        self.note(self.halls.above(who) or who)

    @rule(who=below)
    def sync_listened_to(self, who: str) -> None:
        """What goes over the line is kept, to be sent again."""

        def watch(step: str, frame: bytes) -> None:
            if step in ("push>", "pull<"):
                self.frames.append((who, step, frame))

        with tolerating(*UNKNOWN):
            self.node(who).sync(self.node(self.halls.above(who) or ""), watch)
        self.note(who)

    @precondition(lambda self: self.frames)
    @rule(which=st.integers(0, 20), times=st.integers(1, 2))
    def replay(self, which: int, times: int) -> None:
        """What was sent once comes again, late and out of order."""
        who, step, frame = self.frames[which % len(self.frames)]
        for _ in range(times):
            if step == "pull<":
                with suppress(PageMismatch, ChainsParted):
                    self.node(who).call(downward.take, decode(frame, PullAnswer))
                continue
            with tolerating("sync.gap", "sync.fork", *UNKNOWN):
                self.node(self.halls.above(who) or "").push(self.node(who), decode(frame, Push))

    @rule(who=below, side=st.booleans(), statement=st.integers(1, 120))
    def kill(self, who: str, side: bool, statement: int) -> None:
        """One of both sides dies between two statements."""
        dies = who if side else self.halls.above(who) or ""
        with self.node(dies).dying(statement):
            self.try_sync(who)
        self.note(who)

    @rule(at=window, statement=st.integers(1, 40))
    def kill_writing(self, at: str, statement: int) -> None:
        with self.node(at).dying(statement):
            self.node(at).accept("停电的时候受理的")
        self.note(at)

    # What befalls the computers.

    @rule(at=anyone, ms=st.sampled_from((1, 60_000, DAY_MS, -DAY_MS, 365 * DAY_MS, -365 * DAY_MS)))
    def clock(self, at: str, ms: int) -> None:
        self.node(at).clock.move(ms=ms)

    @rule(at=anyone)
    def copy(self, at: str) -> None:
        kept = self.copies.setdefault(at, [])
        kept.append(self.node(at).copy_to(self.folder / f"copy-{at}-{len(kept)}"))

    @precondition(lambda self: self.copies)
    @rule(which=st.integers(0, 20))
    def restore(self, which: int, tells: bool = True) -> None:
        """A store is put back to an older state; a server's epoch tells."""
        every = [(at, copy) for at, copies in sorted(self.copies.items()) for copy in copies]
        at, copy = every[which % len(every)]
        lost = ids(self.node(at))
        self.node(at).put_back(copy)
        left = {one for name in self.halls for one in ids(self.node(name))}
        self.destroyed |= lost - left
        self.written -= self.destroyed
        if tells:
            self.epochs += 1
            self.node(at).epoch = f"e{self.epochs}"

    @precondition(lambda self: len(self.halls.clones) < MAX_CLONES)
    @rule(at=window)
    def clone(self, at: str) -> None:
        """A whole disk is copied: two computers think they are the same. The copy works a little, and both go on."""
        name = f"{at}-{len(self.halls.clones) + 2}"
        self.halls.clone(at, name)
        self.halls[name].accept("克隆的电脑受理")
        self.note(name)

    @precondition(lambda self: self.halls.clones)
    @rule(which=st.integers(0, 3), works=st.booleans())
    def use_clone(self, which: int, works: bool) -> None:
        name = sorted(self.halls.clones)[which % len(self.halls.clones)]
        if works:
            self.halls[name].accept("克隆的电脑又受理")
            self.note(name)
        else:
            self.try_sync(name)

    @rule(who=st.sampled_from(LATER))
    def enrol(self, who: str) -> None:
        if who not in self.halls:
            self.halls.enrol(who)
            self.halls[who].accept("新来的窗口受理")
            self.note(who)
            self.note(self.halls.above(who) or "")

    # What holds in the end.

    @rule()
    def come_to_rest(self) -> None:
        self.halls.settle()
        for computer in self.halls:
            self.note(computer)
        self.halls.settle()
        check(self.halls, self.written, self.destroyed)


def check(halls: Halls, written: set[str], destroyed: set[str]) -> None:
    """Everything is at rest: what was acknowledged is everywhere it may be seen, once, and all nodes agree."""
    centre = halls["centre"]
    assert written - ids(centre) == set(), "lost"
    seen = {site: seen_at(centre, site) for site in ("a", "b", "zx")}
    assert ids(centre) - seen["zx"] == set(), "not in the centre's own log"
    for computer in halls:
        node, site = halls[computer], halls.place(computer)
        assert seen[site] - ids(node) == set(), f"{computer} lacks what it may see"
        assert (own_ids(node) & ids(centre)) == own_ids(node)
        assert [tuple(row) for row in node.rows(sa.select(held_event.c.reason))] == [], computer
        assert node.rows(sa.select(unfolded)) == []
        assert list(node.call(lambda uow, *_: list(broken(uow.connection)))) == [], computer
        effects = [(row.event, row.effect) for row in node.rows(sa.select(outbox.c.event, outbox.c.effect))]
        assert len(effects) == len(set(effects))
        _gapless(node)
        above = halls.above(computer)
        if above is not None:
            row = node.rows(sa.select(upstream_cursor.c.pos, upstream_cursor.c.digest))[0]
            head = halls[above].call(lambda uow, *_, site=site: uow.ingest(0).log.head(site))
            assert (row.pos, bytes(row.digest)) == (head.pos, head.digest), computer
    _same_cases(halls, seen, destroyed)


def _gapless(node: Node) -> None:
    rows = node.rows(
        sa.select(scope_entry.c.scope, scope_entry.c.pos).order_by(scope_entry.c.scope, scope_entry.c.pos)
    )
    found: dict[str, list[int]] = {}
    for scope, pos in rows:
        found.setdefault(scope, []).append(pos)
    assert all(positions == list(range(1, len(positions) + 1)) for positions in found.values())


def _same_cases(halls: Halls, seen: dict[str, frozenset[str]], destroyed: set[str]) -> None:
    centre = halls["centre"]
    query = sa.select(event.c.stream).where(event.c.kind == "case_accepted")
    cases = {row.stream for row in centre.rows(query)}
    told = {one: centre.call(lambda uow, *_, one=one: uow.case(one)) for one in cases}
    for computer in halls:
        of_itself = {stream for one, stream in streams(halls[computer]).items() if one in destroyed}
        for one in (cases & seen[halls.place(computer)]) - of_itself:
            assert halls[computer].call(lambda uow, *_, one=one: uow.case(one)) == told[one]


def _settings(examples: int, steps: int) -> settings:
    return settings(
        deadline=None,
        max_examples=examples,
        stateful_step_count=steps,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        database=None,
        report_multiple_bugs=False,
    )


@pytest.mark.parametrize(
    ("examples", "steps"), [(6, 14), pytest.param(3_000, 40, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_nothing_is_ever_lost(halls_template: Path, examples: int, steps: int) -> None:
    Halls5.template = halls_template
    run_state_machine_as_test(Halls5, settings=_settings(examples, steps))


assert set(WINDOWS) < set(PLACES)


def test_a_centre_on_postgresql_keeps_everything_as_well(halls_template: Path, pg_url: str) -> None:
    Halls5.template = halls_template
    run = Halls5()
    put_under(run.halls, PgCentre(pg_url))
    run.begin()
    run.accept(at="a1", text="要贷款")
    run.accept(at="b1", text="要招人")
    run.sync_partly(who="b1", step=4)
    run.sync_listened_to(who="b1")
    run.hand_over(at="b1", which=0, to="a")
    run.clone(at="b1")
    run.clock(at="a2", ms=-365 * DAY_MS)
    run.change(at="a2", value="河西路2号")
    run.be_newer(at="a1", which=0, version=2)
    run.kill(who="a2", side=True, statement=30)
    run.come_to_rest()
    run.copy(at="hub")
    run.accept(at="a1", text="要办执照")
    run.sync(who="a1")
    run.sync(who="hub")
    run.restore(which=0)
    run.use_clone(which=0, works=True)
    run.replay(which=0, times=2)
    run.step(at="centre", which=1, how="flag")
    run.hand_over(at="centre", which=2, to="b")
    run.teardown()


@pytest.fixture
def machine(halls_template: Path) -> Iterator[Halls5]:
    """Steps of a run that went wrong once; it comes to rest at the end."""
    Halls5.template = halls_template
    run = Halls5()
    run.begin()
    yield run
    run.teardown()


def test_a_branch_is_sent_on_by_the_hub(machine: Halls5) -> None:
    """It was asked for from 0, where it has nothing: it begins where it left its chain."""
    machine.clone(at="a1")
    machine.accept(at="a1", text="要贷款")
    machine.sync(who="a1")
    machine.sync(who="hub")
    machine.use_clone(which=0, works=False)
    machine.sync(who="hub")


def test_a_copy_that_has_learnt_what_the_first_one_wrote_writes_itself(machine: Halls5) -> None:
    """Its own chain had come down longer than it was; its next event took a number that was taken."""
    machine.clone(at="a1")
    machine.use_clone(which=0, works=False)
    machine.accept(at="a1", text="要贷款")
    machine.sync(who="a1")
    machine.use_clone(which=0, works=False)
    machine.use_clone(which=0, works=True)


def test_the_copy_syncs_first_and_the_other_one_has_written_meanwhile(machine: Halls5) -> None:
    machine.clone(at="b1")
    machine.accept(at="b1", text="要招人")
    machine.use_clone(which=0, works=True)
    machine.use_clone(which=0, works=False)
    machine.sync_partly(who="b1", step=5)
    machine.accept(at="b1", text="要招人")


def test_a_case_of_another_hall_comes_with_its_history_through_the_hub(machine: Halls5) -> None:
    """The hub put what had come before the hand-over into no log."""
    machine.accept(at="b1", text="要贷款")
    machine.step(at="b1", which=0, how="flag")
    machine.hand_over(at="b1", which=0, to="a")
    for who in ("b1", "hub", "a1"):
        machine.sync(who=who)
    assert len(machine.halls["a1"].rows(sa.select(event.c.id).where(event.c.kind.like("case_%")))) == 3


def test_a_hall_writes_on_before_the_restored_centre_has_the_beginning(machine: Halls5) -> None:
    """The site where a case began sees it, even if another site's part of it is given back first."""
    machine.copy(at="centre")
    machine.accept(at="b1", text="要贷款")
    machine.hand_over(at="b1", which=0, to="a")
    for who in ("b1", "hub", "a1"):
        machine.sync(who=who)
    machine.come_to_rest()
    machine.step(at="a1", which=0, how="flag")
    machine.sync(who="a1")
    machine.restore(which=0)
    machine.sync(who="hub")
    machine.step(at="b1", which=0, how="pool")


def test_what_the_centre_wrote_itself_and_has_lost_comes_back(machine: Halls5) -> None:
    """Its hall has this one step, and not what it wrote before to other sites."""
    machine.accept(at="a1", text="要贷款")
    machine.come_to_rest()
    machine.copy(at="centre")
    machine.hand_over(at="centre", which=0, to="b")
    machine.come_to_rest()
    machine.restore(which=0)
    machine.come_to_rest()
    case = machine.some_case("centre", 0)
    assert {one: len(machine.halls[one].call(show_case, case).timeline) for one in ("centre", "hub", "a1")} == {
        "centre": 2, "hub": 2, "a1": 2,
    }  # fmt: skip


def test_what_the_centre_and_the_hub_have_lost_comes_back_from_a_window(machine: Halls5) -> None:
    machine.accept(at="a1", text="要贷款")
    machine.come_to_rest()
    machine.copy(at="centre")
    machine.copy(at="hub")
    machine.step(at="centre", which=0, how="flag")
    machine.come_to_rest()
    machine.restore(which=1)
    machine.restore(which=0)
    machine.come_to_rest()
    case = machine.some_case("centre", 0)
    assert len(machine.halls["centre"].call(show_case, case).timeline) == 2


def test_what_came_back_to_the_centre_is_given_back_again(machine: Halls5) -> None:
    """Others learn from the restored centre what it was given back, with what proves it."""
    machine.accept(at="a1", text="要贷款")
    machine.come_to_rest()
    machine.copy(at="centre")
    machine.step(at="centre", which=0, how="flag")
    machine.hand_over(at="centre", which=0, to="b")
    machine.come_to_rest()
    machine.restore(which=0)
    machine.come_to_rest()
    machine.restore(which=0)
    machine.come_to_rest()
    case = machine.some_case("centre", 0)
    assert len(machine.halls["b1"].call(show_case, case).timeline) == 3
