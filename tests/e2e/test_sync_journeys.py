"""Journeys 5 and 6: days without a network, a disk that dies; and the other ways in which records come to the centre.

The window is the real one, the centre is served by a process of its own on PostgreSQL, the line goes through the faulty
proxy. Days pass by the window's clock; the centre's is the machine's.
"""

import os
import shutil
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import services.station
from domain.callbacks.decide import Call
from domain.callbacks.model import CallResult
from domain.cases.intake import ContactForm
from domain.cases.model import CaseKind
from domain.queue.desk import TicketOrder
from services.callbacks.tasks import list_callbacks, record_callback, take_callback
from services.case_steps import answer_case
from services.cases import accept_case, show_case
from services.queue.tickets import call_next, finish_ticket, issue_ticket, serve_ticket
from services.station import Station
from tests.e2e.above import Above
from tests.e2e.clerk import (
    enrolled,
    everything_arrived_once,
    join_by_wizard,
    numbers_of,
    qifu,
    read_models,
    seated,
)
from tests.e2e.nursery import SERVER
from tests.faults.proxy import FaultyProxy
from tests.fixed import ZONE, FixedClock, form

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

KBIT_64 = 8_000


@pytest.fixture
def days(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """The clock of windows in this process, three days ago at nine."""
    monkeypatch.setattr(services.station, "SystemClock", lambda: clock)
    clock.at_ms = morning(-3)
    return clock


def morning(days: int) -> int:
    """Nine o'clock of a day from today, at the site."""
    day = datetime.now(ZONE).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return int(day.timestamp() * 1000)


def now_ms() -> int:
    return int(datetime.now(ZONE).timestamp() * 1000)


def a_day_of_work(station: Station, day: int) -> None:
    """39 cases, of which 13 or 14 are complaints that are answered and asked about; 100 numbers called and served."""
    for n in range(39):
        complaint = n % 3 == 0 or (day, n) == (2, 1)
        wanted = form(
            name=f"园区企业{day}{n:02}有限公司",
            text=f"断网第{day + 1}天第{n}件：想问今年的技改补贴怎么报。",
            kind=CaseKind.COMPLAINT if complaint else CaseKind.CONSULTATION,
            boards=("appeal",) if complaint else ("policy",),
            contact=ContactForm(name="王晓", phone=f"139067{day}{n:04}"),
        )
        case = station.call(accept_case, wanted)
        if complaint:
            station.call(answer_case, case.id, "已经当面答复。")
    for n in range(100):
        issued = station.call(issue_ticket, TicketOrder(group="AB"[n % 2])).ticket
        called = station.call(call_next, str(n % 4 + 1))
        assert called.id == issued.id
        station.call(serve_ticket, called.id)
        station.call(finish_ticket, called.id)


def call_about_all(station: Station) -> int:
    """Every complaint that was closed is called about."""
    rows = station.call(list_callbacks, "open").rows
    for row in rows:
        station.call(take_callback, row.number)
        station.call(record_callback, row.number, Call(CallResult.REACHED, solved=True, level=5))
    return len(rows)


def test_three_days_without_a_network(
    centre: Above, line: FaultyProxy, days: FixedClock, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    """Journey 5."""
    home = enrolled(centre, tmp_path / "park", "park")
    above = enrolled(centre, tmp_path / "hz", "hz")
    with seated(home, qapp, qtbot) as clerk:
        asked = [clerk.type("园区蓝鲸装备有限公司", f"第{n}件：设备进口的免税确认怎么办？") for n in range(2)]
        clerk.sync_until_done()
        line.set(refuse=True)
        qifu(centre, above, "sync", "now")
        for number in asked:
            qifu(centre, above, "case", "answer", number, "--text", f"中心窗口已答复 {number}")
        qifu(centre, above, "sync", "now")
        calls = 0
        for day in range(3):
            days.at_ms = morning(day - 3)
            asked.append(clerk.type(f"断网当天{day}有限公司", "停电停网，手写了材料，补录一件。"))
            a_day_of_work(clerk.station, day)
            calls += call_about_all(clerk.station)
        days.at_ms = now_ms()
        clerk.until(lambda: clerk.link.startswith("离线 · 等待同步"))
        line.set(refuse=False, rate_bytes_per_s=KBIT_64, latency_ms=30, cut_after_bytes=(3_000, 12_000))
        before = line.counts
        assert clerk.sync_until_done() >= 1
        spent = line.counts - before
        clerk.until(lambda: clerk.link == "已同步")
        assert calls == 40
        assert spent.cuts > 2
        for number in asked[:2]:
            case = clerk.station.call(show_case, number)
            assert not case.is_open
            assert case.answer == f"中心窗口已答复 {number}"
        assert set(asked) <= set(clerk.station.call(numbers_of, "park"))
        lists = clerk.station.call(read_models, "park")
        assert (len(lists["cases"]), len(lists["tickets"])) == (122, 300)
        assert [state for _, state in lists["calls"]].count("done") == 40
        everything_arrived_once(centre, clerk.station, "park")


def test_the_disk_of_a_window_dies(
    centre: Above,
    line: FaultyProxy,
    tmp_path: Path,
    qapp: QApplication,
    qtbot: QtBot,
) -> None:
    """Journey 6: the last case arrives through a cut line, then the PC is gone; a new one has all of its site."""
    home, neighbour = enrolled(centre, tmp_path / "old", "lake"), enrolled(centre, tmp_path / "next", "lake")
    told = qifu(
        centre, neighbour, "case", "accept", "--name", "湖畔邻窗有限公司", "--text", "隔壁窗口受理的一件"
    )
    qifu(centre, neighbour, "sync", "now")
    with seated(home, qapp, qtbot) as clerk:
        typed = [clerk.type(f"湖畔{n}号有限公司", f"第{n}件：厂房扩建的环评怎么办？") for n in range(3)]
        clerk.sync_until_done()
        line.lose_answers(1, to=b"POST /v1/push")
        typed.append(clerk.type("湖畔末件有限公司", "断电前的最后一件"))
        clerk.sync_until_done()
        clerk.until(lambda: clerk.link == "已同步")
        old = clerk.station.device_actor.id.removeprefix("device:")
    assert line.counts.lost_answers == 1
    line.heal()
    shutil.rmtree(home)
    shutil.rmtree(tmp_path / "witness")
    centre.nursery.run(SERVER, "device", "revoke", old, "--home", centre.home, "--reason", "硬盘坏了")
    join = partial(join_by_wizard, qtbot, centre.code("lake"), line.url)
    with seated(tmp_path / "new", qapp, qtbot, join) as clerk:
        clerk.sync_until_done()
        assert set(clerk.station.call(numbers_of, "lake")) == {*typed, told["number"]}
        case = clerk.station.call(show_case, typed[-1])
        assert (case.applicant.name, case.text) == ("湖畔末件有限公司", "断电前的最后一件")
        later = clerk.type("湖畔新机有限公司", "换了电脑之后的第一件")
        assert later not in {*typed, told["number"]}
        clerk.sync_until_done()
        everything_arrived_once(centre, clerk.station, "lake")
