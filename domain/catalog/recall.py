"""The router's memory as the recent choices of a machine's clerks tell it.

Built from the cases themselves, so that a person's words that are erased from a case are gone from here too.
"""

from collections.abc import Iterable, Mapping

from domain.catalog.learning import FADE, MOST_BONUS, STEP, Learned, gram_shares
from domain.catalog.text import normalise

Choice = tuple[str, str, str | None, str | None]
"""(matter, lead board, item or None, package or None)."""


def recall(choices: Iterable[Choice], spellings: Mapping[str, str]) -> Learned:
    """The memory left by ``choices``, newest first; an older one weighs less."""
    weights: dict[str, dict[str, float]] = {}
    for age, (text, board, item, package) in enumerate(choices):
        step = STEP * FADE**age
        labels = [f"board:{board}"]
        labels += [f"item:{item}"] if item else []
        labels += [f"package:{package}"] if package else []
        for gram, share in gram_shares(normalise(text, spellings)).items():
            row = weights.setdefault(gram, {})
            for label in labels:
                row[label] = min(MOST_BONUS, row.get(label, 0.0) + step * share)
    return Learned(weights)
