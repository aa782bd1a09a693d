"""Train the router's weights and write ``resources/router/model.npz``; run by hand after editing the lexicon.

    python tools/train_router.py

Multinomial logistic regression over character n-grams, one per axis, pruned and rounded to int8. Same sources, same
libraries, same weights: no step draws without a seed.
"""

import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from domain.catalog.lexicon import Block
from domain.catalog.router import Axis, RouterModel
from domain.catalog.text import grams, normalise, parse_spellings
from tools.router_corpus import ROUTER, Example, corpus, labels, lexicon, of, requests

LONGEST = 4
LEAST_TEXTS = 2
MOST_GRAMS = 24_000
STRENGTH = 20.0
TOLERANCE = 1e-3
ROUNDS = 40
"""Stopping early keeps the scores honest: fitted to the end, the model is surer than it is right."""


def train(examples: Sequence[Example]) -> RouterModel:
    """Fit all axes on ``examples`` and prune and round the weights as they ship."""
    spellings = parse_spellings((ROUTER / "spellings.txt").read_text(encoding="utf-8"))
    cut = [set(grams(normalise(example.text, spellings), LONGEST)) for example in examples]
    counts = Counter(gram for row in cut for gram in row)
    names = sorted(gram for gram, count in counts.items() if count >= LEAST_TEXTS)
    idf = np.log(len(cut) / np.array([counts[name] for name in names])).astype(np.float32)
    matrix = vectors(cut, {name: row for row, name in enumerate(names)}, idf)
    known = labels()
    parts = [_fit(matrix, examples, axis, known[axis]) for axis in Axis]
    weights = np.hstack([part[0] for part in parts])
    bias = np.concatenate([part[1] for part in parts]).astype(np.float32)
    kept = _strongest(weights, idf)
    cells, usual = cells_of(lexicon(), known)
    scale = (np.abs(weights[kept]).max(axis=0) / 127).astype(np.float32)
    scale[scale == 0] = 1
    return RouterModel(
        rows={names[row]: place for place, row in enumerate(kept)},
        idf=idf[kept],
        weights=np.round(weights[kept] / scale).astype(np.int8),
        scale=scale,
        bias=bias,
        labels={axis: tuple(known[axis]) for axis in Axis},
        cells=cells,
        usual=usual,
        spellings=spellings,
        longest=LONGEST,
    )


def vectors(cut: Sequence[set[str]], rows: dict[str, int], idf: Any) -> Any:
    """Texts × n-grams, each text a vector of length one."""
    ids = [sorted(rows[gram] for gram in row if gram in rows) for row in cut]
    starts = np.cumsum([0] + [len(row) for row in ids])
    flat = np.fromiter((place for row in ids for place in row), dtype=np.int64, count=int(starts[-1]))
    values = idf[flat].astype(np.float32)
    matrix = sparse.csr_matrix((values, flat, starts), shape=(len(cut), len(rows)))
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scaled = sparse.diags(1 / np.maximum(lengths, 1e-9)) @ matrix
    return scaled.astype(np.float32)


def _fit(matrix: Any, examples: Sequence[Example], axis: str, known: Sequence[str]) -> tuple[Any, Any]:
    spoken = of(examples, axis)
    places = [place for place, _ in spoken]
    answers = np.array([known.index(label) for _, label in spoken])
    counts = np.bincount(answers, minlength=len(known))
    fair = np.sqrt(len(answers) / len(known) / np.maximum(counts, 1))
    share = fair[answers] * np.array([examples[place].weight for place in places])
    model = LogisticRegression(C=STRENGTH, tol=TOLERANCE, max_iter=ROUNDS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(matrix[places], answers, sample_weight=share)
    weights = np.zeros((matrix.shape[1], len(known)))
    bias = np.full(len(known), -20.0)
    weights[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    return weights, bias


def _strongest(weights: Any, idf: Any) -> Any:
    """Rows that can move a label most, in their old order."""
    strength = np.abs(weights).max(axis=1) * idf
    return np.sort(np.argsort(-strength, kind="stable")[:MOST_GRAMS])


def cells_of(blocks: Sequence[Block], known: dict[str, list[str]]) -> tuple[Any, Any]:
    """Which boards, items and packages go together by the lexicon; each place after the best halves the weight."""
    usual: dict[tuple[int, int, int], float] = {}
    for block in blocks:
        package = known[Axis.PACKAGE].index(block.package)
        for down, board in enumerate(block.boards):
            for right, item in enumerate(block.items):
                cell = (known[Axis.BOARD].index(board), known[Axis.ITEM].index(item), package)
                usual[cell] = max(usual.get(cell, 0.0), 0.5 ** (down + right))
    return np.array(list(usual), dtype=np.int16), np.array(list(usual.values()), dtype=np.float32)


def save(model: RouterModel, target: Path) -> None:
    """Write the weights; strings are joined by line feeds, so that nothing needs unpickling."""
    np.savez_compressed(
        target,
        grams=np.array("\n".join(model.rows)),
        idf=model.idf.astype(np.float16),
        weights=model.weights,
        scale=model.scale,
        bias=model.bias,
        cells=model.cells,
        usual=model.usual,
        longest=np.array(model.longest),
        **{axis.value: np.array("\n".join(model.labels[axis])) for axis in Axis},
    )


if __name__ == "__main__":
    save(train(corpus(requests())), ROUTER / "model.npz")
