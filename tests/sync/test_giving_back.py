"""What a restored server wrote itself comes back from those who saw it: single events, each with what proves it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import server.syncing.answering as answering_of
from db.centre import CentreStore, open_centre
from db.chain_check import broken
from db.log.log_check import broken_chains, broken_logs
from db.log.stretches import stretches_apart
from db.schema import event
from db.schema.sync import chain, scope_entry
from domain.events.event import NewEvent
from sync.engine import upward
from sync.frames import decode
from sync.packing import pack
from sync.protocol import Push
from tests.pg import TestServer
from tests.sync.halls import Halls, ids
from tests.sync.pg_centre import PgCentre, PgStation, put_under
from tests.sync.test_defences import refusal
from tests.sync.world import Node

Attack = Callable[[Push], Push]


@pytest.fixture
def halls(halls_template: Path, tmp_path: Path) -> Iterator[Halls]:
    """Both halls have a case, and everything is at rest."""
    made = Halls(halls_template, tmp_path / "halls")
    for window in ("a1", "b1"):
        made[window].accept(f"{window} 的企业要贷款")
    assert made["hub"]
    made.settle()
    yield made
    made.close()


def case_of(halls: Halls, window: str) -> str:
    """The case of a window."""
    query = sa.select(event.c.id).where(
        event.c.kind == "case_accepted", event.c.device == halls[window].device
    )
    return str(halls[window].rows(query)[0].id)


def step(halls: Halls, window: str) -> str:
    """The centre does something with the case of a window; the event's id."""
    centre, before, case = halls["centre"], ids(halls["centre"]), case_of(halls, window)
    told = [NewEvent("case_flagged", {"sensitive": True})]
    centre.call(lambda uow, clock, who: uow.append(case, told, actor=who.id, now_ms=clock.now_ms()))
    return max(ids(centre) - before)


def put_back(centre: Node, copy: Path) -> None:
    """The centre goes on from an older state, and knows it."""
    centre.put_back(copy)
    centre.epoch += "'"


def given_back(halls: Halls, computer: str) -> list[Push]:
    """Sync a computer; the stretches that it gives back."""
    seen: list[Push] = []

    def watch(at: str, frame: bytes) -> None:
        if at == "push>":
            seen.append(decode(frame, Push))

    above = halls.above(computer)
    assert above is not None
    halls[computer].sync(halls[above], watch)
    return [one for one in seen if one.apart]


def is_whole(node: Node) -> None:
    """Chains, logs and read models of a node hold."""

    def look(uow: Any, *_: Any) -> list[Any]:
        return [*broken(uow.connection), *broken_chains(uow.connection), *broken_logs(uow.connection)]

    look.reads = True  # type: ignore[attr-defined]
    assert node.call(look) == []


def test_each_hall_gives_back_what_it_saw_and_only_once(halls: Halls, tmp_path: Path) -> None:
    centre = halls["centre"]
    copy = centre.copy_to(tmp_path / "yesterday")
    lost = {step(halls, "a1"), step(halls, "b1"), step(halls, "a1")}
    halls.settle()
    put_back(centre, copy)
    assert lost & ids(centre) == set()
    assert len(given_back(halls, "hub")) == len(halls["hub"].call(upward.stretches))
    assert len(lost - ids(centre)) == 1
    given_back(halls, "b1")
    assert lost <= ids(centre)
    assert (given_back(halls, "hub"), given_back(halls, "b1")) == ([], [])
    halls.settle()
    for computer in halls:
        is_whole(halls[computer])


def test_what_closes_the_gap_makes_it_a_chain_again(halls: Halls, tmp_path: Path) -> None:
    centre = halls["centre"]
    copy = centre.copy_to(tmp_path / "yesterday")
    node = centre.call(lambda uow, *_: uow.events.node)
    step(halls, "b1")
    step(halls, "a1")
    step(halls, "b1")
    halls.settle()
    put_back(centre, copy)
    where = (chain.c.device == centre.device, chain.c.incarnation == node.incarnation)
    query = sa.select(chain.c.seq).where(*where)
    given_back(halls, "hub")
    assert centre.rows(query)[0].seq == node.seq
    given_back(halls, "b1")
    assert centre.rows(query)[0].seq == node.seq + 3
    halls.settle()
    is_whole(centre)


def test_what_is_there_already_does_not_come_twice(halls: Halls) -> None:
    """Another epoch, and nothing was lost: all is offered once more and passed over."""
    centre = halls["centre"]
    step(halls, "a1")
    step(halls, "b1")
    halls.settle()
    before = (ids(centre), len(centre.rows(sa.select(scope_entry))))
    centre.epoch += "'"
    assert given_back(halls, "hub")
    assert given_back(halls, "b1")
    assert (ids(centre), len(centre.rows(sa.select(scope_entry)))) == before


def test_the_hub_passes_on_what_a_window_gave_back(halls: Halls, tmp_path: Path) -> None:
    centre, hub = halls["centre"], halls["hub"]
    copies = {one: halls[one].copy_to(tmp_path / one) for one in ("centre", "hub")}
    lost = step(halls, "a1")
    halls.settle()
    put_back(centre, copies["centre"])
    put_back(hub, copies["hub"])
    given_back(halls, "hub")
    assert lost not in ids(centre)
    given_back(halls, "a1")
    assert lost in ids(hub)
    given_back(halls, "hub")
    assert lost in ids(centre)
    halls.settle()
    is_whole(centre)


def stretch_of(halls: Halls) -> Push:
    """What the hub gives back of a single event that the centre wrote."""
    hub = halls["hub"]
    found = hub.call(upward.stretches)
    return hub.call(upward.stretch_push, found[-1])  # type: ignore[no-any-return]


def _other_words(sent: Push) -> Push:
    payload = sent.events.payloads.replace(b"true", b"null")
    assert payload != sent.events.payloads
    return sent.model_copy(update={"events": sent.events.model_copy(update={"payloads": payload})})


ATTACKS: list[tuple[Attack, str]] = [
    (_other_words, "sync.bad_batch"),
    (lambda sent: sent.model_copy(update={"prev": bytes(32)}), "sync.bad_signature"),
    (lambda sent: sent.model_copy(update={"prev": bytes(32), "marks": ()}), "sync.bad_batch"),
    (lambda sent: sent.model_copy(update={"head": bytes(32)}), "sync.bad_signature"),
    (lambda sent: sent.model_copy(update={"seq": sent.seq + 9}), "sync.bad_signature"),
    (lambda sent: sent.model_copy(update={"apart": False}), "sync.gap"),
]


@pytest.mark.parametrize(("attack", "code"), ATTACKS)
def test_nobody_puts_words_into_a_servers_mouth(
    halls: Halls, tmp_path: Path, attack: Attack, code: str
) -> None:
    centre = halls["centre"]
    copy = centre.copy_to(tmp_path / "yesterday")
    step(halls, "b1")
    lost = step(halls, "a1")
    halls.settle()
    put_back(centre, copy)
    sent = stretch_of(halls)
    assert refusal(centre, halls["hub"], attack(sent)) == code
    assert lost not in ids(centre)
    assert refusal(centre, halls["hub"], sent) == ""
    assert lost in ids(centre)


def test_without_a_look_at_the_signature_it_would_be_taken(
    halls: Halls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: hashes alone prove nothing, whoever forges an event reckons them anew."""
    centre = halls["centre"]
    copy = centre.copy_to(tmp_path / "yesterday")
    step(halls, "b1")
    step(halls, "a1")
    halls.settle()
    put_back(centre, copy)
    forged = _other_words(stretch_of(halls))
    real = answering_of.chain_hashes
    head: list[bytes] = []
    monkeypatch.setattr(
        answering_of,
        "chain_hashes",
        lambda prev, events: head.append(real(prev, events)[-1]) or real(prev, events),
    )
    assert refusal(centre, halls["hub"], forged) == "sync.bad_batch"
    with_head = forged.model_copy(update={"head": head[0]})
    assert refusal(centre, halls["hub"], with_head) == "sync.bad_signature"
    monkeypatch.setattr(answering_of, "check_head", lambda *_: None)
    assert refusal(centre, halls["hub"], with_head) == ""


def test_a_window_gives_its_own_chain_without_gaps(halls: Halls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is below shows all it wrote. The mutation: with a gap it could keep something to itself."""
    a1 = halls["a1"]
    for _ in range(2):
        a1.accept()
    seen: list[Push] = []

    def watch(at: str, frame: bytes) -> None:
        if at == "push>":
            seen.append(decode(frame, Push))
            raise InterruptedError

    own = a1.call(lambda uow, *_: uow.events.node)
    with pytest.raises(InterruptedError):
        a1.sync(halls["hub"], watch)
    (whole,) = seen
    later = a1.call(_last_event, own)
    gap = whole.model_copy(update={**later, "head": whole.head, "signature": whole.signature, "marks": ()})
    assert refusal(halls["hub"], a1, gap.model_copy(update={"apart": True})) == "sync.gap"
    monkeypatch.setattr(answering_of, "_is_own_or_above", lambda *_: True)
    assert refusal(halls["hub"], a1, gap.model_copy(update={"apart": True})) == ""


def _last_event(uow: Any, clock: Any, actor: Any, own: Any) -> dict[str, Any]:
    """The last event of a chain as a batch of its own."""
    chain_id = (own.device, own.incarnation, 0)
    before = uow.ingest(0).chains.hashes(chain_id, [own.seq - 1])[own.seq - 1]
    stored = upward._stretch(uow, chain_id, own.seq - 1, own.seq, None)
    return {"seq": own.seq - 1, "prev": before, "events": pack(stored)}


class PutBack(PgCentre):
    """A centre on PostgreSQL that is put back as an operator would: another database takes the place of its own."""

    def go_on_with(self, url: str) -> None:
        store = CentreStore(open_centre(url), self.clock)
        self.station = PgStation(store, self.clock)
        now_ms = self.clock.now_ms()
        self.call(lambda uow, *_: uow.begin_incarnation(uow.events.node.incarnation, "restored", now_ms))
        self.epoch += "'"


def test_the_same_on_postgresql(halls: Halls, pg_url: str, pg_server: TestServer) -> None:
    centre = PutBack(pg_url)
    halls["centre"].close()
    put_under(halls, centre)
    halls.settle()
    centre.close()
    yesterday = pg_server.copy_of(pg_url)
    centre.station = PgStation(CentreStore(open_centre(pg_url), centre.clock), centre.clock)
    lost = {step(halls, "b1"), step(halls, "a1"), step(halls, "b1")}
    halls.settle()
    centre.close()
    centre.go_on_with(yesterday)
    assert lost & ids(centre) == set()
    halls.settle()
    assert lost <= ids(centre)
    is_whole(centre)
    centre.close()
    pg_server.drop(yesterday)


def test_a_stretch_needs_both_its_heads(halls: Halls) -> None:
    step(halls, "b1")
    step(halls, "a1")
    halls.settle()
    hub = halls["hub"]
    (whole, *_) = [one for one in hub.call(upward.stretches) if one.to - one.after == 1][-1:]

    def without_its_beginning(uow: Any, *_: Any) -> list[Any]:
        from db.schema.sync import chain_mark

        uow.connection.execute(sa.delete(chain_mark).where(chain_mark.c.seq == whole.after))
        return [one for one in stretches_apart(uow.connection, hub.device) if one.to == whole.to]

    assert hub.call(without_its_beginning) == []
