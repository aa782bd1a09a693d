"""Publishing: only what a desk could load, numbered above what ships, each site its own."""

from typing import Any

import pytest

from domain.codes.keys import PublicKey
from domain.documents import signed_bytes
from domain.errors import AppError
from domain.staff import Actor, Role
from services.device_keys import own_signer
from services.document_kinds import KINDS, check_document
from services.documents import SHIPPED, publish_own, shipped
from services.publishing import (
    FIRST_VERSION,
    Published,
    digest_for,
    document_for,
    documents_of,
    publish,
    publish_unsigned,
)
from services.setup import demo_site, demo_staff
from services.station import Station

ADMIN = Actor("admin", Role.ADMIN)
SITES = {
    "entries": [
        {"code": "demo", "name": "中心"},
        {"code": "east", "name": "东站", "parent": "demo"},
        {"code": "dock", "name": "码头点", "parent": "east"},
        {"code": "west", "name": "西站", "parent": "demo"},
    ]
}


def put(station: Station, kind: str, document: dict[str, Any], site: str = "") -> Published:
    made: Published = station.call(publish, kind, document, site, as_actor=ADMIN)
    return made


def callbacks(attempts: int) -> dict[str, Any]:
    return {**shipped("callbacks"), "version": 0, "attempts": attempts}


@pytest.fixture
def centre(station: Station) -> Station:
    put(station, "sites", SITES)
    return station


@pytest.mark.parametrize("kind", [*SHIPPED, "queue", "ratings", "callbacks", "paper_templates", "code_hosts"])
def test_what_ships_can_be_published(station: Station, kind: str) -> None:
    made = put(station, kind, {**shipped(kind), "version": 0})
    assert made.version == FIRST_VERSION
    head = station.call(lambda uow, *_: uow.reference.head(kind))
    body = station.call(lambda uow, *_: uow.reference.body(kind, made.version))
    assert (head.etag, head.size) == (made.etag, len(body))
    key = station.call(lambda uow, *_: own_signer(uow).key.public_key().public_bytes_raw())
    assert PublicKey.from_raw(key).verifies(head.signature, signed_bytes(body))


def _without(kind: str, name: str) -> dict[str, Any]:
    document = {**shipped(kind), "version": 0}
    entries = [dict(one) for one in document["entries"]]
    del entries[1][name]
    return {**document, "entries": entries}


WRONG: list[tuple[str, Any, str]] = [
    ("boards", _without("boards", "name"), "name"),
    ("boards", {"entries": []}, "entries"),
    ("boards", {"entries": [*shipped("boards")["entries"], shipped("boards")["entries"][0]]}, "code"),
    ("catalog", _without("catalog", "board"), "board"),
    ("packages", _without("packages", "topic"), "topic"),
    ("measures", _without("measures", "title"), "2"),
    ("return_reasons", {"entries": [{"code": "x"}]}, "name"),
    ("calendar", {"years": {"2027": {"notice": "号", "holidays": [{"from": "x"}], "workdays": []}}}, "2027"),
    ("limits", {"profiles": {}}, "limits_invalid"),
    ("queue", {**shipped("queue"), "version": 0, "windows": []}, "windows"),
    ("ratings", {"verify_days": 0, "answer_days": 5, "call_days": 3}, "verify_days"),
    ("callbacks", {**shipped("callbacks"), "version": 0, "due_days": 99}, "due_days"),
    ("paper_templates", {**shipped("paper_templates"), "version": 0, "margin_mm": 99}, "margin_mm"),
    ("code_hosts", {"entries": [{"name": "x", "pattern": "("}]}, "bad_registries"),
    ("site", {**demo_site(), "letters": "y"}, "letters"),
    ("site", {**demo_site(), "code": "another"}, "code"),
    ("site", {**demo_site(), "hours": {"zone": "Asia/Nowhere"}}, "Nowhere"),
    ("staff", {"entries": [{"id": "lin", "name": "林静", "role": "boss"}]}, "role"),
    ("staff", {"entries": [{"id": "lin", "name": "林静", "role": "chief"}]}, "board"),
    (
        "staff",
        {"entries": [{"id": "lin", "name": "林静", "role": "clerk", "password": "secret"}]},
        "password",
    ),
    ("sites", {"entries": [{"code": "a", "name": "甲", "parent": "b"}]}, "a"),
    ("hub_pin", {"pin": "2468"}, "pin"),
    ("device_keys", {"entries": [{"device": "d", "public_key": "AAAA"}]}, "public_key"),
    ("trust_list", {"signed": {}}, "trust_root"),
    ("calendar", {**shipped("calendar"), "version": "new"}, "version"),
]


@pytest.mark.parametrize(("kind", "document", "field"), WRONG, ids=[f"{one[0]}-{one[2]}" for one in WRONG])
def test_what_no_desk_could_load_is_refused_with_its_field(
    station: Station, kind: str, document: dict[str, Any], field: str
) -> None:
    before = station.call(lambda uow, *_: uow.reference.versions())
    with pytest.raises(AppError, match=r"documents\.field_invalid") as refused:
        put(station, kind, document)
    assert field in refused.value.params["field"]
    assert station.call(lambda uow, *_: uow.reference.versions()) == before


def test_every_kind_is_told_apart_from_the_unknown(station: Station) -> None:
    with pytest.raises(AppError, match=r"documents\.kind_unknown"):
        put(station, "weather", {})
    check_document("weather", {}, {})
    assert set(SHIPPED) < set(KINDS)


def test_only_who_may_change_a_station_publishes(station: Station) -> None:
    with pytest.raises(AppError, match=r"permission\.denied"):
        station.call(publish, "callbacks", callbacks(3), as_actor=Actor("clerk"))


def test_numbers_rise_over_all_sites(centre: Station) -> None:
    made = [put(centre, "callbacks", callbacks(3), site).version for site in ("", "east", "west", "east")]
    assert made == [FIRST_VERSION + at for at in range(4)]
    assert put(centre, "callbacks", {**callbacks(3), "version": 2_000_000}).version == 2_000_000


def test_each_site_has_its_own_or_that_of_the_nearest_above(centre: Station) -> None:
    for attempts, site in ((2, ""), (3, "east"), (4, "dock")):
        put(centre, "callbacks", callbacks(attempts), site)

    def attempts_at(site: str) -> int:
        return int(centre.call(lambda uow, *_: document_for(uow, "callbacks", site)["attempts"]))

    assert [attempts_at(site) for site in ("demo", "west", "east", "dock")] == [2, 2, 3, 4]
    served = centre.call(lambda uow, *_: documents_of(uow, "east", below=True))
    assert {one.kind: one.head.kind for one in served} == {
        "callbacks": "callbacks@east",
        "callbacks@dock": "callbacks@dock",
        "sites": "sites",
    }


def test_a_site_has_no_other_sites_document(centre: Station) -> None:
    centre.call(publish_unsigned, as_actor=ADMIN)
    for site, expected in (("demo", {"site"}), ("east", set())):
        kinds = {one.kind for one in centre.call(lambda uow, *_, site=site: documents_of(uow, site))}
        assert kinds & {"site"} == expected


@pytest.mark.parametrize(
    ("kind", "site", "code"), [("measures", "east", "not_of_site"), ("staff", "nowhere", "site_unknown")]
)
def test_for_whom_it_may_be(centre: Station, kind: str, site: str, code: str) -> None:
    document = {"entries": demo_staff()} if kind == "staff" else {**shipped(kind), "version": 0}
    with pytest.raises(AppError, match=rf"documents\.{code}"):
        put(centre, kind, document, site)


def test_the_digest_differs_whenever_a_devices_documents_do(centre: Station) -> None:
    def digests() -> list[bytes]:
        return [centre.call(lambda uow, *_, site=site: digest_for(uow, site)) for site in ("east", "west")]

    before = digests()
    put(centre, "callbacks", callbacks(3), "east")
    after = digests()
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_what_was_signed_once_is_signed_again_when_it_is_changed_here(centre: Station) -> None:
    put(centre, "callbacks", callbacks(3))
    centre.call(lambda uow, clock, *_: publish_own(uow, "callbacks", callbacks(5), clock.now_ms()))
    head = centre.call(lambda uow, *_: uow.reference.head("callbacks"))
    assert head.version == FIRST_VERSION + 1
    assert head.signature is not None
