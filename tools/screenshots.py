"""Pictures of the desk over a fresh demonstration centre: every page and mode, scheme and size of screen.

Run by hand: ``python tools/screenshots.py OUT [page …]``. Works without a display.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent.parent))

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from desktop.app import Desk, make_application
from desktop.gateway import StationPlan
from desktop.modes.mode import SCREEN_MODES, Mode
from desktop.pages import PAGES
from desktop.station_gateway import StationGateway
from desktop.theme.tokens import Scheme, TextSize
from services.cases import list_cases

SCREENS = ((1366, 768), (1920, 1080))
PATIENCE_S = 30
CASE = "case"
PARTS = tuple(f"supervision:{part}" for part in ("pending", "problems", "ratings", "paper"))


def wait(milliseconds: int) -> None:
    """Let the window work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(ready: Callable[[], bool]) -> None:
    """Let the window work until ``ready``."""
    end = time.monotonic() + PATIENCE_S
    while not ready():
        if time.monotonic() > end:
            raise SystemExit("the desk did not get ready")
        wait(30)


def looks() -> Iterator[tuple[str, Scheme, TextSize, tuple[int, int]]]:
    """Name, scheme, text size and screen of every picture of a page."""
    for width, height in SCREENS:
        for scheme in Scheme:
            yield f"{scheme}-{width}", scheme, TextSize.NORMAL, (width, height)
    yield "larger-1366", Scheme.LIGHT, TextSize.LARGER, SCREENS[0]


def shoot(desk: Desk, out: Path, pages: list[str]) -> None:
    """Write one picture per page and look."""
    for name, scheme, size, screen in looks():
        desk.settings.change(scheme=scheme, text_size=size)
        desk.window.resize(*screen)
        for page in pages:
            open_page(desk, page)
            wait(500)
            save(desk.window, out / f"{page.replace(':', '-')}-{name}.png")


def shoot_modes(desk: Desk, out: Path, modes: list[str]) -> None:
    """Write one picture per mode of the hall's screens and look."""
    # The ticket machine begins only where it can be left.
    desk.settings.change(kiosk_pin="pictures")
    until(lambda: desk.modes is not None)
    for mode in modes:
        desk.startup.navigator.open(mode)
        window = desk.modes.open_windows[Mode(mode)]
        window.showNormal()
        for name, scheme, size, screen in looks():
            desk.settings.change(scheme=scheme, text_size=size)
            window.resize(*screen)
            wait(500)
            save(window, out / f"{mode}-{name}.png")
        window.leave()


def open_page(desk: Desk, page: str) -> None:
    """Bring a page to the front; ``case`` is the newest case, ``supervision:problems`` a part of a page."""
    if page != CASE:
        name, _, part = page.partition(":")
        desk.window.open_page(name, part or None)
        return
    newest = desk.startup.station.call(list_cases, limit=1).rows
    desk.window.open_page("cases", newest[0].id if newest else None)


def save(window: QWidget, file: Path) -> None:
    """Write what ``window`` shows."""
    window.grab().save(str(file))
    print(file)


def main() -> None:
    """Make a demonstration centre in a temporary folder and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("pages", nargs="*", default=[*(spec.id for spec in PAGES), *PARTS, *SCREEN_MODES])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    application = make_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        StationGateway(home, lambda fn, *args: fn(*args)).make(StationPlan())
        desk = Desk(application, home)
        desk.begin()
        until(lambda: desk.window.frame.screens.currentWidget() is desk.window.frame.pages)
        modes = [name for name in options.pages if name in SCREEN_MODES]
        shoot(desk, options.out, [name for name in options.pages if name not in modes])
        shoot_modes(desk, options.out, modes)
        desk.window.close()
        desk.end()


if __name__ == "__main__":
    main()
