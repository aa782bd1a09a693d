"""Preparing a visitor's words for the router: one spelling, no noise, cut into character n-grams."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

LOOKED_AT = 2000
"""Only this many characters from the start are read; a matter is stated in its first sentences."""

_NOISE = re.compile(r"[^0-9a-z\u3400-\u9fff\U00020000-\U0003ffff]+")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def parse_spellings(text: str) -> dict[str, str]:
    """Read lines ``typed meant``; ``#`` starts a comment line."""
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {parts[0]: parts[1] for parts in lines if len(parts) == 2}


def normalise(text: str, spellings: Mapping[str, str]) -> str:
    """Bring ``text`` into the spelling of the lexicon; parts are separated by one space.

    Full width becomes half width, letters small, numbers ``0``; control characters, emoji and punctuation part
    the words. Reads the first ``LOOKED_AT`` characters.
    """
    plain = unicodedata.normalize("NFKC", text[:LOOKED_AT])[:LOOKED_AT].lower()
    plain = "".join(char for char in plain if unicodedata.category(char) not in ("Cf", "Mn"))
    words = _NOISE.sub(" ", _NUMBER.sub("0", plain)).strip()
    if not spellings:
        return words
    return _pattern(tuple(spellings)).sub(lambda found: spellings[found[0]], words)


@lru_cache(maxsize=4)
def _pattern(keys: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(keys, key=len, reverse=True))))


def grams(words: str, longest: int) -> Iterator[str]:
    """Every run of 1 to ``longest`` characters inside the parts of ``words``."""
    for part in words.split(" "):
        for length in range(1, longest + 1):
            for start in range(len(part) - length + 1):
                yield part[start : start + length]


def distinct(values: Iterable[str]) -> tuple[str, ...]:
    """The values once each, in their order."""
    return tuple(dict.fromkeys(values))
