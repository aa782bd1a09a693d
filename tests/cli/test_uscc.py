"""``qifu uscc``: the contract of docs/cli.md."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from desktop.cli.main import main

RIGHT = "91330100799655058B"

Qifu = Callable[..., tuple[int, str, str]]


@pytest.fixture
def qifu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Qifu:
    """Runs ``qifu uscc`` in this process: exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", "uscc", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def answer(qifu: Qifu, *arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, err = qifu(*arguments, "--json")
    assert err == ""
    return code, json.loads(out)


def test_a_right_code(qifu: Qifu) -> None:
    code, document = answer(qifu, "９１３３０１００ 79965505-8b")
    assert code == 0
    assert (document["code"], document["kind"]) == (RIGHT, "enterprise")
    assert (document["warnings"], document["error"]) == ([], None)


def test_a_warning_does_not_refuse(qifu: Qifu) -> None:
    code, document = answer(qifu, "91990000MA27W4T013")
    assert code == 0
    assert document["warning_codes"] == ["uscc.region_unknown", "uscc.organization_check"]
    assert len(document["warnings"]) == 2


@pytest.mark.parametrize(
    ("typed", "error_code"),
    [
        ("91330100799655058C", "uscc.check"),
        ("9133010079965505", "uscc.length"),
        ("", "uscc.empty"),
    ],
)
def test_a_wrong_code_is_answered_with_no(qifu: Qifu, typed: str, error_code: str) -> None:
    code, document = answer(qifu, typed)
    assert code == 1
    assert (document["code"], document["kind"], document["error_code"]) == (None, None, error_code)
    assert document["error"]


def test_a_lookalike_is_offered_and_not_taken(qifu: Qifu) -> None:
    code, document = answer(qifu, "9133O100799655058B")
    assert code == 1
    assert document["suggestion"] == RIGHT
    assert RIGHT in document["error"]


def test_without_json_people_read_one_line_or_more(qifu: Qifu) -> None:
    code, out, err = qifu(RIGHT)
    assert (code, err) == (0, "")
    assert RIGHT in out
    code, out, err = qifu("91330100799655058C")
    assert (code, err) == (1, "")
    assert len(out.splitlines()) == 1
