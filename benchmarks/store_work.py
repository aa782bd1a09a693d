"""Work on a store: accepting, searching as one types, lists; each beside the least that SQLCipher can do for it."""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import made_up
from benchmarks.big_store import SEED, big_store, private_copy, sample
from benchmarks.measuring import Measured, Settings, in_turn, timed
from db.rows.tokens import match_query
from db.store import keys
from db.store.engine import connect
from domain.cases.intake import ContactForm, IntakeForm
from services.case_lists import count_lists, read_list
from services.cases import accept_case, search_cases
from services.station import STORE_NAME, Station, open_station

CASES = 100_000
MANY_CASES = 1_000_000
PAGE = 100
DATA = b"x" * 700
"""About what one accepted case weighs as an event."""


@contextmanager
def _opened(home: Path) -> Iterator[Station]:
    station = open_station(home)
    try:
        yield station
    finally:
        station.close()


def accept(settings: Settings) -> list[Measured]:
    """Accept a case as the window does, in a store that holds many, beside one bare encrypted FULL commit there."""
    with tempfile.TemporaryDirectory(dir=settings.scratch) as folder:
        home = private_copy(big_store(settings.cache, CASES), Path(folder))
        with _opened(home) as station, bare_commit(home) as commit:
            forms = _forms()
            ours, floor = in_turn(
                settings.rounds(300), lambda: station.call(accept_case, next(forms)), commit
            )
    return [
        Measured(
            f"accept a case, {CASES:,} in the store",
            ours,
            "one bare encrypted FULL commit",
            floor,
            bar_ms=10,
            bar_ratio=15,
        )
    ]


def _forms() -> Iterator[IntakeForm]:
    chance = random.Random(SEED + 1)
    while True:
        who = made_up.enterprise(chance)
        contact = ContactForm(name=who.person, phone=who.phone)
        yield IntakeForm(uscc=who.uscc, name=who.name, text=made_up.matter(chance), contact=contact)


@contextmanager
def bare_commit(home: Path) -> Iterator[Callable[[], None]]:
    """One insert into a table of its own in an encrypted file beside the store, with the store's pragmas."""
    path = home / "bare.db"
    connection = connect(path, keys.find_key(home)[0], create=True)
    connection.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, body BLOB)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO one (body) VALUES (?)", (DATA,))
        connection.execute("COMMIT")

    try:
        yield commit
    finally:
        connection.close()


def search(settings: Settings) -> list[Measured]:
    """Search as one types, at 100,000 cases."""
    return [_search(settings, CASES, 30)]


def search_many(settings: Settings) -> list[Measured]:
    """The same at 1,000,000 cases, which take a quarter of an hour to make the first time."""
    return [_search(settings, MANY_CASES, 80)]


def _search(settings: Settings, cases: int, p95_bar_ms: float) -> Measured:
    home = big_store(settings.cache, cases)
    questions = list(typed_questions(home, 4 if settings.quick else 16))
    bare = connect(home / STORE_NAME, keys.find_key(home)[0])

    def floor(question: str) -> None:
        bare.execute(
            "SELECT rowid FROM case_fts WHERE case_fts MATCH ? ORDER BY rowid DESC LIMIT 50",
            (match_query(question),),
        ).fetchall()

    ours_ms, floor_ms = [], []
    with _opened(home) as station:
        for question in questions:
            station.call(search_cases, question)
            ours_ms.append(timed(lambda question=question: station.call(search_cases, question)))
            floor_ms.append(timed(lambda question=question: floor(question)))
    bare.close()
    return Measured(
        f"search as you type, {cases:,} cases, {len(questions)} questions",
        ours_ms,
        "bare FTS5 query",
        floor_ms,
        p95_bar_ms=p95_bar_ms,
    )


def typed_questions(home: Path, rows: int) -> Iterator[str]:
    """What stands in the field after each key while somebody looks for a case of the store, in turn in seven ways."""
    for row in sample(home, rows):
        person, phone = row.contact.split()
        for wanted in (
            row.applicant[:7],
            row.number,
            row.uscc,
            phone,
            row.short,
            _initials(row.applicant[:4]),
        ):
            yield from (wanted[: end + 1] for end in range(len(wanted)))
        yield from (
            person,
            phone[-4:],
            row.text[6:10],
            row.text[6:8],
            f"{row.applicant[:2]} {row.text[8:10]}",
        )


def _initials(name: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))


def lists(settings: Settings) -> list[Measured]:
    """A page of the case list, near the top and far down; every list's count."""
    home = big_store(settings.cache, CASES)
    rounds = settings.rounds(60)
    with _opened(home) as station:

        def page(name: str, **how: Any) -> Callable[[], object]:
            return lambda: station.call(read_list, name, limit=PAGE, **how)

        works = {
            f"list page of {PAGE} rows, first": page("all"),
            f"list page of {PAGE} rows, at 50,000": page("all", offset=50_000),
            f"list page of {PAGE} rows by applicant": page("all", sort="applicant"),
            "open cases, first page": page("open"),
            "counts of all lists": lambda: station.call(count_lists),
        }
        taken = in_turn(rounds, *works.values())
    return [Measured(f"{name}, {CASES:,} cases", times) for name, times in zip(works, taken, strict=True)]
