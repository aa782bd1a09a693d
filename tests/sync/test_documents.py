"""Reference documents from a centre to a desk over real HTTP: what is taken into force, and what never is."""

import dataclasses
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import services.upstream_documents as taking
import sync.documents
from db.files.partial_files import PartialFiles
from db.schema import reference_document
from db.schema.sync import upstream
from domain.cases.model import LimitClass
from domain.documents import RefusedDocument
from domain.errors import AppError
from server.syncing.answering import Caller
from services.callbacks.rules import callback_rules
from services.cases import accept_case
from services.documents import publish_own, shipped
from services.publishing import FIRST_VERSION, publish, publish_unsigned
from services.rulebook import rulebook
from services.setup import init_station
from services.site import SiteForm, change_site
from services.staff import check_password, hash_password
from services.station import Station, open_station
from services.sync.documents import refused_documents
from services.upstream_documents import take_in
from sync.documents import Documents, take_documents
from sync.transport_errors import LinkDown
from tests.faults.proxy import FaultyProxy
from tests.fixed import FixedClock, form
from tests.sync.file_server import ADMIN, Serving, joined, line_to, serving

DESK = "yx"
SITES = {
    "entries": [
        {"code": "demo", "name": "中心", "letters": "YX"},
        {"code": DESK, "name": "园区网点", "parent": "demo", "letters": "YX"},
        {"code": "other", "name": "另一网点", "parent": "demo", "letters": "OT"},
    ]
}


@pytest.fixture
def desk(station: Station, tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    """A station of the site ``yx``."""
    init_station(tmp_path / "desk", site_name="园区网点", site_letters="YX", clock=clock)
    opened = open_station(tmp_path / "desk", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def centre(station: Station, desk: Station) -> Iterator[Serving]:
    """The demonstration centre, serving; the desk is a device of its site ``yx``."""
    with serving(station, Caller("d1", DESK, "window")) as node:
        joined(desk, node)
        station.call(publish, "sites", SITES, as_actor=ADMIN)
        yield node


def take(desk: Station, centre: Serving, url: str = "") -> Documents:
    with line_to(url or centre.url) as line:
        return take_documents(line, desk, desk.home, take_in)


def version(desk: Station, kind: str) -> int:
    return int(desk.call(lambda uow, *_: uow.reference.version(kind)))


def digest(desk: Station) -> str:
    return str(
        desk.call(lambda uow, *_: uow.connection.execute(sa.select(upstream.c.documents)).scalar_one())
    )


def limits(days: int = 4) -> dict[str, Any]:
    document = shipped("limits")
    return {**document, "version": 0, "profiles": {"provincial": {"simple": 0, "standard": days, "hard": 9}}}


def test_what_a_centre_publishes_is_in_force_at_the_desk(desk: Station, centre: Serving) -> None:
    centre.station.call(publish, "limits", limits(), as_actor=ADMIN)
    assert take(desk, centre) == Documents(2)
    assert version(desk, "limits") == FIRST_VERSION
    rules = desk.call(lambda uow, *_: rulebook(uow).rules)
    assert rules.profile().days_for("standard", None) == 4  # type: ignore[arg-type]
    assert digest(desk)


def test_a_second_look_fetches_no_document(desk: Station, centre: Serving) -> None:
    take(desk, centre)
    centre.seen.clear()
    assert take(desk, centre) == Documents(0)
    assert centre.seen == ["GET /v1/documents"]


def test_each_site_gets_its_own_and_what_stands_above_it(desk: Station, centre: Serving) -> None:
    rules = shipped("callbacks")
    for site, attempts in (("", 5), ("other", 7)):
        centre.station.call(
            publish, "callbacks", {**rules, "version": 0, "attempts": attempts}, site, as_actor=ADMIN
        )
    take(desk, centre)
    assert desk.call(lambda uow, *_: callback_rules(uow).attempts) == 5
    centre.station.call(publish, "callbacks", {**rules, "version": 0, "attempts": 9}, DESK, as_actor=ADMIN)
    take(desk, centre)
    assert desk.call(lambda uow, *_: callback_rules(uow).attempts) == 9
    assert not [kind for kind in desk.call(lambda uow, *_: uow.reference.versions()) if "@" in kind]


def test_the_centres_own_site_document_is_nobody_elses(desk: Station, centre: Serving) -> None:
    published = centre.station.call(publish_unsigned, as_actor=ADMIN)
    assert {one.kind for one in published} == {"site", "staff", "device_keys"}
    take(desk, centre)
    assert desk.call(lambda uow, *_: rulebook(uow).site.code) == DESK


def test_a_desk_below_cannot_change_what_its_centre_publishes(desk: Station, centre: Serving) -> None:
    own = {"code": DESK, "name": "园区企服站", "letters": "YX", "windows": 3}
    centre.station.call(publish, "site", own, DESK, as_actor=ADMIN)
    take(desk, centre)
    assert desk.call(lambda uow, *_: rulebook(uow).site.name) == "园区企服站"
    with pytest.raises(AppError, match=r"documents\.from_centre"):
        desk.call(change_site, SiteForm("我们自己的名字", weekly={"mon": "09:00-17:00"}))
    assert desk.call(lambda uow, *_: uow.reference.get("site", 1)["name"]) == "园区网点"


def test_staff_of_the_centre_sign_in_offline_and_locks_stay_here(desk: Station, centre: Serving) -> None:
    staff = [{"id": "lin", "name": "林静", "role": "clerk", "password": hash_password("correct horse")}]
    centre.station.call(publish, "staff", {"entries": staff}, DESK, as_actor=ADMIN)
    take(desk, centre)
    assert check_password(desk, "lin", "correct horse").name == "林静"
    for _ in range(5):
        with pytest.raises(AppError, match=r"staff\.(wrong_password|locked)"):
            check_password(desk, "lin", "wrong")
    with pytest.raises(AppError, match=r"staff\.locked"):
        check_password(desk, "lin", "correct horse")
    assert centre.station.call(lambda uow, *_: uow.sign_in_failures.get("lin")) == (0, 0)


def test_a_new_calendar_moves_what_waited_for_it(desk: Station, centre: Serving, clock: FixedClock) -> None:
    clock.set("2026-12-30 10:00")
    calendar = shipped("calendar")
    years = {year: one for year, one in calendar["years"].items() if year < "2027"}
    own = {**calendar, "years": years}
    desk.call(lambda uow, *_: publish_own(uow, "calendar", own, clock.now_ms()))
    accepted = desk.call(accept_case, form(limit="hard"))
    assert accepted.provisional
    notice = {"notice": "国办发明电〔2026〕1号", "holidays": [], "workdays": []}
    notice["holidays"] = [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-05"}]
    centre.station.call(publish, "calendar", {**calendar, "years": {**years, "2027": notice}}, as_actor=ADMIN)
    take(desk, centre)
    case = desk.call(lambda uow, *_: uow.case(accepted.id))
    assert not case.due.provisional
    assert case.due.at > accepted.due_at


def refused(desk: Station, centre: Serving) -> list[str]:
    """Why documents were refused; what was in force stays, the state page can say why, and the next run looks again."""
    before = desk.call(lambda uow, *_: uow.reference.versions())
    found = take(desk, centre)
    after = desk.call(lambda uow, *_: uow.reference.versions())
    assert {kind: after[kind] for kind in before} == before
    assert desk.run_aside(refused_documents) == found.refused
    assert digest(desk) == ""
    return [one.reason for one in found.refused]


def change_stored(centre: Serving, kind: str, **values: Any) -> None:
    table = reference_document
    where = (table.c.kind == kind) & (table.c.version >= FIRST_VERSION)
    centre.station.call(
        lambda uow, *_: uow.connection.execute(sa.update(table).where(where).values(**values))
    )


@pytest.fixture
def published(desk: Station, centre: Serving) -> Serving:
    take(desk, centre)
    centre.station.call(publish, "limits", limits(), as_actor=ADMIN)
    return centre


def test_a_wrong_signature_is_refused(desk: Station, published: Serving) -> None:
    change_stored(published, "limits", signature=b"\x01" * 64)
    assert refused(desk, published) == ["documents.signature"]


def test_another_signer_is_refused(desk: Station, published: Serving) -> None:
    desk.call(lambda uow, *_: uow.connection.execute(sa.update(upstream).values(device="d9")))
    assert refused(desk, published) == ["documents.signer_unknown"]


def test_another_key_is_refused(desk: Station, published: Serving) -> None:
    desk.call(lambda uow, *_: uow.connection.execute(sa.update(upstream).values(public_key=b"\x02" * 32)))
    assert refused(desk, published) == ["documents.signature"]


def test_changed_bytes_are_refused(desk: Station, published: Serving) -> None:
    body = published.station.call(lambda uow, *_: uow.reference.body("limits", FIRST_VERSION))
    change_stored(published, "limits", body=body.decode().replace('"standard":4', '"standard":7'))
    assert refused(desk, published) == ["documents.malformed"]


def test_a_document_of_another_site_is_refused(desk: Station, published: Serving) -> None:
    published.station.call(publish, "limits", limits(6), "other", as_actor=ADMIN)
    published.caller = Caller("d1", "other", "window")
    assert refused(desk, published) == ["documents.other_site"]


def unsound(centre: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    """A centre of another program publishes what ours cannot read."""
    with monkeypatch.context() as patch:
        patch.setattr("services.publishing.check_document", lambda *_: None)
        centre.station.call(publish, "ratings", {"verify_days": 0}, as_actor=ADMIN)


def test_what_could_not_be_loaded_is_refused(
    desk: Station, centre: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(desk, centre)
    unsound(centre, monkeypatch)
    found = take(desk, centre)
    assert found.refused == (
        RefusedDocument("ratings", FIRST_VERSION, "documents.unloadable", "verify_days"),
    )


def test_a_version_taken_twice_is_refused(desk: Station, published: Serving) -> None:
    take(desk, published)
    where = reference_document.c.version >= FIRST_VERSION, reference_document.c.kind == "limits"
    published.station.call(
        lambda uow, *_: uow.connection.execute(sa.delete(reference_document).where(*where))
    )
    published.station._store._cache.clear()
    published.station.call(publish, "limits", limits(8), as_actor=ADMIN)
    assert refused(desk, published) == ["documents.version_taken"]


@pytest.mark.parametrize(
    ("defence", "broken", "harm"),
    [
        ("PublicKey", None, "signature"),
        ("_require_site", lambda *_: None, "site"),
        ("_require_sound", lambda *_: None, "sound"),
    ],
)
def test_without_a_defence_the_wrong_document_would_be_in_force(
    desk: Station, published: Serving, monkeypatch: pytest.MonkeyPatch, defence: str, broken: Any, harm: str
) -> None:
    if harm == "signature":
        change_stored(published, "limits", signature=b"\x01" * 64)
        broken = type("Trusting", (), {"from_raw": staticmethod(lambda raw: Trusting())})
    elif harm == "site":
        published.station.call(publish, "limits", limits(6), "other", as_actor=ADMIN)
        published.caller = Caller("d1", "other", "window")
    else:
        unsound(published, monkeypatch)
    monkeypatch.setattr(taking, defence, broken)
    take(desk, published)
    assert version(desk, "ratings" if harm == "sound" else "limits") >= FIRST_VERSION


class Trusting:
    def verifies(self, signature: bytes, message: bytes) -> bool:
        return True


def test_a_fetch_goes_on_where_it_was_cut(desk: Station, centre: Serving) -> None:
    noise = random.Random(1).randbytes(12_000).hex()
    catalog = {**shipped("catalog"), "version": 0, "source": noise}
    centre.station.call(publish, "catalog", catalog, as_actor=ADMIN)
    host, port = "127.0.0.1", int(centre.url.rpartition(":")[2])
    with FaultyProxy(host, port) as proxy:
        proxy.set(cut_after_bytes=3_000)
        for _ in range(40):
            try:
                found = take(desk, centre, proxy.url)
                break
            except LinkDown:
                continue
        assert proxy.counts.cuts >= 2
    assert found.taken == 2
    offsets = [one.partition("from=")[2] for one in centre.seen if "catalog" in one]
    assert offsets[0] == ""
    assert [int(one) for one in offsets[1:]] == sorted({int(one) for one in offsets[1:]})
    assert not list((desk.home / "sync/documents").glob("*"))


def test_what_a_desk_has_already_is_sent_as_what_differs(desk: Station, centre: Serving) -> None:
    catalog = shipped("catalog")
    entries = [dict(one) for one in catalog["entries"]]
    entries[3]["name"] += "（新）"
    centre.station.call(publish, "catalog", {**catalog, "version": 0, "entries": entries}, as_actor=ADMIN)
    with line_to(centre.url) as line:
        take_documents(line, desk, desk.home, take_in)
        assert line.traffic.bytes_down < 3_000
    assert any("base=" in one for one in centre.seen if "catalog" in one)
    assert version(desk, "catalog") == FIRST_VERSION


def test_a_delta_that_comes_out_wrong_is_fetched_whole(
    desk: Station, published: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sync.documents._plain
    monkeypatch.setattr(
        sync.documents, "_plain", lambda packed, base, size: real(packed, None if base else base, size)
    )
    assert take(desk, published).refused == ()
    asked = [one for one in published.seen if "limits" in one]
    assert ["base=" in one for one in asked] == [True, False]


def test_nobody_asks_without_being_heard_as_who_they_are(desk: Station, centre: Serving) -> None:
    centre.station.call(publish, "callbacks", {**shipped("callbacks"), "version": 0}, "other", as_actor=ADMIN)
    with line_to(centre.url) as line, pytest.raises(Exception, match=r"documents\.unknown"):
        list(line.get(f"/v1/documents/callbacks@other/{FIRST_VERSION}"))


def test_windows_of_a_hub_trust_the_centre_behind_it(
    desk: Station, centre: Serving, tmp_path: Path, clock: FixedClock
) -> None:
    """The hub passes the centre's documents on as the centre signed them, and vouches for the centre's key."""
    centre.caller = Caller("hub", DESK, "hub")
    centre.station.call(publish, "limits", limits(), as_actor=ADMIN)
    take(desk, centre)
    init_station(tmp_path / "window", site_name="窗口", site_letters="YX", clock=clock)
    window = open_station(tmp_path / "window", clock=clock)
    try:
        with serving(desk, Caller("w1", DESK, "window")) as hub:
            joined(window, hub)
            assert take(window, hub) == Documents(2)
            assert json.loads(window.call(lambda uow, *_: uow.reference.body("limits", FIRST_VERSION)))[
                "by"
            ] == (centre.device)
    finally:
        window.close()


def test_a_centre_above_takes_the_place_of_what_a_node_published_itself(
    desk: Station, centre: Serving, tmp_path: Path, clock: FixedClock
) -> None:
    """A hub that had worked alone joins a centre whose numbers are lower; its windows follow."""
    for days in (5, 6, 7):
        desk.call(publish, "limits", limits(days), as_actor=ADMIN)
    init_station(tmp_path / "window", site_name="窗口", site_letters="YX", clock=clock)
    window = open_station(tmp_path / "window", clock=clock)
    try:
        with serving(desk, Caller("w1", DESK, "window")) as hub:
            joined(window, hub)
            take(window, hub)
            assert standard_days(window) == 7
            centre.station.call(publish, "limits", limits(4), as_actor=ADMIN)
            assert take(desk, centre).refused == ()
            assert take(window, hub).refused == ()
            assert (standard_days(desk), standard_days(window)) == (4, 4)
            centre.station.call(publish, "limits", limits(3), as_actor=ADMIN)
            take(desk, centre)
            take(window, hub)
            assert (standard_days(desk), standard_days(window)) == (3, 3)
    finally:
        window.close()


def standard_days(station: Station) -> int:
    return int(
        station.call(lambda uow, *_: rulebook(uow).rules.profile().days_for(LimitClass.STANDARD, None))
    )


def test_an_older_document_of_the_same_signer_takes_nothing_back(desk: Station, published: Serving) -> None:
    """A centre put back from a backup hands out what it had published before."""
    published.station.call(publish, "limits", limits(9), as_actor=ADMIN)
    take(desk, published)
    newest = reference_document.c.version > FIRST_VERSION, reference_document.c.kind == "limits"
    published.station.call(
        lambda uow, *_: uow.connection.execute(sa.delete(reference_document).where(*newest))
    )
    published.station._store._cache.clear()
    assert take(desk, published).refused == ()
    assert standard_days(desk) == 9


def test_a_hub_that_vouches_wrongly_is_not_believed(
    desk: Station, centre: Serving, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.caller = Caller("hub", DESK, "hub")
    take(desk, centre)
    init_station(tmp_path / "window", site_name="窗口", site_letters="YX", clock=clock)
    window = open_station(tmp_path / "window", clock=clock)
    monkeypatch.setattr("server.documents.routes.signers_bytes", lambda signers: b"something else")
    try:
        with serving(desk, Caller("w1", DESK, "window")) as hub:
            joined(window, hub)
            assert [one.reason for one in take(window, hub).refused] == ["documents.signer_unknown"]
    finally:
        window.close()


def test_a_node_that_serves_others_gets_what_is_for_sites_below_it(desk: Station, centre: Serving) -> None:
    below = {"code": "deep", "name": "村站", "parent": DESK, "letters": "YX"}
    entries = [*SITES["entries"], below]
    centre.station.call(publish, "sites", {"entries": entries}, as_actor=ADMIN)
    centre.station.call(publish, "callbacks", {**shipped("callbacks"), "version": 0}, "deep", as_actor=ADMIN)
    centre.caller = dataclasses.replace(centre.caller, role="centre")
    take(desk, centre)
    assert version(desk, "callbacks@deep") == FIRST_VERSION
    assert version(desk, "callbacks") == 0


def test_a_partial_file_that_was_changed_at_rest_begins_anew(desk: Station, published: Serving) -> None:
    etag = published.station.call(lambda uow, *_: uow.reference.head("limits").etag)
    base = desk.call(lambda uow, *_: uow.reference.head("limits").etag)
    parts = PartialFiles(desk.home / sync.documents.FOLDER, b"\0" * 32)
    parts.append(f"{etag}-{base[:16]}", 0, b"not what was sent")
    assert take(desk, published).refused == ()
    assert version(desk, "limits") == FIRST_VERSION
