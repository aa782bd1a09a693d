"""The pictures of the README and the guide: the real desk at work over a fresh demonstration centre, and a slip.

Run by hand: ``python tools/readme_pictures.py``; writes ``docs/screenshots/``. Works without a display.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from PIL import Image

from desktop.app import Desk, make_application
from desktop.gateway import StationPlan
from desktop.station_gateway import StationGateway
from desktop.theme.tokens import Scheme, TextSize
from tools.screenshots import save, until, wait

OUT = Path(__file__).parent.parent / "docs" / "screenshots"
ENTERPRISE = ("91330802MAAY4CL127", "云溪明远精密机械有限公司")
MATTER = "隔壁厂房想租下来扩一条产线，环评要不要重做？用电还得再加 400 千伏安，听说设备更新有补贴，能不能一起问清楚。"


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


def slip() -> None:
    """A case slip on A5, as a picture."""
    from reports.preview import pages
    from services.demo import run_demo
    from services.setup import init_station
    from services.station import open_station

    with tempfile.TemporaryDirectory() as folder:
        init_station(Path(folder) / "home", demo=True)
        station = open_station(Path(folder) / "home")
        made = run_demo(station, Path(folder))
        station.close()
        page = pages(made[0].file.read_bytes(), width_px=720)[0]
        Image.frombytes("RGB", (page.width, page.height), page.rgb).save(OUT / "slip.png", optimize=True)


def main() -> None:
    """Make a demonstration centre in a temporary folder and take the pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    application = make_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        StationGateway(home, lambda fn, *args: fn(*args)).make(StationPlan())
        desk = Desk(application, home)
        desk.begin()
        until(lambda: desk.window.frame.screens.currentWidget() is desk.window.frame.pages)
        wait(3000)
        shoot(desk, desk.window)
        desk.window.close()
        desk.end()
    slip()


if __name__ == "__main__":
    main()
