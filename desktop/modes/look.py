"""The look of the hall's screens: colours of the theme in use, sizes as shares of the screen they stand on."""

import json
from functools import cache
from string import Template

from PySide6.QtCore import QSize

import resources
from desktop.theme.tokens import Tokens

TOUCH_PX = 64
"""The least side of anything that is touched."""


@cache
def _shares() -> dict[str, int]:
    document = json.loads(resources.path("theme/tokens.json").read_text(encoding="utf-8"))
    shares: dict[str, int] = document["hall_permille"]
    return shares


@cache
def _template() -> str:
    return resources.path("theme/hall.qss").read_text(encoding="utf-8")


def hall_sizes(screen: QSize) -> dict[str, int]:
    """Pixels of every size on a ``screen``, by the name of its token; an upright screen counts by its width."""
    side = min(
        screen.height(), screen.width() * 9 // 16 if screen.width() > screen.height() else screen.width()
    )
    sizes = {name: max(1, round(side * share / 1000)) for name, share in _shares().items()}
    return sizes | {"touch": max(TOUCH_PX, sizes["touch"])}


def hall_style(tokens: Tokens, screen: QSize) -> str:
    """The style sheet of a hall's screen: ``resources/theme/hall.qss`` filled in."""
    sizes = {f"hall_{name}": value for name, value in hall_sizes(screen).items()}
    return Template(_template()).substitute(tokens.flat(), **sizes)
