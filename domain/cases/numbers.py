"""Case numbers: unique without asking anyone.

``<site letters 2–4><YYMMDD><two letters of the incarnation><running number, at least 4 digits><check>``. The check
character is taken mod 31 over the alphabet of GB 32100-2015 (no I O Z S V). Said and typed short, a number is its last
part: letters + running number + check.
"""

import re
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LETTERS = "".join(c for c in ALPHABET if c.isalpha())
_LOOKALIKE = {"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"}
_FULL = re.compile(r"([A-Z]{2,4})([0-9]{6})([A-Z]{2})([0-9]{4,12})([0-9A-Z])")
_SHORT = re.compile(r"([A-Z]{2})([0-9]{4,12})([0-9A-Z])")


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number in its parts; ``day`` is YYMMDD in the site's zone."""

    site: str
    day: str
    letters: str
    running: int

    @property
    def stem(self) -> str:
        """All but the check character."""
        return f"{self.site}{self.day}{self.letters}{self.running:04d}"

    @property
    def text(self) -> str:
        """The whole number."""
        return self.stem + check_character(self.stem)

    @property
    def short(self) -> str:
        """The part that is said and typed."""
        return f"{self.letters}{self.running:04d}{check_character(self.stem)}"


def check_character(stem: str) -> str:
    """The check character for ``stem``: weights 3**i mod 31 as in GB 32100-2015.

    Site letters outside the alphabet count as the character they are mistaken for, so that a misread O or 0 in the
    site's letters does not make a good number bad.
    """
    total = sum(ALPHABET.index(_LOOKALIKE.get(c, c)) * pow(3, i, 31) for i, c in enumerate(stem))
    return ALPHABET[(31 - total % 31) % 31]


def normalise(text: str) -> str:
    """Upper case, half width, without spaces and hyphens."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return re.sub(r"[\s\-—–_]", "", narrow).upper()


def parse_number(text: str) -> CaseNumber | None:
    """The number in ``text``, or None when it is none or its check character is wrong."""
    match = _FULL.fullmatch(normalise(text))
    if match is None:
        return None
    number = CaseNumber(match[1], match[2], match[3], int(match[4]))
    return number if check_character(number.stem) == match[5] else None


def is_short(text: str) -> bool:
    """Whether ``text`` has the form of a short number."""
    return _SHORT.fullmatch(normalise(text)) is not None
