"""Old cases of a window, over a real line: fetched by ``POST /v1/case``, also for the command line.

Their files go with them, and come back as somebody opens them.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.files.file_transfers import Direction, FileTransfers
from db.schema import case_row
from domain.errors import AppError
from services.cases import accept_case, show_case
from services.file_fetching import want_file
from services.retention import case_at_centre, keep_fetched
from sync.engine.synchronise import synchronise
from sync.files import note_named
from sync.old_cases import fetch
from sync.protocol_cases import CaseAnswer, CaseAsked
from tests.cli.test_contract import Qifu
from tests.fixed import FixedClock, form
from tests.server.nodes import Pc, Served
from tests.server.old_desk import SCAN, TEXT, OldDesk, old_desk

OFFLINE = "本件办结已久，内容存放在中心，现在连不上中心，取不回来。请连上网络后再打开。\n"


@pytest.fixture
def desk(doors: Served, clock: FixedClock, tmp_path: Path) -> Iterator[OldDesk]:
    with old_desk(doors, clock, tmp_path / "desk") as made:
        yield made


def test_a_case_is_fetched_over_http(desk: OldDesk, doors: Served) -> None:
    desk.sync()
    assert desk.retire() == 1
    assert desk.text == ""
    case = desk.station.call(case_at_centre, desk.case)
    assert fetch(desk.station, case, keep_fetched) == 3
    assert desk.text == TEXT
    number = desk.station.call(show_case, desk.case).number
    pc = Pc()
    pc.enrol(doors)
    for key in (desk.case, number):
        found = doors.answer("/v1/case", CaseAsked(key=key), CaseAnswer, pc.token)
        assert (found.case, len(found.parts)) == (desk.case, 3)
    assert doors.refused("/v1/case", CaseAsked(key="DL000000XX00000"), pc.token) == (404, "cases.not_found")
    assert doors.refused("/v1/case", CaseAsked(key=desk.case)) == (401, "access.token")


def test_a_node_above_that_has_lost_it_is_no_line_that_is_down(desk: OldDesk) -> None:
    desk.sync()
    desk.retire()
    desk.hub.call(lambda uow, *_: uow.connection.execute(sa.delete(case_row)))
    with pytest.raises(AppError) as caught:
        fetch(desk.station, desk.case, keep_fetched)
    assert caught.value.code == "retention.not_above"


def test_its_files_go_with_it_and_come_back_as_somebody_opens_them(desk: OldDesk) -> None:
    desk.sync()
    assert desk.content(desk.file) == SCAN
    desk.retire()
    assert desk.content(desk.file) is None
    desk.sync()
    assert desk.content(desk.file) is None
    fetch(desk.station, desk.case, keep_fetched)
    desk.sync()
    assert desk.content(desk.file) is None
    desk.station.call(want_file, desk.case, desk.file)
    desk.sync()
    assert desk.content(desk.file) == SCAN
    assert desk.retire(days=31) == 1
    assert desk.content(desk.file) is None


def test_a_file_that_an_open_case_names_stays(desk: OldDesk) -> None:
    still = desk.station.call(accept_case, form(text="另一件")).id
    desk.attach(still, "同一份.pdf", SCAN)
    desk.sync()
    assert desk.retire() == 1
    assert desk.content(desk.file) == SCAN


def test_a_case_stays_until_its_files_are_above(desk: OldDesk) -> None:
    """A run that ended between events and files: nobody else has the file."""
    synchronise(desk.station)
    desk.station.call(note_named)
    assert desk.retire() == 0
    assert desk.content(desk.file) == SCAN
    desk.sync()
    assert desk.retire(days=1) == 1


def test_a_file_that_the_hub_refused_stays(desk: OldDesk) -> None:
    """Nobody else has it."""
    desk.sync()
    desk.station.call(
        lambda uow, *_: FileTransfers(uow.connection).end(desk.file, Direction.UP, 1, "files.kind")
    )
    assert desk.retire() == 1
    assert desk.content(desk.file) == SCAN


@pytest.fixture
def qifu(desk: OldDesk, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Qifu:
    """The command line at a desk whose case has been retired; the desk itself is closed."""
    desk.sync()
    desk.retire()
    desk.station.close()
    return Qifu(desk.station.home, capfd, monkeypatch)


def test_the_command_line_brings_it_back(desk: OldDesk, qifu: Qifu) -> None:
    code, out, err = qifu.run("case", "show", desk.case, "--home", str(qifu.home))
    assert (code, err) == (0, "正在从中心取回。\n")
    assert TEXT in out
    assert qifu.json("case", "show", desk.case)["text"] == TEXT


def test_the_command_line_offline_shows_what_is_here(desk: OldDesk, qifu: Qifu, doors: Served) -> None:
    qifu._patch.setenv("QIFU_SYNC_URL", "http://127.0.0.1:9")
    code, out, err = qifu.run("case", "show", desk.case, "--home", str(qifu.home), "--json")
    assert (code, err) == (3, OFFLINE)
    shown = json.loads(out)
    assert (shown["id"], shown["state"], shown["text"]) == (desk.case, "resolved", "")
    code, out, err = qifu.run("case", "show", desk.case, "--home", str(qifu.home))
    assert (code, err) == (3, "正在从中心取回。\n" + OFFLINE)
    assert out
