"""``qifu enterprise``: the contract of docs/cli.md."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.cli.main import main

CODE = "91330100799655058B"
OTHER = "91330106MA2H0KCB7R"
NAME = "杭州云溪智能有限公司"
HEADER = "企业名称,统一社会信用代码,地址,联系人,联系电话,标签\n"
GOOD = f"{NAME},{CODE},云溪路 1 号,李四,13800000000,专精特新、初创\n"

Qifu = Callable[..., tuple[int, str, str]]


@pytest.fixture
def qifu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], station_home: Path) -> Qifu:
    """Runs ``qifu enterprise`` in this process: exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", "enterprise", *arguments, "--home", str(station_home)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], str]:
    def file(text: str) -> str:
        path = tmp_path / "名单.csv"
        path.write_text(text, "utf-8")
        return str(path)

    return file


def answer(qifu: Qifu, *arguments: str) -> Any:
    code, out, err = qifu(*arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_importing_listing_showing(qifu: Qifu, write: Callable[[str], str]) -> None:
    path = write(HEADER + GOOD)
    planned = answer(qifu, "import", path, "--dry-run")
    assert (planned["dry_run"], planned["new"]) == (True, 1)
    assert answer(qifu, "list") == []
    done = answer(qifu, "import", path)
    assert {key: done[key] for key in ("rows", "new", "updated", "unchanged", "left_out", "problems")} == {
        "rows": 1, "new": 1, "updated": 0, "unchanged": 0, "left_out": 0, "problems": [],
    }  # fmt: skip
    assert answer(qifu, "import", path)["unchanged"] == 1
    (row,) = answer(qifu, "list", "--top", "1")
    assert (row["uscc"], row["name"], row["tags"]) == (CODE, NAME, ["初创", "专精特新"])
    shown = answer(qifu, "show", CODE.lower())
    assert shown == answer(qifu, "show", NAME)
    assert (shown["name"], shown["fields"]["address"]["value"]) == (NAME, "云溪路 1 号")
    assert shown["fields"]["address"]["source"] == "imported"
    assert shown["contacts"][0]["phone"] == "13800000000"


def test_good_rows_are_taken_in_beside_bad_ones(qifu: Qifu, write: Callable[[str], str]) -> None:
    bad = f"错码,{CODE[:-1]}C,,,不是电话,\n"
    document = answer(qifu, "import", write(HEADER + GOOD + bad + f"乙公司,{OTHER},,,没有,\n"))
    assert (document["new"], document["left_out"]) == (2, 1)
    assert [(one["row"], one["column"], one["left_out"]) for one in document["problems"]] == [
        (3, "统一社会信用代码", True),
        (3, "联系电话", True),
        (4, "联系电话", False),
    ]
    assert all(one["problem"].endswith("。") for one in document["problems"])


@pytest.mark.parametrize("text", [HEADER + f"错码,{CODE[:-1]}C,,,,\n", HEADER, "随便,什么\n1,2\n", "\0\0"])
def test_a_list_without_a_good_row_is_refused_whole(
    qifu: Qifu, write: Callable[[str], str], text: str
) -> None:
    code, out, err = qifu("import", write(text), "--json")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert answer(qifu, "list") == []


def test_a_missing_file_and_the_unknown_are_refused(qifu: Qifu) -> None:
    for arguments in (("import", "无.xlsx"), ("show", CODE), ("show", CODE[:-1] + "C"), ("show", "无名")):
        code, out, err = qifu(*arguments)
        assert (code, out, len(err.splitlines())) == (2, "", 1), arguments


def test_people_read_lines(qifu: Qifu, write: Callable[[str], str]) -> None:
    assert qifu("list")[1] == "还没有企业\n"
    code, out, _ = qifu("import", write(HEADER + GOOD + "无码公司,,,,,\n"))
    assert code == 0
    assert "新增 1" in out
    assert "第 3 行“统一社会信用代码”" in out
    code, out, _ = qifu("show", CODE)
    assert code == 0
    assert "云溪路 1 号（名单导入）" in out
