"""``qifu sync`` by the contract: what it prints, and with which exit code."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.refused_documents import keep_refused
from desktop.cli import sync as of_sync
from desktop.messages.documents import refused_words
from domain.cases import decide
from domain.documents import RefusedDocument
from services.case_steps import answer_case
from services.cases import accept_case, show_case
from services.documents import publish_own
from services.station import Station, open_station
from services.stick_key import KIND
from sync.engine import synchronise as engine
from sync.engine.run import Outcome
from sync.stick import new_key, read_stick
from tests.cli.test_contract import Qifu
from tests.fixed import FixedClock, form
from tests.made_cases import ACCEPTANCE
from tests.sync_tables import arrive, confirm, doubt, hold, join, two_answers

SITES = {"kind": "sites", "version": 1, "entries": [{"code": "330100", "name": "市中心", "parent": ""}]}


@pytest.fixture
def qifu(station_home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Qifu:
    return Qifu(station_home, capfd, monkeypatch)


@pytest.fixture
def made(station_home: Path, clock: FixedClock) -> Iterator[Station]:
    """The station before the commands begin; to be closed by the test."""
    opened = open_station(station_home, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def joined(made: Station) -> Station:
    join(made)
    confirm(made)
    return made


def _runs(monkeypatch: pytest.MonkeyPatch, outcome: Outcome) -> list[Any]:
    seen: list[Any] = []
    monkeypatch.setattr(
        engine, "synchronise_fully", lambda station, extras: (seen.append(extras), outcome)[1]
    )
    return seen


def test_a_lone_station_has_nothing_to_do(qifu: Qifu) -> None:
    none = {"pushed": 0, "pulled": 0, "waiting": 0, "rejected": 0, "failure": None}
    assert qifu.json("sync", "now", code=3) == none
    assert qifu.json("sync", "status", code=3)["state"] == "alone"
    assert qifu.json("sync", "list-waiting") == []
    assert qifu.json("sync", "day-end", code=3)["confirmed"] == 0


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome(3, 2, 0, 0), 0),
        (Outcome(3, 2, 4, 1), 4),
        (Outcome(0, 0, 0, 0, "sync.link_down"), 4),
    ],
)
def test_now(
    qifu: Qifu, joined: Station, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, code: int
) -> None:
    joined.close()
    seen = _runs(monkeypatch, outcome)
    told = qifu.json("sync", "now", code=code)
    assert told == {
        "pushed": outcome.pushed,
        "pulled": outcome.pulled,
        "waiting": outcome.waiting,
        "rejected": outcome.rejected,
        "failure": outcome.failure or None,
    }
    assert len(seen) == 1
    assert seen[0]
    _, out, _ = qifu.run("sync", "now", "--home", str(qifu.home))
    assert ("连不上中心" in out) is bool(outcome.failure)


def test_status_and_what_waits(qifu: Qifu, joined: Station) -> None:
    one = joined.call(accept_case, form())
    joined.close()
    status = qifu.json("sync", "status", code=4)
    assert (status["state"], status["records"], status["upstream"]["site"]) == ("waiting", 1, "330100")
    (row,) = qifu.json("sync", "list-waiting")
    assert (row["number"], row["area"], row["since"]) == (one.number, "case", "2026-11-18T10:00:00+08:00")
    code, out, err = qifu.run("sync", "status", "--home", str(qifu.home))
    assert (code, err) == (4, "")
    assert out.startswith("等待同步\n")


def test_the_node_above_is_told_by_name_once_it_is_known(qifu: Qifu, joined: Station) -> None:
    address = "https://centre.example.gov.cn"
    assert f"上级 {address}\n" in qifu.run("sync", "status", "--home", str(qifu.home))[1]
    assert qifu.json("sync", "status")["upstream"] == {"site": "330100", "name": None, "url": address}
    joined.call(lambda uow, clock, actor: uow.reference.put(SITES, source="upstream", now_ms=0))
    joined.close()
    assert f"上级 市中心  {address}\n" in qifu.run("sync", "status", "--home", str(qifu.home))[1]


def test_status_of_a_station_in_step(qifu: Qifu, joined: Station) -> None:
    joined.close()
    assert qifu.json("sync", "status")["state"] == "synced"


def test_documents_that_were_not_taken_are_told(qifu: Qifu, joined: Station) -> None:
    joined.close()
    assert qifu.json("sync", "status")["documents_refused"] == []
    keep_refused(qifu.home, (RefusedDocument("calendar", 3, "documents.unloadable", "days"),))
    told = {"kind": "calendar", "version": 3, "reason": "documents.unloadable", "field": "days"}
    assert qifu.json("sync", "status")["documents_refused"] == [told]
    assert (
        refused_words("calendar", "documents.unloadable", "days")
        in qifu.run("sync", "status", "--home", str(qifu.home))[1].splitlines()
    )


def test_held_records(qifu: Qifu, joined: Station) -> None:
    hold(joined, decide.accept(ACCEPTANCE), "refused", "forged", seq=3)
    key = hold(joined, decide.accept(ACCEPTANCE), "quarantined", "device_revoked", seq=5)
    joined.close()
    (row,) = qifu.json("sync", "list-refused")
    assert (row["reason"], row["seq"], row["number"]) == ("forged", 3, ACCEPTANCE.number)
    assert [one["key"] for one in qifu.json("sync", "quarantined")] == [key]
    code, out, err = qifu.run("sync", "release", key, "--home", str(qifu.home))
    assert (code, out) == (2, "")
    assert "放行" in err
    assert qifu.json("sync", "release", key, "--as", "supervisor")["state"] == "released"
    assert qifu.json("case", "show", ACCEPTANCE.number)["number"] == ACCEPTANCE.number


def test_of_many_held_records_the_newest_are_listed_and_the_rest_counted(
    qifu: Qifu, joined: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seq in range(1, 6):
        hold(joined, decide.accept(ACCEPTANCE), "refused", "forged", seq=seq)
    joined.close()
    monkeypatch.setattr(of_sync, "LISTED", 2)
    listed = qifu.run("sync", "list-refused", "--home", str(qifu.home))[1].splitlines()
    assert [line.split()[0].rpartition(".")[2] for line in listed[:2]] == ["1", "2"]
    assert "签名不符" in listed[0]
    assert (len(listed), "3 条" in listed[2], "--limit 5" in listed[2]) == (3, True, True)
    assert (
        len(qifu.run("sync", "list-refused", "--limit", "5", "--home", str(qifu.home))[1].splitlines()) == 5
    )
    assert len(qifu.json("sync", "list-refused")) == 5
    assert len(qifu.json("sync", "list-refused", "--limit", "4")) == 4


def test_a_conflict_is_shown_and_decided(qifu: Qifu, joined: Station, clock: FixedClock) -> None:
    one = joined.call(accept_case, form())
    clock.move(hours=1)
    joined.call(answer_case, one.id, "已答复")
    late = two_answers(joined, joined.call(show_case, one.id), clock.now_ms() + 60_000)
    joined.close()
    (row,) = qifu.json("sync", "conflicts")
    assert (row["event"], row["kept"]["kind"], row["late"]["kind"]) == (
        late,
        "case_answered",
        "case_withdrawn",
    )
    assert (row["kept"]["here"], row["late"]["here"], row["may_take"]) == (True, False, False)
    home = ("--home", str(qifu.home))
    assert qifu.run("sync", "decide", late, "--choose", "mine", *home)[0] == 2
    assert qifu.run("sync", "decide", late, "--choose", "other", *home)[0] == 2
    assert qifu.json("sync", "decide", late, "--choose", "both") == {"event": late, "choice": "both"}
    assert qifu.json("sync", "conflicts") == []


def test_a_review_is_shown_and_decided(qifu: Qifu, joined: Station, clock: FixedClock) -> None:
    one = joined.call(accept_case, form())
    step = arrive(
        joined, decide.answer(joined.call(show_case, one.id), "越权"), one.id, 5, clock.now_ms() + 1
    )
    doubt(joined, step, one.id)
    joined.close()
    (row,) = qifu.json("sync", "reviews")
    assert (row["event"], row["reason"], row["may_undo"]) == (step, "right_lapsed", True)
    home = ("--home", str(qifu.home), "--as", "supervisor")
    assert qifu.run("sync", "review", step, "--decide", "undone", *home)[0] == 2
    told = qifu.json("sync", "review", step, "--decide", "undone", "--text", "已调离", "--as", "supervisor")
    assert told == {"event": step, "decision": "undone"}
    assert qifu.json("case", "show", one.number)["state"] == "assigned"


def test_the_day_s_end(qifu: Qifu, joined: Station, tmp_path: Path) -> None:
    one = joined.call(accept_case, form())
    joined.close()
    told = qifu.json("sync", "day-end", "--day", "2026-11-18", "--out", str(tmp_path / "day.pdf"), code=4)
    assert (told["accepted"], told["confirmed"], told["waiting"]) == (1, 0, 1)
    assert (told["open"], told["digest"]) == ([one.number], None)
    assert (tmp_path / "day.pdf").read_bytes().startswith(b"%PDF")
    assert qifu.json("sync", "day-end", "--day", "2026-11-17")["accepted"] == 0
    home = ("--home", str(qifu.home))
    for wrong in ("18.11.", "2999-01-01"):
        assert qifu.run("sync", "day-end", "--day", wrong, *home)[0] == 2
    assert qifu.run("sync", "day-end", "--out", str(tmp_path / "day.doc"), *home)[0] == 2
    assert json.dumps(told)


def test_what_waits_is_written_to_a_stick(
    qifu: Qifu, joined: Station, clock: FixedClock, tmp_path: Path
) -> None:
    private, public = new_key()
    document = {"public_key": base64.b64encode(public).decode("ascii")}
    joined.call(lambda uow, *_: publish_own(uow, KIND, document, clock.now_ms()))
    joined.call(accept_case, form())
    joined.close()
    path = tmp_path / "a.qfs"
    told = qifu.json("sync", "export", "--to", str(path))
    assert told["events"] == told["written"] > 0
    assert sum(push.events.count for push in read_stick(path, private)) == told["events"]
    assert qifu.json("sync", "export", "--to", str(path))["written"] == 0


def test_a_station_without_a_centre_s_key_exports_nothing(qifu: Qifu, tmp_path: Path) -> None:
    code, out, err = qifu.run("sync", "export", "--to", str(tmp_path / "a.qfs"), "--home", str(qifu.home))
    assert (code, out) == (2, "")
    assert "加入中心" in err
    assert not (tmp_path / "a.qfs").exists()
