"""``qifu supervise`` and ``qifu problem``: each command with its exit code and its document."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fixed import FixedClock

Run = Callable[..., Any]


@pytest.fixture
def run(
    station_home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> Run:
    """Runs ``qifu`` in this process's place; gives the document, or the sentence where it is refused."""
    monkeypatch.setattr("services.station.SystemClock", lambda: clock)

    def qifu(*words: str, code: int = 0) -> Any:
        from desktop.cli.main import main

        monkeypatch.setattr(sys, "argv", ["qifu", *words, "--home", str(station_home), "--json"])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfd.readouterr()
        assert int(left.value.code or 0) == code, (words, err)
        if code == 2:
            assert (out, err.count("\n")) == ("", 1)
            return err
        return json.loads(out)

    return qifu


def accept(run: Run, text: str, *more: str) -> str:
    made = run("case", "accept", "--text", text, "--name", "甲公司", "--boards", "policy", *more)
    return str(made["number"])


def test_from_the_warning_to_the_answer(run: Run, clock: FixedClock) -> None:
    number = accept(run, "技改补贴怎么申请", "--limit", "standard")
    assert run("supervise", "list")["rows"] == []
    assert run("supervise", "remind", "--as", "policy", code=3) == {"made": 0, "rows": []}
    run("supervise", "card", number, "--text", "请说明", "--as", "supervisor", code=2)
    clock.set("2026-11-24 09:00")
    listed = run("supervise", "list", "--list", "yellow", "--board", "policy")
    assert (listed["counts"]["yellow"], listed["rows"][0]["number"]) == (1, number)
    assert listed["rows"][0]["shares"] == [{"board": "policy", "minutes": 390 * 4 - 60}]
    assert run("supervise", "remind", "--as", "policy-chief")["rows"][0]["level"] == "yellow"
    assert run("supervise", "seen", number, "--as", "policy-chief") == {"count": 1}
    assert run("supervise", "remind", "--as", "policy-chief", code=3)["made"] == 0
    run("supervise", "urge", number, "--text", "请答复", "--as", "policy", code=2)
    urged = run(
        "supervise", "urge", number, "--text", "请答复", "--until", "2026-11-25", "--as", "supervisor"
    )
    assert urged["measures"][0]["until"] == "2026-11-25T17:00:00+08:00"
    carded = run("supervise", "card", number, "--text", "请说明", "--as", "supervisor")
    assert [(one["kind"], one["alert"]) for one in carded["measures"]] == [
        ("urge", "yellow"),
        ("card", "yellow"),
    ]
    assert run("supervise", "list", "--list", "unanswered")["counts"]["unanswered"] == 1
    run("supervise", "answer", number, "--text", "明日办结", "--as", "policy")
    answered = run("supervise", "answer", number, "--text", "资料已齐", "--as", "policy")
    assert [one["waiting"] for one in answered["measures"]] == [[], []]
    assert run("supervise", "list", "--list", "unanswered")["rows"] == []
    assert run("supervise", "list", "--list", "nope", code=2).endswith("。\n")


def test_figures_say_what_they_count(run: Run, clock: FixedClock) -> None:
    in_time = accept(run, "技改补贴", "--limit", "standard")
    late = accept(run, "另一件关于人才公寓的事", "--limit", "simple")
    for number in (in_time, late):
        run("case", "flag", number, "--in-pool")
    run("case", "answer", in_time, "--text", "好", "--as", "policy")
    run("case", "resolve", in_time, "--as", "policy")
    clock.set("2026-11-20 10:00")
    found = run("supervise", "figures", "--from", "2026-11-18", "--to", "2026-11-18")
    assert (found["pool_decided"], found["pool_in_time"], found["closure_permille"]) == (2, 1, 500)
    assert found["within"]["1"] == {"closed": 1, "permille": 1000}
    assert found["boards"][0]["board"] == "policy"
    run("supervise", "figures", "--from", "2026-11-18", "--to", "2026-11-17", code=2)


def test_problem_lists_and_a_common_problem(run: Run) -> None:
    first = accept(run, "园区晚上经常停电，影响生产", "--scope", "block")
    second = accept(run, "我们园区晚上经常停电，设备受影响")
    third = accept(run, "园区晚上停电太频繁，影响生产", "--kind", "request")
    other = accept(run, "想招二十个熟练工")
    for number in (first, second, third, other):
        run("case", "flag", number, "--in-pool")
    listed = run("problem", "list", "--scope", "block")
    assert (listed["counts"], listed["total"]) == ({"point": 3, "chain": 0, "block": 1}, 1)
    assert run("problem", "list", "--text", "停电", "--state", "any")["total"] == 3
    run("problem", "list", "--scope", "round", code=2)
    begun = run("problem", "begin", first, "--title", "园区夜间停电", "--as", "supervisor")
    ref = begun["ref"]
    suggested = {row["number"] for row in run("problem", "suggest", ref)}
    assert suggested == {second, third}
    assert len(run("problem", "join", ref, second, third)["members"]) == 3
    assert len(run("problem", "join", ref, second)["members"]) == 3
    run("problem", "begin", second, "--title", "又一个", code=2)
    assert len(run("problem", "leave", ref, third, "--reason", "属专线")["members"]) == 2
    proposed = run("problem", "answer", ref, "--text", "周一增容", "--as", "supervisor")
    assert (proposed["proposed"], proposed["answered"]) == (True, [])
    assert (
        run("problem", "answer", ref, "--as", "talent", code=1)["refused"][0]["code"] == "cases.not_the_lead"
    )
    done = run("problem", "answer", ref, "--as", "policy")
    assert (sorted(done["answered"]), done["refused"]) == (sorted([first, second]), [])
    shown = run("problem", "show", ref)
    assert (shown["state"], [one["text"] for one in shown["answers"]]) == ("answered", ["周一增容"] * 3)
    assert run("case", "show", first)["assignments"][0]["state"] == "answered"
    assert run("problem", "common", "--state", "answered")[0]["ref"] == ref
    run("problem", "show", "GAAAAAA", code=2)
