"""本站资料: the site's own document, changed at a station that has no centre above it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.unit_of_work import UnitOfWork
from domain.cases.wording import clean
from domain.clock import Clock
from domain.deadlines.hours import WEEKDAYS, SiteHours, zone_of
from domain.errors import AppError
from domain.staff import Actor, Role
from services.documents import publish_own, shipped
from services.permissions import allows, require
from services.rulebook import Rulebook, rulebook
from services.setup import MAX_NAME
from services.station import reads
from services.web_address import web_address

MAX_ADDRESS = 100
MAX_WINDOWS = 99
_PHONE = re.compile(r"[0-9+\-() 转/、]{3,40}")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-~至到]\s*(\d{1,2}):(\d{2})")
_NARROW = str.maketrans({"：": ":", "－": "-", "—": "-", "–": "-", "～": "~"})
_BETWEEN = re.compile(r"[\s,，;；、和]*")


@dataclass(frozen=True, slots=True)
class SiteForm:
    """What may be changed. ``weekly`` has a line like ``09:00-12:00 13:30-17:00`` for each open day of ``WEEKDAYS``.

    Code and letters are not here: every number and paper made so far begins with them, and another station may
    take the letters that were given up.
    """

    name: str
    phone: str = ""
    address: str = ""
    windows: int = 1
    zone: str = "Asia/Shanghai"
    weekly: Mapping[str, str] = field(default_factory=dict)
    web_address: str = ""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """The site as it is, and whether the one who asks may change it."""

    form: SiteForm
    letters: str
    may_change: bool


@reads
def read_site(uow: UnitOfWork, clock: Clock, actor: Actor) -> SiteFacts:
    """What stands in the site's document now."""
    book = rulebook(uow)
    site, hours = book.site, book.rules.hours
    weekly = {day: _line(spans) for day, spans in zip(WEEKDAYS, hours.weekly, strict=True)}
    form = SiteForm(site.name, site.phone, site.address, site.windows, site.zone, weekly, site.web_address)
    return SiteFacts(form, site.letters, _may_change(book, actor))


def change_site(uow: UnitOfWork, clock: Clock, actor: Actor, form: SiteForm) -> bool:
    """Publish the site's next version; False where nothing differs. Promises made so far stay as they are.

    ``permission.denied``, ``station.*`` and ``deadlines.*`` for what cannot be.
    """
    book = rulebook(uow)
    if not _may_change(book, actor):
        require(actor, "station_settings")
    present = uow.reference.get("site") or {}
    body = {key: value for key, value in present.items() if key not in ("kind", "version")}
    fresh = {**body, **_checked(form)}
    if not fresh["web_address"]:
        fresh.pop("web_address")
    if _hours_of(fresh) == _hours_of(body):
        # Hours that nobody changed go on following the document that ships with the program.
        fresh.pop("hours", None)
        fresh |= {"hours": body["hours"]} if "hours" in body else {}
    if fresh == body:
        return False
    publish_own(uow, "site", fresh, clock.now_ms())
    return True


def read_hours(day: str, typed: str) -> list[list[str]]:
    """``09:00-12:00 13:30-17:00`` as intervals of the site's document; nothing or 休息 is a closed day.

    ``station.hours_invalid`` names the day.
    """
    text = clean(typed, one_line=True).text.translate(_NARROW)
    if text in ("", "休息", "不开放"):
        return []
    spans = [_span(match, day, text) for match in _SPAN.finditer(text)]
    if not spans or not _BETWEEN.fullmatch(_SPAN.sub("", text)):
        raise AppError("station.hours_invalid", day=day, typed=text[:40])
    return spans


def _span(match: re.Match[str], day: str, text: str) -> list[str]:
    start, end = (int(match[1]), int(match[2])), (int(match[3]), int(match[4]))
    if start >= end or start[1] > 59 or end[1] > 59 or end > (24, 0):
        raise AppError("station.hours_invalid", day=day, typed=text[:40])
    return [f"{hour:02}:{minute:02}" for hour, minute in (start, end)]


def _may_change(book: Rulebook, actor: Actor) -> bool:
    has_admin = any(member.role is Role.ADMIN and member.active for member in book.staff.values())
    return allows(actor, "station_settings") or not has_admin


def _checked(form: SiteForm) -> dict[str, Any]:
    name = clean(form.name, one_line=True).text
    phone, address = (clean(text, one_line=True).text for text in (form.phone, form.address))
    if not name:
        raise AppError("station.name_missing")
    if len(name) > MAX_NAME:
        raise AppError("station.name_too_long", count=len(name), limit=MAX_NAME)
    if phone and not _PHONE.fullmatch(phone):
        raise AppError("station.phone_invalid")
    if len(address) > MAX_ADDRESS:
        raise AppError("station.address_too_long", count=len(address), limit=MAX_ADDRESS)
    if not 1 <= form.windows <= MAX_WINDOWS:
        raise AppError("station.windows_invalid", limit=MAX_WINDOWS)
    return {
        "name": name,
        "phone": phone,
        "address": address,
        "windows": form.windows,
        "web_address": web_address(form.web_address),
        "hours": _hours(form),
    }


def _hours(form: SiteForm) -> dict[str, Any]:
    weekly = {day: spans for day in WEEKDAYS if (spans := read_hours(day, form.weekly.get(day, "")))}
    hours = {"zone": zone_of(form.zone).key, "weekly": weekly}
    try:
        SiteHours.from_document(hours)
    except AppError as error:
        if error.code != "deadlines.hours_invalid":
            raise
        day = str(error.params["where"])
        raise AppError("station.hours_overlap", day=day, typed=form.weekly.get(day, "")[:40]) from None
    return hours


def _hours_of(body: Mapping[str, Any]) -> tuple[Any, ...]:
    hours = SiteHours.from_document(body.get("hours") or shipped("limits")["hours"])
    return hours.zone.key, hours.weekly


def _line(spans: tuple[tuple[int, int], ...]) -> str:
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
