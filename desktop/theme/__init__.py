"""How the desk looks: one token file (``resources/theme/tokens.json``) becomes a palette and a style sheet.

``load_tokens`` reads the file, ``style_sheet`` is a pure function of the tokens, ``apply_theme`` gives both
to the application. Widgets never name a colour: they set the properties ``role`` and ``tone`` that the sheet
knows, or paint with ``Theme.colour``.
"""

from desktop.theme.icons import icon
from desktop.theme.tokens import Scheme, TextSize, Tokens, load_tokens

__all__ = ["Scheme", "TextSize", "Tokens", "icon", "load_tokens"]
