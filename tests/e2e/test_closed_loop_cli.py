"""Journey 4 by the command line alone: every step by who takes it, every refusal with its exit code and sentence."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.fixed import FixedClock

Run = Callable[..., Any]
NAME = "云溪华晟建设工程有限公司"
MATTER = "市政项目验收一年多，工程尾款还差四百多万，年底工人工资等着发。"


@pytest.fixture
def run(
    station_home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> Run:
    """``qifu`` in this process's place: the document, or the sentence where it is refused."""
    monkeypatch.setattr("services.station.SystemClock", lambda: clock)

    def qifu(*words: str, code: int = 0) -> Any:
        from desktop.cli.main import main

        monkeypatch.setattr(sys, "argv", ["qifu", *words, "--home", str(station_home), "--json"])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfd.readouterr()
        assert int(left.value.code or 0) == code, (words, out, err)
        if code == 2:
            assert (out, err.count("\n")) == ("", 1)
            return err
        return json.loads(out)

    return qifu


def test_journey(run: Run, clock: FixedClock, tmp_path: Path) -> None:
    number = accepted(run)
    returned_twice_and_decided(run, number)
    fallen_back(run, clock, number)
    planned_and_closed(run, clock, number)
    rated_badly_and_mended(run, clock, number)
    called(run, clock, number)
    archived(run, number, tmp_path / "dossier.pdf")


def accepted(run: Run) -> str:
    words = ("--text", MATTER, "--name", NAME, "--boards", "project", "--limit", "standard", "--as", "clerk")
    contact = ("--contact-name", "祝建平", "--contact-phone", "13906700010")
    made = run("case", "accept", *words, *contact)
    assert made["due"] == "2026-11-23T17:00:00+08:00"
    return str(made["number"])


def returned_twice_and_decided(run: Run, number: str) -> None:
    give_back = (
        "case",
        "return",
        number,
        "--reason",
        "not_ours",
        "--text",
        "属市政工程款",
        "--as",
        "project",
    )
    assert run("case", "return", number, "--reason", "not_ours", "--as", "legal", code=2) == (
        f"办件 {number} 没有交办给您所在的板块，由承办板块办理。\n"
    )
    assert run(*give_back)["state"] == "returned"
    run("case", "assign", number, "--boards", "project", "--as", "clerk")
    assert run(*give_back)["owner"] == {
        "role": "chief",
        "board": "project",
        "site": "demo",
        "handler": None,
    }
    refused = run("case", "assign", number, "--boards", "legal", "--as", "clerk", code=2)
    assert refused == f"办件 {number} 第二次被退回，等首席服务专员裁定后再办。\n"
    kept = run("case", "decide-return", number, "--reason", "建设单位归本板块", "--as", "project-chief")
    assert (kept["state"], kept["boards"]) == ("assigned", ["project"])
    refused = run(*give_back, code=2)
    assert refused == f"办件 {number} 的退回已经由首席服务专员裁定，不能再退回。\n"
    assert kept["due"] == "2026-11-23T17:00:00+08:00", "no return gives more time"


def fallen_back(run: Run, clock: FixedClock, number: str) -> None:
    clock.set("2026-11-19 09:30")
    run("case", "receive", number, "--as", "project")
    clock.set("2026-11-24 09:00")
    (line,) = run("supervise", "list", "--list", "yellow", "--as", "supervisor")["rows"]
    assert line["number"] == number
    run("case", "extend", number, "--until", "2026-11-30", "--reason", "来不及", "--as", "project", code=2)
    carded = run("supervise", "card", number, "--text", "请说明未办结的原因", "--as", "supervisor")
    assert carded["measures"][0]["waiting"] == ["project"]
    run("supervise", "answer", number, "--text", "协调不动施工方", "--as", "project")
    fallen = run("case", "escalate", number, "--reason", "项目板块协调不动", "--as", "project")
    assert (fallen["state"], fallen["boards"][0], fallen["limit"]) == ("escalated", "appeal", "hard")
    assert fallen["due"] == "2026-12-01T17:00:00+08:00", "five working days from the escalation"
    assert fallen["accepted"].startswith("2026-11-18T10:00")


def planned_and_closed(run: Run, clock: FixedClock, number: str) -> None:
    run("case", "receive", number, "--as", "appeal")
    people = ("--board", "project", "--board", "appeal", "--who", "高伟", "--who", "蒋明")
    agreed = ("--text", "建设单位十二月底前付清尾款", "--until", "2026-12-31")
    met = run("case", "consult", number, *people, *agreed, "--as", "appeal")
    assert met["consultations"][0]["until"] == "2026-12-31T17:00:00+08:00"
    clock.set("2026-11-30 15:00")
    plan = ("case", "plan", number, "--text", "先付三成，余款分两次付清", "--until", "2026-12-04")
    assert run(*plan, "--as", "appeal")["plan"]["until"] == "2026-12-04T17:00:00+08:00"
    clock.set("2026-12-01 10:00")
    assert run("case", "resolve", number, "--as", "clerk", code=2).startswith(
        f"办件 {number} 还有板块没有答复"
    )
    run("case", "answer", number, "--text", "首笔一百二十万已到账", "--as", "appeal")
    closed = run("case", "resolve", number, "--as", "appeal")
    assert (closed["state"], closed["answer"]) == ("resolved", "首笔一百二十万已到账")
    assert run("case", "archive", number, "--as", "clerk", code=2).startswith(
        f"办件 {number} 还没有向企业反馈"
    )
    told = run("case", "feedback", number, "--how", "phone", "--told", "祝建平", "--as", "clerk")
    assert told["state"] == "fed_back"


def rated_badly_and_mended(run: Run, clock: FixedClock, number: str) -> None:
    refused = run("rating", "record", number, "--level", "5", "--as", "clerk", code=2)
    assert refused.endswith("。\n")
    run("rating", "record", number, "--level", "1", "--text", "拖了半个月")
    (rating,) = run("rating", "list", "--list", "to_verify", "--as", "supervisor")
    run("rating", "verify", rating["ref"], "--text", "超期属实", "--as", "clerk", code=2)
    run("rating", "verify", rating["ref"], "--text", "超期属实", "--as", "supervisor")
    clock.set("2026-12-02 09:00")
    run("rating", "fix", rating["ref"], "--text", "向企业致歉，改派专人盯付款", "--as", "supervisor")
    done = run("rating", "call", rating["ref"], "--result", "reached", "--level", "4", "--as", "supervisor")
    assert (done["level"], done["second_level"]) == (1, 4)
    assert run("case", "show", number)["state"] == "rated"


def called(run: Run, clock: FixedClock, number: str) -> None:
    (task,) = run("callback", "list", "--as", "clerk")
    assert (task["number"], task["group"]) == (number, "hard")
    clock.set("2026-12-03 09:00")
    said = ("--result", "reached", "--solved", "yes", "--level", "4", "--wish", "尾款按期到")
    assert run("callback", "record", number, *said, "--as", "clerk")["case_state"] == "called_back"


def archived(run: Run, number: str, file: Path) -> None:
    assert run("case", "archive", number, "--as", "clerk")["state"] == "archived"
    run("print", "dossier", number, "--paper", "a4", "--out", str(file), "--as", "supervisor")
    text = "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(file).pages)
    for told in (
        number,
        "属市政工程款",
        "建设单位归本板块",
        "建设单位十二月底前付清尾款",
        "首笔一百二十万已到账",
    ):
        assert told in text
