"""Filling the page's templates (``resources/web``). Everything that is not markup of ours is escaped."""

from functools import lru_cache
from html import escape
from string import Template

import resources


class Html(str):
    """Markup: what ``fill`` has made, or what ships with the program."""

    __slots__ = ()


def fill(name: str, /, **values: str) -> Html:
    """The template ``name`` with ``values``; a value that is no ``Html`` is escaped, for attributes too."""
    known = {key: value if isinstance(value, Html) else escape(value) for key, value in values.items()}
    return Html(_template(name).substitute(known))


def joined(parts: list[Html]) -> Html:
    """``parts`` one after the other."""
    return Html("".join(parts))


@lru_cache(maxsize=32)
def _template(name: str) -> Template:
    return Template(shipped(f"{name}.html"))


@lru_cache(maxsize=32)
def shipped(name: str) -> Html:
    """The shipped file ``name`` of ``resources/web`` as it is."""
    return Html(resources.path(f"web/{name}").read_text("utf-8"))
