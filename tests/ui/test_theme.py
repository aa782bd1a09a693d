"""Tokens are whole, readable, and fill the style sheet."""

import json
import re

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from desktop.theme.fonts import FAMILY
from desktop.theme.icons import icon
from desktop.theme.qss import style_sheet
from desktop.theme.theme import Theme
from desktop.theme.tokens import Scheme, TextSize, load_tokens

# Text on ground. WCAG 2.1: 4.5 for text, 3 for the edges of controls.
PAIRS = [
    ("text", "window"),
    ("text", "surface"),
    ("muted", "window"),
    ("muted", "surface"),
    ("muted", "sunken"),
    ("off", "sunken"),
    ("on_accent", "accent"),
    ("accent", "surface"),
    ("rail_text", "rail"),
    ("rail_on", "rail_active"),
    ("on_selection", "selection"),
    *((tone, f"{tone}_soft") for tone in ("ok", "info", "warn", "danger", "quiet")),
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_text_is_readable(scheme: Scheme, pair: tuple[str, str]) -> None:
    colours = load_tokens(scheme).colours
    wanted = 7.0 if scheme is Scheme.CONTRAST else 4.5
    assert contrast(colours[pair[0]], colours[pair[1]]) >= wanted


@pytest.mark.parametrize("scheme", Scheme)
def test_what_is_switched_off_looks_so(scheme: Scheme) -> None:
    colours = load_tokens(scheme).colours
    assert contrast(colours["off"], colours["text"]) >= 2
    assert contrast(colours["off_edge"], colours["edge"]) >= 2


@pytest.mark.parametrize("scheme", Scheme)
def test_edges_of_controls_are_visible(scheme: Scheme) -> None:
    colours = load_tokens(scheme).colours
    assert contrast(colours["edge"], colours["surface"]) >= 3
    assert contrast(colours["focus"], colours["surface"]) >= 3


def test_schemes_name_the_same_tokens() -> None:
    document = json.loads(resources.path("theme/tokens.json").read_text("utf-8"))
    names = {frozenset(colours) for colours in document["schemes"].values()}
    assert len(names) == 1


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("size", TextSize)
def test_style_sheet_is_filled(scheme: Scheme, size: TextSize) -> None:
    sheet = style_sheet(load_tokens(scheme, size))
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_style_sheet_names_no_colour_of_its_own() -> None:
    source = resources.path("theme/desk.qss").read_text("utf-8")
    assert re.findall(r"#[0-9a-fA-F]{6}\b|rgb\(", source) == []


def test_text_grows_with_the_text_size() -> None:
    sizes = [load_tokens(Scheme.LIGHT, size) for size in TextSize]
    assert [t.text["body"] for t in sizes] == sorted({t.text["body"] for t in sizes})
    assert all(t.shape["control"] > t.text["body"] * 1.8 for t in sizes)


def test_theme_changes_the_palette_and_says_so(qapp: QApplication, theme: Theme, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.use(Scheme.DARK, TextSize.LARGE)
    assert qapp.palette().window().color() == theme.colour("window")
    assert qapp.font().pixelSize() == load_tokens(Scheme.DARK, TextSize.LARGE).text["body"]
    assert qapp.font().family() == FAMILY
    theme.use(Scheme.LIGHT, TextSize.NORMAL)


def test_icon_takes_the_colour_of_the_moment(theme: Theme) -> None:
    gear = icon("gear")
    light = gear.pixmap(24, 24).toImage()
    theme.use(Scheme.DARK, TextSize.NORMAL)
    dark = gear.pixmap(24, 24).toImage()
    theme.use(Scheme.LIGHT, TextSize.NORMAL)
    assert light != dark
    assert any(light.pixelColor(x, 12).alpha() for x in range(24))


def test_unknown_icon_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        icon("no-such-icon")
