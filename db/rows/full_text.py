"""Full text over tokens cut by ``db.rows.tokens``: FTS5 on a desk and hub, ``tsvector`` at a centre.

Both hold the very same tokens. PostgreSQL's parser never sees them: lexemes are put together here, as a query is, since
the parser of the ``simple`` configuration would cut them once more.
"""

import re
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows.tokens import match_query

CASES, ENTERPRISES = "case_fts", "enterprise_fts"
_LONGEST_LEXEME = 2_000
"""Bytes; PostgreSQL takes 2,046."""
_MOST_BYTES = 500_000
"""Of all lexemes of a row; PostgreSQL takes 1 MiB with their places."""
_QUOTED = re.compile(r'"([^"]*)"(\*?)')

_ADD = "INSERT INTO {name}(rowid, tokens) VALUES (?, ?)"
_ADD_WORDS = (
    "INSERT INTO {name}(rowid_, words)"
    " SELECT row_, array_to_tsvector(string_to_array(tokens, ' '))"
    " FROM unnest(CAST(%s AS bigint[]), CAST(%s AS text[])) AS given(row_, tokens)"
    " ON CONFLICT (rowid_) DO UPDATE SET words = excluded.words"
)
_DROP = "DELETE FROM {name} WHERE rowid = ?"


def index(
    connection: Connection, table: str, tokens: Mapping[int, str], *, known: Collection[int] = ()
) -> None:
    """Make rows found by their ``tokens`` (``db.rows.tokens.joined``); those ``known`` were found by others before."""
    if not tokens:
        return
    if connection.dialect.name == "postgresql":
        words = [_fitting(one) for one in tokens.values()]
        connection.exec_driver_sql(_ADD_WORDS.format(name=table), (list(tokens), words))
        return
    if known:
        connection.exec_driver_sql(_DROP.format(name=table), [(row,) for row in known])
    connection.exec_driver_sql(_ADD.format(name=table), list(tokens.items()))


def forget(connection: Connection, table: str, row: int) -> None:
    """Let ``row`` be found no more."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"DELETE FROM {table} WHERE rowid_ = :row"), {"row": row})  # noqa: S608
        return
    connection.exec_driver_sql(_DROP.format(name=table), (row,))


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


def _fitting(tokens: str) -> str:
    """``tokens`` without those that PostgreSQL would refuse."""
    if len(tokens) * 4 <= _LONGEST_LEXEME:
        return tokens
    kept, left = [], _MOST_BYTES
    for token in tokens.split():
        size = len(token) if token.isascii() else len(token.encode())
        if size <= _LONGEST_LEXEME and size <= left:
            kept.append(token)
            left -= size
    return " ".join(kept)
