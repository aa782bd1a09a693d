"""``qifu-server held``: whoever runs a centre sees what is kept apart there, and lets it in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.schema import case_row
from server.folding import fold_all
from server.nodes import ServerNode
from server.syncing.judging import ServerJudge
from services import enrolling
from services.cases import accept_case
from services.setup import init_station
from services.station import Station, open_station
from sync.engine.synchronise import synchronise_fully
from sync.enrol_code import Invitation
from sync.enrolment import Enrolment
from tests.fixed import FixedClock, form
from tests.patience import PATIENCE_S
from tests.server.nodes import serving
from tests.server.test_commands import run, told


@pytest.fixture
def window(centre: ServerNode, tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    """A window of the hall below the centre, in step with it."""
    init_station(tmp_path / "window", site_name="河畔大厅", site_letters="HP", clock=clock)
    station = open_station(tmp_path / "window", clock=clock)
    yield station
    station.close()


def _numbers(node: ServerNode) -> list[str]:
    fold_all(node)
    return node.call(lambda uow, *_: list(uow.connection.execute(sa.select(case_row.c.number)).scalars()))  # type: ignore[no-any-return]


@pytest.mark.parametrize("reason", ["device_revoked", "device_lost"])
def test_what_was_set_aside_is_listed_and_let_in(
    reason: str, window: Station, centre: ServerNode, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = str(centre.home)
    with serving(centre) as doors:
        invitation = Invitation(doors.code("hall"), doors.url)
        with Enrolment(invitation, clock, stall_s=PATIENCE_S) as enrolment:
            window.call(enrolling.join, enrolment.ask(window.call(enrolling.newcomer)))
        synchronise_fully(window)
        accepted = window.call(accept_case, form())
        with monkeypatch.context() as patch:
            patch.setattr(ServerJudge, "quarantines", lambda *_: reason)
            synchronise_fully(window)
    assert _numbers(centre) == []
    (one,) = told("held", "list", "--home", home)
    assert (one["kind"], one["reason"], one["stream"]) == ("case_accepted", reason, accepted.id)
    assert told("held", "list", "--refused", "--home", home) == []
    assert told("held", "release", one["key"], "--home", home) == {"key": one["key"], "state": "released"}
    assert _numbers(centre) == [accepted.number]
    assert told("held", "list", "--home", home) == []
    again = run("held", "release", one["key"], "--home", home)
    assert (again.returncode, "held list" in again.stderr) == (2, True)
