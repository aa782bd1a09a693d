"""Papers: recorded once with their snapshot, as of the case's own documents, confirmed or waiting."""

from pathlib import Path
from typing import Any

import pytest

from db.unit_of_work import UnitOfWork
from domain.errors import AppError
from domain.staff import Actor
from services.case_steps import assign_boards
from services.cases import accept_case, show_case
from services.documents import publish_own
from services.drafts import new_form_id
from services.paper_files import KEEP_MS, keep_paper, sweep_papers
from services.printing import (
    mark_printed,
    preview_paper,
    printed_papers,
    record_print,
    render_document,
    waiting_prints,
)
from services.station import Station
from tests.fixed import FixedClock, form


@pytest.fixture
def number(station: Station) -> str:
    return station.call(accept_case, form(missing=("执照",), item="0101")).number


def _code(call: object) -> str:
    with pytest.raises(AppError) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


def test_copies_are_counted_and_snapshots_kept(station: Station, number: str, clock: FixedClock) -> None:
    first = station.call(record_print, number, "case_slip", "a5")
    clock.move(ms=1)
    second = station.call(record_print, number, "case_slip", "80mm")
    clock.move(ms=1)
    notice = station.call(record_print, number, "one_time_notice", "a5")
    assert (first.copy, second.copy, notice.copy) == (1, 2, 1)
    assert station.call(show_case, number).prints == {"case_slip": 2, "one_time_notice": 1}
    assert [job.id for job in station.call(printed_papers, number)] == [first.id, second.id, notice.id]


def test_the_same_request_twice_is_one_print(station: Station, number: str) -> None:
    """A double click on Print."""
    request = station.call(new_form_id)
    one = station.submit(record_print, number, "case_slip", "a5", request=request)
    two = station.submit(record_print, number, "case_slip", "a5", request=request)
    assert one.result() == two.result()
    assert len(station.call(waiting_prints)) == 1
    assert station.call(show_case, number).prints == {"case_slip": 1}


def test_without_the_request_it_would_be_two(station: Station, number: str) -> None:
    for _ in range(2):
        station.call(record_print, number, "case_slip", "a5")
    assert station.call(show_case, number).prints == {"case_slip": 2}


@pytest.mark.parametrize(
    ("paper", "size", "request_id", "code"),
    [
        ("poster", "a5", None, "printing.unknown_paper"),
        ("case_slip", "a3", None, "printing.unknown_size"),
        ("case_slip", "a5", "x", "cases.field_invalid"),
    ],
)
def test_refused(
    station: Station, number: str, paper: str, size: str, request_id: str | None, code: str
) -> None:
    assert _code(lambda: station.call(record_print, number, paper, size, request=request_id)) == code
    assert station.call(printed_papers, number) == ()


def test_a_notice_needs_something_missing(station: Station) -> None:
    plain = station.call(accept_case, form()).number
    assert (
        _code(lambda: station.call(record_print, plain, "one_time_notice", "a5"))
        == "printing.nothing_missing"
    )


def test_waiting_until_it_came_out(station: Station, number: str) -> None:
    job = station.call(record_print, number, "case_slip", "a5")
    station.call(mark_printed, job.id, "PrinterOff")
    (effect,) = station.call(waiting_prints)
    assert (effect.event, effect.attempts) == (job.id, 1)
    station.call(mark_printed, job.id)
    station.call(mark_printed, job.id)
    assert station.call(waiting_prints) == ()


def test_preview_records_nothing(station: Station, number: str) -> None:
    document = station.call(preview_paper, number, "case_slip")
    assert document["mark"]["copy"] == 1
    assert station.call(printed_papers, number) == ()


def _rename(uow: UnitOfWork, clock: FixedClock, actor: Actor, kind: str, code: str, name: str) -> None:
    document = uow.reference.get(kind)
    assert document is not None
    entries = [{**e, "name": name} if e["code"] == code else e for e in document["entries"]]
    publish_own(uow, kind, {**document, "entries": entries}, clock.now_ms())


def test_renaming_a_board_or_an_item_leaves_old_papers_as_they_were(station: Station, number: str) -> None:
    before = station.call(record_print, number, "case_slip", "a5").document["boards"]
    item = station.call(record_print, number, "one_time_notice", "a5").document["item"]
    station.call(_rename, "boards", "policy", "改了名的板块")
    station.call(_rename, "catalog", "0101", "改了名的事项")
    assert station.call(record_print, number, "case_slip", "a5").document["boards"] == before
    assert station.call(record_print, number, "one_time_notice", "a5").document["item"] == item
    fresh = station.call(accept_case, form(text="新的一件", item="0101", missing=("甲",))).number
    assert "改了名的板块" in repr(station.call(record_print, fresh, "case_slip", "a5").document["boards"])
    assert station.call(record_print, fresh, "one_time_notice", "a5").document["item"] == "改了名的事项"


def test_a_reprint_is_drawn_from_the_snapshot(station: Station, number: str) -> None:
    job = station.call(record_print, number, "case_slip", "a5")
    station.call(assign_boards, number, ("talent",))
    (kept,) = station.call(printed_papers, number)
    assert kept.document == job.document
    drawn = render_document(kept.document, "a5")
    assert (drawn.data[:5], drawn.media_type) == (b"%PDF-", "application/pdf")


def test_the_snapshot_names_the_clerk_and_the_link(station: Station) -> None:
    clerk = Actor("clerk", name="林")
    number = station.call(accept_case, form(), as_actor=clerk).number
    document: dict[str, Any] = station.call(record_print, number, "case_slip", "a5").document
    assert document["clerk"]
    assert document["mark"]["link"] == "local"


def test_kept_papers_are_removed_after_a_day(station: Station, number: str, tmp_path: Path) -> None:
    job = station.call(record_print, number, "case_slip", "a5")
    kept = keep_paper(tmp_path, job).file
    written_ms = int(kept.stat().st_mtime * 1000)
    assert sweep_papers(tmp_path, written_ms + 3_600_000) == 0
    assert kept.exists()
    assert sweep_papers(tmp_path, written_ms + KEEP_MS + 1_000) == 1
    assert not kept.exists()
