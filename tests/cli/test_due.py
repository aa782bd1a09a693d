"""``qifu due``: the contract of docs/cli.md; what depends on the machine runs in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.cli.due import load_rules
from desktop.cli.main import main

Qifu = Callable[..., tuple[int, str, str]]


@pytest.fixture
def qifu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Qifu:
    """Runs ``qifu due`` in this process: exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", "due", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def answer(qifu: Qifu, *arguments: str) -> dict[str, Any]:
    code, out, err = qifu(*arguments, "--json")
    assert (code, err) == (0, "")
    document: dict[str, Any] = json.loads(out)
    return document


def test_the_answer_is_local_time_with_the_count(qifu: Qifu) -> None:
    document = answer(qifu, "--at", "2026-02-12T17:01", "--limit", "standard")
    assert (document["due"], document["provisional"]) == ("2026-02-25T17:00:00+08:00", False)
    assert [day["date"] for day in document["days"] if day["counts"]] == [
        "2026-02-14",
        "2026-02-24",
        "2026-02-25",
    ]
    codes = [day["why_code"] for day in document["days"]]
    assert codes[:4] == ["after_hours", "accepted", "makeup", "holiday"]
    assert "春节" in document["days"][3]["why"]


@pytest.mark.parametrize(
    "at", ["2026-03-10T16:59", "2026-03-10 16:59:00+08:00", "2026-03-10T08:59Z", "2026-03-10T17:59:00+09:00"]
)
def test_a_time_with_or_without_a_zone(qifu: Qifu, at: str) -> None:
    assert answer(qifu, "--at", at, "--limit", "simple")["due"] == "2026-03-10T17:00:00+08:00"


def test_the_machines_zone_and_home_change_nothing_and_no_store_is_made(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "desktop.cli.main", "due", "--json"]
    environment = {"TZ": "America/Los_Angeles", "QIFU_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}
    done = subprocess.run(
        [*command, "--at", "2026-03-10T16:59", "--limit", "simple"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, **environment},
    )
    assert json.loads(done.stdout)["due"] == "2026-03-10T17:00:00+08:00"
    assert list(tmp_path.iterdir()) == []


def test_profile_and_item_days(qifu: Qifu) -> None:
    simple = answer(qifu, "--at", "2026-03-10T10:00", "--limit", "simple", "--profile", "qiantang")
    item = answer(qifu, "--at", "2026-03-10T10:00", "--limit", "item", "--days", "7")
    assert (simple["due"][:10], item["due"][:10]) == ("2026-03-11", "2026-03-19")


def test_a_year_without_a_notice_is_provisional(qifu: Qifu) -> None:
    document = answer(qifu, "--at", "2026-12-31T10:00", "--limit", "standard")
    assert (document["due"], document["provisional"]) == ("2027-01-05T17:00:00+08:00", True)
    assert "暂定" in qifu("--at", "2026-12-31T10:00", "--limit", "standard")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--limit", "simple"],
        ["--at", "tomorrow", "--limit", "simple"],
        ["--at", "0001-01-01T00:00", "--limit", "simple"],
        ["--at", "9999-12-31T23:59-12:00", "--limit", "simple"],
        ["--at", "2026-03-10T10:00"],
        ["--at", "2026-03-10T10:00", "--limit", "soon"],
        ["--at", "2026-03-10T10:00", "--limit", "item"],
        ["--at", "2026-03-10T10:00", "--limit", "item", "--days", "-1"],
        ["--at", "2026-03-10T10:00", "--limit", "item", "--days", "３"],
        ["--at", "2026-03-10T10:00", "--limit", "standard", "--days", "3"],
        ["--at", "2026-03-10T10:00", "--limit", "simple", "--profile", "nowhere"],
    ],
)
def test_bad_input_is_one_sentence_on_stderr(qifu: Qifu, arguments: list[str]) -> None:
    code, out, err = qifu(*arguments, "--json")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.rstrip().endswith("。")


def test_imports_neither_qt_nor_the_store() -> None:
    probe = (
        "import sys; from desktop.cli import due, uscc; due.load_rules(None);"
        "print([name for name in ('PySide6', 'sqlalchemy', 'services', 'db', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_shipped_rules() -> None:
    rules = load_rules(None)
    assert rules.default_profile == "provincial"
    assert str(rules.hours.zone) == "Asia/Shanghai"
    assert rules.calendar.is_published(2026)
