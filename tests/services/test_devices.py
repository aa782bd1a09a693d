"""Devices of a node: invited, enrolled, revoked; and the tree of sites they belong to."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.enrolment import ChainEnd, Device, enrol, fold_device, free_pairs
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Role
from server.making import make_node
from server.nodes import ServerNode, open_node
from services.devices import Applicant, enrol_device, invite, list_devices, open_code, revoke_device
from services.sites import add_site, letters_for, list_sites, save_member_of, staff_of
from services.staff import verify_password
from tests.fixed import DAY_MS, FixedClock

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture
def node(tmp_path: Path, clock: FixedClock) -> Iterator[ServerNode]:
    """A hub."""
    make_node(tmp_path / "hub", "hall", "河畔大厅", "HP", hub=True, clock=clock)
    opened = open_node(tmp_path / "hub", clock)
    yield opened
    opened.close()


def enrolled(node: ServerNode, device: str = "00aa", key: bytes = KEY, **fields: Any) -> Device:
    def do(uow: Any, clock: Any, actor: Any) -> Device:
        code = invite(uow, clock, actor, secrets.token_hex(8), fields.pop("site", "hall"))
        return enrol_device(uow, clock, actor, code, Applicant(device, key, "window", **fields))

    return node.call(do)


def test_a_node_knows_itself(node: ServerNode) -> None:
    (itself,) = node.call(list_devices)
    assert (itself.device.device, itself.device.public_key) == (node.device, node.public_key)
    assert (itself.device.role, itself.device.parent, itself.seen) == ("hub", node.device, None)


def test_enrolled_again_it_keeps_its_key_and_takes_the_new_place(node: ServerNode, clock: FixedClock) -> None:
    node.call(add_site, "branch", "分厅", as_actor=node.operator)
    first = enrolled(node)
    clock.move(hours=1)
    second = enrolled(node, site="branch", name=" 前台\n")
    assert (second.public_key, second.site, second.name) == (KEY, "branch", "前台")
    assert not set(first.letters) & set(second.letters)
    with pytest.raises(AppError, match=r"enrol\.device_taken"):
        enrolled(node, key=OTHER)


def test_an_enrolment_with_another_key_that_came_from_elsewhere_changes_nothing(
    node: ServerNode, clock: FixedClock
) -> None:
    enrolled(node)
    forged = Device("00aa", "hall", "window", "x", OTHER, ("QQ",))
    clock.move(hours=1)
    node.call(lambda uow, c, actor: uow.append(None, [enrol(forged)], actor=actor.id, now_ms=c.now_ms()))
    known = {one.device.device: one.device for one in node.call(list_devices)}
    assert known["00aa"].public_key == KEY


def test_revoking_says_what_still_counts(node: ServerNode, clock: FixedClock) -> None:
    device = enrolled(node)
    clock.move(hours=1)
    with node.store.write() as uow:
        from db.log.chains import Chains

        Chains(uow.connection).put_own((device.device, 1, 0), 17, bytes(32))
    revoked = node.call(revoke_device, device.device, "电脑报废")
    assert (revoked.revoked_at, revoked.counts) == (clock.at_ms, (ChainEnd(1, 0, 17),))
    again = node.call(revoke_device, device.device)
    assert again.revoked_at == revoked.revoked_at
    for unknown, code in (("nobody", "devices.unknown"), (node.device, "devices.itself")):
        with pytest.raises(AppError, match=code):
            node.call(revoke_device, unknown)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"site": "nowhere"}, "sites.unknown"),
        ({"role": "boss"}, "devices.role_unknown"),
        ({"minutes": 0}, "devices.minutes_invalid"),
        ({"minutes": 20_000}, "devices.minutes_invalid"),
    ],
)
def test_what_cannot_be_invited(node: ServerNode, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(AppError, match=code):
        node.call(invite, "hash", **{"site": "hall", **fields})


def test_old_codes_are_forgotten(node: ServerNode, clock: FixedClock) -> None:
    node.call(invite, "old", "hall")
    clock.move(days=32)
    node.call(invite, "new", "hall")
    with pytest.raises(AppError, match=r"enrol\.unknown"):
        node.call(open_code, "old", Applicant("00aa", KEY, "window"))
    assert node.call(open_code, "new", Applicant("00aa", KEY, "window")).until > clock.at_ms - DAY_MS


def test_letters_run_out(node: ServerNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.devices.free_pairs", lambda used: free_pairs(used)[:3])
    with pytest.raises(AppError, match=r"enrol\.letters_exhausted"):
        enrolled(node)


def test_a_station_that_worked_alone_keeps_its_letters_to_itself(node: ServerNode) -> None:
    every = tuple(free_pairs(()))
    device = enrolled(node, old_site="hall", old_letters=every[:-4])
    assert set(device.letters) <= set(every[-4:])
    assert enrolled(node, "00bb", OTHER, old_site="solo").sites == ("solo",)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"public_key": "AA=="},
        {"public_key": 7},
        {"role": "boss"},
        {"letters": "AB"},
        {"device": None},
    ],
)
def test_enrolments_that_make_no_sense_make_no_device(node: ServerNode, payload: dict[str, Any]) -> None:
    good = enrol(Device("00cc", "hall", "window", "x", KEY)).payload
    bad = NewEvent("device_enrolled", {**good, **payload} if payload else {})
    events = node.call(lambda uow, c, actor: uow.append(None, [bad], actor=actor.id, now_ms=c.now_ms()))
    assert fold_device(events) is None
    assert len(node.call(list_devices)) == 1


def test_sites_stand_below_one_another(node: ServerNode) -> None:
    add = lambda *told: node.call(add_site, *told, as_actor=node.operator)  # noqa: E731
    add("west", "西厅", "", "WE")
    add("west-1", "西厅一号", "west")
    add("west-2", "西厅二号", "west")
    entries = {one.code: one for one in node.call(list_sites)}
    assert entries["west-1"].parent == "west"
    assert len({one.letters for one in entries.values()}) == 4
    for told, code in (
        (("WEST", "又"), "sites.exists"),
        (("x", "又", "", "WE"), "sites.letters_taken"),
        (("x", "又", "", "W"), "sites.letters_invalid"),
        (("x", "又", "nowhere"), "sites.parent_unknown"),
        (("a b", "又"), "sites.code_invalid"),
        (("x", " "), "station.name_missing"),
    ):
        with pytest.raises(AppError, match=code):
            add(*told)
    with pytest.raises(AppError, match=r"permission\.denied"):
        node.call(add_site, "x", "又")


def test_sites_are_not_stacked_without_end(node: ServerNode) -> None:
    above = "hall"
    for depth in range(7):
        node.call(add_site, f"s{depth}", "厅", above, as_actor=node.operator)
        above = f"s{depth}"
    with pytest.raises(AppError, match=r"sites\.too_deep"):
        node.call(add_site, "one-more", "厅", above, as_actor=node.operator)


def test_letters_are_found_for_every_code() -> None:
    taken: set[str] = set()
    for _ in range(40):
        taken.add(letters_for("hall1", taken))
    assert len(taken) == 40
    assert letters_for("1") == letters_for("7") != ""


def test_staff_of_a_site_begin_with_those_above(node: ServerNode) -> None:
    node.call(add_site, "branch", "分厅", as_actor=node.operator)
    save = lambda *told: node.call(save_member_of, *told, as_actor=node.operator)  # noqa: E731
    save("", "boss", "王主任", Role.ADMIN, None, "geheim-geheim")
    save("branch", "amy", "李", Role.CLERK, None, "geheim-geheim")
    assert [one.id for one in node.call(staff_of)] == ["boss"]
    assert [(one.id, one.password) for one in node.call(staff_of, "branch")] == [
        ("boss", "set"),
        ("amy", "set"),
    ]
    kept = node.call(lambda uow, *_: uow.reference.get("staff@branch")["entries"])
    assert verify_password(kept[1]["password"], "geheim-geheim")
