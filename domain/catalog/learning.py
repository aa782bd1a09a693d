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
FAINTEST = 1e-3
LONGEST = 3

Weights = Mapping[str, Mapping[str, float]]


def gram_shares(words: str) -> dict[str, float]:
    """The distinct runs of two and three characters of normalised ``words``, as a vector of length one."""
    found = dict.fromkeys(gram for gram in grams(words, LONGEST) if len(gram) > 1)
    return dict.fromkeys(found, len(found) ** -0.5) if found else {}


@dataclass(frozen=True, slots=True)
class Learned:
    """``weights[n-gram]["axis:label"]``: how strongly the n-gram speaks for the label, by past choices."""

    weights: Weights = field(default_factory=lambda: MappingProxyType({}))

    def bonus(self, shares: Mapping[str, float], axis: str, labels: Sequence[str]) -> list[float]:
        """What past choices add to each of ``labels``, within ± ``MOST_BONUS``."""
        sums: dict[str, float] = {}
        for gram, share in shares.items():
            for label, weight in self.weights.get(gram, {}).items():
                sums[label] = sums.get(label, 0.0) + share * weight
        return [_bounded(sums.get(f"{axis}:{label}", 0.0)) for label in labels]

    def after(self, words: str, chosen: Mapping[str, str], passed: Mapping[str, str]) -> Self:
        """The memory after a choice for a text with normalised ``words``.

        ``chosen`` maps an axis to the label taken, ``passed`` to the label that had stood first and was passed over.
        """
        moves = {f"{axis}:{label}": STEP for axis, label in chosen.items()}
        for axis, label in passed.items():
            if chosen.get(axis) not in (None, label):
                moves[f"{axis}:{label}"] = -STEP / 2
        faded = {gram: {k: w * FADE for k, w in row.items()} for gram, row in self.weights.items()}
        for gram, share in gram_shares(words).items():
            row = faded.setdefault(gram, {})
            for label, step in moves.items():
                row[label] = _bounded(row.get(label, 0.0) + step * share)
        return type(self)(_trimmed(faded))

    def to_document(self) -> dict[str, Any]:
        return {
            "kind": "router_memory",
            "version": 1,
            "weights": {g: dict(r) for g, r in self.weights.items()},
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        return cls({gram: dict(row) for gram, row in document["weights"].items()})


def _trimmed(weights: dict[str, dict[str, float]]) -> Weights:
    """Drop what has faded, and the faintest n-grams beyond ``MOST_FEATURES``."""
    alive = {gram: {k: w for k, w in row.items() if abs(w) >= FAINTEST} for gram, row in weights.items()}
    kept = [gram for gram, row in alive.items() if row]
    if len(kept) > MOST_FEATURES:
        strength = {gram: max(map(abs, alive[gram].values())) for gram in kept}
        kept = sorted(kept, key=lambda gram: (-strength[gram], gram))[:MOST_FEATURES]
    return {gram: alive[gram] for gram in kept}


def _bounded(value: float) -> float:
    return max(-MOST_BONUS, min(MOST_BONUS, value))
