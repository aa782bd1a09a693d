"""The style sheet, a pure function of the tokens."""

from string import Template

import resources
from desktop.theme.tokens import Tokens


def style_sheet(tokens: Tokens) -> str:
    """Fill ``resources/theme/desk.qss`` with ``tokens``; a name the tokens lack raises ``KeyError``."""
    template = Template(resources.path("theme/desk.qss").read_text(encoding="utf-8"))
    icons = resources.path("icons").as_posix()
    return template.substitute(tokens.flat(), scheme=str(tokens.scheme), icons=icons)
