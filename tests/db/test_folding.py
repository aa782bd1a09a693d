"""Folding what came from elsewhere: a stream that cannot be folded holds up no other."""

import itertools
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from db.folding import fold_some, fold_within, lagging
from db.refolding import Refolding
from db.schema import case_row
from db.schema.sync import event_review, unfolded
from domain.cases.decisions import ReviewDecision, decide_review
from domain.events.event import Event
from server.nodes import ServerNode
from services.case_steps import answer_case
from services.cases import accept_case
from tests.fixed import FixedClock, form


def test_one_that_does_not_fit_holds_up_no_other(
    node: ServerNode, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ids = [node.call(accept_case, form()).id for _ in range(3)]
    with node.store.write() as uow:
        uow.connection.execute(sa.update(case_row).values(applicant="stale"))
        uow.connection.execute(sa.insert(unfolded), [{"stream": one} for one in ids])
    plain = Refolding.take

    def take(self: Refolding, stream: str, events: list[Event]) -> bool:
        if stream == ids[1]:
            self._connection.execute(sa.insert(unfolded), [{"stream": "x"}, {"stream": "x"}])
        return plain(self, stream, events)

    monkeypatch.setattr(Refolding, "take", take)
    with node.store.write() as uow:
        assert fold_some(uow, 10, clock.now_ms()) == 3
    with node.store.read() as uow:
        assert lagging(uow) == 0
        rows = {row.id: row.applicant for row in uow.cases.rows()}
    assert [rows[one] == "stale" for one in ids] == [False, True, False]
    assert [one.__dict__["facts"]["stream"] for one in caplog.records if one.levelname == "ERROR"] == [ids[1]]


def test_a_transaction_ends_when_others_have_waited_long_enough(
    node: ServerNode, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [node.call(accept_case, form()).id for _ in range(5)]
    seconds = itertools.count()
    monkeypatch.setattr("db.folding.time", SimpleNamespace(monotonic=lambda: next(seconds)))
    with node.store.write() as uow:
        uow.connection.execute(sa.insert(unfolded), [{"stream": one} for one in ids])
        assert (
            fold_within(uow, 1.5, 2, clock.now_ms()) == 4
        )  # two, a second later two more, and it was too long
        assert lagging(uow) == 1
        assert fold_within(uow, 99, 2, clock.now_ms()) == 1


def test_a_review_that_was_decided_elsewhere_is_decided_here(node: ServerNode, clock: FixedClock) -> None:
    case = node.call(accept_case, form()).id
    node.call(answer_case, case, "已经办好。")
    with node.store.read() as uow:
        event_id = uow.events.stream(case)[-1].id
    decision = decide_review(event_id, ReviewDecision.KEPT, "有授权")
    flagged = {"event": event_id, "stream": case, "reason": "wrong_role", "found_at": clock.now_ms()}
    with node.store.write() as uow:
        uow.events.append(case, [decision], actor="supervisor", now_ms=clock.now_ms())
        uow.connection.execute(sa.insert(event_review), flagged)
        uow.connection.execute(sa.insert(unfolded), [{"stream": case}])
        fold_some(uow, 10, clock.now_ms())
        row = uow.connection.execute(sa.select(event_review)).one()
    assert (row.decision, row.decided_by, row.decided_at) == ("kept", "supervisor", clock.now_ms())
