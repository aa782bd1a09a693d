"""Devices of the sites below a hub or centre (设备登记): inviting, enrolling, revoking, listing.

Whoever has a one-time code (入网码) may enrol one device with it. The code itself is known to whoever was told it; the
node keeps its hash.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from db.audience import site_tree
from db.rows.device_rows import EnrolCode, Seen
from db.unit_of_work import UnitOfWork
from domain.cases.wording import clean
from domain.clock import Clock
from domain.enrolment import PAIRS, Device, DeviceRole, enrol, free_pairs, revoke
from domain.errors import AppError
from domain.staff import Actor
from services.rulebook import rulebook
from services.station import reads

CODE_MINUTES = 15
MAX_CODE_MINUTES = 7 * 24 * 60
KEPT_MS = 30 * 24 * 3_600_000
"""How long a code is kept after its end, for a device that asks again since the answer was lost."""
MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Applicant:
    """A device that wants to come in. ``old_site`` is the site of a station that worked alone, with its letters."""

    device: str
    public_key: bytes
    role: str
    name: str = ""
    old_site: str = ""
    old_letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device and how it was last heard, None where it never was."""

    device: Device
    seen: Seen | None


def invite(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    hashed: str,
    site: str,
    role: str = DeviceRole.WINDOW,
    minutes: int = CODE_MINUTES,
) -> EnrolCode:
    """Let one device enrol at ``site`` within ``minutes`` by the code whose hash is ``hashed``.

    ``sites.unknown`` also for a site that is not below this node's: its devices could do nothing here.
    ``devices.role_unknown``, ``devices.minutes_invalid``.
    """
    own = uow.events.node.site
    if site != own and own not in site_tree(uow.reference).above(site):
        raise AppError("sites.unknown", site=site[:40])
    if role not in set(DeviceRole):
        raise AppError("devices.role_unknown", role=role[:40])
    if not 1 <= minutes <= MAX_CODE_MINUTES:
        raise AppError("devices.minutes_invalid", limit=MAX_CODE_MINUTES)
    now_ms = clock.now_ms()
    uow.devices.forget_codes(now_ms - KEPT_MS)
    code = EnrolCode(hashed, site, role, now_ms, now_ms + minutes * 60_000)
    uow.devices.put_code(code)
    return code


def open_code(uow: UnitOfWork, clock: Clock, actor: Actor, hashed: str, applicant: Applicant) -> EnrolCode:
    """The code that ``applicant`` came with. ``enrol.unknown``, ``.expired``, ``.used``, ``.wrong_role``.

    One that was used by this very device is given again, also after its end: the answer was lost on the way.
    """
    code = uow.devices.code(hashed)
    if code is None:
        raise AppError("enrol.unknown")
    if code.used_at is not None:
        known = uow.devices.get(code.device or "")
        if code.device != applicant.device or known is None or known.public_key != applicant.public_key:
            raise AppError("enrol.used")
        return code
    if clock.now_ms() > code.until:
        raise AppError("enrol.expired")
    if code.role != applicant.role:
        raise AppError("enrol.wrong_role", role=code.role)
    return code


def enrol_device(
    uow: UnitOfWork, clock: Clock, actor: Actor, code: EnrolCode, applicant: Applicant
) -> Device:
    """Enrol ``applicant`` where ``code`` says; ``enrol.device_taken``, ``enrol.letters_exhausted``."""
    known = uow.devices.get(applicant.device)
    if known is not None and (known.public_key != applicant.public_key or known.is_revoked):
        raise AppError("enrol.device_taken")
    one = Device(
        device=applicant.device,
        site=code.site,
        role=code.role,
        name=clean(applicant.name, one_line=True).text[:MAX_NAME],
        public_key=applicant.public_key,
        letters=_letters(uow, code.site, applicant),
        sites=(applicant.old_site,) if applicant.old_site and applicant.old_site != code.site else (),
    )
    uow.append(None, [enrol(one)], actor=actor.id, now_ms=clock.now_ms())
    uow.changed.note("devices")
    enrolled = uow.devices.get(one.device)
    assert enrolled is not None
    return enrolled


def enrol_itself(
    uow: UnitOfWork, clock: Clock, actor: Actor, public_key: bytes, role: str, name: str
) -> None:
    """Enter this node in its own registry, so that whoever follows it knows its key."""
    node = uow.events.node
    if uow.devices.get(node.device) is None:
        letters = tuple(node.letters_used.split())
        one = Device(node.device, node.site, role, name, public_key, letters)
        uow.append(None, [enrol(one)], actor=actor.id, now_ms=clock.now_ms())


def _letters(uow: UnitOfWork, site: str, applicant: Applicant) -> tuple[str, ...]:
    """Four pairs that nobody has had at ``site``. A station that worked alone there goes on with what it used."""
    used = uow.devices.pairs_of(site)
    if applicant.old_site == site:
        used |= set(applicant.old_letters)
    if site == uow.events.node.site:
        used |= set(uow.events.node.letters_used.split())
    free = free_pairs(used)
    if len(free) < PAIRS:
        raise AppError("enrol.letters_exhausted", site=site)
    return tuple(secrets.SystemRandom().sample(free, PAIRS))


def revoke_device(
    uow: UnitOfWork, clock: Clock, actor: Actor, device: str, reason: str = "", since: date | None = None
) -> Device:
    """Let the device in no more. What it had sent by now still counts.

    ``since``: the day, at this site, from which it was in other hands: what came from then on is to be reviewed, or set
    aside where it has not come yet. It may be said later, too. ``devices.unknown``, ``.itself``, ``.since_future``.
    """
    known = uow.devices.get(device)
    if known is None:
        raise AppError("devices.unknown", device=device[:40])
    if device == uow.events.node.device:
        raise AppError("devices.itself")
    if known.is_revoked and since is None:
        return known
    text, since_ms = clean(reason, one_line=True).text[:MAX_NAME], _begin_of(uow, clock, since)
    event = revoke(known, text, uow.devices.chain_ends(device, since_ms), since_ms)
    uow.append(uow.devices.stream_of(device), [event], actor=actor.id, now_ms=clock.now_ms())
    for area in ("devices", "sync"):
        uow.changed.note(area)
    revoked = uow.devices.get(device)
    assert revoked is not None
    return revoked


def _begin_of(uow: UnitOfWork, clock: Clock, day: date | None) -> int | None:
    if day is None:
        return None
    zone = ZoneInfo(rulebook(uow).site.zone)
    since = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
    if since > clock.now_ms():
        raise AppError("devices.since_future", day=day.isoformat())
    return since


@reads
def list_devices(
    uow: UnitOfWork, clock: Clock, actor: Actor, site: str | None = None
) -> tuple[DeviceFacts, ...]:
    """Devices of one site or of all, with when each was last heard."""
    seen = uow.devices.seen()
    return tuple(DeviceFacts(one, seen.get(one.device)) for one in uow.devices.all(site))


@reads
def device_of(uow: UnitOfWork, clock: Clock, actor: Actor, device: str) -> Device | None:
    """The device of this id, also a revoked one."""
    return uow.devices.get(device)
