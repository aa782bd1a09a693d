"""What the router learns from the clerks of one machine: a bounded, fading memory of their choices.

Each choice leaves a faint trace of the text's n-grams under the chosen label; a similar text later gets a bonus that
grows with the likeness and the number of such choices, and never beyond ``MOST_BONUS``. One click shifts close calls
only. The memory is a plain mapping, so that it can be stored as a document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Self

from domain.catalog.text import grams

STEP = 0.7
MOST_BONUS = 3.0
FADE = 0.998
MOST_FEATURES = 30_000
MOST_GROWTH = 1e6
FAINTEST = 1e-3
LONGEST = 3

Weights = Mapping[str, Mapping[str, float]]


def gram_shares(words: str) -> dict[str, float]:
    """The distinct runs of two and three characters of normalised ``words``, as a vector of length one."""
    found = dict.fromkeys(gram for gram in grams(words, LONGEST) if len(gram) > 1)
    return dict.fromkeys(found, len(found) ** -0.5) if found else {}


@dataclass(frozen=True, slots=True)
class Learned:
    """``weights[n-gram]["axis:label"]``: how strongly the n-gram speaks for the label, by past choices.

    Real weights are ``weights / growth``: instead of fading every old weight at each choice, new ones grow.
    """

    weights: Weights = field(default_factory=lambda: MappingProxyType({}))
    growth: float = 1.0

    def bonus(self, shares: Mapping[str, float], axis: str, labels: Sequence[str]) -> list[float]:
        """What past choices add to each of ``labels``, within ± ``MOST_BONUS``."""
        sums: dict[str, float] = {}
        for gram, share in shares.items():
            for label, weight in self.weights.get(gram, {}).items():
                sums[label] = sums.get(label, 0.0) + share * weight
        return [_bounded(sums.get(f"{axis}:{label}", 0.0) / self.growth, MOST_BONUS) for label in labels]

    def after(self, words: str, chosen: Mapping[str, str], passed: Mapping[str, str]) -> Self:
        """The memory after a choice for a text with normalised ``words``.

        ``chosen`` maps an axis to the label taken, ``passed`` to the label that had stood first and was passed over.
        """
        moves = {f"{axis}:{label}": STEP for axis, label in chosen.items()}
        for axis, label in passed.items():
            if chosen.get(axis) not in (None, label):
                moves[f"{axis}:{label}"] = -STEP / 2
        growth = self.growth / FADE
        weights = dict(self.weights)
        for gram, share in gram_shares(words).items():
            weights[gram] = _moved(weights.get(gram, {}), moves, share, growth)
        return type(self)(*_trimmed(weights, growth))

    def to_document(self) -> dict[str, Any]:
        rows = {gram: dict(row) for gram, row in self.weights.items()}
        return {"kind": "router_memory", "version": 1, "growth": self.growth, "weights": rows}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        rows = {gram: dict(row) for gram, row in document["weights"].items()}
        return cls(rows, document["growth"])


def _moved(
    row: Mapping[str, float], moves: Mapping[str, float], share: float, growth: float
) -> dict[str, float]:
    moved = dict(row)
    for label, step in moves.items():
        moved[label] = _bounded(moved.get(label, 0.0) + step * share * growth, MOST_BONUS * growth)
    return moved


def _trimmed(weights: Weights, growth: float) -> tuple[Weights, float]:
    """Beyond ``MOST_FEATURES`` n-grams or ``MOST_GROWTH``: drop the faintest tenth, and bring the growth back to 1."""
    if len(weights) <= MOST_FEATURES and growth <= MOST_GROWTH:
        return weights, growth
    alive = {gram: {label: weight / growth for label, weight in row.items()} for gram, row in weights.items()}
    strength = {gram: max(map(abs, row.values()), default=0.0) for gram, row in alive.items()}
    kept = sorted(alive, key=lambda gram: (-strength[gram], gram))[: MOST_FEATURES * 9 // 10]
    return {gram: alive[gram] for gram in kept if strength[gram] >= FAINTEST}, 1.0


def _bounded(value: float, most: float) -> float:
    return max(-most, min(most, value))
