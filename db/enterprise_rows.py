"""The read model of enterprises: what cases tell of them, and what stands in streams of their own.

Where an enterprise has a stream, its name and kind are the profile's; a case adds its number and its representative.
"""

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db import full_text
from db.schema import case_row, enterprise
from db.tokens import joined, name_tokens, text_tokens
from domain.cases.model import ApplicantKind, Capacity, Case, Contact
from domain.enterprises.profile import EnterpriseRecord, Profile


@dataclass(frozen=True, slots=True)
class EnterpriseRow:
    """A known enterprise. The contact is the last one seen at the window, else the profile's first.

    ``proved_until`` is when the proof of the name by a verified code ends, 0 where there is none. ``tags`` are words.
    Times are UTC milliseconds.
    """

    id: str
    uscc: str | None
    name: str
    kind: str
    contact_name: str
    contact_phone: str
    contact_capacity: str
    cases: int
    last_at: int
    profiled: bool = False
    proved_until: int = 0
    address: str = ""
    tags: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether a verified code proved the name at its last change; ``proved_at`` says whether it still does."""
        return self.proved_until > 0

    def proved_at(self, now_ms: int) -> bool:
        """Whether a verified code proves the name at ``now_ms``."""
        return now_ms < self.proved_until


_COLUMNS = tuple(enterprise.c[one.name] for one in fields(EnterpriseRow))
_INSERT = sa.insert(enterprise)
_ONE = sa.select(*_COLUMNS).where(enterprise.c.id == sa.bindparam("enterprise_id"))
_KNOWN = sa.select(*_COLUMNS, enterprise.c.own_contact, enterprise.c.rowid_).where(
    enterprise.c.id == sa.bindparam("enterprise_id")
)


NO_END = 1 << 53
"""In place of the end of a proof that has none."""
_FOUND_BY = ("uscc", "name", "tags")
_EMPTY = {"kind": ApplicantKind.ENTERPRISE.value, "contact_capacity": Capacity.AGENT.value, "cases": 0}


def _frozen(row: Any) -> EnterpriseRow:
    values = {
        **row._mapping,
        "profiled": bool(row.profiled),
        "tags": tuple(row.tags.splitlines()),
    }
    return EnterpriseRow(**values)


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
        values.update(_latest(case, known))
    _update(connection, known, values)


def refresh_profile(connection: Connection, record: EnterpriseRecord, profile: Profile) -> None:
    """Take in the profile of ``record``; one that nobody has named and that has no case gets no row."""
    known = connection.execute(_KNOWN, {"enterprise_id": record.uscc}).one_or_none()
    if known is None and not profile.name:
        return
    values = _profiled(record, profile)
    if known is None:
        _insert_row(connection, {**_EMPTY, "id": record.uscc, **values, **_own_contact(profile)})
        return
    values["last_at"] = max(known.last_at, record.changed_at)
    if known.own_contact or not known.contact_name:
        values.update(_own_contact(profile))
    if not profile.name:
        del values["name"]
    _update(connection, known, values)


def _profiled(record: EnterpriseRecord, profile: Profile) -> dict[str, Any]:
    name = profile.fields.get("name")
    kind = profile.text("kind")
    values = {
        "uscc": record.uscc,
        "name": profile.name,
        "last_at": record.changed_at,
        "profiled": int(name is not None),
        "proved_until": (name.until or NO_END) if name is not None and name.is_proved else 0,
        "address": profile.text("address"),
        "tags": "\n".join(fact.value.word for fact in profile.tags),
    }
    return {**values, "kind": kind} if kind else values


def _own_contact(profile: Profile) -> dict[str, Any]:
    if not profile.contacts:
        return {"contact_name": "", "contact_phone": "", "own_contact": 0}
    first = profile.contacts[0].value
    return {"contact_name": first.name, "contact_phone": first.phone, "own_contact": 1}


def _latest(case: Case, known: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"last_at": case.accepted_at}
    if not known.profiled:
        values["name"] = case.applicant.name or known.name
        values["kind"] = case.applicant.kind.value
    if case.contact != Contact():
        values.update(_contact(case.contact))
    return values


def _update(connection: Connection, known: Any, values: dict[str, Any]) -> None:
    if not values:
        return
    connection.execute(sa.update(enterprise).where(enterprise.c.rowid_ == known.rowid_), values)
    now = {name: values.get(name, getattr(known, name)) for name in _FOUND_BY}
    if any(now[name] != getattr(known, name) for name in _FOUND_BY):
        _add_tokens(connection, known.rowid_, now, fresh=False)


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "contact_name": contact.name,
        "contact_phone": contact.phone,
        "contact_capacity": contact.capacity.value,
        "own_contact": 0,
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
    _insert_row(connection, values)


def _insert_row(connection: Connection, values: dict[str, Any]) -> None:
    result = connection.execute(_INSERT, values)
    assert result.inserted_primary_key is not None
    _add_tokens(connection, result.inserted_primary_key[0], values, fresh=True)


def _add_tokens(connection: Connection, rowid: int, found_by: dict[str, Any], *, fresh: bool) -> None:
    tokens = joined(
        [
            *name_tokens(found_by["name"]),
            *text_tokens(found_by["uscc"] or ""),
            *text_tokens(found_by.get("tags", "")),
        ]
    )
    full_text.index(connection, full_text.ENTERPRISES, rowid, tokens, fresh=fresh)


class EnterpriseRows:
    """Queries over known enterprises."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, uscc: str | None, name: str = "") -> EnterpriseRow | None:
        """The enterprise of this credit code, or of this name where there is no code."""
        row = self._connection.execute(_ONE, {"enterprise_id": enterprise_id(uscc, name)}).one_or_none()
        return None if row is None else _frozen(row)

    def rows(self, *, limit: int | None = None, offset: int = 0) -> list[EnterpriseRow]:
        """Known enterprises, last changed or seen first."""
        order = (enterprise.c.last_at.desc(), enterprise.c.rowid_.desc())
        query = sa.select(*_COLUMNS).order_by(*order).limit(limit).offset(offset)
        return [_frozen(row) for row in self._connection.execute(query)]

    def count(self) -> int:
        """How many enterprises are known."""
        return int(self._connection.execute(sa.select(sa.func.count()).select_from(enterprise)).scalar_one())

    def search(self, text: str, *, limit: int = 10) -> list[EnterpriseRow]:
        """Enterprises by name, pinyin initials or the beginning of the code, last seen first."""
        matching = full_text.matching(self._connection, full_text.ENTERPRISES, text, 200)
        if matching is None:
            return []
        query = sa.select(*_COLUMNS).where(enterprise.c.rowid_.in_(matching))
        rows = self._connection.execute(query.order_by(enterprise.c.last_at.desc()).limit(limit))
        return [_frozen(row) for row in rows]

    def open_cases(self, uscc: str | None, name: str) -> int:
        """How many cases of the enterprise are open."""
        who = case_row.c.uscc == uscc if uscc else case_row.c.applicant == name
        query = sa.select(sa.func.count()).select_from(case_row).where(who, case_row.c.closed_at.is_(None))
        return int(self._connection.execute(query).scalar_one())
