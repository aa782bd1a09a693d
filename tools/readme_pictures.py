"""The pictures of the README and the guide: the real desk and its hall at work over a fresh demonstration centre.

Run by hand: ``python tools/readme_pictures.py [desk|sync|slip …]``; writes ``docs/screenshots/``.
Works without a display.
"""

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent))

from PIL import Image

from desktop import app
from desktop.app import Desk, make_application
from desktop.gateway import StationPlan
from desktop.modes import windows
from desktop.modes.mode import Mode
from desktop.queue.hall_desk import hall_asked_once
from desktop.station_gateway import StationGateway
from desktop.sync.runner import engine
from desktop.theme.tokens import Scheme, TextSize
from desktop.wizard.wizard import Wizard
from domain.queue.desk import TicketOrder
from domain.queue.model import Visitor
from services.clock import SystemClock
from services.demo import run_demo
from services.demo_queue import fill_demo_queue_once
from services.enrolling import join, newcomer
from services.queue import hall, tickets
from services.setup import init_station
from services.staff import actor_named
from services.station import open_station
from sync.enrol_code import Invitation, new_code, read_invitation, shown
from sync.enrolment import Enrolment
from tools.screenshots import save, until, wait

ROOT = Path(__file__).parent.parent
OUT = ROOT / "docs" / "screenshots"
SCREENS = (Mode.KIOSK, Mode.DISPLAY)
LOOP = (("appeal", "backoffice", None), ("clerk", "callbacks", None), ("supervisor", "supervision", "all"))
"""Who shows which page of the closed loop, and which list of it."""
WINDOW = "3"
ENTERPRISE = ("91330802MAAY4CL127", "云溪明远精密机械有限公司")
MATTER = "隔壁厂房想租下来扩一条产线，环评要不要重做？用电还得再加 400 千伏安，听说设备更新有补贴，能不能一起问清楚。"


@contextmanager
def wednesday_at_ten() -> Iterator[None]:
    """When the hall is open, for the program and for the clocks that it shows; the machine's stays as it is."""
    began, at_ms = time.monotonic(), 1_794_967_200_000

    def now_ms(_: object = None) -> int:
        return at_ms + round((time.monotonic() - began) * 1000)

    def local() -> datetime:
        return datetime.fromtimestamp(now_ms() / 1000, ZoneInfo("Asia/Shanghai"))

    shown = (mock.patch.object(module, "local_now", local) for module in (app, windows))
    with ExitStack() as stack:
        for change in (mock.patch.object(SystemClock, "now_ms", now_ms), *shown):
            stack.enter_context(change)
        yield


def fill_hall(home: Path) -> None:
    """The made-up morning of visitors; the cases come by themselves when the desk is open."""
    station = open_station(home)
    station.call(fill_demo_queue_once)
    station.close()


def fill_intake(page: Any) -> None:
    """A returning enterprise with a matter that concerns several boards."""
    page.open_item(ENTERPRISE)
    wait(600)
    page.what.matter.editor.setPlainText(MATTER)
    page.what.matter.setFocus()
    wait(1500)


def shoot(desk: Desk, window: Any) -> None:
    """One picture a page."""
    desk.settings.change(scheme=Scheme.LIGHT, text_size=TextSize.NORMAL)
    window.resize(1366, 768)
    for name in ("today", "intake", "cases", "enterprises"):
        window.open_page(name)
        wait(700)
        if name == "intake":
            fill_intake(window.frame.pages.currentWidget())
        save(window, OUT / f"{name}.png")
    desk.settings.change(scheme=Scheme.DARK)
    window.open_page("intake")
    wait(900)
    save(window, OUT / "intake-dark.png")


def sign_in(window: Any, staff: str) -> None:
    """Another person takes over; nobody has a password in a demonstration centre."""
    window.sign_out_asked.emit()
    wait(500)
    page = window.frame.screens.currentWidget()
    page.pick(staff)
    page.press_enter()
    until(lambda: window.frame.screens.currentWidget() is window.frame.pages)


def shoot_loop(desk: Desk, window: Any) -> None:
    """What boards, callers and supervisors see of the made-up weeks."""
    desk.settings.change(scheme=Scheme.LIGHT)
    for staff, name, which in LOOP:
        sign_in(window, staff)
        window.open_page(name, which)
        wait(1200)
        if name == "backoffice":
            window.frame.pages.currentWidget().queues.queues.choose("all")
            wait(900)
        save(window, OUT / f"{name}.png")


def enliven(desk: Desk) -> None:
    """A window that serves one and has another on hold, while more come in."""
    station = desk.startup.station
    clerk = station.call(actor_named, "clerk")
    station.call(hall.open_window, WINDOW, as_actor=clerk)
    first = station.call(tickets.call_next, WINDOW, as_actor=clerk)
    station.call(tickets.serve_ticket, first.id, as_actor=clerk)
    station.call(tickets.hold_ticket, first.id, as_actor=clerk)
    order = TicketOrder(group="B", visitor=Visitor(*ENTERPRISE))
    second = station.call(tickets.issue_ticket, order, as_actor=clerk).ticket
    station.call(tickets.call_ticket, second.id, WINDOW, as_actor=clerk)
    station.call(tickets.serve_ticket, second.id, as_actor=clerk)
    for group in "ABAC":
        station.call(tickets.issue_ticket, TicketOrder(group=group), as_actor=clerk)
    wait(1000)


def shoot_hall(desk: Desk, window: Any) -> None:
    """The queue page with its bar, and the hall's screens."""
    desk.settings.change(scheme=Scheme.LIGHT)
    window.open_page("queue")
    wait(900)
    save(window, OUT / "queue.png")
    for mode in SCREENS:
        desk.startup.navigator.open(str(mode))
        screen = desk.modes.open_windows[mode]
        screen.showNormal()
        screen.resize(1366, 768)
        wait(900)
        save(screen, OUT / f"{mode}.png")
        screen.leave()


def shoot_sync(application: Any, folder: Path) -> None:
    """A window that has joined a centre, and worked on after the line went down; the header says so."""
    with centre_of_a_hall(folder / "centre") as centre:
        home = folder / "joined"
        init_station(home, site_name="河畔大厅", site_letters="HP")
        station = open_station(home)
        run_demo(station, folder)
        with Enrolment(centre.invitation(), SystemClock()) as enrolment:
            station.call(join, enrolment.ask(station.call(newcomer)))
        with hall_asked_once(station):
            engine().synchronise(station)
    run_demo(station, folder)
    station.close()
    desk = Desk(application, home)
    desk.settings.change(scheme=Scheme.LIGHT, text_size=TextSize.NORMAL, window=WINDOW)
    desk.begin()
    until(lambda: desk.window.frame.screens.currentWidget() is desk.window.frame.pages)
    desk.window.resize(1366, 768)
    for name, section in (("sync", "waiting"), ("day-end", "day_end")):
        desk.window.open_page("sync", section)
        wait(2500)
        save(desk.window, OUT / f"{name}.png")
    desk.settings.change(scheme=Scheme.DARK)
    desk.window.open_page("sync", "waiting")
    wait(900)
    save(desk.window, OUT / "sync-dark.png")
    desk.window.close()
    desk.end()


def shoot_enrolment(application: Any, folder: Path) -> None:
    """The first start of a PC that is to be a window of a centre."""
    desk = Desk(application, folder / "new")
    desk.settings.change(scheme=Scheme.LIGHT, text_size=TextSize.NORMAL)
    desk.begin()
    until(lambda: isinstance(desk.window.frame.screens.currentWidget(), Wizard))
    desk.window.resize(1366, 768)
    choose = desk.window.frame.screens.currentWidget().choose
    choose.choose_join()
    choose.enrol_form.code_field.set_text(shown(new_code()))
    choose.enrol_form.address_field.set_text("https://zx.example.gov.cn")
    choose.enrol_form.name_field.set_text("3号窗口")
    wait(600)
    save(desk.window, OUT / "enrol.png")
    desk.window.close()
    desk.end()


class Centre:
    """A trial centre with one hall below it, served by the real program."""

    def __init__(self, home: Path, port: int) -> None:
        self._home, self.url = home, f"http://127.0.0.1:{port}"

    def invitation(self) -> Invitation:
        """A fresh code for a window."""
        told = _server("enrol", "--site", "hall", "--url", self.url, "--home", str(self._home))
        return read_invitation(json.loads(told)["qr"])


def _server(*arguments: str) -> str:
    command = [sys.executable, "-m", "server.main", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


@contextmanager
def centre_of_a_hall(home: Path) -> Iterator[Centre]:
    """Make it, serve it meanwhile."""
    at = ("--home", str(home))
    _server("init", "--site", "city", "--name", "云溪市企业综合服务中心", *at)
    _server("site", "add", "hall", "河畔大厅", *at)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [sys.executable, "-m", "server.main", "serve", "--port", str(port), *at],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: _answers(port))
    try:
        yield Centre(home, port)
    finally:
        served.terminate()
        served.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def slip() -> None:
    """A case slip on A5, as a picture."""
    from reports.preview import pages

    with tempfile.TemporaryDirectory() as folder:
        init_station(Path(folder) / "home", demo=True)
        station = open_station(Path(folder) / "home")
        made = run_demo(station, Path(folder))
        station.close()
        page = pages(made[0].file.read_bytes(), width_px=720)[0]
        Image.frombytes("RGB", (page.width, page.height), page.rgb).save(OUT / "slip.png", optimize=True)


def desk_pictures(application: Any) -> None:
    """The window and its hall at work."""
    with tempfile.TemporaryDirectory() as folder, wednesday_at_ten():
        home = Path(folder) / "home"
        StationGateway(home, lambda fn, *args: fn(*args)).make(StationPlan())
        fill_hall(home)
        desk = Desk(application, home)
        # The ticket machine begins only where it can be left.
        desk.settings.change(window=WINDOW, kiosk_pin="pictures")
        desk.begin()
        until(lambda: desk.window.frame.screens.currentWidget() is desk.window.frame.pages)
        until(lambda: desk.modes is not None)
        wait(3000)
        enliven(desk)
        shoot(desk, desk.window)
        shoot_hall(desk, desk.window)
        shoot_loop(desk, desk.window)
        desk.window.close()
        desk.end()


def sync_pictures(application: Any) -> None:
    """A window of a centre, and how it becomes one."""
    with tempfile.TemporaryDirectory() as folder:
        shoot_sync(application, Path(folder))
        shoot_enrolment(application, Path(folder))


def main() -> None:
    """Make demonstration centres in temporary folders and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["desk", "sync", "slip"])
    parts = parser.parse_args().parts
    OUT.mkdir(parents=True, exist_ok=True)
    application = make_application(sys.argv[:1])
    if "desk" in parts:
        desk_pictures(application)
    if "sync" in parts:
        sync_pictures(application)
    if "slip" in parts:
        slip()


if __name__ == "__main__":
    main()
