"""From a scanned text to what the desk does with it: enterprise, slip, case or nothing."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from db.rows.replay_marks import ReplayMarks
from domain.callbacks.codes import code_text, is_task_code, task_ref
from domain.codes.building import presentation_text
from domain.codes.revocation import sign_revocation_list
from domain.codes.slips import MAX_CHARS, Slip, SlipOf, slip_text
from domain.codes.trust import sign_trust_list
from domain.codes.verdict import Answer, Reason
from domain.queue.desk import TicketOrder
from domain.queue.model import TicketSource, TicketState, Visitor
from domain.staff import Actor, Role
from reports.preview import pages
from services.back_office.closing import feed_back_case, resolve_case
from services.case_steps import answer_case
from services.cases import accept_case
from services.printing import preview_paper, record_print, render_document
from services.queue.local_desk import LocalQueueDesk
from services.queue.tickets import call_next, issue_ticket
from services.queue.views import read_hall
from services.rulebook import rulebook
from services.scanning import read_picture, read_pixels
from services.scans import Found, Scan, scan
from services.setup import init_station
from services.staff import actor_named
from services.station import Station, open_station
from services.trust import own_trust_file, take_trust
from tests.code_minting import (
    AGENT_ISSUER,
    HOLDER,
    ISSUERS,
    NOW,
    REVOCATIONS,
    ROOT,
    STRANGER,
    USCC,
    public,
    qym,
    shown,
)
from tests.fixed import FixedClock, form

TRUSTED = {
    "root": base64.b64encode(public(ROOT).raw).decode(),
    "trust_list": sign_trust_list(ISSUERS, ROOT),
    "revocation_list": sign_revocation_list(REVOCATIONS, ROOT),
}
BAD_NUMBER = "91330100799655058C"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def window(station_home: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    """A real station that trusts the tests' issuers."""
    init_station(tmp_path / "real", site_name="高新站", site_letters="GX", clock=clock)
    opened = open_station(tmp_path / "real", clock=clock)
    opened.call(take_trust, json.dumps(TRUSTED).encode())
    yield opened
    opened.close()


def presented() -> str:
    return presentation_text(shown(), HOLDER)


def test_a_valid_code_proves_name_and_kind_and_makes_the_enterprise_known(window: Station) -> None:
    found = window.call(scan, qym() + "\r\n")
    assert (found.found, found.verdict.answer, found.uscc) == (Found.ENTERPRISE, Answer.VALID, USCC)
    assert found.proof is not None
    assert (found.proof.name, found.proof.kind) == ("杭州蓝鲸智能装备有限公司", "enterprise")
    assert found.enterprise is not None
    assert found.enterprise.proved


def test_a_forged_code_proves_nothing(window: Station) -> None:
    text = qym()
    forged = text[:60] + ("A" if text[60] != "A" else "B") + text[61:]
    found = window.call(scan, forged)
    assert found.proof is None
    assert found.verdict.answer is Answer.INVALID


def test_an_agents_credential_does_not_vouch_for_the_enterprises_name(window: Station) -> None:
    found = window.call(scan, qym(AGENT_ISSUER, purpose="agent"))
    assert found.verdict.answer is Answer.VALID
    assert found.proof is not None
    assert found.proof.name == ""


def test_a_presentation_works_once_also_after_a_restart(window: Station, clock: FixedClock) -> None:
    assert window.call(scan, presented()).verdict.answer is Answer.VALID
    window.close()
    again = open_station(window.home, clock=clock)
    assert again.call(scan, presented()).verdict.reasons == (Reason.REPLAYED,)
    again.close()


def test_without_memory_the_same_presentation_would_work_twice(
    window: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check above can fail: a memory that forgets lets the copy pass."""
    monkeypatch.setattr(ReplayMarks, "remember", lambda *_: True)
    assert [window.call(scan, presented()).verdict.answer for _ in range(2)] == [Answer.VALID] * 2


def test_a_clock_that_stands_before_what_was_recorded_is_not_believed(
    window: Station, clock: FixedClock
) -> None:
    window.call(accept_case, form())
    clock.move(days=-1)
    assert Reason.CLOCK_UNSURE in window.call(scan, qym()).verdict.reasons
    assert window.call(scan, qym()).verdict.answer is Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("text", "found", "answer"),
    [
        (USCC, Found.ENTERPRISE, Answer.CANNOT_TELL),
        (USCC.lower() + "\t\r\n", Found.ENTERPRISE, Answer.CANNOT_TELL),
        ("９１３３０１００７９９６５５０５８Ｂ", Found.ENTERPRISE, Answer.CANNOT_TELL),
        (BAD_NUMBER, Found.NOTHING, Answer.INVALID),
        (f"https://www.gsxt.gov.cn/x?c={USCC}", Found.ENTERPRISE, Answer.CANNOT_TELL),
        ("<script>alert(1)</script>", Found.NOTHING, Answer.INVALID),
        ("", Found.NOTHING, Answer.INVALID),
        ("QYM1:" + "0" * 5_000, Found.NOTHING, Answer.INVALID),
    ],
)
def test_everything_else_is_what_it_is(window: Station, text: str, found: Found, answer: Answer) -> None:
    result = window.call(scan, text)
    assert (result.found, result.verdict.answer) == (found, answer)
    assert result.proof is None


def test_a_case_number_finds_its_case(window: Station) -> None:
    accepted = window.call(accept_case, form())
    assert window.call(scan, accepted.number).case == accepted.id
    assert window.call(scan, accepted.number[:-1] + "?").found is Found.NOTHING


def slip_code(station: Station, size: str) -> tuple[str, Any]:
    """The text in the QR code of a printed slip, read from its picture."""
    accepted = station.call(accept_case, form(uscc=USCC))
    job = station.call(record_print, accepted.id, "case_slip", size)
    return read_back(job.document, size), accepted


def read_back(document: dict[str, Any], size: str) -> str:
    """The one code on the paper: of the raster that a thermal printer gets, or of the page at 150 dpi."""
    if size.endswith("mm"):
        content = render_document(document, size, as_pdf=False).data
        (code,) = read_picture(content)
        return code.text
    pdf = render_document(document, size).data
    page = pages(pdf, width_px=875 if size == "a5" else 1240)[0]
    (code,) = read_pixels(Image.frombytes("RGB", (page.width, page.height), page.rgb).convert("L"))
    return code.text


@pytest.mark.parametrize("size", ["a5", "a4", "80mm", "58mm"])
def test_the_code_on_a_slip_is_read_from_its_picture_and_opens_the_case(window: Station, size: str) -> None:
    text, accepted = slip_code(window, size)
    assert text.startswith("QYS1:")
    assert len(text) <= MAX_CHARS
    found = window.call(scan, text)
    assert (found.found, found.case) == (Found.SLIP, accepted.id)


def test_a_slip_names_neither_person_nor_enterprise(window: Station) -> None:
    text, _ = slip_code(window, "58mm")
    said = window.call(scan, text).verdict.claims
    assert set(said) == {"id", "number", "kind", "site", "board", "accepted_at", "due_at", "copy", "of"}


def test_the_same_copy_has_the_same_code(window: Station) -> None:
    accepted = window.call(accept_case, form())
    first, second = (window.call(preview_paper, accepted.id, "case_slip")["qr"] for _ in range(2))
    assert first == second


def other_window(window: Station, tmp_path: Path, clock: FixedClock, *, knows: bool) -> Station:
    """Another window of the same site, which has never met this one's cases; ``knows`` its key."""
    init_station(tmp_path / "other", site_name="高新站", site_letters="GX", clock=clock)
    other = open_station(tmp_path / "other", clock=clock)
    if knows:
        other.call(take_trust, window.call(own_trust_file))
    return other


def test_another_window_offline_sees_what_the_slip_holds(
    window: Station, tmp_path: Path, clock: FixedClock
) -> None:
    text, accepted = slip_code(window, "a5")
    other = other_window(window, tmp_path, clock, knows=True)
    found: Scan = other.call(scan, text)
    other.close()
    assert found.found is Found.SLIP
    assert found.slip is not None
    assert (found.slip.number, found.slip.here, found.slip.own_site) == (accepted.number, False, True)
    assert found.slip.due_at == accepted.due_at // 1000 * 1000
    assert found.slip.board == window.call(lambda uow, *_: rulebook(uow).boards["policy"].name)


def test_a_slip_of_a_device_nobody_named_cannot_be_told(
    window: Station, tmp_path: Path, clock: FixedClock
) -> None:
    text, _ = slip_code(window, "a5")
    other = other_window(window, tmp_path, clock, knows=False)
    found = other.call(scan, text)
    other.close()
    assert (found.found, found.slip) == (Found.NOTHING, None)
    assert found.verdict.reasons == (Reason.UNKNOWN_ISSUER,)


def rating_code(window: Station) -> tuple[str, Any]:
    """The code as it is printed on the rating form of a case that is closed."""
    accepted = window.call(accept_case, form(uscc=USCC))
    policy = Actor("policy", Role.SPECIALIST, board="policy")
    window.call(answer_case, accepted.number, "材料已齐，可以申报。", as_actor=policy)
    window.call(resolve_case, accepted.number, "可以申报。", as_actor=policy)
    window.call(feed_back_case, accepted.number)
    job = window.call(record_print, accepted.id, "rating_form", "a5")
    return read_back(job.document, "a5"), accepted


def test_the_code_of_a_rating_form_is_no_slip(window: Station) -> None:
    text, accepted = rating_code(window)
    found: Scan = window.call(scan, text)
    assert (found.found, found.case, found.verdict.answer) == (Found.RATING, accepted.id, Answer.VALID)
    assert found.slip is not None
    assert (found.slip.number, found.slip.kind, found.slip.board, found.slip.due_at) == (
        accepted.number,
        "",
        "",
        None,
    )
    slip = window.call(preview_paper, accepted.id, "case_slip")["qr"]
    assert window.call(scan, slip).found is Found.SLIP


def test_a_rating_form_of_elsewhere_or_of_nobody_leads_to_no_case(
    window: Station, tmp_path: Path, clock: FixedClock
) -> None:
    text, accepted = rating_code(window)
    other = other_window(window, tmp_path, clock, knows=True)
    found: Scan = other.call(scan, text)
    other.close()
    assert (found.found, found.case) == (Found.RATING, None)
    assert found.slip is not None
    assert (found.slip.number, found.slip.here) == (accepted.number, False)
    at = 60
    forged = window.call(scan, text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :])
    assert (forged.found, forged.case, forged.slip) == (Found.NOTHING, None, None)
    stranger = Slip(of=SlipOf.RATING, id=accepted.id, number=accepted.number, site="QJXC", accepted_at=1)
    unknown = window.call(scan, slip_text(stranger, STRANGER))
    assert (unknown.found, unknown.case) == (Found.NOTHING, None)


def test_a_tickets_code_says_its_number_and_how_it_stands(
    window: Station, tmp_path: Path, clock: FixedClock
) -> None:
    given = window.call(issue_ticket, TicketOrder(group="A"))
    assert given.qr.startswith("QYS1:")
    window.call(call_next, "1")
    found: Scan = window.call(scan, given.qr)
    assert (found.found, found.case, found.slip, found.uscc) == (Found.TICKET, None, None, None)
    assert found.ticket is not None
    assert (found.ticket.id, found.ticket.number, found.ticket.own_site) == (given.ticket.id, "A001", True)
    assert found.ticket.state is TicketState.CALLED
    other = other_window(window, tmp_path, clock, knows=True)
    elsewhere: Scan = other.call(scan, given.qr)
    other.close()
    assert elsewhere.ticket is not None
    assert (elsewhere.ticket.number, elsewhere.ticket.group, elsewhere.ticket.state) == (
        "A001",
        "综合受理",
        None,
    )


def test_the_code_of_a_ticket_names_no_enterprise(window: Station) -> None:
    given = window.call(issue_ticket, TicketOrder(group="A", visitor=Visitor(USCC, "杭州某公司")))
    said = window.call(scan, given.qr).verdict.claims
    assert USCC not in str(said)
    assert "杭州" not in str(said)


def test_the_ticket_machine_acts_as_the_device(station: Station, clock: FixedClock) -> None:
    clock.set("2026-11-18 10:00")
    station.actor = station.call(actor_named, "clerk")
    given = LocalQueueDesk(station).issue(TicketOrder(group="A", source=TicketSource.KIOSK))
    at_window = LocalQueueDesk(station).issue(TicketOrder(group="A"))
    actors = {
        e.stream: e.actor
        for e in station.call(
            lambda uow, *_: [e for one in (given, at_window) for e in uow.events.stream(one.ticket.id)]
        )
    }
    assert actors == {given.ticket.id: station.device_actor.id, at_window.ticket.id: "clerk"}


def test_the_hall_says_what_a_ticket_machine_needs(station: Station, clock: FixedClock) -> None:
    clock.set("2026-11-18 10:00")
    view = station.call(read_hall)
    assert [one.code for one in view.priorities] == ["normal", "priority", "appointment"]
    assert view.visiting
    assert any(start <= view.now_ms < end for start, end in view.visiting)
    assert view.ticket_note


def test_the_row_of_a_callback_form_is_known_by_its_code(station: Station) -> None:
    text = code_text(task_ref("case", 1), bytes(32))
    found = station.call(scan, text.lower() + "\r")
    assert (found.found, found.case, is_task_code(found.scanned)) == (Found.CALLBACK, None, True)
