"""The full-text tables, by dialect: made by the migration and not described by ``metadata``.

Both hold tokens cut by ``db.rows.tokens``, by row id. SQLite: contentless FTS5. PostgreSQL: lexemes that its
parser never sees.
"""

_FTS5 = (
    "CREATE VIRTUAL TABLE {name} USING fts5("
    "tokens, content='', contentless_delete=1, detail=none, tokenize=\"unicode61 remove_diacritics 0\")"
)
_WORDS = (
    "CREATE TABLE {name} (rowid_ bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX ix_{name}_words ON {name} USING gin (words)",
)
_INDEXED = ("case_fts", "enterprise_fts")
FULL_TEXT = {
    "postgresql": tuple(statement.format(name=name) for name in _INDEXED for statement in _WORDS),
    "sqlite": tuple(_FTS5.format(name=name) for name in _INDEXED),
}
