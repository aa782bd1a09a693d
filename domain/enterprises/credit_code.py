"""Unified social credit code (统一社会信用代码), GB 32100-2015 with amendments.

18 characters of a 31-letter alphabet: registering body (1), kind of organisation (1), region of the
registering office (6 digits, GB/T 2260), organisation code (9, GB 11714-1997), check character (1,
GB/T 17710, mod 31).

What makes a code wrong is an ``AppError`` of area ``uscc``. What a newer amendment of the standard, an old
region or a careless registrar may explain is a warning that the clerk may pass.
"""

import re
from dataclasses import dataclass
from datetime import date

from domain.enterprises.registers import PROVINCES, Body, Kind, body_of, kind_of
from domain.errors import AppError

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
# 31 is prime and no weight is a multiple of it: a single wrong character, or two swapped neighbours, always
# shows.
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LOOKS_LIKE = {"O": "0", "I": "1", "Z": "2", "S": "5"}
_EXCLUDED = "IOZSV"

# Full-width forms U+FF01..U+FF5E are ASCII moved by 0xFEE0. Only ASCII is raised, so that no other letter of
# the world turns into one of ours (``str.upper`` makes "SS" of "ß", NFKC makes "1" of "①").
_FOLD = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
_RAISE = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_NOISE = re.compile(
    r"[\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb_\-\u2010-\u2015\u2212\u2043\ufe58\ufe63]+"
)
_LABEL = re.compile(r"^(?:统一)?(?:社会)?信用代码(?:证号)?[:]?")


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A code whose check character fits.

    ``warnings`` holds codes: ``uscc.body_unknown``, ``uscc.kind_unknown``, ``uscc.region_unknown``,
    ``uscc.organization_check``.
    """

    code: str
    body: Body
    kind: Kind
    warnings: tuple[str, ...] = ()

    @property
    def region(self) -> str:
        """Six digits: region of the registering office (登记管理机关行政区划码)."""
        return self.code[2:8]

    @property
    def organization(self) -> str:
        """Nine characters: organisation code (主体标识码)."""
        return self.code[8:17]


def normalize(text: str) -> str:
    """Bring what scanners, keyboards and the clipboard produce into the code's own shape.

    Full-width becomes ASCII, lower case upper; blanks, hyphens, control and zero-width characters and a
    leading "统一社会信用代码：" go. Nothing is replaced by a look-alike: see ``suggestion``.
    """
    folded = _NOISE.sub("", text.translate(_FOLD))
    return _LABEL.sub("", folded).translate(_RAISE)


def check_character(first: str) -> str:
    """Check character for the first 17 characters (GB/T 17710, mod 31)."""
    total = sum(_VALUE[character] * weight for character, weight in zip(first, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organization_check(first: str) -> str:
    """Check character for the first 8 characters of an organisation code (GB 11714-1997, mod 11)."""
    values = (int(character, 36) for character in first)
    total = sum(value * weight for value, weight in zip(values, _ORGANIZATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def suggestion(normalized: str) -> str | None:
    """The code that comes out when O I Z S, which no code has, are read as 0 1 2 5, if it is then right.

    To be offered to the person, never taken on its own.
    """
    candidate = "".join(_LOOKS_LIKE.get(character, character) for character in normalized)
    return candidate if candidate != normalized and _is_sound(candidate) else None


def parse(text: str) -> CreditCode:
    """Read a code as typed, scanned or pasted.

    Raises ``AppError``: ``uscc.empty``, ``uscc.length`` (length), ``uscc.registration_number`` (the 15 digits
    in use before 2015), ``uscc.organization_code`` (9 characters), ``uscc.confusable`` (letters, suggestion),
    ``uscc.letter`` (letter, position), ``uscc.character`` (character, position), ``uscc.region_digits``
    (region), ``uscc.identity_number`` and ``uscc.check``.
    """
    code = normalize(text)
    _require_length(code)
    _require_alphabet(code)
    if not code[2:8].isdecimal():
        raise AppError("uscc.region_digits", region=code[2:8])
    if check_character(code[:17]) != code[17]:
        raise AppError("uscc.identity_number" if _is_identity_number(code) else "uscc.check")
    body = body_of(code[0])
    kind = kind_of(code[:2])
    return CreditCode(code, body, kind, tuple(_warnings(code, body, kind)))


def _is_sound(code: str) -> bool:
    return (
        len(code) == LENGTH
        and all(character in _VALUE for character in code)
        and code[2:8].isdecimal()
        and check_character(code[:17]) == code[17]
    )


def _warnings(code: str, body: Body, kind: Kind) -> list[str]:
    found = []
    if body is Body.UNKNOWN:
        found.append("uscc.body_unknown")
    elif kind is Kind.UNKNOWN:
        found.append("uscc.kind_unknown")
    if code[2:4] not in PROVINCES:
        found.append("uscc.region_unknown")
    if organization_check(code[8:16]) != code[16]:
        found.append("uscc.organization_check")
    return found


def _require_length(code: str) -> None:
    if not code:
        raise AppError("uscc.empty")
    if len(code) == LENGTH:
        return
    if len(code) == 15 and code.isascii() and code.isdigit():
        raise AppError("uscc.registration_number")
    if re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code) and organization_check(code[:8]) == code[8]:
        raise AppError("uscc.organization_code")
    raise AppError("uscc.length", length=len(code))


def _require_alphabet(code: str) -> None:
    wrong = [(position, found) for position, found in enumerate(code, start=1) if found not in _VALUE]
    if not wrong:
        return
    position, found = next(((at, one) for at, one in wrong if one not in _EXCLUDED), wrong[0])
    if found not in _EXCLUDED:
        shown = found if found.isprintable() else f"U+{ord(found):04X}"
        raise AppError("uscc.character", character=shown, position=position)
    offered = suggestion(code)
    if offered is None:
        raise AppError("uscc.letter", letter=found, position=position)
    letters = "、".join(f"第 {at} 位的 {one}" for at, one in wrong)
    raise AppError("uscc.confusable", letters=letters, suggestion=offered)


def _is_identity_number(code: str) -> bool:
    """Whether this is a person's identity number (GB 11643-1999), easily typed into the wrong field."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", code):
        return False
    try:
        date.fromisoformat(f"{code[6:10]}-{code[10:12]}-{code[12:14]}")
    except ValueError:
        return False
    total = sum(int(digit) * pow(2, 17 - position, 11) for position, digit in enumerate(code[:17]))
    return "10X98765432"[total % 11] == code[17]
