"""Chinese words for codes: the same on a screen, on a paper and on the page behind a slip's link."""

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import resources


@cache
def _document() -> dict[str, dict[str, str]]:
    document: dict[str, dict[str, str]] = json.loads(resources.path("words.json").read_text("utf-8"))
    return document


def table(name: str) -> Mapping[str, str]:
    """Code → word of the table ``name`` (``words.json``), in the order in which choices are shown.

    Raises KeyError for a name without a table.
    """
    return MappingProxyType(_document()[name])
