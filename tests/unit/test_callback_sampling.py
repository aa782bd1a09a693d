"""The lot: the share holds of every beginning of a month, nobody can tell beforehand, codes of forms."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.callbacks import codes, sampling
from domain.callbacks.model import SampleGroup
from domain.callbacks.rules import CallbackRules
from domain.callbacks.sampling import drawn_now, group_of, keyed_hash, month_of, month_span, wanted
from domain.cases.model import CaseKind, Limit, LimitClass
from domain.errors import AppError
from tests.fixed import local_ms
from tests.made_cases import accepted

KEY = bytes(range(32))
SIZES = st.lists(st.integers(0, 9), min_size=1, max_size=12)


def hashes(count: int, key: bytes = KEY) -> dict[str, bytes]:
    return {f"c{n}": keyed_hash(key, "demo", "2026-11", f"c{n}", 1) for n in range(count)}


@given(closed_by_day=SIZES, percent=st.integers(1, 100))
@settings(max_examples=60, deadline=None)
def test_the_share_holds_after_every_day_and_no_more_is_asked(closed_by_day: list[int], percent: int) -> None:
    drawn: set[str] = set()
    total = 0
    for closed in closed_by_day:
        total += closed
        fresh = drawn_now(hashes(total), drawn, percent)
        assert not drawn & set(fresh)
        drawn |= set(fresh)
        assert len(drawn) * 100 >= total * percent
        assert (len(drawn) >= 1) is (total >= 1)
        assert len(drawn) <= -(-total * percent // 100) or len(drawn) == 1
        assert drawn_now(hashes(total), drawn, percent) == ()


def test_lowest_hashes_come_first() -> None:
    order = sorted(hashes(40), key=lambda one: hashes(40)[one])
    assert list(drawn_now(hashes(40), (), 20)) == order[:8]


def test_another_key_draws_others_and_so_do_month_and_site() -> None:
    drawn = {drawn_now(hashes(40, bytes([n]) * 32), (), 20) for n in range(20)}
    assert len(drawn) == 20
    places = {keyed_hash(KEY, site, month, "c", 1) for site in ("a", "b") for month in ("2026-11", "2026-12")}
    assert len(places) == 4
    assert keyed_hash(KEY, "a", "m", "c", 1) != keyed_hash(KEY, "a", "m", "c", 2)


def test_the_lot_does_not_go_by_the_order_of_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the key's hash the first of the month would be asked, and everybody could tell."""

    def is_telling() -> bool:
        return list(drawn_now(hashes(40), (), 20)) == sorted(hashes(40))[:8]

    assert not is_telling()
    monkeypatch.setitem(globals(), "keyed_hash", lambda *facts: facts[3].encode())
    assert is_telling()


def test_nothing_is_wanted_of_nothing_or_at_no_share() -> None:
    assert (wanted(0, 20), wanted(9, 0), wanted(1, 20), wanted(5, 20), wanted(6, 20)) == (0, 0, 1, 1, 2)


def test_groups() -> None:
    case = accepted()
    assert group_of(case) is SampleGroup.ORDINARY
    assert group_of(replace(case, kind=CaseKind.COMPLAINT)) is SampleGroup.COMPLAINT
    assert group_of(replace(case, limit=Limit(LimitClass.HARD))) is SampleGroup.HARD
    assert group_of(replace(case, escalated_at=1)) is SampleGroup.HARD
    assert group_of(replace(case, reopened=1, kind=CaseKind.COMPLAINT)) is SampleGroup.REOPENED


def test_months_begin_by_the_clock_of_the_site() -> None:
    zone = "Asia/Shanghai"
    assert month_of(local_ms("2026-11-30 23:59"), zone) == "2026-11"
    assert month_of(local_ms("2026-12-01 00:00"), zone) == "2026-12"
    assert month_span("2026-12", zone) == (local_ms("2026-12-01 00:00"), local_ms("2027-01-01 00:00"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("due_days", 0), ("due_days", True), ("attempts", 21), ("percent", {}), ("percent", None),
     ("percent", {"ordinary": 101, "hard": 100, "complaint": 100}), ("reopen_reason", " "), ("drawn_here", 1)],
)  # fmt: skip
def test_rules_name_what_is_wrong(field: str, value: object) -> None:
    shares = {"ordinary": 20, "hard": 100, "complaint": 100}
    good = {"percent": shares, "due_days": 3, "attempts": 3, "reopen_reason": "x"}
    assert CallbackRules.from_document(CallbackRules.from_document(good).document()).attempts == 3
    with pytest.raises(AppError, match=r"callbacks\.rules_invalid"):
        CallbackRules.from_document({**good, field: value})


@given(st.uuids().map(str), st.integers(1, 9), st.binary(min_size=32, max_size=32))
@settings(max_examples=50, deadline=None)
def test_a_code_says_which_task_and_who_printed_it(case_id: str, round_: int, key: bytes) -> None:
    ref = codes.task_ref(case_id, round_)
    text = codes.code_text(ref, key)
    read = codes.read_code(text.lower() + "\r")
    assert (read.ref, codes.is_forged(read, key)) == (ref, False)
    assert len(text) == 31
    assert case_id.replace("-", "")[:8].upper() not in text
    other = codes.read_code(codes.code_text(ref, sampling.keyed_hash(key, "", "", "", 1)))
    assert not codes.is_forged(other, key) or other.key_id == read.key_id


def test_a_changed_code_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    read = codes.read_code(codes.code_text(codes.task_ref("a", 1), KEY))
    changed = replace(read, ref=codes.task_ref("b", 1))
    assert codes.is_forged(changed, KEY)
    monkeypatch.setattr(codes, "_mac", lambda *_: read.mac)
    assert not codes.is_forged(changed, KEY)


@given(st.text(max_size=40) | st.text("ABCDEFGHIJ234567=", max_size=40).map("QYC1:".__add__))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    assert outcome(text) == "callbacks.code_unreadable" or len(outcome(text)) == 16


def outcome(text: str) -> str:
    try:
        return codes.read_code(text).ref
    except AppError as error:
        return error.code
