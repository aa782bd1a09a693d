"""The read model of enterprises, as far as cases tell of them: name, last representative, number of cases."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import case_row, enterprise
from db.tokens import joined, match_query, name_tokens, text_tokens
from domain.cases.model import Case, Contact


@dataclass(frozen=True, slots=True)
class EnterpriseRow:
    """An enterprise known from earlier cases; the contact is the last one seen at the window."""

    id: str
    uscc: str | None
    name: str
    kind: str
    contact_name: str
    contact_phone: str
    contact_capacity: str
    cases: int
    last_at: int


_COLUMNS = tuple(enterprise.c[name] for name in EnterpriseRow.__slots__)
_ADD_TOKENS = sa.text("INSERT INTO enterprise_fts(rowid, tokens) VALUES (:rowid, :tokens)")
_DROP_TOKENS = sa.text("DELETE FROM enterprise_fts WHERE rowid = :rowid")
_KNOWN = sa.select(*_COLUMNS, enterprise.c.rowid_).where(enterprise.c.id == sa.bindparam("enterprise_id"))


def enterprise_id(uscc: str | None, name: str) -> str:
    """The key of an enterprise: its credit code, else its name."""
    return uscc or f"name:{name}"


def refresh(connection: Connection, case: Case, *, fresh: bool) -> None:
    """Take in what ``case`` tells of its applicant; ``fresh`` when the case has just become known."""
    if not case.applicant.name and not case.applicant.uscc:
        return
    key = enterprise_id(case.applicant.uscc, case.applicant.name)
    known = connection.execute(_KNOWN, {"enterprise_id": key}).one_or_none()
    if known is None:
        _insert(connection, key, case)
        return
    values: dict[str, Any] = {"cases": known.cases + 1} if fresh else {}
    if case.accepted_at >= known.last_at:
        values.update(_latest(case, known.name))
    if values:
        connection.execute(sa.update(enterprise).where(enterprise.c.rowid_ == known.rowid_), values)
        if values.get("name", known.name) != known.name:
            _add_tokens(connection, known.rowid_, case, fresh=False)


def _latest(case: Case, known_name: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "last_at": case.accepted_at,
        "name": case.applicant.name or known_name,
        "kind": case.applicant.kind.value,
    }
    if case.contact != Contact():
        values.update(_contact(case.contact))
    return values


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "contact_name": contact.name,
        "contact_phone": contact.phone,
        "contact_capacity": contact.capacity.value,
    }


def _insert(connection: Connection, key: str, case: Case) -> None:
    values = {
        "id": key,
        "uscc": case.applicant.uscc,
        "name": case.applicant.name,
        "kind": case.applicant.kind.value,
        "cases": 1,
        "last_at": case.accepted_at,
        **_contact(case.contact),
    }
    result = connection.execute(sa.insert(enterprise), values)
    assert result.inserted_primary_key is not None
    _add_tokens(connection, result.inserted_primary_key[0], case, fresh=True)


def _add_tokens(connection: Connection, rowid: int, case: Case, *, fresh: bool) -> None:
    if connection.dialect.name != "sqlite":
        return
    if not fresh:
        connection.execute(_DROP_TOKENS, {"rowid": rowid})
    tokens = joined([*name_tokens(case.applicant.name), *text_tokens(case.applicant.uscc or "")])
    connection.execute(_ADD_TOKENS, {"rowid": rowid, "tokens": tokens})


class EnterpriseRows:
    """Queries over known enterprises."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, uscc: str | None, name: str = "") -> EnterpriseRow | None:
        """The enterprise of this credit code, or of this name where there is no code."""
        query = sa.select(*_COLUMNS).where(enterprise.c.id == enterprise_id(uscc, name))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else EnterpriseRow(*row)

    def search(self, text: str, *, limit: int = 10) -> list[EnterpriseRow]:
        """Enterprises by name, pinyin initials or the beginning of the code, last seen first."""
        expression = match_query(text)
        if not expression:
            return []
        matching = sa.text(
            "SELECT rowid FROM enterprise_fts WHERE enterprise_fts MATCH :match ORDER BY rowid DESC LIMIT 200"
        ).bindparams(match=expression)
        query = sa.select(*_COLUMNS).where(enterprise.c.rowid_.in_(matching))
        rows = self._connection.execute(query.order_by(enterprise.c.last_at.desc()).limit(limit))
        return [EnterpriseRow(*row) for row in rows]

    def open_cases(self, uscc: str | None, name: str) -> int:
        """How many cases of the enterprise are open."""
        who = case_row.c.uscc == uscc if uscc else case_row.c.applicant == name
        query = sa.select(sa.func.count()).select_from(case_row).where(who, case_row.c.closed_at.is_(None))
        return int(self._connection.execute(query).scalar_one())
