"""Deciding: what gives which event, and what is refused."""

from dataclasses import replace

import pytest

from domain.cases import decide
from domain.cases.model import Applicant, ApplicantKind, Attached, Case, CaseState, Contact, Due
from domain.errors import AppError
from tests.made_cases import ACCEPTANCE, accepted, case_after

OPEN = case_after()
CLOSED = case_after(decide.answer(OPEN, "好"))
OTHER = replace(OPEN, id="other", number="QJ261122AB0018X")


def _code(call: object, *args: object, **named: object) -> str:
    with pytest.raises(AppError) as caught:
        call(*args, **named)  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize(
    "call",
    [
        lambda case: decide.answer(case, "好"),
        lambda case: decide.decline(case, "不属本窗口"),
        lambda case: decide.withdraw(case, "不办了"),
        lambda case: decide.merge(case, OTHER),
        lambda case: decide.request_material(case, ("执照",)),
        lambda case: decide.receive_material(case, ("执照",)),
    ],
)
def test_steps_that_need_an_open_case(call: object) -> None:
    call(OPEN)  # type: ignore[operator]
    assert _code(call, CLOSED) == "cases.closed"


def test_without_the_check_a_closed_case_would_be_answered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "_require_open", lambda case: None)
    assert decide.answer(CLOSED, "好").kind == "case_answered"


def test_the_payload_names_no_person() -> None:
    person = replace(
        ACCEPTANCE,
        applicant=Applicant("张三小吃店", None, ApplicantKind.INDIVIDUAL),
        contact=Contact("李四", "13800000000"),
        material=("李四身份证",),
    )
    new = decide.accept(person)
    outside = repr(new.payload)
    assert all(secret not in outside for secret in ("张三", "李四", "13800000000", "技改"))
    assert new.private is not None
    assert new.private["applicant"] == "张三小吃店"


def test_a_company_s_name_is_public() -> None:
    assert decide.accept(ACCEPTANCE).payload["applicant"]["name"] == ACCEPTANCE.applicant.name


def test_reasons_must_be_given() -> None:
    assert _code(decide.decline, OPEN, "  ") == "cases.reason_missing"
    assert _code(decide.withdraw, OPEN, "") == "cases.reason_missing"


def test_merge_needs_two_open_cases() -> None:
    assert [stream for stream, _ in decide.merge(OPEN, OTHER)] == [OPEN.id, OTHER.id]
    assert _code(decide.merge, OPEN, OPEN) == "cases.merge_self"
    assert _code(decide.merge, OPEN, replace(OTHER, state=CaseState.RESOLVED)) == "cases.merge_target_closed"


def test_link_is_for_two_and_once() -> None:
    assert len(decide.link(OPEN, OTHER)) == 2
    assert len(decide.link(replace(OPEN, links=("other",)), OTHER)) == 1
    assert decide.link(replace(OPEN, links=("other",)), replace(OTHER, links=(OPEN.id,))) == []
    assert _code(decide.link, OPEN, OPEN) == "cases.link_self"
    assert decide.link(CLOSED, OTHER)


def test_files() -> None:
    file = Attached("a" * 64, "执照.pdf", 5, "application/pdf")
    new = decide.attach(OPEN, file)
    assert new is not None
    assert "执照" not in repr(new.payload)
    assert decide.attach(replace(OPEN, files=(file,)), file) is None
    full = replace(OPEN, files=tuple(replace(file, sha256=str(i)) for i in range(decide.MAX_FILES)))
    assert _code(decide.attach, full, file) == "cases.too_many_files"


def test_flags_and_contact_only_when_they_change() -> None:
    assert decide.flag(OPEN, in_pool=None, sensitive=False) is None
    flagged = decide.flag(OPEN, in_pool=None, sensitive=True)
    assert flagged is not None
    assert flagged.payload == {"sensitive": True}
    assert decide.correct_contact(OPEN, OPEN.contact) is None
    assert decide.correct_contact(OPEN, Contact("新人")) is not None


def test_due_is_recomputed_only_where_it_changes_and_the_clock_runs() -> None:
    assert OPEN.due is not None
    assert decide.recompute_due(OPEN, OPEN.due) is None
    assert decide.recompute_due(CLOSED, Due(1, False, 2)) is None
    assert decide.recompute_due(OPEN, Due(1, False, 2)) is not None


def test_material_must_be_named() -> None:
    assert _code(decide.request_material, OPEN, ()) == "cases.missing_material_missing"
    assert _code(decide.receive_material, OPEN, ()) == "cases.missing_material_missing"


def test_a_case_from_its_acceptance() -> None:
    case: Case = accepted()
    assert (case.number, case.state, case.text) == (ACCEPTANCE.number, CaseState.ASSIGNED, ACCEPTANCE.text)
    assert case.is_open
