"""Other ways in which records come to the centre: files over a bad line, a stick, a station's past, a centre above."""

import os
import random
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from desktop.settings_page.page import SettingsPage
from desktop.sync.enrol_card import EnrolCard
from server.making import make_node
from server.nodes import node_in
from services.cases import accept_case, show_case
from services.files import attach_file, save_file
from services.setup import init_station
from services.sites import add_site
from tests.e2e.above import Above, at_rest, events_of, lags, until
from tests.e2e.clerk import enrolled, environment, everything_arrived_once, fill, numbers_of, qifu, seated
from tests.e2e.nursery import SERVER
from tests.faults.proxy import FaultyProxy
from tests.fixed import form

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def test_three_attachments_over_a_link_that_drops_every_two_seconds(
    centre: Above, line: FaultyProxy, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    home = enrolled(centre, tmp_path / "park", "park")
    contents = [b"%PDF-1.4\n" + random.Random(n).randbytes(60_000) for n in range(3)]
    with seated(home, qapp, qtbot) as clerk:
        number = clerk.type("山前科技有限公司", "附三份材料")
        clerk.sync_until_done()
        line.set(rate_bytes_per_s=32_000, every_s=2)
        for n, content in enumerate(contents):
            clerk.station.submit_upkeep(attach_file, number, f"材料{n}.pdf", BytesIO(content)).result()
        before = line.counts
        clerk.sync_until_done()
        spent = line.counts - before
        files = clerk.station.call(show_case, number).files
    assert spent.cuts >= 2
    assert spent.bytes_up < 2 * sum(map(len, contents))
    with node_in(centre.home) as node:
        until(lambda: not node.call(lags))
        for n, file in enumerate(files):
            kept = node.run_aside(save_file, file.sha256, tmp_path / f"{n}.pdf")
            assert kept.read_bytes() == contents[n]


def test_what_waits_is_carried_on_a_stick(
    centre: Above, line: FaultyProxy, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    """Once the line is back nothing is there twice, and the station hears what the centre answered."""
    home = enrolled(centre, tmp_path / "mill", "mill")
    stick = tmp_path / "stick.qfs"
    with seated(home, qapp, qtbot) as clerk:
        clerk.sync_until_done()
        line.set(refuse=True)
        number = clerk.type("磨坊机械有限公司", "线路断了一周，先用U盘送")
        for n in range(5):
            clerk.station.call(accept_case, form(name=f"磨坊{n}号有限公司", text=f"第{n}件：先用U盘送"))
        written = qifu(centre, home, "sync", "export", "--to", str(stick))
        for new in (written["events"], 0):
            found = centre.nursery.run(SERVER, "import", stick, "--home", centre.home)
            assert (found["new"], found["refused"]) == (new, 0)
        line.set(refuse=False)
        clerk.sync_until_done()
        clerk.until(lambda: clerk.link == "已同步")
        everything_arrived_once(centre, clerk.station, "mill")
        with node_in(centre.home) as node:
            assert sorted(node.call(numbers_of, "mill")) == sorted(clerk.station.call(numbers_of, "mill"))
            assert number in node.call(numbers_of, "mill")


def test_a_station_that_worked_alone_joins_with_its_history(
    centre: Above, line: FaultyProxy, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    home = tmp_path / "alone"
    init_station(home, site_name="谷地站", site_letters="GD")
    with seated(home, qapp, qtbot) as clerk:
        numbers = [clerk.type("谷地生物有限公司", "一个人干的时候受理的")]
        clerk.until(lambda: clerk.link == "独立网点")
        for n in range(20):
            case = clerk.station.call(accept_case, form(name=f"谷地{n}号有限公司", text=f"独立时第{n}件"))
            numbers.append(case.number)
        page = clerk.open("settings", SettingsPage)
        card = page.findChild(EnrolCard)
        clerk.until(lambda: card.form.isVisibleTo(card))
        fill(card.form, centre.code("dale"), line.url)
        card.join_button.click()
        clerk.until(lambda: "已加入" in card.bar.text())
        clerk.sync_until_done()
        clerk.until(lambda: clerk.link == "已同步")
        assert set(clerk.station.call(numbers_of, "dale")) == set(numbers)
        later = clerk.type("谷地新件有限公司", "加入之后的第一件")
        assert later not in numbers
        clerk.sync_until_done()
        everything_arrived_once(centre, clerk.station, "dale")


def test_a_centre_joins_a_centre_above(
    centre: Above, line: FaultyProxy, pg_url: str, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    """What its stations did before, and what they do from now on, is at the top as well, with their files."""
    home = enrolled(centre, tmp_path / "hz", "hz")
    hill = enrolled(centre, tmp_path / "hill", "hill")
    paper = tmp_path / "材料.pdf"
    paper.write_bytes(b"%PDF-1.4\n" + random.Random(7).randbytes(20_000))
    case = qifu(centre, hill, "case", "accept", "--name", "山前科技有限公司", "--text", "附一份材料")
    qifu(centre, hill, "case", "attach", case["number"], str(paper))
    qifu(centre, hill, "sync", "now")
    qifu(centre, home, "case", "accept", "--name", "市区早件有限公司", "--text", "上级还没有的时候受理的")
    qifu(centre, home, "sync", "now")
    make_node(tmp_path / "top", "zj", "省中心", "ZJ", database=pg_url)
    top = Above(tmp_path / "top", centre.nursery)
    with top.proxy, node_in(top.home) as node:
        node.call(add_site, "hz", "杭州中心", "", "HZ", as_actor=node.operator)
        top.start()
        command = ("join", "--home", centre.home, "--url", top.url, top.code("hz", "centre"))
        told = centre.nursery.run(SERVER, *command, **environment(centre) | {"QIFU_SYNC_URL": top.url})
        assert told["site"] == "hz"
        with seated(home, qapp, qtbot) as clerk:
            clerk.type("市区晚件有限公司", "上级已经有了")
            clerk.sync_until_done()
        qifu(centre, hill, "case", "accept", "--name", "山前晚件有限公司", "--text", "上级已经有了")
        qifu(centre, hill, "sync", "now")
        with node_in(centre.home) as below:
            until(lambda: at_rest(below, node))
            until(lambda: not node.call(lags))
            here, there = below.call(events_of), node.call(events_of)
            assert {place: there.get(place) for place in here} == here
            assert [len(node.call(numbers_of, site)) for site in ("hz", "hill")] == [2, 2]
            node.run_aside(save_file, sha256(paper.read_bytes()).hexdigest(), tmp_path / "top.pdf")
            assert (tmp_path / "top.pdf").read_bytes() == paper.read_bytes()
        top.stop()
        assert top.check()["held"] == 0
