"""Signing in and the station's staff."""

from pathlib import Path

import pytest

from domain.errors import AppError
from domain.staff import Actor, Role
from services import staff
from services.rulebook import current
from services.setup import init_station
from services.staff import LOCK_MS, MAX_FAILURES, actor_named, list_staff, save_member, sign_in, sign_out
from services.station import Station, open_station
from tests.fixed import FixedClock

ADMIN = Actor("admin", Role.ADMIN)
PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its cheapest: what is tested is what is done with it."""
    import argon2

    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(argon2, "PasswordHasher", lambda: hasher)


@pytest.fixture
def guarded(station: Station) -> Station:
    """A station whose clerk has a password."""
    station.call(save_member, "clerk", "林窗口", Role.CLERK, None, PASSWORD, as_actor=ADMIN)
    return station


def _code(call: object) -> str:
    with pytest.raises(AppError) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


def test_signed_in_and_out(guarded: Station) -> None:
    assert sign_in(guarded, "clerk", PASSWORD).id == "clerk"
    assert guarded.actor.id == "clerk"
    sign_out(guarded)
    assert guarded.actor.id.startswith("device:")


def test_locked_after_repeated_failures_over_restarts(
    guarded: Station, station_home: Path, clock: FixedClock
) -> None:
    codes = [_code(lambda: sign_in(guarded, "clerk", "wrong")) for _ in range(MAX_FAILURES)]
    assert codes == ["staff.wrong_password"] * (MAX_FAILURES - 1) + ["staff.locked"]
    guarded.close()
    again = open_station(station_home, clock=clock)
    assert _code(lambda: sign_in(again, "clerk", PASSWORD)) == "staff.locked"
    clock.move(ms=LOCK_MS + 1)
    assert sign_in(again, "clerk", PASSWORD).id == "clerk"
    again.close()


def test_a_lock_of_a_clock_that_ran_ahead_is_forgotten(guarded: Station, clock: FixedClock) -> None:
    clock.move(days=366)
    for _ in range(MAX_FAILURES):
        _code(lambda: sign_in(guarded, "clerk", "wrong"))
    clock.move(days=-366)
    assert sign_in(guarded, "clerk", PASSWORD).id == "clerk"


def test_without_counting_there_is_no_lock(guarded: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    from db.rows.sign_in import SignInFailures

    monkeypatch.setattr(SignInFailures, "set", lambda self, staff, failures, locked_until: None)
    codes = {_code(lambda: sign_in(guarded, "clerk", "wrong")) for _ in range(MAX_FAILURES + 1)}
    assert codes == {"staff.wrong_password"}


def test_the_first_one_is_an_administrator_with_a_password(tmp_path: Path, clock: FixedClock) -> None:
    init_station(tmp_path / "own", site_name="云溪站", site_letters="YX", clock=clock)
    own = open_station(tmp_path / "own", clock=clock)
    assert _code(lambda: sign_in(own, "nobody", "x")) == "staff.unknown"
    assert _code(lambda: own.call(save_member, "a", "甲", Role.CLERK)) == "staff.first_is_admin"
    assert _code(lambda: own.call(save_member, "boss", "周管理", Role.ADMIN)) == "staff.password_missing"
    own.call(save_member, "boss", "周管理", Role.ADMIN, None, PASSWORD)
    assert sign_in(own, "boss", PASSWORD).role is Role.ADMIN
    sign_out(own)
    assert _code(lambda: own.call(save_member, "a", "甲", Role.CLERK)) == "permission.denied"
    own.close()


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (("有 空格", "甲", Role.CLERK), "staff.id_invalid"),
        (("", "甲", Role.CLERK), "staff.id_invalid"),
        (("a" * 41, "甲", Role.CLERK), "staff.id_invalid"),
        (("a", " ", Role.CLERK), "staff.name_missing"),
        (("a", "甲", Role.CHIEF), "staff.board_missing"),
        (("a", "甲", Role.CHIEF, "nope"), "staff.board_missing"),
        (("a", "甲", Role.CLERK, "nope"), "staff.board_unknown"),
        (("a", "甲", Role.CLERK, None, "short"), "staff.password_short"),
    ],
)
def test_members_are_checked(station: Station, member: tuple[object, ...], code: str) -> None:
    before = station.call(current).staff
    assert _code(lambda: station.call(save_member, *member, as_actor=ADMIN)) == code
    assert station.call(current).staff == before


def test_a_changed_member_keeps_the_password_and_hashes_are_not_shown(guarded: Station) -> None:
    guarded.call(save_member, "clerk", "林改名", Role.CLERK, as_actor=ADMIN)
    assert sign_in(guarded, "clerk", PASSWORD).name == "林改名"
    shown = {member.id: member.password for member in guarded.call(list_staff)}
    assert shown["clerk"] == "set"
    assert shown["supervisor"] is None


def test_a_damaged_hash_is_a_wrong_password() -> None:
    assert not staff.verify_password("no hash", "x")


def test_demonstration_staff(station: Station) -> None:
    assert sign_in(station, "supervisor", "").role is Role.SUPERVISOR
    boards = station.call(current).boards
    members = station.call(current).staff
    assert {"clerk", "supervisor", "admin", *boards, *(f"{b}-chief" for b in boards)} <= set(members)
    assert station.call(actor_named, "policy-chief").board == "policy"
    assert _code(lambda: station.call(actor_named, "x" * 99)) == "staff.unknown"
