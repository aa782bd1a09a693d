"""Text from outside, made safe to store: NFC, without control, zero-width and direction characters."""

import itertools
import re
import unicodedata
from dataclasses import dataclass

_KEPT_CONTROLS = "\n\t"
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn"})
_IDEOGRAPHS = range(0x20000, 0x3FFFE)
"""Planes 2 and 3: characters of names that a newer Unicode than Python's own has given a meaning."""
_LINE_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\u0085\u000b\u000c]")
_NEEDS_WORK = re.compile(r"[^\n\t\x20-\x7e\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Text fit to store and how many invisible characters were taken out, to be told to the person."""

    text: str
    removed: int


def clean(text: str, *, one_line: bool = False) -> Cleaned:
    """``text`` in NFC without invisible characters and outer space; ``one_line`` folds runs of space to one."""
    removed = 0
    if _NEEDS_WORK.search(text):
        text = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text))
        kept = [c for c in text if _is_kept(c)]
        removed = len(text) - len(kept)
        text = "".join(kept)
    return Cleaned(re.sub(r"\s+", " ", text).strip() if one_line else text.strip(), removed)


def _is_kept(c: str) -> bool:
    if c in _KEPT_CONTROLS or (ord(c) in _IDEOGRAPHS and ord(c) & 0xFFFE != 0xFFFE):
        return True
    return unicodedata.category(c) not in _DROPPED_CATEGORIES


def similarity(one: str, other: str) -> float:
    """How alike two matters are: Jaccard index of their character pairs, 0 to 1."""
    a, b = _pairs(one), _pairs(other)
    if not a or not b:
        return float(one.strip() == other.strip() and bool(one.strip()))
    return len(a & b) / len(a | b)


def _pairs(text: str) -> frozenset[str]:
    letters = [c for c in text if c.isalnum()]
    return frozenset(x + y for x, y in itertools.pairwise(letters))
