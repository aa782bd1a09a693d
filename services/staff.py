"""Signing in, and the station's staff. Passwords are Argon2id hashes in the staff document; none comes with one."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

from db.unit_of_work import UnitOfWork
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor, Role, StaffMember
from services.documents import publish_own
from services.permissions import require
from services.rulebook import rulebook
from services.station import Station, reads

MAX_FAILURES = 5
LOCK_MS = 5 * 60_000
MIN_PASSWORD = 8
MAX_NAME = 40


@reads
def list_staff(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[StaffMember, ...]:
    """The station's staff, without their password hashes (only whether there is one)."""
    return tuple(replace(m, password="set" if m.password else None) for m in rulebook(uow).staff.values())


@reads
def actor_named(uow: UnitOfWork, clock: Clock, actor: Actor, staff_id: str) -> Actor:
    """The member of staff called ``staff_id`` as an actor; ``staff.unknown``, ``staff.inactive``."""
    member = rulebook(uow).staff.get(staff_id)
    if member is None:
        raise AppError("staff.unknown", staff=staff_id[:40])
    if not member.active:
        raise AppError("staff.inactive", name=member.name)
    return member.actor


def sign_in(station: Station, staff_id: str, password: str) -> Actor:
    """Check the password and make the member the station's actor. Slow on purpose (Argon2id): not for the main thread.

    ``staff.unknown``, ``staff.inactive``, ``staff.wrong_password``, ``staff.locked``, ``staff.no_password``.
    """
    station.actor = check_password(station, staff_id, password)
    return station.actor


def check_password(station: Station, staff_id: str, password: str) -> Actor:
    """Who ``staff_id`` is, if the password is theirs; the station goes on acting as before. Errors of ``sign_in``."""
    # The failure is counted in a unit of work that commits; an exception inside it would take the count back.
    outcome = station.call(_check_password, staff_id, password)
    if isinstance(outcome, AppError):
        raise outcome
    return outcome


def sign_out(station: Station) -> None:
    """Let the device itself act again."""
    station.actor = station.device_actor


def _check_password(
    uow: UnitOfWork, clock: Clock, actor: Actor, staff_id: str, password: str
) -> Actor | AppError:
    book = rulebook(uow)
    member = book.staff.get(staff_id)
    if member is None:
        return AppError("staff.unknown", staff=staff_id[:40])
    if not member.active:
        return AppError("staff.inactive", name=member.name)
    failures, locked_until = uow.sign_in_failures.get(staff_id)
    now_ms = clock.now_ms()
    # A lock further away than any lock lasts was set by a clock that ran ahead and has been put right since.
    if now_ms < locked_until <= now_ms + LOCK_MS:
        return AppError("staff.locked", minutes=-(-(locked_until - now_ms) // 60_000))
    if member.password is None:
        # In a demonstration centre everything is made up and nobody has a password.
        return member.actor if book.site.demo else AppError("staff.no_password", name=member.name)
    if verify_password(member.password, password):
        uow.sign_in_failures.clear(staff_id)
        return member.actor
    failures += 1
    locked = now_ms + LOCK_MS if failures % MAX_FAILURES == 0 else 0
    uow.sign_in_failures.set(staff_id, failures, locked)
    left = MAX_FAILURES - failures % MAX_FAILURES
    return AppError("staff.locked", minutes=5) if locked else AppError("staff.wrong_password", left=left)


def change_password(station: Station, present: str, fresh: str) -> None:
    """The one who is signed in takes a password of their own. Slow on purpose: not for the main thread.

    Wrong answers count as at sign-in. ``staff.password_short`` and the errors of ``sign_in``.
    """
    hashed = hash_password(fresh)
    actor = station.actor
    outcome = station.call(_check_password, actor.id, present, as_actor=actor)
    if isinstance(outcome, AppError):
        raise outcome
    station.call(_set_password, hashed, as_actor=actor)


def _set_password(uow: UnitOfWork, clock: Clock, actor: Actor, hashed: str) -> None:
    members = rulebook(uow).staff
    changed = {**members, actor.id: replace(members[actor.id], password=hashed)}
    publish_own(uow, "staff", {"entries": staff_documents(changed.values())}, clock.now_ms())


def verify_password(hashed: str, password: str) -> bool:
    """Whether ``password`` belongs to the Argon2id hash."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def hash_password(password: str) -> str:
    """The Argon2id hash of a password; ``staff.password_short`` below 8 characters."""
    from argon2 import PasswordHasher

    if len(password) < MIN_PASSWORD:
        raise AppError("staff.password_short", limit=MIN_PASSWORD)
    return PasswordHasher().hash(password)


def save_member(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    staff_id: str,
    name: str,
    role: Role,
    board: str | None = None,
    password: str | None = None,
    *,
    active: bool = True,
) -> None:
    """Add or change a member of staff. Where nobody is an administrator yet, anyone may add the first one.

    ``permission.denied``, ``staff.*``; the last administrator who is active stays one.
    """
    book = rulebook(uow)
    if _admins(book.staff):
        require(actor, "staff_settings")
    elif role is not Role.ADMIN:
        raise AppError("staff.first_is_admin")
    check_member(book.boards, staff_id, name, role, board)
    earlier = book.staff.get(staff_id)
    hashed = hash_password(password) if password else (earlier.password if earlier else None)
    if hashed is None and not book.site.demo:
        raise AppError("staff.password_missing")
    member = StaffMember(staff_id, clean(name, one_line=True).text, role, board, hashed, active)
    if earlier is not None and earlier.board == board:
        member = replace(member, away_until=earlier.away_until, substitute=earlier.substitute)
    members = {**book.staff, staff_id: member}
    if not _admins(members):
        raise AppError("staff.last_admin")
    publish_own(uow, "staff", {"entries": staff_documents(members.values())}, clock.now_ms())


def _admins(staff: Mapping[str, StaffMember]) -> bool:
    return any(member.role is Role.ADMIN and member.active for member in staff.values())


def check_member(boards: Iterable[str], staff_id: str, name: str, role: Role, board: str | None) -> None:
    """``staff.*`` for what cannot stand in the staff document."""
    if not (
        staff_id.isascii() and staff_id.replace("-", "").replace("_", "").isalnum() and len(staff_id) <= 40
    ):
        raise AppError("staff.id_invalid")
    if not clean(name, one_line=True).text:
        raise AppError("staff.name_missing")
    if len(name) > MAX_NAME:
        raise AppError("staff.name_too_long", limit=MAX_NAME)
    bound = role in (Role.SPECIALIST, Role.CHIEF)
    if bound and board not in set(boards):
        raise AppError("staff.board_missing")
    if board and board not in set(boards):
        raise AppError("staff.board_unknown", board=board)


def staff_documents(members: Iterable[StaffMember]) -> list[dict[str, object]]:
    """The entries of the staff document; what is not set is left out."""
    return [
        {
            **{k: v for k, v in asdict(member).items() if v not in (None, "") and (k != "active" or not v)},
            "role": member.role.value,
        }
        for member in members
    ]
