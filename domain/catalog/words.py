"""Naming the words of a text that led to a label."""

from collections.abc import Mapping

MOST_WORDS = 3
LONGEST_WORD = 8
SHARE_OF_BEST = 0.35


def leading_words(words: str, weights: Mapping[str, float]) -> tuple[str, ...]:
    """The runs of ``words`` on which the weight of its n-grams lies, heaviest first.

    Each n-gram spreads its weight over the characters it covers; a run of characters that carry at least
    ``SHARE_OF_BEST`` of the heaviest one is a word, if it has two characters or more.
    """
    heat = _heat(words, weights)
    top = max(heat, default=0.0)
    if top <= 0:
        return ()
    runs: dict[str, float] = {}
    start = None
    for place in range(len(words) + 1):
        warm = place < len(words) and words[place] != " " and heat[place] >= top * SHARE_OF_BEST
        if warm and start is None:
            start = place
        elif start is not None and (not warm or place - start == LONGEST_WORD):
            if place - start > 1:
                run = words[start:place]
                runs[run] = max(runs.get(run, 0.0), sum(heat[start:place]))
            start = place if warm else None
    return tuple(sorted(runs, key=lambda run: (-runs[run], run))[:MOST_WORDS])


def _heat(words: str, weights: Mapping[str, float]) -> list[float]:
    heat = [0.0] * len(words)
    for gram, weight in weights.items():
        place = words.find(gram) if len(gram) > 1 else -1
        while place >= 0:
            for offset in range(len(gram)):
                heat[place + offset] += weight / len(gram)
            place = words.find(gram, place + 1)
    return heat
