"""Masking of phone numbers on paper: the holder recognises the number, a stranger cannot call it."""

import re
import unicodedata

MASK = "*"
_GROUP = re.compile(r"[\d*](?:[\d*]|[ \-–—().]+(?=[\d*]))*")


def mask_phone(phone: str) -> str:
    """Return ``phone`` with its middle digits replaced by ``*``; separators and other words stay.

    ``13812345678`` → ``138****5678``, ``0571-88881234`` → ``057*-****1234``. Full-width digits are folded
    first. Each group of digits is masked for itself; masking a masked number changes nothing. Of 11 digits
    and more the first three and last four stay, of 7 to 10 the first and last two, of fewer the last two at
    most.
    """
    return _GROUP.sub(_mask_group, unicodedata.normalize("NFKC", phone))


def _mask_group(match: re.Match[str]) -> str:
    group = match.group()
    places = [index for index, char in enumerate(group) if char.isdigit() or char == MASK]
    first, last = _kept(len(places))
    hidden = set(places[first : len(places) - last])
    return "".join(MASK if index in hidden else char for index, char in enumerate(group))


def _kept(digits: int) -> tuple[int, int]:
    if digits >= 11:
        return 3, 4
    if digits >= 7:
        return 2, 2
    return 0, min(2, digits // 2)
