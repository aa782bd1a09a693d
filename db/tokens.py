"""Tokens for full-text search, cut by us: FTS5's own tokenizers find no Chinese word of two characters.

Chinese runs become single characters and pairs; runs of letters and digits stay whole, with every beginning of theirs
up to ``PREFIX`` and their last four characters besides; the pinyin initials of a name, with all readings of each
character, become marked pairs. A query becomes the tokens that must all be there.

Beginnings are tokens of their own, since FTS5 answers ``91*`` by merging every code that begins so, case by case:
measured 40 ms at 100,000 cases and in proportion beyond. Its own prefix index would hold all Chinese pairs again.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise, product

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


def text_tokens(text: str) -> Iterator[str]:
    """Tokens of running text."""
    for match in _RUNS.finditer(_folded(text)):
        if match[1]:
            yield from _beginnings(match[1])
            if len(match[1]) > 5:
                yield match[1][-4:]
        else:
            yield from match[2]
            yield from _pairs(match[2])


def name_tokens(name: str) -> Iterator[str]:
    """Tokens of a name: as text, and by pinyin initials."""
    yield from text_tokens(name)
    for match in _RUNS.finditer(_folded(name)):
        if match[2]:
            yield from _initial_pairs(match[2])


def joined(parts: Iterable[str]) -> str:
    """Tokens as one text for the index, each once."""
    return " ".join(dict.fromkeys(parts))


def _beginnings(run: str) -> Iterator[str]:
    yield run
    for length in range(1, min(len(run), PREFIX + 1)):
        yield run[:length]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _initial_pairs(run: str) -> Iterator[str]:
    readings = [_initials(c) for c in run]
    for left, right in pairwise(readings):
        for a, b in product(left, right):
            yield f"{_INITIALS}{a}{b}"


@lru_cache(maxsize=8192)
def _initials(character: str) -> tuple[str, ...]:
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
