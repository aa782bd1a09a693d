"""How often the router is right, on requests that its weights have not seen.

    python benchmarks/router_accuracy.py

Prints one table: the 100 requests that were read while the lexicon was written, the 50 that nobody read, and all,
each by models trained without them (cross-validated in three folds); then the same with no request learned from.
"""

import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from domain.catalog.router import RouterModel, Routing, route
from tools.router_corpus import SEED, corpus, looked_at_and_held_out, requests
from tools.train_router import train

FOLDS = 3


def hits(request: dict[str, Any], routing: Routing) -> dict[str, bool]:
    """What was right about one request. Strict: the best label; accepted: any a sensible clerk could take."""
    boards = [board.code for board in routing.boards]
    items = [item.code for item in routing.items]
    package = routing.packages[0].code if routing.packages else ""
    return {
        "board 1 accepted": boards[0] in request["boards_ok"],
        "board 1 strict": boards[0] == request["board"],
        "board 3 strict": request["board"] in boards[:3],
        "item 1 strict": items[:1] == [request["item"]],
        "item 1 accepted": bool(items) and items[0] in request["items_ok"],
        "item 3 strict": request["item"] in items[:3],
        "item 3 accepted": any(item in request["items_ok"] for item in items[:3]),
        "package 1": package == request["package"],
    }


def shares(rows: Sequence[dict[str, bool]]) -> dict[str, float]:
    """Share of hits per figure."""
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def cross_validated(rows: Sequence[dict[str, Any]], folds: int = FOLDS) -> list[Routing]:
    """Each request routed by a model trained on the lexicon and the requests of the other folds."""
    order = list(range(len(rows)))
    random.Random(SEED + 1).shuffle(order)
    found: dict[int, Routing] = {}
    for fold in range(folds):
        tested = set(order[fold::folds])
        model = train(corpus([row for place, row in enumerate(rows) if place not in tested]))
        found |= {place: route(rows[place]["text"], model) for place in tested}
    return [found[place] for place in range(len(rows))]


def routed(rows: Iterable[dict[str, Any]], model: RouterModel) -> list[Routing]:
    return [route(row["text"], model) for row in rows]


def print_table(title: str, rows: Sequence[dict[str, Any]], routings: Sequence[Routing]) -> None:
    """One line per figure: looked at, held out, all."""
    scored = [hits(row, routing) for row, routing in zip(rows, routings, strict=True)]
    looked_at, held_out = looked_at_and_held_out()
    parts = [shares([scored[place] for place in part]) for part in (looked_at, held_out, range(len(rows)))]
    print(f"\n{title}\n{'':18}{'looked at':>10}{'held out':>10}{'all':>10}")
    for name in parts[0]:
        print(f"{name:18}" + "".join(f"{part[name]:10.3f}" for part in parts))


def main() -> None:
    rows = requests()
    print_table("no request learned from", rows, routed(rows, train(corpus([]))))
    print_table(f"cross-validated, {FOLDS} folds", rows, cross_validated(rows))


if __name__ == "__main__":
    main()
