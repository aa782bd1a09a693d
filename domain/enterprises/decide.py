"""What is recorded of an enterprise: commands become events, or are refused with a reason.

``payload`` names no person: contacts, the legal representative, and the names of applicants that are persons stand in
``private``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from domain.cases.model import NAMES_A_PERSON, ApplicantKind
from domain.cases.proposing import propose_applicant_kind
from domain.enterprises.licences import Licence
from domain.enterprises.merge import Key, Source, latest
from domain.enterprises.profile import FIELDS, EnterpriseContact, EnterpriseRecord, Tag
from domain.errors import AppError
from domain.events.event import NewEvent


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of an enterprise. A field that is None is not spoken of; an empty text takes it away."""

    name: str | None = None
    kind: ApplicantKind | None = None
    legal_representative: str | None = None
    address: str | None = None
    contacts: tuple[EnterpriseContact, ...] = ()
    tags: tuple[Tag, ...] = ()
    licences: tuple[Licence, ...] = ()
    drop_contacts: tuple[str, ...] = ()
    drop_tags: tuple[Tag, ...] = ()
    drop_licences: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) not in (None, ()) for one in fields(self))

    def values(self) -> dict[Key, Any]:
        """Key → value as the fold reads it; None where something is taken away."""
        said: dict[Key, Any] = {
            (name,): str(value) or None for name in FIELDS if (value := getattr(self, name)) is not None
        }
        said.update({("contact", name): None for name in self.drop_contacts})
        said.update({tag.key: None for tag in self.drop_tags})
        said.update({("licence", *pair): None for pair in self.drop_licences})
        said.update({("contact", one.name): one for one in self.contacts})
        said.update({tag.key: tag for tag in self.tags})
        said.update({("licence", one.kind, one.number): one for one in self.licences})
        return said

    def only(self, keys: frozenset[Key]) -> "Told":
        """The part that speaks of ``keys``."""
        return replace(
            self,
            **{name: getattr(self, name) if (name,) in keys else None for name in FIELDS},
            contacts=tuple(one for one in self.contacts if ("contact", one.name) in keys),
            tags=tuple(tag for tag in self.tags if tag.key in keys),
            licences=tuple(one for one in self.licences if ("licence", one.kind, one.number) in keys),
            drop_contacts=tuple(name for name in self.drop_contacts if ("contact", name) in keys),
            drop_tags=tuple(tag for tag in self.drop_tags if tag.key in keys),
            drop_licences=tuple(pair for pair in self.drop_licences if ("licence", *pair) in keys),
        )


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """The outcome of verifying a code, as an enterprise's history keeps it.

    ``proved`` and ``until`` (UTC milliseconds) are what a valid code says; ``trust`` and ``revocations`` the numbers of
    the lists it was checked with. The code's own text is not part of it.
    """

    verdict: str
    reasons: tuple[str, ...] = ()
    profile: str = ""
    issuer: str = ""
    trust: int = 0
    revocations: int = 0
    provisional: bool = False
    window: str = ""
    proved: Told = field(default_factory=Told)
    until: int | None = None


def register(uscc: str, told: Told) -> NewEvent:
    """建档: a clerk writes down an enterprise that comes for the first time; ``enterprises.name_missing``."""
    if not told.name:
        raise AppError("enterprises.name_missing")
    return _said("enterprise_registered", uscc, _with_kind(uscc, told, told.name), {"uscc": uscc})


def change(record: EnterpriseRecord, told: Told, now_ms: int) -> NewEvent | None:
    """更正: only what differs from what counts now; None where nothing does.

    ``enterprises.field_proved`` where a verified code proves otherwise: the remedy is a new code, not typing.
    """
    if told.name is not None and not told.name:
        raise AppError("enterprises.name_missing")
    wanted = told.values()
    differing: set[Key] = set()
    for key, value in wanted.items():
        fact = record.fact(key, now_ms)
        if (fact.value if fact else None) == value:
            continue
        if fact is not None and fact.is_proved:
            raise AppError("enterprises.field_proved", field=key[0], issuer=fact.by)
        differing.add(key)
    return _said("enterprise_changed", record.uscc, told.only(frozenset(differing))) if differing else None


def take_in(uscc: str, record: EnterpriseRecord | None, told: Told, list_name: str) -> NewEvent | None:
    """导入: a row of a park's list; None where the list says what it said before.

    Only what the list says anew is recorded, so a correction by a clerk is not undone by the same list once more.
    """
    head = {"uscc": uscc, "list": list_name}
    if record is None:
        return _said("enterprise_imported", uscc, _with_kind(uscc, told, told.name or ""), head)
    fresh = frozenset(key for key, value in told.values().items() if not _said_before(record, key, value))
    return _said("enterprise_imported", uscc, told.only(fresh), head) if fresh else None


def _said_before(record: EnterpriseRecord, key: Key, value: Any) -> bool:
    statements = record.statements.get(key, ())
    earlier = latest(statements, Source.IMPORTED)
    if earlier is not None:
        return bool(earlier.value == value)
    return bool(statements) and statements[-1].value == value


def record_code(uscc: str, checked: CheckedCode) -> NewEvent:
    """核验: what a scanned code was found to be."""
    return _checked_event("code_verified", uscc, checked, {"uscc": uscc, "profile": checked.profile})


def record_recheck(uscc: str, of: str, checked: CheckedCode) -> NewEvent:
    """复核: a later verdict on the code of the event ``of``."""
    return _checked_event("code_rechecked", uscc, checked, {"of": of})


def _checked_event(kind: str, uscc: str, checked: CheckedCode, head: dict[str, Any]) -> NewEvent:
    payload = {
        **head,
        "verdict": checked.verdict,
        "reasons": list(checked.reasons),
        "issuer": checked.issuer,
        "trust": checked.trust,
        "revocations": checked.revocations,
        "provisional": checked.provisional,
    }
    if checked.window:
        payload["window"] = checked.window
    if checked.verdict != "valid" or not checked.proved:
        return NewEvent(kind, payload)
    shown, hidden = _parts(uscc, checked.proved)
    payload["proved"] = {**shown, "until": checked.until}
    return NewEvent(kind, payload, {"proved": hidden} if hidden else None)


def _with_kind(uscc: str, told: Told, name: str) -> Told:
    return told if told.kind else replace(told, kind=propose_applicant_kind(name, uscc))


def _said(kind: str, uscc: str, told: Told, head: Mapping[str, Any] | None = None) -> NewEvent:
    shown, hidden = _parts(uscc, told)
    return NewEvent(kind, {**(head or {}), **shown}, {"told": hidden} if hidden else None)


def _parts(uscc: str, told: Told) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may be shown to everyone, and what names a person."""
    shown: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    is_person = (told.kind or propose_applicant_kind(told.name or "", uscc)) in NAMES_A_PERSON
    for name in FIELDS:
        value = getattr(told, name)
        if value is not None:
            private = name == "legal_representative" or (name == "name" and is_person)
            (hidden if private else shown).setdefault("set", {})[name] = str(value)
    _list_part(shown, "tags", [_tag(one) for one in told.tags], [_tag(one) for one in told.drop_tags])
    gone = [{"kind": kind, "number": number} for kind, number in told.drop_licences]
    _list_part(shown, "licences", [_licence(one) for one in told.licences], gone)
    people = [{"name": one.name, "phone": one.phone, "duty": one.duty} for one in told.contacts]
    _list_part(hidden, "contacts", people, [{"name": name} for name in told.drop_contacts])
    return shown, hidden


def _list_part(part: dict[str, Any], name: str, add: list[Any], drop: list[Any]) -> None:
    changes = {word: rows for word, rows in (("add", add), ("drop", drop)) if rows}
    if changes:
        part[name] = changes


def _tag(tag: Tag) -> dict[str, str]:
    return {"group": tag.group.value, "word": tag.word}


def _licence(licence: Licence) -> dict[str, Any]:
    document = {"kind": licence.kind, "number": licence.number, "state": licence.state.value}
    return document | ({"until": licence.until.isoformat()} if licence.until else {})
