"""Journey 1 whole: scan a code, take the matter in, F9, a slip on paper; at another window of the site, offline since
its last sync, the slip's code shows what it holds and lets the clerk continue on that case.
"""

import os
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import services.station
from desktop.scanning.pictures import Picture
from reports.preview import pages
from services.cases import show_case
from services.setup import init_station
from services.station import open_station
from services.trust import own_trust_file, take_trust
from tests.code_minting import NOW, USCC, qym
from tests.fixed import FixedClock
from tests.ui.counter import TRUSTED, counter_at

NAME = "杭州蓝鲸智能装备有限公司"


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["qifu-desk", "-platform", "offscreen"]


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two windows of one site, which have last met when they were made: they know each other's public keys."""
    monkeypatch.setattr(services.station, "SystemClock", lambda: FixedClock(NOW))
    homes = tmp_path / "window-1", tmp_path / "window-2"
    stations = []
    for home in homes:
        init_station(home, site_name="高新站", site_letters="GX", clock=FixedClock(NOW))
        stations.append(open_station(home))
        stations[-1].call(take_trust, TRUSTED)
    keys = [station.call(own_trust_file) for station in stations]
    for station, key in zip(stations, reversed(keys), strict=True):
        station.call(take_trust, key)
        station.close()
    return homes


def test_scan_to_slip_and_on_at_another_window(
    windows: tuple[Path, Path], tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    first, second = windows
    with counter_at(first, qapp, qtbot) as counter:
        intake = counter.open("intake")
        counter.gun(qym())
        counter.answered()
        counter.until(lambda: QApplication.focusWidget() is intake.what.editor)
        intake.what.editor.insertPlainText("租了厂房，想扩一条产线，环评手续怎么办")
        counter.press(Qt.Key.Key_F9)
        counter.until(lambda: intake.is_accepted)
        number = intake.result.number.text()
        slip = first / "papers" / f"{number}-case_slip-a5-1.pdf"
        counter.until(slip.exists)
        counter.settle()
        case = counter.station.call(show_case, number)
    assert (case.applicant.uscc, case.applicant.name) == (USCC, NAME)

    page = pages(slip.read_bytes(), width_px=1240)[0]
    photograph = tmp_path / "slip.png"
    Image.frombytes("RGB", (page.width, page.height), page.rgb).save(photograph)

    with counter_at(second, qapp, qtbot) as counter:
        counter.open("today")
        counter.desk.scanning.read_picture(Picture(file=photograph))
        found = counter.answered()
        assert found.slip is not None
        assert (found.slip.number, found.slip.here, found.slip.own_site) == (number, False, True)
        shown = counter.desk.scanning.slips.lines()
        assert (shown["编号"], shown["受理网点"]) == (number, "高新站")
        counter.press(Qt.Key.Key_Return)
        counter.settle()
        intake = counter.front
        counter.desk.scanning.scanner.take(qym())
        counter.answered(2)
        intake.what.editor.insertPlainText("补交环评登记表")
        counter.press(Qt.Key.Key_F9)
        counter.until(lambda: intake.is_accepted)
        counter.settle()
        continued = counter.station.call(show_case, intake.result.number.text())
    assert continued.links == (case.id,)
    assert continued.applicant.uscc == USCC
