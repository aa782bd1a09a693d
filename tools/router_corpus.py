"""The texts the router is trained on: the lexicon, made-up requests from it, the catalogue, labelled requests."""

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.catalog.lexicon import GAP, Block, choices, parse_lexicon
from domain.catalog.text import distinct

ROOT = Path(__file__).resolve().parent.parent
ROUTER = ROOT / "resources" / "router"
REFERENCE = ROOT / "resources" / "reference"
REQUESTS = ROOT / "tests" / "data" / "requests_dev.json"

SEED = 20240501
MADE_UP_PER_BLOCK = 40
LEAST_FORMS = 6
REQUEST_WEIGHT = 4.0


@dataclass(frozen=True, slots=True)
class Example:
    """One training text; ``None`` means that it says nothing about that axis."""

    text: str
    board: str | None
    item: str | None
    package: str | None
    weight: float = 1.0


def lexicon() -> list[Block]:
    """All blocks of the lexicon in the order of the files."""
    files = sorted((ROUTER / "lexicon").glob("*.txt"))
    return [block for file in files for block in parse_lexicon(file.read_text(encoding="utf-8"), file.name)]


def fillers() -> tuple[list[str], list[str]]:
    """Words that stand before and after any matter and mean nothing: (openings, endings)."""
    lines = (ROUTER / "fillers.txt").read_text(encoding="utf-8").splitlines()
    openings = [line[1:] for line in lines if line.startswith("<")]
    return openings, [line[1:] for line in lines if line.startswith(">")]


def corpus(requests: Sequence[dict[str, Any]]) -> list[Example]:
    """Every training text; ``requests`` are the labelled ones that may be learned from."""
    rng = random.Random(SEED)
    spoken = [example for block in lexicon() for example in _of_block(block, rng)]
    return spoken + list(_of_catalog()) + [_of_request(request) for request in requests]


def _of_block(block: Block, rng: random.Random) -> Iterator[Example]:
    openings, endings = fillers()
    pool = [form for phrase in block.phrases for form in _forms(phrase, rng)]
    for text in pool:
        yield _labelled(block, text)
    for _ in range(MADE_UP_PER_BLOCK):
        parts = rng.sample(pool, min(len(pool), rng.choice((1, 2, 2, 3))))
        opening = rng.choice(openings) if rng.random() < 0.6 else ""
        ending = rng.choice(endings) if rng.random() < 0.6 else ""
        yield _labelled(block, opening + "".join(parts) + ending)


def _forms(phrase: str, rng: random.Random) -> tuple[str, ...]:
    """Spelled-out forms of ``phrase`` in which every alternative stands at least once."""
    parts = choices(phrase)
    count = max(map(len, parts))
    if count > 1:
        count = max(LEAST_FORMS, count * 3 // 2)
    columns = []
    for part in parts:
        rounds = -(-count // len(part))
        columns.append([option for _ in range(rounds) for option in rng.sample(part, len(part))][:count])
    return distinct(filter(None, map("".join, zip(*columns, strict=True))))


def _labelled(block: Block, text: str) -> Example:
    return Example(text.replace(GAP, " "), block.boards[0], block.items[0], block.package)


def _of_catalog() -> Iterator[Example]:
    catalog = _document("catalog")
    for item in catalog["entries"]:
        for name in (item["name"], *item["keywords"]):
            yield Example(name, item["board"], item["code"], None)
    for local in catalog["local"]:
        yield Example(local["names"][-1], local["board"], None, None, 0.5)
    for package in _document("packages")["entries"]:
        yield Example(package["name"], package["boards"][0], None, package["name"], 2.0)
        for tick in package["basic"] + package["value_added"]:
            yield Example(tick["name"], tick["board"], None, package["name"])
    for measure in _document("measures")["entries"]:
        if measure["board"]:
            yield Example(measure["title"], measure["board"], None, None, 0.5)


def _of_request(request: dict[str, Any]) -> Example:
    return Example(request["text"], request["board"], request["item"], request["package"], REQUEST_WEIGHT)


def requests() -> list[dict[str, Any]]:
    """The labelled development requests."""
    rows: list[dict[str, Any]] = json.loads(REQUESTS.read_text(encoding="utf-8"))
    return rows


def looked_at_and_held_out() -> tuple[list[int], list[int]]:
    """Positions of the 100 requests that may be read while working on the lexicon, and of the 50 that may not."""
    order = list(range(len(requests())))
    random.Random(SEED).shuffle(order)
    return sorted(order[:100]), sorted(order[100:])


def labels() -> dict[str, list[str]]:
    """The labels of each axis, in the order of the reference documents; the first package is none."""
    return {
        "board": _column("boards", "code"),
        "item": _column("catalog", "code"),
        "package": ["", *_column("packages", "name")],
    }


def _column(kind: str, key: str) -> list[str]:
    return [entry[key] for entry in _document(kind)["entries"]]


def _document(kind: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((REFERENCE / f"{kind}.json").read_text(encoding="utf-8"))
    return document


def of(examples: Iterable[Example], axis: str) -> list[tuple[int, str]]:
    """(position, label) of the examples that speak about ``axis``."""
    named = ((place, getattr(example, axis)) for place, example in enumerate(examples))
    return [(place, label) for place, label in named if label is not None]
