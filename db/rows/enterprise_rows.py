"""The read model of enterprises: what cases tell of them, and what stands in streams of their own.

Where an enterprise has a stream, its name and kind are the profile's; a case adds its number and its representative.
Of several cases the one accepted last tells name and contact, in whatever order they come and are folded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows import full_text
from db.rows.row_sets import as_stored, insert_all, next_rows, rows_of, update_all
from db.rows.tokens import joined, name_tokens, text_tokens
from db.schema import case_row, enterprise
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
_KNOWN = sa.select(*_COLUMNS, enterprise.c.own_contact, enterprise.c.contact_at, enterprise.c.rowid_).where(
    enterprise.c.id == sa.bindparam("enterprise_id")
)


NO_END = 1 << 53
"""In place of the end of a proof that has none."""
_FOUND_BY = ("uscc", "name", "tags")
_NAMES = tuple(column.name for column in enterprise.c)
_EMPTY = {"kind": ApplicantKind.ENTERPRISE.value, "contact_capacity": Capacity.AGENT.value, "cases": 0}
_UNMET = {
    "profiled": 0, "proved_until": 0, "own_contact": 0, "address": "", "tags": "", "contact_name": "",
    "contact_phone": "", "contact_capacity": Capacity.AGENT.value, "contact_at": 0,
}  # fmt: skip


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


def refresh(connection: Connection, cases: Sequence[Case], fresh: Collection[str]) -> None:
    """Take in what ``cases`` tell of their applicants, one after another; ``fresh`` have just become known."""
    told = [(_key_of(connection, case), case) for case in cases if case.applicant.name or case.applicant.uscc]
    rows = rows_of(connection, enterprise, _NAMES, "id", {key: None for key, _ in told})
    known = {row.id: dict(row._mapping) for row in rows}
    now: dict[str, dict[str, Any]] = {}
    for key, case in told:
        before = now.get(key) or known.get(key)
        now[key] = _first_told(key, case) if before is None else before | _told_by(case, before, fresh)
    new = [row for key, row in now.items() if key not in known]
    for place, row in zip(next_rows(connection, enterprise, "rowid_", len(new)), new, strict=True):
        row["rowid_"] = place
    insert_all(connection, enterprise, new)
    changed = [(known[key], row) for key, row in now.items() if key in known]
    update_all(connection, enterprise, "rowid_", [_changes(before, row) for before, row in changed])
    full_text.index(connection, full_text.ENTERPRISES, {row["rowid_"]: _tokens(row) for row in new})
    renamed = {row["rowid_"]: _tokens(row) for before, row in changed if _is_found_anew(before, row)}
    full_text.index(connection, full_text.ENTERPRISES, renamed, known=renamed)


def _key_of(connection: Connection, case: Case) -> str:
    return as_stored(connection, enterprise_id(case.applicant.uscc, case.applicant.name))


def _changes(before: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name == "rowid_" or before[name] != value}


def _told_by(case: Case, known: dict[str, Any], fresh: Collection[str]) -> dict[str, Any]:
    values: dict[str, Any] = {"last_at": max(known["last_at"], case.accepted_at)}
    if case.id in fresh:
        values["cases"] = known["cases"] + 1
    if case.applicant.name and case.accepted_at >= known["named_at"]:
        values["named_at"] = case.accepted_at
        if not known["profiled"]:
            values |= {"name": case.applicant.name, "kind": case.applicant.kind.value}
    return values | _contact(case, since=known["contact_at"])


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
    if not known.contact_at:
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


def _update(connection: Connection, known: Any, values: dict[str, Any]) -> None:
    before = dict(known._mapping)
    row = before | values
    update_all(connection, enterprise, "rowid_", [_changes(before, row)])
    if _is_found_anew(before, row):
        full_text.index(
            connection, full_text.ENTERPRISES, {known.rowid_: _tokens(row)}, known=(known.rowid_,)
        )


def _is_found_anew(before: dict[str, Any], row: dict[str, Any]) -> bool:
    return any(before[name] != row[name] for name in _FOUND_BY)


def _contact(case: Case, *, since: int) -> dict[str, Any]:
    """Who came with ``case``, unless it was accepted before ``since`` or tells of nobody."""
    if case.contact == Contact() or case.accepted_at < since:
        return {}
    return {
        "contact_name": case.contact.name,
        "contact_phone": case.contact.phone,
        "contact_capacity": case.contact.capacity.value,
        "own_contact": 0,
        "contact_at": case.accepted_at,
    }


def _first_told(key: str, case: Case) -> dict[str, Any]:
    return {
        **_UNMET,
        "id": key,
        "uscc": case.applicant.uscc,
        "name": case.applicant.name,
        "kind": case.applicant.kind.value,
        "cases": 1,
        "last_at": case.accepted_at,
        "named_at": case.accepted_at if case.applicant.name else 0,
        **_contact(case, since=0),
    }


def _insert_row(connection: Connection, values: dict[str, Any]) -> None:
    result = connection.execute(_INSERT, values)
    assert result.inserted_primary_key is not None
    tokens = {int(result.inserted_primary_key[0]): _tokens(values)}
    full_text.index(connection, full_text.ENTERPRISES, tokens)


def _tokens(found_by: dict[str, Any]) -> str:
    return joined(
        [
            *name_tokens(found_by["name"]),
            *text_tokens(found_by["uscc"] or ""),
            *text_tokens(found_by.get("tags", "")),
        ]
    )


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
