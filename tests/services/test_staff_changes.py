"""Members who leave, the last administrator, and a password of one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import AppError
from domain.staff import Role
from services.setup import init_station
from services.staff import (
    MAX_FAILURES,
    actor_named,
    change_password,
    list_staff,
    save_member,
    sign_in,
)
from services.station import Station, open_station
from tests.fixed import FixedClock


@pytest.fixture
def staffed(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    monkeypatch.setattr("services.staff.hash_password", lambda password: f"hash {password}")
    monkeypatch.setattr("services.staff.verify_password", lambda hashed, word: hashed == f"hash {word}")
    init_station(tmp_path / "alone", site_name="高新站", site_letters="GX", clock=clock)
    opened = open_station(tmp_path / "alone", clock=clock)
    opened.call(save_member, "zhou", "周管理", Role.ADMIN, None, "open sesame")
    sign_in(opened, "zhou", "open sesame")
    opened.call(save_member, "lin", "林窗口", Role.CLERK, None, "first word")
    yield opened
    opened.close()


def code_of(call: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(AppError) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    return caught.value.code


def test_who_left_cannot_sign_in_but_keeps_the_name(staffed: Station) -> None:
    staffed.call(save_member, "lin", "林窗口", Role.CLERK, active=False)
    assert code_of(sign_in, staffed, "lin", "first word") == "staff.inactive"
    assert code_of(staffed.call, actor_named, "lin") == "staff.inactive"
    assert {m.id: m.active for m in staffed.call(list_staff)} == {"zhou": True, "lin": False}
    staffed.call(save_member, "lin", "林窗口", Role.CLERK)
    assert sign_in(staffed, "lin", "first word").name == "林窗口"


def test_the_last_administrator_stays(staffed: Station) -> None:
    assert (
        code_of(staffed.call, save_member, "zhou", "周管理", Role.ADMIN, active=False) == "staff.last_admin"
    )
    assert code_of(staffed.call, save_member, "zhou", "周管理", Role.CLERK) == "staff.last_admin"
    staffed.call(save_member, "wang", "王管理", Role.ADMIN, None, "other word")
    staffed.call(save_member, "zhou", "周管理", Role.ADMIN, active=False)


def test_a_member_without_password_is_not_made(staffed: Station) -> None:
    assert code_of(staffed.call, save_member, "he", "何窗口", Role.CLERK) == "staff.password_missing"


def test_own_password(staffed: Station) -> None:
    sign_in(staffed, "lin", "first word")
    change_password(staffed, "first word", "second word")
    assert code_of(sign_in, staffed, "lin", "first word") == "staff.wrong_password"
    assert sign_in(staffed, "lin", "second word").id == "lin"


def test_guessing_at_an_open_screen_locks_like_at_sign_in(staffed: Station) -> None:
    sign_in(staffed, "lin", "first word")
    codes = [code_of(change_password, staffed, "guess", "second word") for _ in range(MAX_FAILURES)]
    assert codes[-1] == "staff.locked"
    assert code_of(change_password, staffed, "first word", "second word") == "staff.locked"
