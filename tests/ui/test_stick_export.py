"""导出到 U 盘 on the sync page: what waits is in the file, a second try goes on, and a full stick is told."""

import base64
from pathlib import Path
from typing import Any

import pytest

from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.sync.stick import StickExport
from desktop.theme.theme import Theme
from desktop.widgets import Tone
from services.cases import accept_case
from services.documents import publish_own
from services.station import Station
from services.stick_key import KIND
from sync.stick import new_key, read_stick
from tests.fixed import FixedClock, form
from tests.sync_tables import confirm, join
from tests.ui.desk import Desk, make_desk


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: Any) -> Desk:
    return make_desk(station, tasks, notices, theme, qtbot)


@pytest.fixture
def export(desk: Desk) -> Any:
    made = StickExport(desk.context)
    desk.show(made)
    made.heard = []  # type: ignore[attr-defined]
    made.said.connect(lambda *told: made.heard.append(told))  # type: ignore[attr-defined]
    return made


def _ready(desk: Desk, clock: FixedClock) -> bytes:
    """A station with a case that waits, and the centre's key; its private half."""
    private, public = new_key()
    join(desk.station)
    confirm(desk.station)
    document = {"public_key": base64.b64encode(public).decode("ascii")}
    desk.station.call(lambda uow, *_: publish_own(uow, KIND, document, clock.now_ms()))
    desk.station.call(accept_case, form())
    return private


def test_what_waits_is_on_the_stick_and_only_once(
    desk: Desk, export: Any, clock: FixedClock, tmp_path: Path
) -> None:
    private, path = _ready(desk, clock), tmp_path / "a.qfs"
    for _ in range(2):
        export.export_to(path)
        desk.settle()
    first, second = export.heard
    events = sum(push.events.count for push in read_stick(path, private))
    assert first == (f"文件里有 {events} 条，这次写入 {events} 条。请送到中心导入。", Tone.OK)
    assert "这次写入 0 条" in second[0]
    assert export.begin.isEnabled()


def test_what_cannot_be_written_is_told(desk: Desk, export: Any, clock: FixedClock, tmp_path: Path) -> None:
    _ready(desk, clock)
    for path, told in ((tmp_path / "no-such-folder" / "a.qfs", "这个文件夹"), (tmp_path, "写不进")):
        export.export_to(path)
        desk.settle()
        assert told in export.heard[-1][0]
        assert export.heard[-1][1] == Tone.WARN
        assert export.begin.isEnabled()
