"""Attached files between a desk and the node above, over real HTTP: each arrives, whole and right, through any cut."""

import hashlib
import random
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import sync.files
from db.files.attachments import Attachments
from db.files.file_transfers import Direction, FileTransfers
from db.schema import event, event_private
from db.schema.sync import file_transfer, stream_scope
from db.unit_of_work import UnitOfWork
from domain.cases.model import Attached
from server.files import allowance
from server.syncing.answering import Caller
from services.cases import accept_case
from services.file_fetching import FileComing, coming_file, want_file
from services.files import attach_file
from services.setup import init_station
from services.station import Station, open_station
from sync.files import FileChannel, FilesRun
from sync.protocol_files import FileState
from sync.transport_errors import CancelledError, LinkDown, Refused
from tests.faults.proxy import FaultyProxy
from tests.fixed import FixedClock, form
from tests.patience import PATIENCE_S
from tests.sync.file_server import Serving, joined, line_to, serving

SITE = "yx"


@pytest.fixture
def desk(station: Station, tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    init_station(tmp_path / "desk", site_name="园区网点", site_letters="YX", clock=clock)
    opened = open_station(tmp_path / "desk", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def centre(station: Station, desk: Station) -> Iterator[Serving]:
    with serving(station, Caller("d1", SITE, "window")) as node:
        joined(desk, node)
        yield node


def pdf(size: int, seed: int = 1) -> bytes:
    return b"%PDF-1.4\n" + random.Random(seed).randbytes(size)


def case_with(station: Station, *contents: bytes) -> tuple[str, list[Attached]]:
    """A case with these files; its id, and the files."""
    case = station.call(accept_case, form(text=f"附件 {len(contents)} {hash(contents)}"))
    files = [
        station.submit_upkeep(attach_file, case.id, f"扫描{at}.pdf", BytesIO(content)).result()
        for at, content in enumerate(contents)
    ]
    return case.id, files


def copied(source: Station, target: Station, stream: str, *, to_site: str | None = SITE) -> None:
    """What sync of events does: ``target`` has the stream, and lets ``to_site`` see it."""

    def read(uow: UnitOfWork, *_: object) -> tuple[list[Any], list[Any]]:
        events = sa.select(event).where(event.c.stream == stream)
        ids = sa.select(event.c.id).where(event.c.stream == stream)
        private = sa.select(event_private).where(event_private.c.event.in_(ids))
        return (
            [dict(row._mapping) for row in uow.connection.execute(events)],
            [dict(row._mapping) for row in uow.connection.execute(private)],
        )

    def write(uow: UnitOfWork, *_: object) -> None:
        for row in rows:
            uow.connection.execute(sa.insert(event), {name: row[name] for name in row if name != "pos"})
        uow.connection.execute(sa.insert(event_private), private)
        if to_site is not None:
            uow.connection.execute(sa.insert(stream_scope), {"stream": stream, "scope": to_site})
        uow.refold([stream], 0)

    rows, private = source.call(read)
    target.call(write)


def shown(station: Station, stream: str, site: str = SITE) -> None:
    values = {"stream": stream, "scope": site}
    station.call(lambda uow, *_: uow.connection.execute(sa.insert(stream_scope), values))


def carry(desk: Station, centre: Serving, url: str = "", **more: Any) -> FilesRun:
    with line_to(url or centre.url) as line:
        return FileChannel(line, desk, desk.home, **{"limit_s": PATIENCE_S, **more}).run()


def content(station: Station, sha256: str) -> bytes | None:
    row = station.call(lambda uow, *_: uow.attachments.get(sha256))
    return None if row is None else b"".join(Attachments(station.home / "attachments").read(row))


def test_an_attached_file_goes_up_once_its_event_is_there(desk: Station, centre: Serving) -> None:
    case, (file,) = case_with(desk, pdf(300_000))
    assert carry(desk, centre) == FilesRun(waiting=1)
    copied(desk, centre.station, case)
    assert carry(desk, centre) == FilesRun(sent=1)
    assert content(centre.station, file.sha256) == pdf(300_000)
    centre.seen.clear()
    assert carry(desk, centre) == FilesRun()
    assert centre.seen == []


def test_what_the_upstream_has_is_not_sent(desk: Station, centre: Serving) -> None:
    case, _ = case_with(desk, pdf(300_000))
    case_with(centre.station, pdf(300_000))
    copied(desk, centre.station, case)
    with line_to(centre.url) as line:
        assert FileChannel(line, desk, desk.home).run() == FilesRun(sent=1)
        assert line.traffic.bytes_up < 1_000


def test_three_attachments_over_a_line_that_drops_every_two_seconds_arrive(
    desk: Station, centre: Serving
) -> None:
    """64 kbit/s for two seconds are 16 kB, here ten times faster: hardly anything is sent twice."""
    contents = [pdf(size, seed) for seed, size in enumerate((120_000, 60_000, 90_000))]
    case, files = case_with(desk, *contents)
    copied(desk, centre.station, case)
    port = int(centre.url.rpartition(":")[2])
    with FaultyProxy("127.0.0.1", port) as proxy:
        proxy.set(cut_after_bytes=16_000, rate_bytes_per_s=80_000)
        assert carry(desk, centre, proxy.url) == FilesRun(sent=3)
        counts = proxy.counts
    assert [content(centre.station, file.sha256) for file in files] == contents
    assert counts.cuts >= 10
    assert counts.bytes_up < 2 * sum(map(len, contents))


def test_a_file_comes_down_through_cuts(desk: Station, centre: Serving) -> None:
    case, (file,) = case_with(centre.station, pdf(200_000))
    copied(centre.station, desk, case, to_site=None)
    shown(centre.station, case)
    port = int(centre.url.rpartition(":")[2])
    with FaultyProxy("127.0.0.1", port) as proxy:
        proxy.set(cut_after_bytes=16_000)
        assert carry(desk, centre, proxy.url) == FilesRun(fetched=1)
        assert proxy.counts.bytes_down < 1.6 * 200_000
    assert content(desk, file.sha256) == pdf(200_000)


def test_a_line_on_which_nothing_moves_is_left_alone(desk: Station, centre: Serving) -> None:
    case_with(desk, pdf(1_000))
    with FaultyProxy("127.0.0.1", int(centre.url.rpartition(":")[2])) as proxy:
        proxy.set(refuse=True)
        with pytest.raises(LinkDown):
            carry(desk, centre, proxy.url)


def test_the_smallest_goes_first_and_what_is_wanted_before_it(desk: Station, centre: Serving) -> None:
    sizes = (30_000, 10_000, 20_000)
    case, files = case_with(centre.station, *(pdf(size, size) for size in sizes))
    copied(centre.station, desk, case, to_site=None)
    shown(centre.station, case)
    desk.call(want_file, case, files[2].sha256)
    carry(desk, centre)
    asked = [one.split("/")[3][:64] for one in centre.seen if one.startswith("GET")]
    assert asked == [files[at].sha256 for at in (2, 1, 0)]


def test_files_wait_for_events(desk: Station, centre: Serving) -> None:
    case, _ = case_with(desk, pdf(400_000), pdf(400_000, 2))
    copied(desk, centre.station, case)
    answers = iter([False, False, True])
    found = carry(desk, centre, step_aside=lambda: next(answers, True))
    assert found.waiting == 2
    assert carry(desk, centre) == FilesRun(sent=2)
    puts = [one for one in centre.seen if one.startswith("PUT")]
    assert len(set(puts)) == len(puts)


def test_it_can_be_cancelled(desk: Station, centre: Serving) -> None:
    case, _ = case_with(desk, pdf(400_000))
    copied(desk, centre.station, case)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        carry(desk, centre, cancel=cancel)


def test_large_files_and_those_of_closed_cases_come_when_asked_for(
    desk: Station, centre: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.case_steps import withdraw_case

    monkeypatch.setattr(sync.files, "BACKGROUND_FILE_BYTES", 50_000)
    large, (big,) = case_with(centre.station, pdf(60_000))
    closed, (old,) = case_with(centre.station, pdf(1_000, 2))
    centre.station.call(withdraw_case, closed, "企业撤回")
    for case in (large, closed):
        copied(centre.station, desk, case, to_site=None)
        shown(centre.station, case)
    assert carry(desk, centre) == FilesRun()
    for case, file in ((large, big), (closed, old)):
        assert desk.call(want_file, case, file.sha256) == FileComing(file.size)
    assert carry(desk, centre) == FilesRun(fetched=2)
    assert desk.run_aside(coming_file, large, big.sha256) == FileComing(big.size, big.size, here=True)


def test_a_hub_fetches_what_a_window_asks_for(desk: Station, centre: Serving, tmp_path: Path) -> None:
    """Centre above hub above window: the hub has the event but not the file, asks above, and then has it."""
    clock = FixedClock()
    case, (file,) = case_with(centre.station, pdf(9_000_000))
    copied(centre.station, desk, case)
    shown(centre.station, case)
    init_station(tmp_path / "window", site_name="窗口", site_letters="YX", clock=clock)
    window = open_station(tmp_path / "window", clock=clock)
    try:
        with serving(desk, Caller("w1", SITE, "window")) as hub:
            joined(window, hub)
            copied(desk, window, case, to_site=None)
            window.call(want_file, case, file.sha256)
            turns = iter([False, True])
            assert carry(window, hub, step_aside=lambda: next(turns, True)) == FilesRun(waiting=1)
            assert carry(desk, centre) == FilesRun(fetched=1)
            assert carry(window, hub) == FilesRun(fetched=1)
        assert content(window, file.sha256) == pdf(9_000_000)
    finally:
        window.close()


def test_whoever_waits_for_a_file_has_it_as_soon_as_the_hub_does(
    desk: Station, centre: Serving, tmp_path: Path
) -> None:
    clock = FixedClock()
    case, (file,) = case_with(centre.station, pdf(9_000_000))
    copied(centre.station, desk, case)
    shown(centre.station, case)
    init_station(tmp_path / "window", site_name="窗口", site_letters="YX", clock=clock)
    window = open_station(tmp_path / "window", clock=clock)
    heard = threading.Event()
    stop = desk.add_listener(lambda changes: heard.set() if "files" in changes.areas else None)
    helper = threading.Thread(target=lambda: heard.wait(PATIENCE_S) and carry(desk, centre))
    try:
        with serving(desk, Caller("w1", SITE, "window")) as hub:
            joined(window, hub)
            copied(desk, window, case, to_site=None)
            window.call(want_file, case, file.sha256)
            heard.clear()
            helper.start()
            assert carry(window, hub) == FilesRun(fetched=1)
    finally:
        helper.join()
        stop()
        window.close()


def test_a_hub_sends_on_what_a_window_gave_it(desk: Station, centre: Serving, tmp_path: Path) -> None:
    clock = FixedClock()
    init_station(tmp_path / "window", site_name="窗口", site_letters="YX", clock=clock)
    window = open_station(tmp_path / "window", clock=clock)
    try:
        with serving(desk, Caller("w1", SITE, "window")) as hub:
            joined(window, hub)
            case, (file,) = case_with(window, pdf(70_000))
            copied(window, desk, case)
            assert carry(window, hub) == FilesRun(sent=1)
        copied(window, centre.station, case)
        assert carry(desk, centre) == FilesRun(sent=1)
        assert content(centre.station, file.sha256) == pdf(70_000)
    finally:
        window.close()


def put(centre: Serving, case: str, sha256: str, offset: int, data: bytes) -> FileState:
    with line_to(centre.url) as line:
        return line.put(f"/v1/files/{sha256}?stream={case}", offset, data, FileState)


@pytest.fixture
def empty_place(desk: Station, centre: Serving) -> tuple[str, Attached]:
    """A case at the centre whose file only the desk has."""
    case, (file,) = case_with(desk, pdf(10_000))
    copied(desk, centre.station, case)
    return case, file


def test_wrong_content_is_dropped_and_told(centre: Serving, empty_place: tuple[str, Attached]) -> None:
    case, file = empty_place
    wrong = pdf(10_000, 9)
    assert put(centre, case, file.sha256, 0, wrong[:5_000]) == FileState(have=5_000, size=file.size)
    answer = put(centre, case, file.sha256, 5_000, wrong[5_000:])
    assert answer == FileState(have=0, size=file.size, refused="files.hash")
    assert content(centre.station, file.sha256) is None
    assert put(centre, case, file.sha256, 0, pdf(10_000)).whole


def test_without_the_hash_wrong_content_would_be_kept(
    centre: Serving, empty_place: tuple[str, Attached], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, file = empty_place

    class Agreeing:
        def __init__(self, content: bytes) -> None: ...

        def hexdigest(self) -> str:
            return file.sha256

    monkeypatch.setattr("db.files.arriving_files.hashlib", type("H", (), {"sha256": Agreeing}))
    assert put(centre, case, file.sha256, 0, pdf(10_000, 9)).whole


@pytest.mark.parametrize(
    ("offset", "size", "code"),
    [(5, 100, "files.offset"), (0, 10_100, "files.too_long"), (0, (1 << 20) + 1, "files.piece_too_large")],
)
def test_a_piece_that_does_not_fit_is_refused(
    centre: Serving, empty_place: tuple[str, Attached], offset: int, size: int, code: str
) -> None:
    case, file = empty_place
    with pytest.raises(Refused, match=code.replace(".", r"\.")):
        put(centre, case, file.sha256, offset, b"x" * size)


def test_a_piece_may_come_twice(centre: Serving, empty_place: tuple[str, Attached]) -> None:
    case, file = empty_place
    whole = pdf(10_000)
    put(centre, case, file.sha256, 0, whole[:6_000])
    assert put(centre, case, file.sha256, 0, whole[:6_000]).have == 6_000
    assert put(centre, case, file.sha256, 2_000, whole[2_000:]).whole


def test_without_the_offset_a_repeated_piece_would_spoil_the_file(
    centre: Serving, empty_place: tuple[str, Attached], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, file = empty_place
    whole = pdf(10_000)
    put(centre, case, file.sha256, 0, whole[:4_000])
    from db.files import partial_files

    monkeypatch.setattr(
        partial_files.PartialFiles,
        "append",
        lambda self, name, offset, piece: _append(self, name, self.have(name), piece),
    )
    put(centre, case, file.sha256, 0, whole[:4_000])
    assert put(centre, case, file.sha256, 4_000, whole[4_000:8_000]).refused == "files.hash"


def _append(parts: Any, name: str, offset: int, piece: bytes) -> int:
    with parts._path(name).open("ab") as out:
        out.write(parts._record(name, offset, piece))
    return offset + len(piece)


@pytest.mark.parametrize("reason", ["not named", "other site", "other stream", "no address"])
def test_only_files_that_a_visible_event_names_are_known(
    centre: Serving, empty_place: tuple[str, Attached], reason: str
) -> None:
    case, file = empty_place
    sha256, stream = file.sha256, case
    if reason == "not named":
        sha256 = hashlib.sha256(b"anything").hexdigest()
    elif reason == "other site":
        centre.caller = Caller("d2", "other", "window")
    elif reason == "other stream":
        stream, _ = case_with(centre.station)
        shown(centre.station, stream)
    else:
        sha256 = "../../store.db"
    with pytest.raises(Refused) as refused:
        put(centre, stream, sha256, 0, b"x")
    assert refused.value.status == 404
    with line_to(centre.url) as line:
        assert line.head(f"/v1/files/{sha256}?stream={stream}") is None


def test_no_plain_byte_of_a_file_rests_at_the_server(
    centre: Serving, empty_place: tuple[str, Attached]
) -> None:
    case, file = empty_place
    whole = pdf(10_000)
    put(centre, case, file.sha256, 0, whole[:6_000])
    resting = b"".join(one.read_bytes() for one in centre.home.rglob("*") if one.is_file())
    assert whole[100:140] not in resting
    put(centre, case, file.sha256, 6_000, whole[6_000:])
    resting = b"".join(one.read_bytes() for one in centre.home.rglob("*") if one.is_file())
    assert whole[100:140] not in resting
    assert not list((centre.home / "sync/incoming").glob("*"))


def test_wrong_content_from_above_is_not_kept(
    desk: Station, centre: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, (file,) = case_with(centre.station, pdf(20_000))
    copied(centre.station, desk, case, to_site=None)
    shown(centre.station, case)
    monkeypatch.setattr(
        "server.files.desk.Attachments.read", lambda self, row: iter([b"%PDF-" + b"x" * 20_004])
    )
    assert carry(desk, centre) == FilesRun(failed=1)
    assert content(desk, file.sha256) is None
    assert desk.run_aside(coming_file, case, file.sha256).failure == "files.hash"
    monkeypatch.undo()
    desk.call(want_file, case, file.sha256)
    assert carry(desk, centre) == FilesRun(fetched=1)


def test_after_a_restored_server_everything_is_offered_again(desk: Station, centre: Serving) -> None:
    case, (file,) = case_with(desk, pdf(20_000))
    copied(desk, centre.station, case)
    carry(desk, centre)
    from db.schema import attachment

    centre.station.call(lambda uow, *_: uow.connection.execute(sa.delete(attachment)))
    assert carry(desk, centre) == FilesRun()
    desk.call(sync.files.begin_again)
    assert carry(desk, centre) == FilesRun(sent=1)
    assert content(centre.station, file.sha256) == pdf(20_000)


def test_one_that_fails_does_not_hold_up_the_others(desk: Station, centre: Serving) -> None:
    case, files = case_with(desk, pdf(10_000), pdf(20_000, 2))
    copied(desk, centre.station, case)
    Attachments(desk.home / "attachments").path(files[0].sha256).unlink()
    assert carry(desk, centre) == FilesRun(sent=1, failed=1)

    def failed(uow: UnitOfWork, *_: object) -> str:
        found = FileTransfers(uow.connection).get(files[0].sha256, Direction.UP)
        return found.failure if found else ""

    assert desk.call(failed) == "storage.attachment_missing"
    rows = desk.call(lambda uow, *_: uow.connection.execute(sa.select(file_transfer.c.done_at)).all())
    assert len(rows) == 2


def test_whoever_has_begun_too_much_tries_again_later(
    desk: Station, centre: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = case_with(desk, pdf(20_000))
    copied(desk, centre.station, case)
    with monkeypatch.context() as patch:
        patch.setattr(allowance, "MAX_FILES", 0)
        assert carry(desk, centre) == FilesRun(waiting=1)
    assert carry(desk, centre) == FilesRun(sent=1)
