"""Stations that join a real hub and a real centre, with their history, over a line that loses answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.chain_check import broken
from db.folding import fold_some
from db.schema import case_row
from db.unit_of_work import UnitOfWork
from domain.codes.verdict import Answer
from domain.enrolment import DeviceRole
from domain.errors import AppError
from server.folding import fold_all
from server.nodes import ServerNode
from services import enrolling
from services.cases import accept_case
from services.device_keys import own_signer
from services.devices import device_of, revoke_device
from services.printing import preview_paper
from services.setup import init_station
from services.station import Station, open_station
from services.trust import verify_here
from sync.engine.synchronise import synchronise_fully
from sync.enrol_code import Invitation
from sync.enrolment import Enrolment
from sync.protocol import Wait, WaitAnswer
from sync.session import open_transport
from tests.faults.proxy import FaultyProxy
from tests.fixed import DAY_MS, FixedClock, form
from tests.patience import PATIENCE_S
from tests.server.nodes import Served, serving


@pytest.fixture
def alone(hub: ServerNode, tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    """A station that has worked for itself."""
    init_station(tmp_path / "alone", site_name="独立服务站", site_letters="DL", clock=clock)
    station = open_station(tmp_path / "alone", clock=clock)
    yield station
    station.close()


def _join(station: Station, code: str, url: str, clock: FixedClock) -> enrolling.Joined:
    with Enrolment(Invitation(code, url), clock, stall_s=PATIENCE_S) as enrolment:
        return station.call(enrolling.join, enrolment.ask(station.call(enrolling.newcomer)))


def _device(station: Station) -> str:
    return station.call(lambda uow, *_: str(uow.events.node.device))


def _comes_in(station: Station, clock: FixedClock) -> int:
    line, _ = open_transport(station, clock, stall_s=PATIENCE_S)
    with line:
        line.post("/v1/wait", Wait(s=0), WaitAnswer)
        return line.traffic.requests


def _reads(station: Station, slip: str) -> Answer:
    return station.call(verify_here, slip, None, None).answer


def _sites(uow: UnitOfWork, *_: object) -> set[str]:
    return set(uow.connection.execute(sa.select(case_row.c.site)).scalars())


def test_a_lone_station_brings_its_history(alone: Station, doors: Served, clock: FixedClock) -> None:
    for _ in range(3):
        alone.call(accept_case, form())
    joined = _join(alone, doors.code(), doors.url, clock)
    assert (joined.old_site, joined.site) == ("dl", "hall")
    alone.call(accept_case, form())
    synchronise_fully(alone)
    doors.node.call(lambda uow, *_: fold_some(uow, 100, clock.now_ms()))
    assert doors.node.call(_sites) == {"hall"}
    assert alone.call(_sites) == {"hall"}
    known = doors.node.call(device_of, _device(alone))
    assert known is not None
    assert known.sites == ("dl",)
    assert set(known.letters) == set(joined.letters)
    assert known.public_key == alone.call(lambda uow, *_: own_signer(uow).key.public_key().public_bytes_raw())


def test_a_window_that_comes_later_sees_the_history_at_the_site_that_was_joined(
    alone: Station, doors: Served, clock: FixedClock, tmp_path: Path
) -> None:
    """The history comes down before the event that tells of the joining, and is folded before it."""
    alone.call(accept_case, form())
    _join(alone, doors.code(), doors.url, clock)
    synchronise_fully(alone)
    with Enrolment(Invitation(doors.code(), doors.url), clock, stall_s=PATIENCE_S) as enrolment:
        enrolling.enrol_home(tmp_path / "late", clock, enrolment)
    late = open_station(tmp_path / "late", clock=clock)
    synchronise_fully(late)
    assert late.call(_sites) == {"hall"}
    assert list(late.call(lambda uow, *_: list(broken(uow.connection)))) == []
    late.close()


def test_windows_of_a_hall_know_each_others_slips(
    alone: Station, doors: Served, clock: FixedClock, tmp_path: Path
) -> None:
    """By the register of devices: nobody carries keys about. A revoked device's slips count until then."""
    with Enrolment(Invitation(doors.code(), doors.url), clock, stall_s=PATIENCE_S) as enrolment:
        enrolling.enrol_home(tmp_path / "late", clock, enrolment)
    late = open_station(tmp_path / "late", clock=clock)
    slips = []
    for minutes in (1, 60):
        slips.append(late.call(preview_paper, late.call(accept_case, form()).id, "case_slip")["qr"])
        clock.move(ms=60_000 * minutes)
    _join(alone, doors.code(), doors.url, clock)
    for station in (late, alone):
        synchronise_fully(station)
    assert [_reads(node, slip) for node in (late, alone, doors.node) for slip in slips] == [Answer.VALID] * 6
    doors.node.call(revoke_device, _device(late), as_actor=doors.node.operator)
    clock.move(ms=60_000)
    late_slip = late.call(preview_paper, late.call(accept_case, form()).id, "case_slip")["qr"]
    synchronise_fully(alone)
    assert [_reads(alone, slip) for slip in (*slips, late_slip)] == [Answer.VALID] * 2 + [Answer.INVALID]
    late.close()


def test_a_window_of_the_centre_comes_to_its_hall_s_hub(
    alone: Station, hub: ServerNode, centre: ServerNode, clock: FixedClock
) -> None:
    """Keys of devices come from above then and are not the window's to publish; its first site is known yet."""
    alone.call(accept_case, form())
    with serving(centre) as above, serving(hub) as near:
        for server in (above, near):
            assert _join(alone, server.code("hall"), server.url, clock).site == "hall"
            assert synchronise_fully(alone).rejected == 0
            clock.move(ms=1_000)
            if server is above:
                with Enrolment(
                    Invitation(above.code("hall", "hub"), above.url),
                    clock,
                    role=DeviceRole.HUB,
                    stall_s=PATIENCE_S,
                ) as enrolment:
                    hub.call(enrolling.join, enrolment.ask(hub.call(enrolling.newcomer)))
                synchronise_fully(hub)
    fold_all(hub)
    for node in (alone, hub):
        assert node.call(_sites) == {"hall"}
        assert node.call(lambda uow, *_: list(broken(uow.connection))) == []


def test_an_answer_that_was_lost_is_given_again(alone: Station, doors: Served, clock: FixedClock) -> None:
    code = doors.code()
    with FaultyProxy("127.0.0.1", int(doors.url.rpartition(":")[2])) as proxy:
        proxy.lose_answers(1)
        with pytest.raises(AppError) as caught:
            _join(alone, code, proxy.url, clock)
        assert caught.value.code == "enrol.unreachable"
        clock.move(hours=2)
        assert _join(alone, code, proxy.url, clock).site == "hall"
    assert len(doors.node.call(lambda uow, *_: uow.devices.all("hall"))) == 2


@pytest.mark.parametrize("wrong_ms", [-365 * DAY_MS, 365 * DAY_MS])
def test_a_station_whose_clock_is_wrong_by_a_year_comes_in(
    wrong_ms: int, alone: Station, doors: Served, clock: FixedClock
) -> None:
    wrong = FixedClock(clock.at_ms + wrong_ms)
    alone.clock = wrong
    _join(alone, doors.code(), doors.url, wrong)
    assert _comes_in(alone, wrong) == 1
    clock.move(hours=1)
    wrong.move(hours=1)
    assert _comes_in(alone, wrong) == 3


def test_a_revoked_station_is_told(alone: Station, doors: Served, clock: FixedClock) -> None:
    _join(alone, doors.code(), doors.url, clock)
    _comes_in(alone, clock)
    doors.node.call(revoke_device, _device(alone), as_actor=doors.node.operator)
    with pytest.raises(AppError) as caught:
        _comes_in(alone, clock)
    assert caught.value.code == "sync.revoked"


def test_a_hub_joins_its_centre(hub: ServerNode, centre: ServerNode, clock: FixedClock) -> None:
    with serving(centre) as above:
        code = above.code("hall", "hub")
        with Enrolment(
            Invitation(code, above.url), clock, role=DeviceRole.HUB, stall_s=PATIENCE_S
        ) as enrolment:
            joined = hub.call(enrolling.join, enrolment.ask(hub.call(enrolling.newcomer)))
        assert joined.site == "hall"
        other = above.code("city", "hub")
        with (
            pytest.raises(AppError) as caught,
            Enrolment(
                Invitation(other, above.url), clock, role=DeviceRole.HUB, stall_s=PATIENCE_S
            ) as enrolment,
        ):
            hub.call(enrolling.join, enrolment.ask(hub.call(enrolling.newcomer)))
        assert caught.value.code == "enrol.wrong_site"
