"""Tokens for full-text search, cut by us: FTS5's own tokenizers find no Chinese word of two characters.

Chinese runs become single characters and pairs; runs of letters and digits stay whole, with every beginning of theirs
up to ``PREFIX`` and their last four characters besides; the pinyin initials of a name, with all readings of each
character, become marked pairs. A query becomes the tokens that must all be there.

Beginnings are tokens of their own, since FTS5 answers ``91*`` by merging every code that begins so, case by case:
measured 40 ms at 100,000 cases and in proportion beyond. Its own prefix index would hold all Chinese pairs again.
"""

import os
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from operator import add

_RUNS = re.compile("([0-9a-z]+)|((?:[^\\W0-9a-z_]|[\U00020000-\U0003fffd])+)")
"""Runs of letters and digits, and of all else that is written with; planes 2 and 3 hold ideographs of names, some newer
than Python's own tables."""
MAX_QUERY = 80
"""Characters of a query that are looked at."""
PREFIX = 12
"""Longest beginning kept as a token: past it, credit codes of one region differ, and few begin alike."""
_INITIALS = "ㄆ"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def text_tokens(text: str) -> list[str]:
    """Tokens of running text."""
    found: list[str] = []
    for latin, other in _RUNS.findall(_folded(text)):
        if latin:
            found += _beginnings(latin)
        else:
            found += other
            found += _pairs(other)
    return found


@lru_cache(maxsize=256)
def name_tokens(name: str) -> tuple[str, ...]:
    """Tokens of a name: as text, and by pinyin initials. The same applicants come again and again."""
    initials = [pair for _, run in _RUNS.findall(_folded(name)) for pair in _initial_pairs(run)]
    return (*text_tokens(name), *initials)


def joined(parts: Iterable[str]) -> str:
    """Tokens as one text for the index, each once."""
    return " ".join(dict.fromkeys(parts))


def _beginnings(run: str) -> list[str]:
    found = [run, *(run[:length] for length in range(1, min(len(run), PREFIX + 1)))]
    return [*found, run[-4:]] if len(run) > 5 else found


def _pairs(run: str) -> list[str]:
    return list(map(add, run, run[1:]))


def _initial_pairs(run: str) -> list[str]:
    readings = [_initials(c) for c in run]
    return [f"{_INITIALS}{a}{b}" for left, right in pairwise(readings) for a in left for b in right]


@lru_cache(maxsize=8192)
def _initials(character: str) -> tuple[str, ...]:
    # Single characters need none of its phrases, which take 45 MB and a fifth of a second.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    readings = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore", strict=False)
    letters = {reading[0] for reading in readings[0] if reading} if readings else set()
    return tuple(sorted(c for c in letters if "a" <= c <= "z"))


def match_query(query: str) -> str:
    """The FTS5 expression for ``query``, or an empty text where nothing in it can be searched for.

    Every run must be found. A run of letters may be the beginning of a word or number, or pinyin initials.
    """
    terms: list[str] = []
    for match in _RUNS.finditer(_folded(query)[:MAX_QUERY]):
        terms.append(_latin_term(match[1]) if match[1] else _chinese_term(match[2]))
    return " AND ".join(terms)


def _latin_term(run: str) -> str:
    prefix = f'"{run}"' if len(run) <= PREFIX else f'"{run}"*'
    if len(run) < 2 or not run.isalpha():
        return prefix
    initials = " AND ".join(f'"{_INITIALS}{pair}"' for pair in _pairs(run))
    return f"({prefix} OR ({initials}))"


def _chinese_term(run: str) -> str:
    return " AND ".join(f'"{token}"' for token in (_pairs(run) or [run]))
