"""Documents and files between a desk and a real node, by the engine as it runs: a centre on PostgreSQL, and a hub."""

import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from db.files.attachments import Attachments
from domain.cases.model import LimitClass
from domain.enrolment import DeviceRole
from domain.errors import AppError
from domain.program import PROGRAM
from domain.staff import Role
from server.nodes import ServerNode
from services import enrolling
from services.cases import accept_case
from services.devices import list_devices
from services.documents import shipped
from services.file_fetching import want_file
from services.files import attach_file
from services.hub import PIN_DOCUMENT, check_hub_pin, set_hub_pin
from services.pins import hash_pin
from services.publishing import FIRST_VERSION, publish
from services.rulebook import rulebook
from services.setup import init_station
from services.sites import save_member_of
from services.staff import check_password
from services.station import Station, open_station
from services.upstream_documents import take_in
from sync.engine.extras import usual_extras
from sync.engine.synchronise import Outcome, synchronise
from sync.enrol_code import Invitation
from sync.enrolment import Enrolment
from tests.fixed import FixedClock, form
from tests.server.nodes import Served, serving

SCAN = b"%PDF-1.4\n" + random.Random(1).randbytes(150_000)


@pytest.fixture
def above(centre: ServerNode) -> Iterator[Served]:
    with serving(centre) as served:
        yield served


@pytest.fixture
def desk(tmp_path: Path, above: Served, clock: FixedClock) -> Iterator[Station]:
    """A station that has joined the centre as a window of its hall."""
    init_station(tmp_path / "desk", site_name="窗口", site_letters="DL", clock=clock)
    station = open_station(tmp_path / "desk", clock=clock)
    join(station, above, clock)
    yield station
    station.close()


def join(station: Station, above: Served, clock: FixedClock) -> None:
    with Enrolment(Invitation(above.code("hall"), above.url), clock) as enrolment:
        station.call(enrolling.join, enrolment.ask(station.call(enrolling.newcomer)))


def run(station: Station) -> Outcome:
    return synchronise(station, extras=usual_extras(take_in))


def content(home: Path, station: Station | ServerNode, sha256: str) -> bytes | None:
    row = station.call(lambda uow, *_: uow.attachments.get(sha256))
    return None if row is None else b"".join(Attachments(home / "attachments").read(row))


def test_documents_of_a_centre_on_postgresql_are_in_force_at_its_desk(desk: Station, above: Served) -> None:
    centre = above.node
    limits = {**shipped("limits"), "version": 0, "default_profile": "qiantang"}
    centre.call(publish, "limits", limits, "hall", as_actor=centre.operator)
    centre.call(
        save_member_of, "hall", "lin", "林静", Role.CLERK, None, "correct horse", as_actor=centre.operator
    )
    assert run(desk).failure == ""
    book = desk.call(lambda uow, *_: rulebook(uow))
    assert book.rules.profile().days_for(LimitClass.SIMPLE, None) == 1
    assert book.site.code == "hall"
    assert check_password(desk, "lin", "correct horse").name == "林静"
    with pytest.raises(AppError, match=r"documents\.from_centre"):
        desk.call(publish, "limits", limits, as_actor=centre.operator)


def test_the_pin_of_a_hall_s_hub_is_the_same_at_all_its_windows(desk: Station, above: Served) -> None:
    centre = above.node
    desk.call(set_hub_pin, "1357")
    centre.call(publish, PIN_DOCUMENT, {"pin": hash_pin("2468")}, "hall", as_actor=centre.operator)
    assert run(desk).failure == ""
    check_hub_pin(desk, "2468")
    with pytest.raises(AppError, match=r"hub\.pin_wrong"):
        check_hub_pin(desk, "1357")
    with pytest.raises(AppError, match=r"documents\.from_centre"):
        desk.call(set_hub_pin, "1357")


def test_a_centre_knows_the_version_of_its_windows(desk: Station, above: Served) -> None:
    assert run(desk).failure == ""
    (window,) = above.node.call(list_devices, "hall")
    assert window.seen is not None
    assert window.seen.version == PROGRAM


def test_a_run_that_changes_nothing_asks_for_no_document(desk: Station, above: Served) -> None:
    run(desk)
    before = desk.call(lambda uow, *_: uow.reference.versions())
    assert run(desk) == Outcome()
    assert desk.call(lambda uow, *_: uow.reference.versions()) == before


def test_a_file_goes_up_to_a_centre_on_postgresql_and_down_to_another_desk(
    desk: Station, above: Served, tmp_path: Path, clock: FixedClock
) -> None:
    run(desk)
    case = desk.call(accept_case, form())
    file = desk.submit_upkeep(attach_file, case.id, "执照.pdf", BytesIO(SCAN)).result()
    assert run(desk).failure == ""
    assert content(above.node.home, above.node, file.sha256) == SCAN
    init_station(tmp_path / "second", site_name="二号", site_letters="EL", clock=clock)
    second = open_station(tmp_path / "second", clock=clock)
    try:
        join(second, above, clock)
        assert run(second).failure == ""
        assert content(second.home, second, file.sha256) == SCAN
    finally:
        second.close()


def test_a_window_gets_its_centres_documents_through_a_hub(
    hub: ServerNode, above: Served, tmp_path: Path, clock: FixedClock
) -> None:
    """The hub had worked alone and published its own; it joins, follows the centre, and vouches for it."""
    centre = above.node
    own = {**shipped("callbacks"), "version": 0, "attempts": 4}
    for attempts in (4, 5):
        hub.call(publish, "callbacks", {**own, "attempts": attempts}, as_actor=hub.operator)
    centre.call(publish, "callbacks", {**own, "attempts": 9}, as_actor=centre.operator)
    with serving(hub) as between:
        init_station(tmp_path / "window", site_name="窗口", site_letters="DL", clock=clock)
        window = open_station(tmp_path / "window", clock=clock)
        try:
            join(window, between, clock)
            assert run(window).failure == ""
            assert attempts_at(window) == (5, FIRST_VERSION + 1)
            join_hub(hub, above, clock)
            assert run(hub).failure == ""
            assert attempts_at(hub) == (9, FIRST_VERSION)
            assert run(window).failure == ""
            assert attempts_at(window) == (9, FIRST_VERSION)
            case = window.call(accept_case, form())
            file = window.submit_upkeep(attach_file, case.id, "执照.pdf", BytesIO(SCAN)).result()
            assert run(window).failure == ""
            assert run(hub).failure == ""
            assert content(centre.home, centre, file.sha256) == SCAN
            with pytest.raises(AppError, match=r"attachment_missing"):
                window.call(want_file, case.id, "0" * 64)
        finally:
            window.close()


def join_hub(hub: ServerNode, above: Served, clock: FixedClock) -> None:
    with Enrolment(Invitation(above.code("hall", "hub"), above.url), clock, role=DeviceRole.HUB) as enrolment:
        hub.call(enrolling.join, enrolment.ask(hub.call(enrolling.newcomer)))


def attempts_at(node: Station | ServerNode) -> tuple[int, int]:
    document = node.call(lambda uow, *_: uow.reference.get("callbacks"))
    return document["attempts"], document["version"]
