"""Folding an enterprise from the events of every stream that began for its code.

Total: it never fails; what does not fit is kept and listed as a conflict. Two stations that met the same enterprise
offline began two streams; folded together they tell one enterprise, the same on every node.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from domain.cases.model import ApplicantKind
from domain.cases.reading import Facts, facts_of, flag_in, integer_in, optional_text, text_in, texts_in
from domain.enterprises.licences import Licence, LicenceState
from domain.enterprises.merge import Key, Source, Statement
from domain.enterprises.profile import (
    CheckedAgain,
    EnterpriseContact,
    EnterpriseRecord,
    Tag,
    TagGroup,
    Verification,
)
from domain.events.event import Event
from domain.events.folding import UnfitError
from domain.events.kinds import upcast

BIRTHS = frozenset({"enterprise_registered", "enterprise_imported", "code_verified"})
"""Kinds that may begin an enterprise's stream; their payload names the credit code."""
_OPEN_FIELDS = ("name", "kind", "address")
_HIDDEN_FIELDS = ("name", "legal_representative")


@dataclass(slots=True)
class _Proof:
    """What one verified code proves; it counts while the last verdict on the code is ``valid``."""

    verification: Verification
    statements: list[Statement] = field(default_factory=list)


@dataclass(slots=True)
class _Folding:
    uscc: str
    said: list[Statement] = field(default_factory=list)
    proofs: dict[str, _Proof] = field(default_factory=dict)
    unfit: list[tuple[str, str]] = field(default_factory=list)
    newer: bool = False
    erased: bool = False
    changed_at: int = 0


def code_of_birth(event: Event) -> str | None:
    """The credit code for which ``event`` began a stream of an enterprise, or None where it began none."""
    if event.id != event.stream or event.kind not in BIRTHS:
        return None
    code = event.payload.get("uscc") if isinstance(event.payload, dict) else None
    return code if isinstance(code, str) and code else None


def fold_enterprise(events: Iterable[Event]) -> EnterpriseRecord | None:
    """The enterprise told by ``events`` of all streams of one code, in any order; None without a beginning."""
    listed = list(events)
    births = {event.stream: event for event in listed if code_of_birth(event)}
    if not births:
        return None
    first = min(births.values(), key=lambda event: event.fold_key)
    folding = _Folding(code_of_birth(first) or "")
    for event in sorted(listed, key=lambda event: _order(event, births)):
        _take(folding, event, births)
    return EnterpriseRecord(
        id=first.stream,
        uscc=folding.uscc,
        streams=tuple(sorted(births, key=lambda stream: births[stream].fold_key)),
        statements=_by_key([*folding.said, *_proved(folding)], listed, births),
        verifications=tuple(proof.verification for proof in folding.proofs.values()),
        changed_at=folding.changed_at,
        unfit=tuple(folding.unfit),
        newer=folding.newer,
        erased=folding.erased,
    )


def _order(event: Event, births: Mapping[str, Event]) -> tuple[Any, ...]:
    """Fold order over several streams; nothing of a stream comes before its first event, whatever its clock said."""
    birth = births.get(event.stream, event)
    return (max(event.fold_key, birth.fold_key), event.id != event.stream, event.fold_key)


def _proved(folding: _Folding) -> list[Statement]:
    return [
        statement
        for proof in folding.proofs.values()
        if proof.verification.now.verdict == "valid"
        for statement in proof.statements
    ]


def _by_key(
    said: list[Statement], events: list[Event], births: Mapping[str, Event]
) -> dict[Key, tuple[Statement, ...]]:
    place = {event.id: _order(event, births) for event in events}
    grouped: dict[Key, list[Statement]] = {}
    for statement in sorted(said, key=lambda one: place[one.event]):
        grouped.setdefault(statement.key, []).append(statement)
    return {key: tuple(grouped[key]) for key in sorted(grouped)}


def _take(folding: _Folding, event: Event, births: Mapping[str, Event]) -> None:
    folding.erased |= event.erased
    try:
        payload = upcast(event.kind, event.kind_version, event.payload)
        if payload is None:
            folding.newer = True
            return
        _apply(folding, event, facts_of(payload), births)
    except UnfitError as unfit:
        folding.unfit.append((event.id, unfit.code))
    except (KeyError, ValueError, TypeError):
        folding.unfit.append((event.id, "malformed"))


def _apply(folding: _Folding, event: Event, payload: Facts, births: Mapping[str, Event]) -> None:
    if event.stream not in births:
        raise UnfitError("not_registered")
    step = _STEPS.get(event.kind)
    if step is None:
        raise UnfitError("not_of_an_enterprise")
    if payload.get("uscc", folding.uscc) != folding.uscc:
        raise UnfitError("other_code")
    step(folding, event, payload)
    folding.changed_at = max(folding.changed_at, integer_in(payload, "at", event.at))


def _typed(folding: _Folding, event: Event, payload: Facts) -> None:
    folding.said += _statements(event, payload, Source.TYPED, event.actor)


def _imported(folding: _Folding, event: Event, payload: Facts) -> None:
    folding.said += _statements(event, payload, Source.IMPORTED, text_in(payload, "list", ""))


def _verified(folding: _Folding, event: Event, payload: Facts) -> None:
    verification = Verification(
        event=event.id,
        at=integer_in(payload, "at", event.at),
        actor=event.actor,
        site=event.site,
        window=text_in(payload, "window", ""),
        profile=text_in(payload, "profile", ""),
        issuer=text_in(payload, "issuer", ""),
        verdict=text_in(payload, "verdict"),
        reasons=texts_in(payload, "reasons"),
        trust=integer_in(payload, "trust", 0),
        revocations=integer_in(payload, "revocations", 0),
        provisional=flag_in(payload, "provisional"),
    )
    folding.proofs[event.id] = _Proof(verification, _proof(event, payload, verification.issuer))


def _rechecked(folding: _Folding, event: Event, payload: Facts) -> None:
    proof = folding.proofs.get(text_in(payload, "of"))
    if proof is None:
        raise UnfitError("not_verified")
    again = CheckedAgain(
        event=event.id,
        at=integer_in(payload, "at", event.at),
        verdict=text_in(payload, "verdict"),
        reasons=texts_in(payload, "reasons"),
        trust=integer_in(payload, "trust", 0),
        revocations=integer_in(payload, "revocations", 0),
        provisional=flag_in(payload, "provisional"),
    )
    statements = _proof(event, payload, text_in(payload, "issuer", "") or proof.verification.issuer)
    issuer = text_in(payload, "issuer", "") or proof.verification.issuer
    earlier = proof.verification
    proof.verification = replace(earlier, again=(*earlier.again, again), issuer=issuer)
    proof.statements = statements or proof.statements


def _proof(event: Event, payload: Facts, issuer: str) -> list[Statement]:
    """What a code proves, said in the event's ``proved`` part; it lasts until the credential ends."""
    proved = facts_of(payload.get("proved"))
    until = None if proved.get("until") is None else integer_in(proved, "until")
    return _statements(event, proved, Source.PROVED, issuer, until)


def _statements(
    event: Event, said: Facts, source: Source, by: str, until: int | None = None
) -> list[Statement]:
    hidden = facts_of(facts_of(event.private).get("proved" if source is Source.PROVED else "told"))
    values: list[tuple[Key, Any]] = [
        *_fields(facts_of(said.get("set")), _OPEN_FIELDS),
        *_fields(facts_of(hidden.get("set")), _HIDDEN_FIELDS),
        *(pair for name, read in _LISTS.items() for pair in _added_and_dropped(said, name, read)),
        *_added_and_dropped(hidden, "contacts", _contact),
    ]
    at = integer_in(said, "at", event.at)
    return [Statement(key, value, source, by, at, event.id, until) for key, value in values]


def _fields(values: Facts, names: Iterable[str]) -> list[tuple[Key, Any]]:
    found: list[tuple[Key, Any]] = []
    for name in names:
        if name in values:
            text = optional_text(values, name) or None
            found.append(((name,), ApplicantKind(text).value if name == "kind" and text else text))
    return found


def _added_and_dropped(
    said: Facts, name: str, read: Callable[[Any], tuple[Key, Any]]
) -> list[tuple[Key, Any]]:
    changes = facts_of(said.get(name))
    dropped = [(read(one)[0], None) for one in _rows(changes, "drop")]
    return dropped + [read(one) for one in _rows(changes, "add")]


def _rows(changes: Facts, name: str) -> list[Any]:
    rows = changes.get(name, [])
    if not isinstance(rows, list | tuple):
        raise ValueError(name)
    return list(rows)


def _contact(value: Any) -> tuple[Key, Any]:
    facts = facts_of(value)
    name = text_in(facts, "name")
    return ("contact", name), EnterpriseContact(name, text_in(facts, "phone", ""), text_in(facts, "duty", ""))


def _tag(value: Any) -> tuple[Key, Any]:
    facts = facts_of(value)
    tag = Tag(TagGroup(text_in(facts, "group")), text_in(facts, "word"))
    return tag.key, tag


def read_licence(value: Any) -> Licence:
    """A licence as events and verified codes write it down; ``ValueError`` where it is none."""
    facts = facts_of(value)
    until = optional_text(facts, "until")
    return Licence(
        text_in(facts, "kind"),
        text_in(facts, "number"),
        LicenceState(facts.get("state", LicenceState.VALID)),
        date.fromisoformat(until) if until else None,
    )


def _licence(value: Any) -> tuple[Key, Any]:
    licence = read_licence(value)
    return ("licence", licence.kind, licence.number), licence


_LISTS: dict[str, Callable[[Any], tuple[Key, Any]]] = {"tags": _tag, "licences": _licence}
_STEPS: dict[str, Callable[[_Folding, Event, Facts], None]] = {
    "enterprise_registered": _typed,
    "enterprise_imported": _imported,
    "enterprise_changed": _typed,
    "code_verified": _verified,
    "code_rechecked": _rechecked,
}
