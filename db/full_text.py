"""Full text over tokens cut by ``db.tokens``: FTS5 on a desk and hub, ``tsvector`` at a centre.

Both hold the very same tokens. PostgreSQL's parser never sees them: lexemes are put together here, as a query is, since
the parser of the ``simple`` configuration would cut them once more.
"""

import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.tokens import match_query

CASES, ENTERPRISES = "case_fts", "enterprise_fts"
_LONGEST_LEXEME = 2_000
"""Bytes; PostgreSQL takes 2,046."""
_MOST_BYTES = 500_000
"""Of all lexemes of a row; PostgreSQL takes 1 MiB with their places."""
_QUOTED = re.compile(r'"([^"]*)"(\*?)')

_ADD = {
    ("sqlite", name): sa.text(f"INSERT INTO {name}(rowid, tokens) VALUES (:row, :tokens)")  # noqa: S608
    for name in (CASES, ENTERPRISES)
} | {
    ("postgresql", name): sa.text(
        f"INSERT INTO {name}(rowid_, words) VALUES (:row, array_to_tsvector(CAST(:tokens AS text[])))"  # noqa: S608
        " ON CONFLICT (rowid_) DO UPDATE SET words = excluded.words"
    )
    for name in (CASES, ENTERPRISES)
}
_DROP = {
    name: sa.text(f"DELETE FROM {name} WHERE rowid = :row")  # noqa: S608
    for name in (CASES, ENTERPRISES)
}


def index(connection: Connection, table: str, row: int, tokens: str, *, fresh: bool) -> None:
    """Make ``row`` found by ``tokens`` (``db.tokens.joined``); ``fresh`` where it could not be found before."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(_ADD[dialect, table], {"row": row, "tokens": _lexemes(tokens)})
        return
    if not fresh:
        connection.execute(_DROP[table], {"row": row})
    connection.execute(_ADD[dialect, table], {"row": row, "tokens": tokens})


def forget(connection: Connection, table: str, row: int) -> None:
    """Let ``row`` be found no more."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"DELETE FROM {table} WHERE rowid_ = :row"), {"row": row})  # noqa: S608
        return
    connection.execute(_DROP[table], {"row": row})


def matching(connection: Connection, table: str, text: str, limit: int | None = None) -> sa.TextClause | None:
    """A question for the rows that hold every part of ``text``, the newest ``limit``; None for nothing to ask."""
    expression = match_query(text)
    if not expression:
        return None
    newest = "" if limit is None else f" ORDER BY {{row}} DESC LIMIT {int(limit)}"
    if connection.dialect.name == "postgresql":
        question = f"SELECT rowid_ FROM {table} WHERE words @@ CAST(:match AS tsquery)"  # noqa: S608
        return sa.text(question + newest.format(row="rowid_")).bindparams(match=ts_query(expression))
    question = f"SELECT rowid FROM {table} WHERE {table} MATCH :match"  # noqa: S608
    return sa.text(question + newest.format(row="rowid")).bindparams(match=expression)


def ts_query(expression: str) -> str:
    """An expression of ``match_query`` as PostgreSQL writes it. Tokens are letters and digits, and need no escapes."""
    quoted = _QUOTED.sub(lambda m: f"'{m[1]}'" + (":*" if m[2] else ""), expression)
    return quoted.replace(" AND ", " & ").replace(" OR ", " | ")


def _lexemes(tokens: str) -> list[str]:
    kept, left = [], _MOST_BYTES
    for token in tokens.split():
        size = len(token.encode())
        if size <= _LONGEST_LEXEME and size <= left:
            kept.append(token)
            left -= size
    return kept
