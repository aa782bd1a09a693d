"""Suggesting boards, items and packages at the desk: the shipped model, and what this machine's clerks chose.

The store keeps ``Learned`` as a document; it is handed in and given back.
"""

from functools import cache

import numpy as np

import resources
from domain.catalog.learning import Learned
from domain.catalog.router import Axis, RouterModel, Routing, route
from domain.catalog.text import normalise, parse_spellings

MODEL = "router/model.npz"
SPELLINGS = "router/spellings.txt"


@cache
def shipped_model() -> RouterModel:
    """Load the weights that ship with the program; once per process."""
    spellings = parse_spellings(resources.path(SPELLINGS).read_text(encoding="utf-8"))
    with np.load(resources.path(MODEL), allow_pickle=False) as stored:
        names = str(stored["grams"]).split("\n")
        return RouterModel(
            rows={gram: row for row, gram in enumerate(names)},
            idf=stored["idf"].astype(np.float32),
            weights=stored["weights"],
            scale=stored["scale"],
            bias=stored["bias"],
            labels={axis: tuple(str(stored[axis.value]).split("\n")) for axis in Axis},
            cells=stored["cells"],
            usual=stored["usual"],
            spellings=spellings,
            longest=int(stored["longest"]),
        )


def suggest(text: str, learned: Learned | None = None, limit: int = 5) -> Routing:
    """Suggestions for what has been typed so far."""
    return route(text, shipped_model(), learned=learned, limit=limit)


def learn(learned: Learned, text: str, *, board: str, item: str | None, package: str | None) -> Learned:
    """The memory after the clerk settled ``text``; ``None`` leaves an axis out, ``""`` means no package."""
    model = shipped_model()
    offered = route(text, model, learned=learned, limit=1)
    picked = {Axis.BOARD: board, Axis.ITEM: item, Axis.PACKAGE: package}
    first = {
        Axis.BOARD: offered.boards[0].code,
        Axis.ITEM: offered.items[0].code if offered.items else None,
        Axis.PACKAGE: offered.packages[0].code if offered.packages else "",
    }
    return learned.after(
        normalise(text, model.spellings),
        {axis.value: label for axis, label in picked.items() if label is not None},
        {axis.value: label for axis, label in first.items() if label is not None},
    )
