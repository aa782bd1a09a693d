"""The page in a real browser, as on a phone: read, chosen, written, sent. Needs Chromium (docs/server.md)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.chromium import Browser, browser, needs_chromium
from tests.server.conftest import Served
from tests.server.test_progress_page import XSS, _publish_name

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as one:
        yield one


def fits(page: Browser) -> bool:
    """Nothing hangs over the edge of the screen."""
    return bool(page.ask("document.documentElement.scrollWidth <= innerWidth"))


def test_a_rating_is_given_with_two_taps(served: Served, chromium: Browser) -> None:
    chromium.show(360, 740)
    chromium.open(served.link(served.closed()))
    assert fits(chromium)
    chromium.click("input[value='4']")
    chromium.click("textarea")
    chromium.type("办得快，谢谢")
    chromium.forget()
    chromium.click("button")
    chromium.wait("Page.loadEventFired")
    assert chromium.ask("document.querySelector('.note strong').textContent") == "谢谢您的评价"
    assert chromium.ask("location.search") == "?thanks"
    assert chromium.ask("document.cookie") == ""
    chromium.run("Page.reload")
    chromium.wait("Page.loadEventFired")
    assert [one.level for one in served.ratings()] == [4]


def test_without_a_choice_nothing_is_sent(served: Served, chromium: Browser) -> None:
    chromium.show(360, 740)
    chromium.open(served.link(served.closed()))
    chromium.click("button")
    assert chromium.ask("document.querySelector('form').checkValidity()") is False
    assert chromium.ask("document.querySelector('.note') === null") is True
    assert served.ratings() == ()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 740), (390, 844), (1366, 768)])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_reads_well(served: Served, chromium: Browser, width: int, height: int, dark: bool) -> None:
    """No edge is passed, text is large, every pair of colours contrasts by 4.5 (WCAG 2.2, 1.4.3)."""
    _publish_long_name(served)
    chromium.show(width, height, dark=dark)
    chromium.open(served.link(served.closed()))
    assert fits(chromium)
    assert chromium.ask(_SMALLEST) >= 16
    assert chromium.ask(_LOWEST_TAP) >= 48
    assert chromium.ask(_CONTRAST) >= 4.5


def test_the_contrast_is_measured(served: Served, chromium: Browser) -> None:
    chromium.show(360, 740)
    chromium.open(served.link(served.closed()))
    chromium.ask("document.querySelector('h1').style.color = '#999'")
    assert chromium.ask(_CONTRAST) < 4.5


def test_no_script_runs_and_nothing_is_fetched(served: Served, chromium: Browser) -> None:
    _publish_name(served)
    chromium.show(360, 740)
    link = served.link(served.closed())
    chromium.open(link)
    assert XSS in chromium.ask("document.querySelector('.site').textContent")
    assert chromium.happened("Page.javascriptDialogOpening") == []
    assert [one["entry"]["text"] for one in chromium.happened("Log.entryAdded")] == []
    asked = {one["request"]["url"] for one in chromium.happened("Network.requestWillBeSent")}
    assert asked <= {link}


def test_the_policy_is_what_stops_a_script(served: Served, chromium: Browser) -> None:
    """Were escaping to fail one day, the browser would still not run what came in."""
    chromium.open(served.link(served.closed()))
    chromium.ask(
        "(s => { s.textContent = 'document.title = \"ran\"'; document.body.append(s) })"
        "(document.createElement('script'))"
    )
    assert chromium.ask("document.title") == "办件进度"


def test_what_was_typed_is_still_there_when_the_form_was_too_old(
    served: Served, chromium: Browser, tmp_path: Path
) -> None:
    chromium.show(360, 740)
    chromium.open(served.link(served.closed()))
    chromium.click("input[value='2']")
    chromium.click("textarea")
    chromium.type("第一行")
    served.station.clock.move(days=2)  # type: ignore[attr-defined]
    chromium.forget()
    chromium.click("button")
    chromium.wait("Page.loadEventFired")
    assert chromium.ask("document.querySelector('textarea').value") == "第一行"
    assert chromium.ask("document.querySelector('input:checked').value") == "2"
    chromium.forget()
    chromium.click("button")
    chromium.wait("Page.loadEventFired")
    assert [one.level for one in served.ratings()] == [2]


def _publish_long_name(served: Served) -> None:
    from services.documents import publish_own

    def change(uow, clock, actor):  # type: ignore[no-untyped-def]
        name = "云溪市高新技术产业开发区（筹）" * 4 + "Qualifikationsnachweisverordnungszentrum"
        publish_own(uow, "site", {**uow.reference.get("site"), "name": name}, clock.now_ms())

    served.station.call(change)


_TEXTS = (
    "[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && "
    "[...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))"
)
_SMALLEST = f"Math.min(...{_TEXTS}.map(e => parseFloat(getComputedStyle(e).fontSize)))"
_LOWEST_TAP = (
    "Math.min(...[...document.querySelectorAll('.level, button')].map(e => e.getBoundingClientRect().height))"
)
_CONTRAST = f"""(() => {{
  const rgb = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => {{
    const [r, g, b] = rgb(c).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }};
  const under = e => {{
    for (; e; e = e.parentElement) {{
      const c = getComputedStyle(e).backgroundColor, v = rgb(c);
      if (v.length === 3 || v[3] > 0) return c;
    }}
    return 'rgb(255, 255, 255)';
  }};
  return Math.min(...{_TEXTS}.map(e => {{
    const [a, b] = [light(getComputedStyle(e).color), light(under(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }}));
}})()"""
