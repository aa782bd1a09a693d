"""Snapshots keep everything, and never a full phone number."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import AppError
from domain.printing import snapshots
from domain.printing.masking import mask_phone
from domain.printing.papers import (
    Applicant,
    BoardRole,
    BoardShare,
    CaseSlip,
    LinkState,
    Material,
    OneTimeNotice,
    PackageTick,
    PrintMark,
    Representative,
    SitePlace,
    local_minute,
    paper_from_document,
)

TEXT = st.text(max_size=12)
COMMON = {
    "site": st.builds(SitePlace, TEXT, TEXT, TEXT, TEXT),
    "number": TEXT,
    "applicant": st.builds(Applicant, TEXT, TEXT, TEXT),
    "kind": TEXT,
    "channel": TEXT,
    "matter": TEXT,
    "clerk": TEXT,
    "window": TEXT,
    "mark": st.builds(PrintMark, st.integers(1, 99), TEXT, st.sampled_from(LinkState)),
    "representative": st.none() | st.builds(Representative, TEXT, TEXT, TEXT),
    "materials": st.lists(st.builds(Material, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    "qr": st.from_regex(r"[A-Z0-9:]{0,20}", fullmatch=True),
}
SLIPS = st.builds(
    CaseSlip,
    **COMMON,
    accepted_at=TEXT,
    limit=TEXT,
    due=TEXT,
    limit_days=st.none() | st.integers(0, 60),
    provisional=st.booleans(),
    boards=st.lists(st.builds(BoardShare, TEXT, st.sampled_from(BoardRole), TEXT), max_size=2).map(tuple),
    ticks=st.lists(st.builds(PackageTick, TEXT, st.booleans(), st.booleans(), TEXT), max_size=2).map(tuple),
)
NOTICES = st.builds(
    OneTimeNotice,
    **COMMON,
    noticed_at=TEXT,
    missing=st.lists(st.builds(Material, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    supplement_by=TEXT,
)


@settings(deadline=None, max_examples=40)
@given(SLIPS | NOTICES)
def test_a_snapshot_survives_json_unchanged(paper):
    assert paper_from_document(json.loads(json.dumps(paper.to_document()))) == paper


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"paper": "poster"}, "printing.snapshot_unknown"),
        ({"version": 2}, "printing.snapshot_unknown"),
        ({"mark": {"copy": 0, "printed_at": "", "link": "local"}}, "printing.snapshot_damaged"),
        ({"site": None}, "printing.snapshot_damaged"),
    ],
)
def test_a_snapshot_that_cannot_be_read_is_refused_with_a_reason(slip, change, code):
    with pytest.raises(AppError) as refused:
        paper_from_document(slip.to_document() | change)
    assert refused.value.code == code


@pytest.mark.parametrize("qr", ["王晓", "A" * 513, "A\n"])
def test_the_qr_text_is_short_ascii_so_it_cannot_name_a_person(slip, qr):
    with pytest.raises(AppError, match=r"printing\.qr_text"):
        replace(slip, qr=qr)


STORED_BY_VERSION_1 = """{"paper": "case_slip", "version": 1, "site": {"name": "钱江新城", "phone": "0571"},
"number": "QJ1", "applicant": {"name": "蓝鲸", "code": "91", "kind": "enterprise"}, "kind": "request",
"channel": "window", "matter": "补贴", "clerk": "陈晓", "window": "3", "qr": "QJ1", "accepted_at": "2026-11-22 13:05",
"mark": {"copy": 2, "printed_at": "2026-11-22 13:06", "link": "synced"}, "limit": "standard", "limit_days": 3,
"due": "2026-11-25 17:00", "boards": [{"board": "政策", "role": "lead", "department": ""}],
"representative": {"name": "王晓", "phone": "138****5678", "capacity": "agent"},
"ticks": [{"name": "公章刻制", "ticked": true, "value_added": false, "department": ""}]}"""


def test_a_snapshot_stored_by_the_first_version_is_still_read():
    paper = paper_from_document(json.loads(STORED_BY_VERSION_1))
    assert isinstance(paper, CaseSlip)
    assert paper.mark == PrintMark(2, "2026-11-22 13:06", LinkState.SYNCED)
    assert paper.boards == (BoardShare("政策", BoardRole.LEAD),)
    assert paper.representative == Representative("王晓", "138****5678", "agent")


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("138-1234-5678", "138-****-5678"),
        ("+86 13812345678", "+86 1******5678"),
        ("0571-88881234", "057*-****1234"),
        ("8888123", "88***23"),
        ("12345", "***45"),
        ("13812345678、13987654321", "138****5678、139****4321"),
        ("王先生 13812345678", "王先生 138****5678"),
        ("", ""),
    ],
)
def test_phones_lose_their_middle(phone, masked):
    assert mask_phone(phone) == masked


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
def test_masking_twice_changes_nothing(text):
    assert mask_phone(mask_phone(text)) == mask_phone(text)


def test_the_snapshot_holds_no_full_phone(slip, monkeypatch):
    assert "13812345678" not in json.dumps(slip.to_document())
    monkeypatch.setattr(snapshots, "mask_phone", lambda phone: phone)
    careless = replace(slip, representative=Representative("王晓", "13812345678"))
    assert "13812345678" in json.dumps(careless.to_document())


def test_times_are_written_in_the_zone_of_the_site():
    assert local_minute(1_795_323_900_000, "Asia/Shanghai") == "2026-11-22 13:05"
    assert local_minute(1_795_323_900_000, "UTC") == "2026-11-22 05:05"
