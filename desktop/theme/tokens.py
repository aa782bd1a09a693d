"""The token file, read and typed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import resources


class Scheme(StrEnum):
    """配色: light, dark or high contrast."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class TextSize(StrEnum):
    """字号: one of three."""

    NORMAL = "normal"
    LARGE = "large"
    LARGER = "larger"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours of one scheme and sizes of one text size; lengths in device-independent pixels."""

    scheme: Scheme
    text_size: TextSize
    colours: Mapping[str, str]
    text: Mapping[str, int]
    space: Mapping[str, int]
    shape: Mapping[str, int]

    def flat(self) -> dict[str, str | int]:
        """Every token under one name: ``accent``, ``text_body``, ``space_m``, ``shape_radius``."""
        values: dict[str, str | int] = dict(self.colours)
        for prefix, group in (("text", self.text), ("space", self.space), ("shape", self.shape)):
            values.update({f"{prefix}_{name}": value for name, value in group.items()})
        return values | self._inner()

    def _inner(self) -> dict[str, int]:
        # A style sheet counts padding (3) and border (1) on top of the height of the contents.
        chip = self.text["body"] + 10
        return {"control_inner": self.shape["control"] - 8, "chip_inner": chip - 2, "chip_radius": chip // 2}


def load_tokens(scheme: Scheme = Scheme.LIGHT, text_size: TextSize = TextSize.NORMAL) -> Tokens:
    """Read the shipped token file for one scheme and text size."""
    document = json.loads(resources.path("theme/tokens.json").read_text(encoding="utf-8"))
    body: int = document["text_px"][text_size]
    grow = body / document["text_px"][TextSize.NORMAL]
    shape = {name: _grown(name, value, grow) for name, value in document["shape"].items()}
    return Tokens(
        scheme=scheme,
        text_size=text_size,
        colours=document["schemes"][scheme],
        text={name: round(body * step) for name, step in document["text_steps"].items()},
        space=document["space"],
        shape=shape,
    )


def _grown(name: str, value: int, grow: float) -> int:
    return value if name in ("radius", "line") else round(value * grow)
