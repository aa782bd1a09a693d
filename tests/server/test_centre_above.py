"""A centre that has worked for itself joins one above: its sites are known there, its staff and keys go on to hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.audience import audience_of, site_tree
from domain.enrolment import DeviceRole
from domain.errors import AppError
from domain.sites import SiteEntry
from domain.staff import Role
from server.making import make_node
from server.nodes import ServerNode
from services import enrolling, upstream_documents
from services.publishing import document_for, publish
from services.sites import add_site, list_sites, save_member_of, staff_of, take_branch
from services.staff import save_member
from services.upstream_documents import take_in
from sync.engine.extras import usual_extras
from sync.engine.synchronise import synchronise
from sync.enrol_code import Invitation
from sync.enrolment import Enrolment
from sync.protocol_access import BroughtSite
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S
from tests.server.nodes import Pc, Served, opened, serving

ALLEY = SiteEntry("alley", "里弄驿站", "hall", "LN")


@pytest.fixture
def province(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerNode]:
    """A node above, with the city in its tree."""
    monkeypatch.setenv("QIFU_WITNESS_DIR", str(tmp_path / "above-witness"))
    make_node(tmp_path / "province", "zj", "省中心", "ZJ", hub=True, clock=clock)
    yield from opened(tmp_path / "province", clock, "city", "市中心", "HZ")


@pytest.fixture
def above(province: ServerNode) -> Iterator[Served]:
    with serving(province) as served:
        yield served


def _join(city: ServerNode, above: Served, clock: FixedClock) -> None:
    invitation = Invitation(above.code("city", "centre"), above.url)
    with Enrolment(invitation, clock, role=DeviceRole.CENTRE, stall_s=PATIENCE_S) as enrolment:
        city.call(enrolling.join, enrolment.ask(city.call(enrolling.newcomer)))
    assert not synchronise(city, extras=usual_extras(take_in)).failure


def _tree(node: ServerNode) -> dict[str, str]:
    return {one.code: one.parent for one in node.call(list_sites)}


def _audience(node: ServerNode, site: str) -> tuple[str, ...]:
    return node.call(lambda uow, *_: audience_of(uow.reference, node.site)(site))  # type: ignore[no-any-return]


def _head(node: ServerNode, kind: str) -> tuple[str, str]:
    """(source, signer) of what is in force."""
    return node.call(  # type: ignore[no-any-return]
        lambda uow, *_: (uow.reference.head(kind).source, uow.reference.get(kind)["by"])
    )


def test_sites_below_are_known_above_and_stay_known(
    centre: ServerNode, above: Served, clock: FixedClock
) -> None:
    centre.call(add_site, "alley", "里弄驿站", "hall", "LN", as_actor=centre.operator)
    _join(centre, above, clock)
    tree = {"zj": "", "city": "zj", "hall": "city", "alley": "hall"}
    assert _tree(above.node) == _tree(centre) == tree
    assert _audience(above.node, "alley") == ("alley", "hall", "city", "zj")
    assert _audience(centre, "alley") == ("alley", "hall", "city")
    assert _head(centre, "sites") == ("upstream", above.node.device)


def test_what_the_centre_had_published_for_its_own_stays_until_its_very_site_is_told(
    centre: ServerNode, above: Served, clock: FixedClock
) -> None:
    centre.call(save_member, "wang", "王晓岚", Role.ADMIN, None, "九月银杏道上42", as_actor=centre.operator)
    above.node.call(
        save_member, "chen", "陈省长", Role.ADMIN, None, "九月银杏道上42", as_actor=above.node.operator
    )
    _join(centre, above, clock)
    assert [one.id for one in centre.call(staff_of)] == ["wang"]
    assert _head(centre, "stick_key") == ("own", centre.device)
    centre.call(save_member, "li", "李四", Role.CLERK, None, "九月银杏道上42", as_actor=centre.operator)
    assert {
        one["id"] for one in centre.call(lambda uow, *_: document_for(uow, "staff", "hall"))["entries"]
    } == {
        "wang",
        "li",
    }
    told = ("city", "zhao", "赵六", Role.CLERK, None, "九月银杏道上42")
    above.node.call(save_member_of, *told, as_actor=above.node.operator)
    assert not synchronise(centre, extras=usual_extras(take_in)).failure
    assert {one.id for one in centre.call(staff_of)} == {"chen", "zhao"}


def test_without_that_rule_a_centre_that_joins_loses_its_staff(
    centre: ServerNode, above: Served, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream_documents, "_has_its_own", lambda *_: False)
    centre.call(save_member, "wang", "王晓岚", Role.ADMIN, None, "九月银杏道上42", as_actor=centre.operator)
    above.node.call(
        save_member, "chen", "陈省长", Role.ADMIN, None, "九月银杏道上42", as_actor=above.node.operator
    )
    _join(centre, above, clock)
    assert [one.id for one in centre.call(staff_of)] == ["chen"]


@pytest.mark.parametrize(
    ("brought", "taken"),
    [
        ((SiteEntry("zj", "又一个", "city"),), "zj"),
        ((SiteEntry("Hall", "大小写", "city"),), "Hall"),
        ((SiteEntry("hall", "别处的", "other"),), "hall"),
        ((SiteEntry("mill", "磨坊", "city", "ZJ"),), "mill"),
        ((SiteEntry("a", "甲", "b"), SiteEntry("b", "乙", "a")), "a b"),
        ((SiteEntry("mill", "磨坊", "city", "MF"), SiteEntry("dale", "谷地", "city", "MF")), "dale"),
        ((SiteEntry("mill", "磨坊", "zj"),), "mill"),
    ],
)
def test_a_branch_takes_nobody_elses_place(
    province: ServerNode, brought: tuple[SiteEntry, ...], taken: str
) -> None:
    province.call(add_site, "hall", "河畔大厅", "", "HP", as_actor=province.operator)
    before = _tree(province)
    with pytest.raises(AppError) as caught:
        province.call(take_branch, "city", brought, as_actor=province.operator)
    assert (caught.value.code, caught.value.params["sites"]) == ("enrol.site_taken", taken)
    assert _tree(province) == before


def test_a_branch_that_is_known_at_its_place_stays_as_it_is(province: ServerNode) -> None:
    for code, parent in (("hall", "city"), ("alley", "hall")):
        province.call(add_site, code, "上级起的名字", parent, "", as_actor=province.operator)
    version = province.call(lambda uow, *_: uow.reference.version("sites"))
    hall = SiteEntry("hall", "河畔大厅", "city")
    province.call(
        take_branch, "city", (hall, SiteEntry("alley", "里弄驿站", "hall")), as_actor=province.operator
    )
    assert province.call(lambda uow, *_: uow.reference.version("sites")) == version


def test_the_server_says_which_site_is_in_the_way_and_enrols_nobody(above: Served) -> None:
    pc, code = Pc(), above.code("city", "centre")
    asked = pc.enrolment(
        code, role=DeviceRole.CENTRE, sites=(BroughtSite(code="zj", name="又一个", parent="city"),)
    )
    assert above.refused("/v1/enrol", asked) == (403, "enrol.site_taken")
    assert above.node.call(lambda uow, *_: uow.devices.get(pc.device)) is None


def test_a_window_brings_no_sites(above: Served) -> None:
    Pc().enrol(above, above.code("city"), sites=(BroughtSite(code="mine", name="我的", parent="city"),))
    assert "mine" not in _tree(above.node)


def test_a_tree_that_comes_from_above_is_not_added_to(
    centre: ServerNode, above: Served, clock: FixedClock
) -> None:
    _join(centre, above, clock)
    with pytest.raises(AppError) as caught:
        centre.call(take_branch, "hall", (ALLEY,), as_actor=centre.operator)
    assert (caught.value.code, caught.value.params["sites"]) == ("enrol.sites_unknown", "alley")


def test_a_tree_without_a_site_that_has_devices_is_refused(
    centre: ServerNode, above: Served, clock: FixedClock
) -> None:
    """Above, when it is published; below, when it comes: nobody could see what is recorded there."""
    with serving(centre) as doors:
        Pc().enrol(doors, doors.code("hall"))
    _join(centre, above, clock)
    for node in (centre, above.node):
        listed = [{"code": "zj", "name": "省中心"}, {"code": "city", "name": "市中心", "parent": "zj"}]
        found = node.call(lambda uow, *_: upstream_documents.sites_left_out(uow, {"entries": listed}))
        assert found == ("hall",)
    with pytest.raises(AppError) as caught:
        above.node.call(publish, "sites", {"entries": listed}, as_actor=above.node.operator)
    assert (caught.value.code, caught.value.params["sites"]) == ("sites.in_use", "hall")
    assert "hall" in above.node.call(lambda uow, *_: site_tree(uow.reference).entries)
