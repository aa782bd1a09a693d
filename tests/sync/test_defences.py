"""Each defence of sync against forgery, mishap and a wrong clock; taken away by a mutation, its test goes red."""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cbor2
import pytest
import sqlalchemy as sa
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import db.log.event_log
import db.log.pulling
import domain.events.event
import domain.events.incoming
import sync.unpacking
from db.bulk import insert_rows
from db.centre import open_centre
from db.log.chains import Chains
from db.log.ingest import QUARANTINED, REFUSED, Ingest
from db.log.log_check import broken_logs
from db.log.scope_log import Entry, Head, ScopeLog
from db.log.showing import Placed, Showing
from db.schema import case_row, event
from db.schema.sync import device, event_review, held_event, scope_entry, stream_scope
from domain.enterprises.decide import Told
from domain.events.clock import MAX_LEAD_MS, milliseconds, pack
from domain.events.event import Event, body_of, next_hash, private_hash
from domain.events.ids import uuid7
from domain.staff import Actor, Role
from server.syncing import answering, judging
from server.syncing.judging import ServerJudge
from services.case_steps import answer_case
from services.cases import accept_case
from services.device_keys import own_signer
from services.devices import revoke_device
from services.documents import publish_own
from services.enterprises import save_enterprise
from sync.engine import downward, greeting, run
from sync.engine.pace import Pace
from sync.frames import LIMIT_BYTES, PLAIN, ZSTD, FrameError, decode, encode
from sync.packing import Stored
from sync.packing import pack as pack_events
from sync.protocol import Hello, Pull, Push, PushAnswer, Stamped
from sync.signing import head_message
from sync.transport_errors import LinkDown, Refused
from tests.fixed import DAY_MS, USCC, form
from tests.patience import PATIENCE_S
from tests.sync.halls import Halls, ids, own_ids
from tests.sync.world import Node

Attack = Callable[[Halls], None]


@pytest.fixture
def halls(halls_template: Path, tmp_path: Path) -> Iterator[Halls]:
    made = Halls(halls_template, tmp_path)
    yield made
    made.close()


@dataclass(frozen=True)
class Mutation:
    """What is put in a defence's place."""

    target: Any
    name: str
    instead: Any


# Making batches by hand.


def crafted(node: Node, *made: dict[str, Any], key: Ed25519PrivateKey | None = None, **more: Any) -> Push:
    """A batch that follows the chain of ``node``, with events that differ from ordinary ones by ``made``."""

    def read(uow: Any, *_: Any) -> tuple[Any, Any]:
        return uow.events.node, own_signer(uow)

    at, signer = node.call(read)
    head, stored = at.head, []
    for number, changes in enumerate(made, at.seq + 1):
        private, salt = changes.pop("private", None), b"\1" * 8
        event_id = uuid7(node.clock.now_ms(), bytes([number % 256]) * 10)
        fields = {
            "id": event_id, "stream": event_id, "kind": "enterprise_registered", "kind_version": 1,
            "device": at.device, "incarnation": at.incarnation, "seq": number,
            "hlc": pack(node.clock.now_ms(), number), "actor": f"device:{at.device}", "site": at.site,
            "payload": {"uscc": USCC},
            "private_hash": private_hash(salt, b"{}") if private is not None else None,
        }  # fmt: skip
        body = body_of(Event(**fields | changes))
        head = next_hash(head, body)
        stored.append(Stored(at.device, at.incarnation, number, body, salt if private else None, private))
    end = at.seq + len(made)
    message = head_message((at.device, at.incarnation, 0), end, head)
    signature = key.sign(message) if key is not None else signer.sign(message)
    values = {
        "device": at.device, "inc": at.incarnation, "seq": at.seq, "prev": at.head, "head": head,
        "signature": signature, "events": pack_events(stored),
    }  # fmt: skip
    return Push(**values | more)


def refusal(server: Node, client: Node, sent: Push) -> str:
    """The code by which a batch is refused as a whole; "" where it is taken."""
    try:
        server.push(client, sent)
    except Refused as refused:
        return refused.refusal
    return ""


def reasons(answer: PushAnswer) -> list[str]:
    return [one.reason for one in answer.exceptions]


def held(node: Node, state: str = REFUSED) -> list[str]:
    query = sa.select(held_event.c.reason).where(held_event.c.state == state)
    return [row.reason for row in node.rows(query)]


def ready(halls: Halls) -> tuple[Node, Node]:
    """Centre and a window of it, in step."""
    halls.sync("b1")
    return halls["centre"], halls["b1"]


# The attacks: each asserts that the defence holds.


def a_strange_signature(halls: Halls) -> None:
    centre, window = ready(halls)
    assert (
        refusal(centre, window, crafted(window, {}, key=Ed25519PrivateKey.generate())) == "sync.bad_signature"
    )


def a_gap(halls: Halls) -> None:
    centre, window = ready(halls)
    first = crafted(window, {})
    later = first.model_copy(update={"seq": first.seq + 5})
    message = head_message((later.device, later.inc, 0), later.seq + 1, later.head)
    signature = window.call(lambda uow, *_: own_signer(uow).sign(message))
    assert refusal(centre, window, later.model_copy(update={"signature": signature})) == "sync.gap"


def a_fork(halls: Halls) -> None:
    centre, window = ready(halls)
    assert refusal(centre, window, crafted(window, {})) == ""
    assert refusal(centre, window, crafted(window, {"payload": {"uscc": "other"}})) == "sync.fork"


def a_lying_log(halls: Halls) -> None:
    centre, window = ready(halls)
    halls["centre"].accept()
    answer = centre.pull(window, window.call(downward.asking, "b", 16_384, whole=False))
    told = answer.model_copy(update={"digest": b"\7" * 32})
    with pytest.raises(db.log.pulling.PageMismatch):
        window.call(downward.take, told)


def a_server_of_yesterday(halls: Halls) -> None:
    """Its sibling gives back what a window that is gone had sent."""
    halls.sync("a1")
    halls.sync("a2")
    hub = halls["hub"]
    copy = hub.copy_to(halls.folder / "yesterday")
    gone = halls["a1"].accept()
    halls.sync("a1")
    halls.sync("a2")
    hub.put_back(copy)
    hub.epoch = "e2"
    halls.sync("a2")
    assert gone.id in ids(hub)


def an_id_that_is_taken(halls: Halls) -> None:
    centre, window = ready(halls)
    known = next(iter(ids(centre)))
    answer = centre.push(window, crafted(window, {"id": known, "stream": known}, {}))
    assert reasons(answer) == ["duplicate_id"]


def a_private_part_that_is_another(halls: Halls) -> None:
    centre, window = ready(halls)
    answer = centre.push(window, crafted(window, {"private": b'{"text":"x"}'}))
    assert reasons(answer) == ["private_mismatch"]


def another_site(halls: Halls) -> None:
    centre, window = ready(halls)
    assert reasons(centre.push(window, crafted(window, {"site": "a"}))) == [judging.FORGED_SITE]


def another_actor(halls: Halls) -> None:
    centre, window = ready(halls)
    assert reasons(centre.push(window, crafted(window, {"actor": "device:0123"}))) == [judging.FORGED_ACTOR]


def a_window_that_enrols(halls: Halls) -> None:
    centre, window = ready(halls)
    key = base64.b64encode(b"\5" * 32).decode()
    payload = {"device": "e" * 16, "site": "b", "role": "window", "public_key": key}
    answer = centre.push(window, crafted(window, {"kind": "device_enrolled", "payload": payload}))
    assert reasons(answer) == [judging.NOT_ENTITLED]


def a_window_that_back_dates(halls: Halls) -> None:
    centre, window = ready(halls)
    sent = crafted(window, {})
    answer = centre.push(window, sent.model_copy(update={"stamps": (Stamped(seq=sent.seq + 1, stamp=1),)}))
    assert [one.stamp for one in answer.stamps] == [centre.clock.now_ms()]


def a_second_smaller_stamp(halls: Halls) -> None:
    """The hub saw an event before the centre heard of it from elsewhere: the earlier moment counts, also below."""
    halls.sync("hub")
    hub, centre = halls["hub"], halls["centre"]
    earlier = centre.clock.now_ms() - DAY_MS
    sent = crafted(hub, {})
    centre.push(hub, sent)
    for stamp in (earlier, earlier + 5):
        told = sent.model_copy(update={"stamps": (Stamped(seq=sent.seq + 1, stamp=stamp),)})
        assert centre.push(hub, told).stamps[-1].stamp == earlier
    assert (
        centre.rows(sa.select(sa.func.count()).where(scope_entry.c.again == 1, scope_entry.c.scope == "zx"))[
            0
        ][0]
        == 1
    )
    assert centre.call(lambda uow, *_: list(broken_logs(uow.connection))) == []


def a_clock_that_says_2030(halls: Halls) -> None:
    """It neither drags the clocks of others along nor wins against what is written later."""
    halls.sync("a1")
    halls.sync("a2")
    wrong, right = halls["a1"], halls["a2"]
    wrong.clock.move(days=1500)
    wrong.call(save_enterprise, USCC, Told(name="河畔科技有限公司", address="2030年的地址"))
    for name in ("a1", "a2"):
        halls.sync(name)
    limit = right.clock.now_ms() + MAX_LEAD_MS
    assert milliseconds(right.call(lambda uow, *_: uow.events.node).hlc) <= limit
    right.clock.move(hours=1)
    halls["hub"].clock.move(hours=1)
    right.call(save_enterprise, USCC, Told(address="今天的地址"))
    for name in ("a2", "a1"):
        halls.sync(name)
    for node in (wrong, right):
        stream = node.call(lambda uow, *_: uow.events.stream(uow.enterprise_records.get(USCC).id))
        assert max(stream, key=lambda one: one.fold_key).device == right.device


def a_revoked_device(halls: Halls) -> None:
    """What a device recorded after it was revoked, and its hub sent on, is set aside; what it had sent counts."""
    before = halls["a1"].accept()
    halls.sync("a1")
    halls.sync("hub")
    centre = halls["centre"]
    centre.call(revoke_device, halls["a1"].device, as_actor=Actor("admin", Role.ADMIN))
    after = halls["a1"].accept()
    halls.sync("a1")
    halls.sync("hub")
    assert before.id in ids(centre)
    assert after.id not in ids(centre)
    assert set(held(centre, QUARANTINED)) == {judging.REVOKED}


def somebody_who_has_left(halls: Halls) -> None:
    """The visitor was served all the same: it is stored and counted, and somebody has to look at it."""
    centre, window = ready(halls)
    staff = {"entries": [{"id": "li", "name": "李", "role": "clerk", "active": False}]}
    centre.call(lambda uow, clock, _: publish_own(uow, "staff@b", staff, clock.now_ms()))
    accepted = window.call(accept_case, form(), as_actor=Actor("li", Role.CLERK))
    halls.sync("b1")
    assert accepted.id in ids(centre)
    rows = centre.rows(sa.select(event_review.c.event, event_review.c.reason))
    assert (accepted.id, judging.INACTIVE_ACTOR) in [tuple(row) for row in rows]


def a_stream_of_somebody_else(halls: Halls) -> None:
    """An event on a record that its site cannot see opens it to nobody."""
    case = halls["a1"].accept()
    halls.sync("a1")
    halls.sync("hub")
    centre, window = ready(halls)
    payload: dict[str, Any] = {"to": "b"}
    centre.push(window, crafted(window, {"stream": case.id, "kind": "case_handed_over", "payload": payload}))
    query = sa.select(stream_scope.c.scope).where(stream_scope.c.stream == case.id)
    assert {row.scope for row in centre.rows(query)} == {"a", "zx"}
    assert [row.reason for row in centre.rows(sa.select(event_review.c.reason))] == ["not_visible"]


def a_poison_among_fifty(halls: Halls) -> None:
    """All but it arrive, with what follows it in its own record; here and there it is kept with its reason."""
    centre, window = ready(halls)
    with pytest.MonkeyPatch.context() as patch:
        for number in range(51):
            if number == 25:
                patch.setattr(db.log.event_log, "body_of", lambda one: b" " + body_of(one))
            case = window.call(accept_case, form(text=f"第{number}件"))
            if number == 25:
                patch.undo()
                window.call(answer_case, case.id, "已经办好。")
    halls.sync("b1")
    fold(centre)
    assert len(centre.rows(sa.select(case_row.c.id))) == 50
    assert held(centre) == held(window) == ["malformed"]
    assert window.call(lambda uow, *_: Chains(uow.connection).to_push(window.device)) == []


def an_answer_that_is_lost(halls: Halls) -> None:
    """The batch comes again, and what was refused of it is told again."""
    centre, window = ready(halls)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db.log.event_log, "body_of", lambda one: b" " + body_of(one))
        window.call(accept_case, form())

    def watch(step: str, _: bytes) -> None:
        if step == "push<":
            raise LinkDown("cut")

    with pytest.raises(LinkDown):
        window.sync(centre, watch)
    window.sync(centre)
    assert held(centre) == held(window) == ["malformed"]


def a_copy_that_learns_what_it_wrote(halls: Halls) -> None:
    """Its present chain comes down longer than it is: what it writes next must not take the same numbers."""
    halls.sync("b1")
    halls.clone("b1", "b1-2")
    first = halls["b1"].accept()
    halls.sync("b1")
    halls.sync("b1-2")
    second = halls["b1-2"].accept()
    halls.sync("b1-2")
    assert {first.id, second.id} <= ids(halls["centre"])
    assert {first.id, second.id} <= ids(halls["b1-2"])


def one_chain_that_is_refused(halls: Halls) -> None:
    """A hub's other windows are sent on although the centre does not know one of them."""
    halls.sync("hub")
    for name in ("a1", "a2"):
        halls[name].accept()
        halls.sync(name)
    centre = halls["centre"]
    unknown, other = sorted((halls["a1"], halls["a2"]), key=lambda one: one.device)
    centre.do(sa.delete(device).where(device.c.device == unknown.device))
    with pytest.raises(Refused):
        halls.sync("hub")
    assert own_ids(other) <= ids(centre)


def a_record_that_is_too_large(halls: Halls) -> None:
    """It begins a record that others go on with: they arrive."""
    centre, window = ready(halls)
    case = window.call(accept_case, form(text="很长" * 900))
    window.call(answer_case, case.id, "已经办好。")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync.unpacking, "MAX_BYTES", 3_000)
        halls.sync("b1")
    assert held(centre) == ["too_large"]
    assert len(centre.rows(sa.select(event.c.id).where(event.c.stream == case.id))) == 1


def a_line_that_cuts(halls: Halls) -> None:
    """Nothing larger than some two kilobytes gets through: batches are halved until they do."""
    centre, window = ready(halls)
    for number in range(40):
        window.call(accept_case, form(text=noise(number)))

    def watch(step: str, frame: bytes) -> None:
        if step == "push>" and len(frame) > 2_000:
            raise LinkDown("cut")

    for _ in range(6):
        with suppress(LinkDown):
            window.sync(centre, watch)
    assert ids(window) <= ids(centre)


def noise(number: int) -> str:
    return "".join(hashlib.sha256(f"{number}/{part}".encode()).hexdigest() for part in range(4))


def fold(node: Node) -> None:
    while node.call(downward.fold):
        pass


def _answering_push(
    uow: Any, origin: Any, sent: Push, judge: Any, *, trusted: bool, now_ms: int
) -> PushAnswer:
    return _PUSH(uow, origin, sent, judge, trusted=True, now_ms=now_ms)


_PUSH = answering.push
_NO: Any = lambda *_: ""  # noqa: E731
DEFENCES: list[tuple[Attack, Mutation]] = [
    (a_strange_signature, Mutation(answering, "check_head", _NO)),
    (a_gap, Mutation(Ingest, "_fits", _NO)),
    (a_fork, Mutation(Ingest, "_fits", _NO)),
    (a_lying_log, Mutation(db.log.pulling, "next_digest", lambda *_: b"\7" * 32)),
    (a_server_of_yesterday, Mutation(greeting.needs_reset, "__code__", (lambda *_: False).__code__)),
    (an_id_that_is_taken, Mutation(Ingest, "places_of", lambda *_: {})),
    (a_private_part_that_is_another, Mutation(domain.events.incoming, "private_problem", _NO)),
    (another_site, Mutation(ServerJudge, "refuses", _NO)),
    (another_actor, Mutation(ServerJudge, "refuses", _NO)),
    (a_window_that_enrols, Mutation(judging, "_ENTITLED", {})),
    (a_window_that_back_dates, Mutation(answering, "push", _answering_push)),
    (a_second_smaller_stamp, Mutation(Showing, "restamp", _NO)),
    (a_clock_that_says_2030, Mutation(db.log.event_log, "order_key", lambda hlc, _: hlc)),
    (a_clock_that_says_2030, Mutation(domain.events.event, "order_key", lambda hlc, _: hlc)),
    (a_revoked_device, Mutation(ServerJudge, "quarantines", _NO)),
    (somebody_who_has_left, Mutation(ServerJudge, "doubts", _NO)),
    (a_stream_of_somebody_else, Mutation(ScopeLog, "scopes_of", lambda *_: {})),
    (a_poison_among_fifty, Mutation(Ingest, "_verdict", lambda *_: ("", ""))),
    (an_answer_that_is_lost, Mutation(greeting, "_is_ours", lambda *_: False)),
    (one_chain_that_is_refused, Mutation(run, "_OF_ONE_CHAIN", frozenset())),
    (a_line_that_cuts, Mutation(Pace, "was_cut", _NO)),
]
ATTACKS = [
    *dict.fromkeys(attack for attack, _ in DEFENCES),
    a_record_that_is_too_large,
    a_copy_that_learns_what_it_wrote,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.__name__)
def test_the_defence_holds(halls: Halls, attack: Attack) -> None:
    attack(halls)


@pytest.mark.parametrize(
    ("attack", "mutation"), DEFENCES, ids=[f"{attack.__name__}-{one.name}" for attack, one in DEFENCES]
)
def test_without_it_the_test_goes_red(
    halls: Halls, attack: Attack, mutation: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutation.target, mutation.name, mutation.instead)
    assert is_red(lambda: attack(halls))


def is_red(test: Callable[[], None]) -> bool:
    try:
        test()
    except (Exception, pytest.fail.Exception):
        return True
    return False


# Frames from somebody hostile.


def test_a_bomb_is_not_unpacked() -> None:
    bomb = bytes([ZSTD]) + zstandard.ZstdCompressor(level=19).compress(bytes(LIMIT_BYTES + 1))
    assert len(bomb) < 10_000
    with pytest.raises(FrameError, match="too large"):
        decode(bomb, Hello)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x09abc",
        bytes([ZSTD]) + b"no zstd",
        bytes([PLAIN]) + b"\x81" * 100_000,
        bytes([PLAIN]) + b"\xbf",
        bytes([PLAIN]) + cbor2.dumps([1, 2]),
        bytes([PLAIN]) + cbor2.dumps({"now": "noon"}),
        bytes([PLAIN]) + cbor2.dumps({"now": 1, "chains": [{"device": 7}]}),
        bytes([PLAIN]) + cbor2.dumps({"now": 2**60}),
        bytes([PLAIN]) + b"\xc2\x5a\xff\xff\xff\xff",
    ],
)  # fmt: skip
def test_what_is_no_message_is_a_frame_error(frame: bytes) -> None:
    with pytest.raises(FrameError):
        decode(frame, Hello)


def test_fields_of_tomorrow_are_passed_over() -> None:
    frame = encode({"scope": "a", "pos": 3, "of_tomorrow": {"x": [1]}})
    assert decode(frame, Pull) == Pull(scope="a", pos=3)


# Two commits that overtake each other, on real PostgreSQL.


@pytest.fixture
def engine(pg_url: str) -> Iterator[sa.Engine]:
    opened = open_centre(pg_url)
    with opened.begin() as connection:
        ScopeLog(connection).append("zx", [Entry(1, b"\0" * 32, 1)])
        connection.exec_driver_sql("CREATE SEQUENCE naive START 2")
    yield opened
    opened.dispose()


def _overtaking(engine: sa.Engine) -> list[int]:
    """Positions that a reader has seen who reads after every commit; the second writer commits first if it can."""
    seen: list[int] = []

    def read() -> None:
        with engine.connect() as connection:
            query = sa.select(scope_entry.c.pos).where(scope_entry.c.pos > max(seen, default=0))
            seen.extend(connection.execute(query.order_by(scope_entry.c.pos)).scalars())

    def second() -> None:
        with engine.begin() as connection:
            ScopeLog(connection).append("zx", [Entry(3, b"\0" * 32, 1)])

    thread = threading.Thread(target=second)
    with engine.connect() as first:
        first.begin()
        ScopeLog(first).append("zx", [Entry(2, b"\0" * 32, 1)])
        thread.start()
        _wait_until_done_or_blocked(engine, thread)
        read()
        first.commit()
    thread.join(PATIENCE_S)
    read()
    return seen


def _wait_until_done_or_blocked(engine: sa.Engine, thread: threading.Thread) -> None:
    query = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while thread.is_alive() and not connection.execute(query).scalar_one():
            thread.join(0.01)


def test_a_reader_between_two_commits_loses_none(engine: sa.Engine) -> None:
    assert _overtaking(engine) == [1, 2, 3]


def test_with_a_bare_sequence_one_is_lost(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def append(self: ScopeLog, scope: str, entries: list[Entry]) -> Head:
        pos = self._connection.execute(sa.text("SELECT nextval('naive')")).scalar_one()
        columns = ("scope", "pos", "event", "stamp", "again", "digest")
        insert_rows(self._connection, scope_entry, columns, [(scope, pos, entries[0].event_pos, 1, 0, b"")])
        return Head(pos, b"")

    monkeypatch.setattr(ScopeLog, "append", append)
    assert _overtaking(engine) == [1, 3]


def _shown_meanwhile(engine: sa.Engine) -> set[int]:
    """Rows in the log of b: a record is handed over to it while somebody else goes on with the record."""
    above = {"a": ("a", "zx"), "b": ("b", "zx")}
    stream = uuid7(0, bytes(10))

    def placed(row: int, kind: str, payload: dict[str, Any]) -> Placed:
        event_id = uuid7(row, bytes(10))
        one = Event(event_id, stream, kind, 1, "d", 1, row, row, "device:d", "a", payload)
        return Placed(one, row, bytes(32), 1)

    def enter(connection: sa.Connection, one: Placed) -> None:
        Showing(connection, above.__getitem__, 1).enter([one])

    def second() -> None:
        with engine.begin() as connection:
            enter(connection, placed(11, "case_flagged", {}))

    with engine.begin() as connection:
        ScopeLog(connection).show([(stream, "a"), (stream, "zx")])
    thread = threading.Thread(target=second)
    with engine.connect() as first:
        first.begin()
        enter(first, placed(10, "case_handed_over", {"to": "b"}))
        thread.start()
        _wait_until_done_or_blocked(engine, thread)
        first.commit()
    thread.join(PATIENCE_S)
    with engine.connect() as connection:
        query = sa.select(scope_entry.c.event).where(scope_entry.c.scope == "b")
        return set(connection.execute(query).scalars())


def test_what_is_added_while_a_record_is_shown_is_shown_as_well(engine: sa.Engine) -> None:
    assert _shown_meanwhile(engine) == {10, 11}


def test_without_the_lock_it_is_not(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Showing, "_hold_logs", lambda _: None)
    assert _shown_meanwhile(engine) == {10}
