"""Known enterprises: found while typing, shown when one comes back, written down and corrected by a clerk."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from db.rows.case_rows import CaseFilter, CaseRow
from db.rows.enterprise_rows import EnterpriseRow
from db.unit_of_work import UnitOfWork
from domain.cases.intake import MAX_NAME, check_phone
from domain.cases.wording import clean
from domain.clock import Clock
from domain.enterprises import credit_code, decide
from domain.enterprises.decide import Told
from domain.enterprises.licences import Standing, standing_of
from domain.enterprises.listing import MAX_ADDRESS
from domain.enterprises.profile import EnterpriseContact, EnterpriseRecord, Profile, Verification, profile_of
from domain.errors import AppError
from domain.staff import Actor
from services.desk import other_devices
from services.permissions import allows, require
from services.rulebook import rulebook
from services.station import reads

RECENT_CASES = 5
SHOWN_CASES = 50


@dataclass(frozen=True, slots=True)
class EnterpriseCard:
    """A known enterprise with its open and recent cases."""

    enterprise: EnterpriseRow
    open_cases: int
    recent: tuple[CaseRow, ...]


@dataclass(frozen=True, slots=True)
class EnterprisePage:
    """One stretch of the list of enterprises, how many there are in all, and when it was asked."""

    rows: tuple[EnterpriseRow, ...]
    total: int
    now_ms: int


@dataclass(frozen=True, slots=True)
class EnterpriseView:
    """An enterprise as its page shows it; ``profile`` is empty where only cases tell of it.

    ``standings`` belong to ``profile.licences``, by the day of the site. Open cases come first. Conflicts are
    (event, code).
    """

    uscc: str | None
    name: str
    row: EnterpriseRow | None
    profile: Profile
    standings: tuple[Standing, ...]
    cases: tuple[CaseRow, ...]
    open_cases: int
    verifications: tuple[Verification, ...]
    conflicts: tuple[tuple[str, str], ...]
    newer: bool
    may_edit: bool
    zone: str
    today: date
    staff_names: dict[str, str] = field(default_factory=dict)


@reads
def find_enterprises(
    uow: UnitOfWork, clock: Clock, actor: Actor, text: str, *, limit: int = 8
) -> tuple[EnterpriseRow, ...]:
    """Enterprises by name, pinyin initials or the beginning of the code."""
    return tuple(uow.enterprises.search(text, limit=limit))


@reads
def enterprise_card(
    uow: UnitOfWork, clock: Clock, actor: Actor, uscc: str | None, name: str = ""
) -> EnterpriseCard | None:
    """What is known of an enterprise, or None when it comes for the first time."""
    row = uow.enterprises.get(uscc, name)
    if row is None:
        return None
    recent = uow.cases.rows(CaseFilter(uscc=uscc), limit=RECENT_CASES) if uscc else []
    return EnterpriseCard(row, uow.enterprises.open_cases(uscc, name), tuple(recent))


@reads
def list_enterprises(
    uow: UnitOfWork, clock: Clock, actor: Actor, text: str = "", *, limit: int | None = None, offset: int = 0
) -> EnterprisePage:
    """Known enterprises, last changed or seen first; with ``text`` those found by it (at most 200)."""
    if text.strip():
        found = uow.enterprises.search(text, limit=limit or 200)
        return EnterprisePage(tuple(found), len(found), clock.now_ms())
    rows = uow.enterprises.rows(limit=limit, offset=offset)
    return EnterprisePage(tuple(rows), uow.enterprises.count(), clock.now_ms())


@reads
def view_enterprise(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> EnterpriseView:
    """The enterprise of the credit code or exact name ``key``.

    ``enterprises.not_found``, ``enterprises.ambiguous`` where several have this name, ``uscc.*``.
    """
    uscc, name = _identity(key)
    row = uow.enterprises.get(uscc, name) or _named(uow, name)
    uscc = row.uscc if row else uscc
    record = uow.enterprise_records.get(uscc) if uscc else None
    if row is None and record is None:
        raise AppError("enterprises.not_found", key=key.strip()[:MAX_NAME])
    return _view(uow, clock, actor, row, record)


def _identity(key: str) -> tuple[str | None, str]:
    normalized = credit_code.normalize(key)
    if len(normalized) == credit_code.LENGTH and normalized.isascii() and normalized.isalnum():
        return credit_code.parse(key).code, ""
    return None, clean(key, one_line=True).text


def _named(uow: UnitOfWork, name: str) -> EnterpriseRow | None:
    found = [row for row in uow.enterprises.search(name, limit=50) if row.name == name] if name else []
    if len(found) > 1:
        codes = "、".join(row.uscc or "" for row in found[:5])
        raise AppError("enterprises.ambiguous", name=name[:MAX_NAME], codes=codes)
    return found[0] if found else None


def _view(
    uow: UnitOfWork, clock: Clock, actor: Actor, row: EnterpriseRow | None, record: EnterpriseRecord | None
) -> EnterpriseView:
    now_ms, book = clock.now_ms(), rulebook(uow)
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(book.site.zone)).date()
    uscc = record.uscc if record else row.uscc if row else None
    profile = profile_of(record, now_ms) if record else Profile(uscc or "")
    name = profile.name or (row.name if row else "")
    return EnterpriseView(
        uscc=uscc,
        name=name,
        row=row,
        profile=profile,
        standings=tuple(standing_of(fact.value, today) for fact in profile.licences),
        cases=_cases(uow, uscc, name),
        open_cases=uow.enterprises.open_cases(uscc, name),
        verifications=record.verifications[::-1] if record else (),
        conflicts=record.unfit if record else (),
        newer=bool(record and record.newer),
        may_edit=uscc is not None and allows(actor, "edit_enterprise"),
        zone=book.site.zone,
        today=today,
        staff_names={**other_devices(uow), **{member.id: member.name for member in book.staff.values()}},
    )


def _cases(uow: UnitOfWork, uscc: str | None, name: str) -> tuple[CaseRow, ...]:
    """Open cases first, each part newest first; at most ``SHOWN_CASES``."""
    wanted = CaseFilter(uscc=uscc) if uscc else CaseFilter(applicant=name)
    still_open = uow.cases.rows(replace(wanted, open_only=True), limit=SHOWN_CASES)
    known = {row.id for row in still_open}
    others = [row for row in uow.cases.rows(wanted, limit=SHOWN_CASES) if row.id not in known]
    return tuple([*still_open, *others][:SHOWN_CASES])


def save_enterprise(uow: UnitOfWork, clock: Clock, actor: Actor, uscc: str, told: Told) -> EnterpriseView:
    """建档 or 更正: what a clerk typed of the enterprise of ``uscc``; what says nothing new is not recorded.

    ``enterprises.*``, ``uscc.*``, ``cases.phone_invalid``, ``permission.denied``.
    """
    require(actor, "edit_enterprise")
    code = credit_code.parse(uscc).code
    told, now_ms = _checked(told), clock.now_ms()
    record = uow.enterprise_records.get(code)
    if told.name is None and (record is None or record.fact(("name",), now_ms) is None):
        told = replace(told, name=_name_in_cases(uow, code))
    event = decide.register(code, told) if record is None else decide.change(record, told, now_ms)
    if event is not None:
        uow.append(record.id if record else None, [event], actor=actor.id, now_ms=now_ms)
    return _view(uow, clock, actor, uow.enterprises.get(code), uow.enterprise_records.get(code))


def _name_in_cases(uow: UnitOfWork, code: str) -> str | None:
    """What cases call an enterprise that nobody has named in its own stream."""
    row = uow.enterprises.get(code)
    return row.name or None if row else None


def _checked(told: Told) -> Told:
    contacts = tuple(
        EnterpriseContact(
            _line(one.name, field_name="contact", limit=MAX_NAME),
            check_phone(clean(one.phone, one_line=True).text),
            _line(one.duty, field_name="contact", limit=MAX_NAME),
        )
        for one in told.contacts
    )
    return replace(
        told,
        name=_optional(told.name, field_name="name", limit=MAX_NAME),
        legal_representative=_optional(
            told.legal_representative, field_name="legal_representative", limit=MAX_NAME
        ),
        address=_optional(told.address, field_name="address", limit=MAX_ADDRESS),
        contacts=contacts,
    )


def _optional(text: str | None, *, field_name: str, limit: int) -> str | None:
    return None if text is None else _line(text, field_name=field_name, limit=limit)


def _line(text: str, *, field_name: str, limit: int) -> str:
    line = clean(text, one_line=True).text
    if len(line) > limit:
        raise AppError("enterprises.field_too_long", field=field_name, count=len(line), limit=limit)
    return line
