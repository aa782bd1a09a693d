"""``qifu case`` after acceptance: every step, its refusals with exit 2, and the same thing done twice."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from services.station import open_station
from tests.fixed import FixedClock
from tools import make_case_moves


class Case:
    """Runs ``qifu case`` in this process's place on one case."""

    def __init__(self, home: Path, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.number = ""
        self._capfd = capfd
        self._patch = patch

    def run(self, *words: str, area: str = "case") -> tuple[int, str, str]:
        from desktop.cli.main import main

        self._patch.setattr(sys, "argv", ["qifu", area, *words, "--home", str(self.home), "--json"])
        self._capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = self._capfd.readouterr()
        return int(left.value.code or 0), out, err

    def json(self, *words: str, code: int = 0) -> Any:
        left, out, err = self.run(*words)
        assert (left, err) == (code, ""), words
        assert out.count("\n") == 1
        return json.loads(out)

    def do(self, action: str, *words: str, who: str) -> Any:
        return self.json(action, self.number, *words, "--as", who)

    def refused(self, action: str, *words: str, who: str) -> str:
        code, out, err = self.run(action, self.number, *words, "--as", who)
        assert (code, out, err.count("\n")) == (2, "", 1), (action, words)
        return err


@pytest.fixture
def case(
    station_home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> Case:
    """The day stands still at the fixed clock, or an extension would depend on the day of the test."""
    monkeypatch.setattr("services.station.SystemClock", lambda: clock)
    station = open_station(station_home)
    station.close()
    one = Case(station_home, capfd, monkeypatch)
    one.number = one.json("accept", "--text", "技改补贴怎么申请", "--name", "甲公司", "--boards", "policy")[
        "number"
    ]
    return one


def test_a_whole_life(case: Case) -> None:
    assert case.do("receive", who="policy")["state"] == "received"
    assert case.do("take", who="policy")["assignments"][0]["handler"] == "policy"
    assert case.do("partial", "--text", "先答一半", who="policy")["state"] == "handling"
    assert case.do("assist", "--board", "talent", "--text", "核对", who="policy")["boards"] == [
        "policy",
        "talent",
    ]
    removed = case.do("assist", "--board", "talent", "--remove", "--reason", "不涉及", who="policy")
    assert removed["boards"] == ["policy"]
    met = case.do("consult", "--text", "分两步", "--who", "王主任", "--until", "2026-11-30", who="policy")
    assert met["consultations"][0]["until"] == "2026-11-30T17:00:00+08:00"
    paused = case.do("suspend", "--reason", "等批复", "--text", "受理函", who="policy")
    assert (paused["state"], paused["clock"]["paused_since"]) == ("suspended", "2026-11-18T10:00:00+08:00")
    assert case.do("resume", who="policy")["state"] == "handling"
    case.do("extend", "--until", "2026-11-30", "--reason", "需核查", who="policy")
    extended = case.do("approve-extension", who="supervisor")
    assert (extended["state"], extended["due"]) == ("extended", "2026-11-30T17:00:00+08:00")
    hard = case.do("limit", "--limit", "hard", "--reason", "多部门", who="policy-chief")
    assert (hard["limit"], hard["due"]) == ("hard", "2026-11-25T17:00:00+08:00")
    planned = case.do("plan", "--text", "月底前兑现", "--until", "2026-11-30", who="policy")
    assert planned["due"] == "2026-11-30T17:00:00+08:00"
    case.do("answer", "--text", "已兑现", who="policy")
    assert case.do("resolve", who="policy")["answer"] == "已兑现"
    told = case.do("feedback", "--how", "phone", "--told", "王晓", who="clerk")
    assert (told["state"], told["feedback"]["how"]) == ("fed_back", "phone")
    assert case.do("reopen", "--reason", "未到账", who="clerk")["state"] == "reopened"
    case.do("answer", "--text", "已补发", who="policy")
    case.do("resolve", who="clerk")
    case.do("feedback", who="clerk")
    assert "回访" in case.refused("archive", who="clerk")
    called = ("--result", "reached", "--solved", "yes", "--as", "clerk")
    assert case.run("record", case.number, *called, area="callback")[0] == 0
    assert case.do("archive", who="clerk")["state"] == "archived"
    assert case.do("archive", who="clerk")["state"] == "archived"


def test_returns_escalation_and_transfer(case: Case) -> None:
    assert case.do("return", "--reason", "not_ours", who="policy")["owner"]["role"] == "clerk"
    case.do("assign", "--boards", "policy", who="clerk")
    assert case.do("return", "--reason", "no_basis", who="policy")["owner"]["role"] == "chief"
    case.refused("decide-return", "--reason", "x", who="policy")
    assert case.do("decide-return", "--reason", "属本板块", who="policy-chief")["state"] == "assigned"
    case.refused("return", "--reason", "no_basis", who="policy")
    assert case.do("transfer", "--board", "talent", "--reason", "属人才", who="policy")["boards"] == [
        "talent"
    ]
    case.refused("receive", who="policy")
    assert case.do("escalate", "--reason", "解决不了", who="talent")["state"] == "escalated"
    assert case.do("receive", who="appeal")["owner"]["board"] == "appeal"


@pytest.mark.parametrize(
    ("words", "who"),
    [
        (("receive",), "clerk"),
        (("receive",), "talent"),
        (("receive",), "nobody"),
        (("partial", "--text", "x"), "policy"),
        (("plan", "--text", "x", "--until", "2026-13-45"), "policy"),
        (("return", "--reason", "tired"), "policy"),
        (("decide-return", "--reason", "x"), "policy-chief"),
        (("transfer", "--board", "nope", "--reason", "x"), "policy"),
        (("transfer", "--reason", "属人才"), "policy"),
        (("suspend", "--text", "据"), "policy"),
        (("escalate",), "policy"),
        (("suspend", "--reason", "等", "--text", "据"), "policy"),
        (("resume",), "policy"),
        (("extend", "--until", "2026-11-30", "--reason", "x"), "policy"),
        (("approve-extension",), "supervisor"),
        (("approve-extension",), "policy-chief"),
        (("limit", "--limit", "easy", "--reason", "x"), "policy-chief"),
        (("limit", "--limit", "hard", "--reason", "x"), "policy"),
        (("resolve",), "clerk"),
        (("feedback",), "clerk"),
        (("feedback", "--how", "smoke"), "clerk"),
        (("reopen", "--reason", "x"), "clerk"),
        (("archive",), "clerk"),
        (("pass-up", "--reason", "x"), "clerk"),
        (("consult", "--text", "x"), "policy"),
    ],
)
def test_what_state_or_role_forbids_is_2_with_a_sentence(
    case: Case, words: tuple[str, ...], who: str
) -> None:
    before = case.json("show", case.number)["timeline"]
    assert any("\u4e00" <= c <= "\u9fff" for c in case.refused(*words, who=who))
    assert case.json("show", case.number)["timeline"] == before


def test_with_a_reason_alone(case: Case) -> None:
    """What the contract names is enough: the rest has a default, and the record says what was not given."""
    case.do("receive", who="policy")
    assert case.do("suspend", "--reason", "等批复", who="policy")["state"] == "suspended"
    (pause,) = case.json("show", case.number)["suspensions"]
    assert (pause["reason"], pause["evidence"]) == ("等批复", "等批复")
    case.do("resume", who="policy")
    assert case.do("transfer", "--board", "talent", who="policy")["boards"] == ["talent"]
    assert case.do("escalate", "--text", "没法办", who="talent")["state"] == "escalated"


@pytest.mark.parametrize(
    ("limit", "before", "after"),
    [
        ("simple", "2026-11-18T17:00:00+08:00", "2026-11-19T17:00:00+08:00"),
        ("standard", "2026-11-23T17:00:00+08:00", "2026-11-26T17:00:00+08:00"),
    ],
)
def test_an_extension_without_a_day_is_one_more_period(
    case: Case, limit: str, before: str, after: str
) -> None:
    """In working days after the present due time; of the same day's, one."""
    words = ("--text", "补贴何时到账", "--name", "乙公司", "--boards", "policy", "--limit", limit)
    made = case.json("accept", *words)
    case.number = made["number"]
    case.do("receive", who="policy")
    case.do("extend", "--reason", "要核查", who="policy")
    assert (made["due"], case.do("approve-extension", who="supervisor")["due"]) == (before, after)


@pytest.mark.parametrize(
    ("area", "words", "named"),
    [
        ("case", ("suspend", "N"), "--reason"),
        ("case", ("extend", "N"), "--reason"),
        ("case", ("transfer", "N"), "--board"),
        ("case", ("return", "N"), "--reason"),
        ("case", ("hand-over", "policy"), "TO"),
        ("callback", ("record", "N"), "--result"),
        ("callback", ("record", "N", "--result", "reached"), "--solved"),
        ("rating", ("record", "N"), "--level"),
    ],
)
def test_what_is_missing_is_named(case: Case, area: str, words: tuple[str, ...], named: str) -> None:
    code, out, err = case.run(*(case.number if word == "N" else word for word in words), area=area)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert named in err


def test_the_same_thing_twice_is_one_step(case: Case) -> None:
    for action, words, who in (
        ("receive", (), "policy"),
        ("answer", ("--text", "好"), "policy"),
        ("resolve", (), "policy"),
        ("feedback", (), "clerk"),
    ):
        once = case.do(action, *words, who=who)
        assert case.do(action, *words, who=who)["timeline"] == once["timeline"]


def test_queue_moves_and_hand_over(case: Case) -> None:
    queue = case.json("queue", "--as", "policy")
    assert (queue["counts"]["new"], queue["rows"][0]["number"]) == (1, case.number)
    assert case.json("queue", "--board", "talent")["rows"] == []
    moves = {row["action"]: row for row in case.json("moves", case.number, "--as", "policy")}
    assert moves["receive"]["allowed"]
    assert (moves["partial"]["code"], moves["partial"]["why"][-1]) == ("cases.not_received", "。")
    assert case.json("hand-over", "policy", "policy-chief", "--as", "supervisor", code=3) == {"count": 0}
    case.do("take", who="policy")
    assert case.json("hand-over", "policy", "policy-chief", "--as", "supervisor") == {"count": 1}


def test_every_action_of_the_table_is_a_command() -> None:
    from typer.main import get_command

    from desktop.cli.case import app

    named = set(get_command(app).commands)  # type: ignore[attr-defined]
    other = {"add_assist": "assist", "remove_assist": "assist", "decide_extension": "approve-extension"}
    # Material that came is taken in at the window; a contact is corrected there, with the person present.
    at_the_window = {"receive_material", "correct_contact"}
    actions = {move.action.value for move in make_case_moves.MOVES} - at_the_window
    assert {other.get(action, action.replace("_", "-")) for action in actions} <= named
