"""Who may do what."""

import pytest

from domain.errors import AppError
from domain.staff import Actor, Role
from services import permissions
from services.permissions import ALLOWED, allows, require


def test_the_device_itself_has_a_clerk_s_rights() -> None:
    device = Actor("device:1")
    assert device.role is Role.CLERK
    assert allows(device, "accept")
    assert not allows(device, "staff_settings")
    assert not allows(device, "unflag_sensitive")


@pytest.mark.parametrize(
    ("action", "role", "may"),
    [
        ("unflag_sensitive", Role.CLERK, False),
        ("unflag_sensitive", Role.CHIEF, True),
        ("station_settings", Role.CHIEF, False),
        ("station_settings", Role.SUPERVISOR, True),
        ("staff_settings", Role.SUPERVISOR, False),
        ("staff_settings", Role.ADMIN, True),
        ("upkeep", Role.CLERK, False),
    ],
)
def test_table(action: str, role: Role, may: bool) -> None:
    assert allows(Actor("x", role), action) is may


def test_refusal_names_action_and_role() -> None:
    with pytest.raises(AppError) as caught:
        require(Actor("x", Role.CLERK), "staff_settings")
    assert caught.value.code == "permission.denied"
    assert caught.value.params == {"action": "staff_settings", "role": "clerk"}


def test_an_empty_table_would_refuse_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "ALLOWED", {action: frozenset() for action in ALLOWED})
    with pytest.raises(AppError):
        require(Actor("x", Role.ADMIN), "accept")


def test_an_unknown_action_is_a_bug() -> None:
    with pytest.raises(KeyError):
        allows(Actor("x"), "fly")
