"""The router: from the matter's words to boards, items and packages, with the words that led there.

A linear model over character n-grams, trained offline on the lexicon, gives every label a number; what the clerks of
this machine chose adds to it within bounds. Everything here is a pure function of the text, the model and the memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.catalog.agreement import agreed_boards
from domain.catalog.learning import Learned, gram_shares
from domain.catalog.text import grams, normalise
from domain.catalog.words import leading_words

NO_PACKAGE = ""
FALLBACK_BOARD = "intake"
FALLBACK_SCORE = 0.05
LEAST_SCORE = 0.01
Vector = npt.NDArray[np.float32]


class Axis(StrEnum):
    """What is suggested: a board, a catalogue item, a package."""

    BOARD = "board"
    ITEM = "item"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class RouterModel:
    """Shipped weights.

    ``rows`` maps an n-gram to its row in ``weights`` (int8, rows × labels; one column's real weight is its number
    times ``scale``); ``idf`` weighs each row; ``labels`` names the columns of each axis, in the order board, item,
    package; ``cells`` (n × 3) are labels that go together and ``usual`` says how usual each is; ``spellings`` maps
    what people type to what the lexicon says; ``longest`` is the longest n-gram.
    """

    rows: Mapping[str, int]
    idf: Vector
    weights: npt.NDArray[np.int8]
    scale: Vector
    bias: Vector
    labels: Mapping[Axis, tuple[str, ...]]
    cells: npt.NDArray[np.int16]
    usual: Vector
    spellings: Mapping[str, str] = field(default_factory=dict)
    longest: int = 4

    def columns(self, axis: Axis) -> slice:
        """The columns of ``axis``."""
        start = 0
        for each in Axis:
            end = start + len(self.labels[each])
            if each is axis:
                return slice(start, end)
            start = end
        raise KeyError(axis)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One label with its share of belief (0 to 1) and the words, as normalised, that speak for it."""

    code: str
    score: float
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Routing:
    """Suggestions, best first. ``packages`` is empty when no package is the matter's own subject."""

    boards: tuple[Suggestion, ...]
    items: tuple[Suggestion, ...]
    packages: tuple[Suggestion, ...]


NOTHING_KNOWN = Routing((Suggestion(FALLBACK_BOARD, FALLBACK_SCORE),), (), ())


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text cut up: its words, its known n-grams with their values, and its n-grams for the memory."""

    words: str
    known: tuple[str, ...]
    ids: npt.NDArray[np.int64]
    values: Vector


def route(text: str, model: RouterModel, *, learned: Learned | None = None, limit: int = 5) -> Routing:
    """Rank boards, items and packages for ``text``; at most ``limit`` of each.

    Reads the first ``text.LOOKED_AT`` characters. Text without known words gives the intake board with a low score
    and nothing else.
    """
    reading = _read(text, model)
    if not any(len(gram) > 1 for gram in reading.known):
        return NOTHING_KNOWN
    shares = gram_shares(reading.words) if learned is not None and learned.weights else {}
    logits = reading.values @ model.weights[reading.ids].astype(np.float32) * model.scale + model.bias
    chances = {}
    for axis in Axis:
        bonus = (
            learned.bonus(shares, axis.value, model.labels[axis]) if learned is not None and shares else 0.0
        )
        chances[axis] = _softmax(logits[model.columns(axis)] + np.asarray(bonus, dtype=np.float32))
    chances[Axis.BOARD] = agreed_boards(
        chances[Axis.BOARD], chances[Axis.ITEM], chances[Axis.PACKAGE], model.cells, model.usual
    )
    return Routing(*(_rank(axis, chances[axis], reading, model, limit) for axis in Axis))


def _read(text: str, model: RouterModel) -> _Reading:
    words = normalise(text, model.spellings)
    known = tuple(dict.fromkeys(gram for gram in grams(words, model.longest) if gram in model.rows))
    ids = np.fromiter((model.rows[gram] for gram in known), dtype=np.int64, count=len(known))
    values = model.idf[ids]
    length = float(np.sqrt(values @ values)) or 1.0
    return _Reading(words, known, ids, values / np.float32(length))


def _rank(
    axis: Axis, chances: Vector, reading: _Reading, model: RouterModel, limit: int
) -> tuple[Suggestion, ...]:
    labels = model.labels[axis]
    order = np.argsort(-chances, kind="stable")
    if axis is Axis.PACKAGE and labels[int(order[0])] == NO_PACKAGE:
        return ()
    start = model.columns(axis).start
    return tuple(
        Suggestion(labels[place], round(float(chances[place]), 4), _because(start + place, reading, model))
        for place in map(int, order[: limit + 1])
        if labels[place] != NO_PACKAGE and chances[place] >= LEAST_SCORE
    )[:limit]


def _because(column: int, reading: _Reading, model: RouterModel) -> tuple[str, ...]:
    weights = reading.values * model.weights[reading.ids, column]
    return leading_words(reading.words, dict(zip(reading.known, weights.tolist(), strict=True)))


def _softmax(logits: Vector) -> Vector:
    powers = np.exp(logits - logits.max())
    chances: Any = powers / powers.sum()
    return np.asarray(chances, dtype=np.float32)
