"""An older case that a hub has let go of, too: it is fetched from the node above on the way."""

from typing import Any

import pytest

from db.retention import retiring
from domain.errors import AppError
from server.nodes import ServerNode
from server.syncing import cases
from services.cases import accept_case
from sync.protocol_cases import CaseAnswer, CaseAsked
from tests.fixed import form
from tests.server.nodes import Pc, Served


@pytest.fixture
def retired(hub: ServerNode) -> tuple[str, dict[str, tuple[bytes, bytes]]]:
    """A case of which the hub has events alone, and what the node above has of it."""
    case = hub.call(accept_case, form()).id
    parts = {one: (salt, body) for one, salt, body in hub.call(lambda uow, *_: _parts(uow, case))}
    hub.call(lambda uow, clock, _: retiring.retire(uow.connection, [case], clock.now_ms()))
    return case, parts


def _parts(uow: Any, case: str) -> list[tuple[str, bytes, bytes]]:
    return retiring.private_parts(uow.connection, case)


def test_a_hub_asks_further_up(
    doors: Served, retired: tuple[str, dict[str, tuple[bytes, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, parts = retired
    assert parts
    asked: list[str] = []

    def fetch(node: ServerNode, wanted: str, keep: Any) -> int:
        asked.append(wanted)
        return int(node.call(keep, wanted, parts))

    monkeypatch.setattr(cases, "fetch", fetch)
    pc = Pc()
    pc.enrol(doors)
    for _ in range(2):
        found = doors.answer("/v1/case", CaseAsked(key=case), CaseAnswer, pc.token)
        assert {one.event: (one.salt, one.private) for one in found.parts} == parts
    assert asked == [case], "the hub keeps it"


def test_without_a_line_it_says_so_and_not_that_there_is_nothing(
    doors: Served, retired: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(*_: Any) -> int:
        raise AppError("retention.offline")

    monkeypatch.setattr(cases, "fetch", fetch)
    pc = Pc()
    pc.enrol(doors)
    assert doors.refused("/v1/case", CaseAsked(key=retired[0]), pc.token) == (503, "retention.offline")


def test_a_hub_without_a_centre_says_so_as_well(doors: Served, retired: tuple[str, Any]) -> None:
    pc = Pc()
    pc.enrol(doors)
    assert doors.refused("/v1/case", CaseAsked(key=retired[0]), pc.token) == (503, "retention.offline")


def test_without_the_question_above_the_case_would_come_back_empty(
    doors: Served, retired: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "case_at_centre", lambda *_: "")
    pc = Pc()
    pc.enrol(doors)
    found = doors.answer("/v1/case", CaseAsked(key=retired[0]), CaseAnswer, pc.token)
    assert found.parts == ()
