"""The lexicon: how people say each matter, written by hand as readable text.

A block ``@ ITEMS BOARDS [PACKAGE]`` (the best label first) is followed by lines of phrases. In a phrase ``(a|b)`` is
a choice, an empty choice leaves the part out, ``…`` is a gap.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.errors import AppError

GAP = "…"
MOST_EXPANSIONS = 3000

_CHOICE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of matter: its labels, best first, and the phrases people use for it, not yet expanded."""

    items: tuple[str, ...]
    boards: tuple[str, ...]
    package: str
    phrases: tuple[str, ...]


def parse_lexicon(text: str, file: str) -> tuple[Block, ...]:
    """Read one lexicon file.

    Raises ``AppError("catalog.bad_lexicon", file=…, line=…)`` where a line is not understood.
    """
    blocks: list[Block] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("@"):
            blocks.append(_head(line, file, number))
        elif line.strip() and not line.startswith("#"):
            if not blocks or line.count("(") != line.count(")"):
                raise AppError("catalog.bad_lexicon", file=file, line=number)
            last = blocks[-1]
            blocks[-1] = Block(last.items, last.boards, last.package, last.phrases + tuple(line.split()))
    return tuple(blocks)


def _head(line: str, file: str, number: int) -> Block:
    parts = line[1:].split()
    if len(parts) not in (2, 3):
        raise AppError("catalog.bad_lexicon", file=file, line=number)
    return Block(
        tuple(parts[0].split(",")), tuple(parts[1].split("+")), parts[2] if len(parts) == 3 else "", ()
    )


def expand(phrase: str) -> Iterator[str]:
    """Every spelled-out form of ``phrase``; ``…`` stays in place. At most ``MOST_EXPANSIONS``.

    >>> sorted(expand("(税|费)(太高|)"))
    ['税', '税太高', '费', '费太高']
    """
    forms = ("".join(form) for form in itertools.product(*choices(phrase)))
    return itertools.islice((form for form in forms if form), MOST_EXPANSIONS)


def choices(phrase: str) -> list[list[str]]:
    """The parts of ``phrase`` in order, each with its alternatives; plain text has one.

    >>> choices("办(证|照|)")
    [['办'], ['证', '照', ''], ['']]
    """
    parts = _CHOICE.split(phrase)
    return [part.split("|") if position % 2 else [part] for position, part in enumerate(parts)]
