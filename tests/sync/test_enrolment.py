"""Joining a centre with a one-time code: fresh, with history, again after a break, and every way it is refused."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.incarnation import begin, new_letters
from db.schema import case_row, event, node
from db.unit_of_work import UnitOfWork
from db.upstream_access import UpstreamAccess
from domain.errors import AppError
from services import enrolling
from services.cases import accept_case as accept
from services.device_keys import known_keys
from services.queue.day import begin_day, hall_now
from services.rulebook import rulebook
from services.setup import init_station
from services.station import InitResult, Station, open_station
from sync.enrol_code import Invitation, new_code, shown
from sync.enrolment import Enrolment, invitation_of
from tests.faults.proxy import FaultyProxy
from tests.fixed import FixedClock, form
from tests.patience import PATIENCE_S
from tests.sync.centre_double import LETTERS, Centre
from tests.sync.small_server import SmallServer, self_signed


@pytest.fixture
def server() -> Iterator[SmallServer]:
    with SmallServer() as server:
        yield server


@pytest.fixture
def centre(server: SmallServer, clock: FixedClock) -> Centre:
    return Centre(server, clock)


@pytest.fixture
def code(centre: Centre) -> str:
    code = new_code()
    centre.codes[code] = ""
    return code


@pytest.fixture
def alone(tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    """A station that has worked for itself."""
    init_station(tmp_path / "alone", site_name="独立服务站", site_letters="HN", clock=clock)
    station = open_station(tmp_path / "alone", clock=clock)
    yield station
    station.close()


def _join(station: Station, invitation: Invitation, clock: FixedClock) -> enrolling.Joined:
    with Enrolment(invitation, clock, name="3号窗口", stall_s=PATIENCE_S) as enrolment:
        return station.call(enrolling.join, enrolment.ask(station.call(enrolling.newcomer)))


def _enrol_fresh(home: Path, invitation: Invitation, clock: FixedClock) -> InitResult:
    with Enrolment(invitation, clock, stall_s=PATIENCE_S) as enrolment:
        return enrolling.enrol_home(home, clock, enrolment)


def _events(uow: UnitOfWork, kind: str) -> list[dict[str, object]]:
    streams = uow.connection.execute(sa.select(event.c.stream).where(event.c.kind == kind)).scalars()
    return [one.payload for stream in streams for one in uow.events.stream(stream)]


def test_a_station_keeps_its_history_and_its_numbers(
    alone: Station, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    before = alone.call(accept, form())
    alone.call(begin_day)
    clock.move(hours=1)
    joined = _join(alone, Invitation(code, server.url), clock)
    assert (joined.site, joined.old_site, joined.site_name) == ("gx", "hn", "高新区企业服务中心")
    after = alone.call(accept, form())
    assert before.number.startswith("HN")
    assert after.number.startswith("GX")
    assert after.number[8:10] in LETTERS
    with alone._store.read() as uow:
        assert uow.connection.execute(sa.select(case_row.c.site)).scalars().all() == ["gx", "gx"]
        assert uow.case(before.id).site == "gx"
        assert hall_now(uow, clock.now_ms()).stream
        assert rulebook(uow).site.name == "高新区企业服务中心"
        (told,) = _events(uow, "station_joined")
        assert told["old_site"] == "hn"
        assert told["site"] == "gx"


def test_the_first_word_declares_what_is_brought(
    alone: Station, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    alone.call(accept, form())
    with alone._store.read() as uow:
        told = uow.events.node
    _join(alone, Invitation(code, server.url), clock)
    (said,) = centre.statements
    assert said.old is not None
    assert (said.old.site, said.old.site_letters, said.old.name) == ("hn", "HN", "独立服务站")
    assert [(one.inc, one.seq, one.head) for one in said.old.chains] == [
        (told.incarnation, told.seq, told.head)
    ]
    assert said.old.letters == (told.letters,)
    assert (said.device, said.role, said.host, said.name) == (told.device, "window", "127.0.0.1", "3号窗口")


def test_later_incarnations_take_the_letters_that_were_given(
    alone: Station, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    _join(alone, Invitation(code, server.url), clock)

    def restart(uow: UnitOfWork, *_: object) -> str:
        begin(uow.events, uow.events.node.incarnation, "restored", clock.now_ms())
        return uow.events.node.letters

    taken = [alone.call(lambda uow, *_: uow.events.node.letters)] + [alone.call(restart) for _ in range(4)]
    assert set(taken[:4]) == set(LETTERS)
    assert taken[4] not in LETTERS
    assert len(set(taken)) == 5


def test_letters_come_from_those_given_first() -> None:
    assert new_letters("AC KM", ("AC", "KM", "PQ")) == "PQ"
    assert new_letters("AC", ("AC",)) != "AC"


def test_a_fresh_pc_becomes_a_window_of_the_site_in_one_step(
    tmp_path: Path, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    made = _enrol_fresh(tmp_path / "new", Invitation(code, server.url), clock)
    assert made.site == "gx"
    assert centre.statements[0].old is None
    station = open_station(made.home, clock=clock)
    accepted = station.call(accept, form())
    assert accepted.number.startswith("GX")
    assert accepted.number[8:10] in LETTERS
    with station._store.read() as uow:
        access = UpstreamAccess(uow.connection).get()
        assert access is not None
        assert (access.url, access.server, access.token) == (server.url, centre.device, "token-1")
        assert uow.events.node.device == centre.statements[0].device
        assert len(known_keys(uow)) == 1
        assert _events(uow, "station_joined") == []
    station.close()


@pytest.mark.parametrize("lost_at", ["before", "asked", "told"])
def test_a_fresh_pc_may_be_cut_off_anywhere_and_begin_again(
    lost_at: str, tmp_path: Path, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    home, invitation = tmp_path / "new", Invitation(code, server.url)
    one = enrolling.prepare_home(home, clock)
    if lost_at != "before":
        with Enrolment(invitation, clock, stall_s=PATIENCE_S) as enrolment:
            enrolment.ask(one)
    if lost_at == "told":
        with _killed_before_the_end(), pytest.raises(KeyboardInterrupt):
            _enrol_fresh(home, invitation, clock)
    made = _enrol_fresh(home, invitation, clock)
    assert made.site == "gx"
    assert {said.device for said in centre.statements} == {one.device}
    with pytest.raises(AppError) as caught:
        _enrol_fresh(home, invitation, clock)
    assert caught.value.code == "station.exists"


@contextmanager
def _killed_before_the_end() -> Iterator[None]:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enrolling, "_follow", killed)
        yield


@pytest.mark.parametrize("lost_at", ["asked", "told", "done"])
def test_a_station_may_be_cut_off_anywhere_and_begin_again(
    lost_at: str, alone: Station, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    invitation = Invitation(code, server.url)
    if lost_at == "asked":
        with Enrolment(invitation, clock, stall_s=PATIENCE_S) as enrolment:
            enrolment.ask(alone.call(enrolling.newcomer))
    elif lost_at == "told":
        with _killed_before_the_end(), pytest.raises(KeyboardInterrupt):
            _join(alone, invitation, clock)
        with alone._store.read() as uow:
            assert uow.events.node.site == "hn"
    else:
        _join(alone, invitation, clock)
    _join(alone, invitation, clock)
    with alone._store.read() as uow:
        assert uow.events.node.site == "gx"
        assert len(_events(uow, "station_joined")) == 1
        assert len(uow.events.node.letters_used.split()) == 2
        access = UpstreamAccess(uow.connection).get()
        assert access is not None
        assert access.token == f"token-{centre.tokens}"


def test_a_fresh_pc_that_was_refused_is_as_it_was(
    tmp_path: Path, server: SmallServer, centre: Centre, clock: FixedClock
) -> None:
    used = tmp_path / "used"
    used.mkdir()
    (used / "letter.txt").write_text("mine")
    for home in (tmp_path / "new", used):
        with pytest.raises(AppError):
            _enrol_fresh(home, Invitation(new_code(), server.url), clock)
        with pytest.raises(AppError):
            _enrol_fresh(home, Invitation(new_code(), "http://127.0.0.1:9"), clock)
    assert not (tmp_path / "new").exists()
    assert [entry.name for entry in used.iterdir()] == ["letter.txt"]


def test_a_fresh_pc_whose_answer_was_lost_comes_again_as_itself(
    tmp_path: Path, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    home = tmp_path / "new"
    with FaultyProxy("127.0.0.1", server.port) as proxy:
        proxy.lose_answers(1)
        with pytest.raises(AppError) as caught:
            _enrol_fresh(home, Invitation(code, proxy.url), clock)
        assert caught.value.code == "enrol.unreachable"
        assert _enrol_fresh(home, Invitation(code, proxy.url), clock).site == "gx"
    first, second = centre.statements
    assert (first.device, first.public_key) == (second.device, second.public_key)


def test_a_code_serves_one_device(
    alone: Station, tmp_path: Path, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    _join(alone, Invitation(code, server.url), clock)
    with pytest.raises(AppError) as caught:
        _enrol_fresh(tmp_path / "new", Invitation(code, server.url), clock)
    assert caught.value.code == "enrol.used"


def test_an_unpublished_site_document_still_counts(
    alone: Station, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    centre.version = 1
    _join(alone, Invitation(code, server.url), clock)
    with alone._store.read() as uow:
        assert rulebook(uow).site.code == "gx"


def test_made_up_cases_join_no_centre(
    station: Station, server: SmallServer, code: str, clock: FixedClock
) -> None:
    """A demonstration centre without its made-up weeks may be tried out with a centre; one with them may not."""
    station.call(accept, form())
    station.call(enrolling.newcomer)
    clock.move(days=-3)
    station.call(accept, form())
    with pytest.raises(AppError) as caught:
        _join(station, Invitation(code, server.url), clock)
    assert caught.value.code == "enrol.demo"


def test_who_serves_others_stays_at_its_site(
    alone: Station, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    def serve(uow: UnitOfWork, *_: object) -> None:
        uow.connection.execute(sa.update(node).values(serves=1))

    alone.call(serve)
    with pytest.raises(AppError) as caught:
        _join(alone, Invitation(code, server.url), clock)
    assert caught.value.code == "enrol.wrong_site"


# How it is refused


@pytest.mark.parametrize(
    ("refusal", "detail"),
    [
        ("enrol.unknown", ""),
        ("enrol.expired", ""),
        ("enrol.used", ""),
        ("enrol.wrong_site", "xx"),
        ("enrol.wrong_role", "hub"),
        ("enrol.device_taken", ""),
        ("enrol.letters_exhausted", ""),
    ],
)
def test_every_refusal_has_its_sentence(
    refusal: str, detail: str, alone: Station, server: SmallServer, centre: Centre, clock: FixedClock
) -> None:
    from desktop.messages import sentence

    code = new_code()
    centre.codes[code], centre.detail = refusal, detail
    with pytest.raises(AppError) as caught:
        _join(alone, Invitation(code, server.url), clock)
    assert caught.value.code == refusal
    assert sentence(caught.value)
    with alone._store.read() as uow:
        assert UpstreamAccess(uow.connection).get() is None


def test_a_refusal_that_is_not_known_here(
    alone: Station, server: SmallServer, centre: Centre, clock: FixedClock
) -> None:
    code = new_code()
    centre.codes[code] = "enrol.full_moon"
    with pytest.raises(AppError) as caught:
        _join(alone, Invitation(code, server.url), clock)
    assert caught.value.params == {"refusal": "enrol.full_moon"}


def test_another_role_than_asked_for(
    alone: Station, server: SmallServer, centre: Centre, code: str, clock: FixedClock
) -> None:
    centre.role = "hub"
    with pytest.raises(AppError) as caught:
        _join(alone, Invitation(code, server.url), clock)
    assert caught.value.code == "enrol.wrong_role"


def test_nobody_is_reached(alone: Station, clock: FixedClock) -> None:
    with pytest.raises(AppError) as caught:
        _join(alone, Invitation(new_code(), "http://127.0.0.1:9"), clock)
    assert caught.value.code == "enrol.unreachable"


def test_something_else_is_reached(alone: Station, server: SmallServer, clock: FixedClock) -> None:
    server.routes["/v1/enrol"] = lambda asked: asked.give(b"<html>", 404)
    with pytest.raises(AppError) as caught:
        _join(alone, Invitation(new_code(), server.url), clock)
    assert caught.value.code == "enrol.not_a_server"


def test_a_hub_is_known_by_its_certificate(alone: Station, tmp_path: Path, clock: FixedClock) -> None:
    certificate, pin = self_signed(tmp_path)
    code = new_code()
    with SmallServer(certificate=certificate) as hub:
        centre = Centre(hub, clock)
        centre.codes[code] = ""
        for wrong, told in ((None, "enrol.certificate_unknown"), (bytes(32), "enrol.certificate")):
            with pytest.raises(AppError) as caught:
                _join(alone, Invitation(code, hub.url, wrong), clock)
            assert caught.value.code == told
        assert centre.statements == []
        assert _join(alone, Invitation(code, hub.url, pin), clock).site == "gx"
    with alone._store.read() as uow:
        access = UpstreamAccess(uow.connection).get()
        assert access is not None
        assert access.pin == pin


def test_it_may_be_cancelled_while_the_centre_thinks(
    alone: Station, server: SmallServer, clock: FixedClock
) -> None:
    reached, over = threading.Event(), threading.Event()
    server.routes["/v1/enrol"] = lambda asked: (reached.set(), over.wait(PATIENCE_S))  # type: ignore[assignment]
    enrolment = Enrolment(Invitation(new_code(), server.url), clock, stall_s=PATIENCE_S)
    one = alone.call(enrolling.newcomer)
    cancelling = threading.Thread(target=lambda: (reached.wait(PATIENCE_S), enrolment.cancel()))
    cancelling.start()
    with pytest.raises(AppError) as caught:
        enrolment.ask(one)
    cancelling.join(PATIENCE_S)
    over.set()
    assert caught.value.code == "sync.cancelled"


# What is typed


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", "enrol.code_length"),
        ("7KM2Q-9XT4R", "enrol.code_length"),
        ("7KM2Q-9XT4中-H", "enrol.code_character"),
        ("00000-00000-7", "enrol.code_check"),
        ("qifu-enrol:1:hub?x", "enrol.code_form"),
    ],
)
def test_what_is_wrong_with_a_code_is_said(typed: str, wrong: str) -> None:
    with pytest.raises(AppError) as caught:
        invitation_of(typed, "https://hub.example")
    assert caught.value.code == wrong


def test_a_scanned_code_brings_address_and_certificate() -> None:
    code, pin = new_code(), bytes(range(32))
    scanned = Invitation(code, "https://hub.example:8443", pin)
    assert invitation_of(scanned.text) == scanned
    assert invitation_of(scanned.text, "https://10.0.0.5") == Invitation(code, "https://10.0.0.5", pin)
    assert invitation_of(shown(code).lower(), "https://hub.example", pin.hex(":")).pin == pin


@pytest.mark.parametrize(
    ("url", "pin", "wrong"),
    [
        ("", "", "enrol.url_missing"),
        ("http://hub.example", "", "sync.https_needed"),
        ("hub.example", "", "sync.address_invalid"),
        ("https://hub.example", "abc", "enrol.pin_form"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(url: str, pin: str, wrong: str) -> None:
    with pytest.raises(AppError) as caught:
        invitation_of(new_code(), url, pin)
    assert caught.value.code == wrong
