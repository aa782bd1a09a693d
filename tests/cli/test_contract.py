"""The command-line contract: exit codes, stdout that holds JSON and nothing else, one sentence on stderr."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FORM = {"text": "技改补贴怎么申请", "name": "杭州蓝鲸有限公司", "boards": ["policy"]}


class Qifu:
    """Runs ``qifu`` in this process's place: ``run(*words)`` gives (code, stdout, stderr)."""

    def __init__(self, home: Path, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self._capfd = capfd
        self._patch = patch

    def run(self, *words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        import io

        from desktop.cli.main import main

        self._patch.setattr(sys, "argv", ["qifu", *words])
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        self._capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = self._capfd.readouterr()
        return int(left.value.code or 0), out, err

    def json(self, *words: str, stdin: bytes = b"", code: int = 0) -> Any:
        """The one document on stdout."""
        left, out, err = self.run(*words, "--home", str(self.home), "--json", stdin=stdin)
        assert (left, err) == (code, "")
        assert out.count("\n") == 1
        return json.loads(out)


@pytest.fixture
def qifu(station_home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Qifu:
    return Qifu(station_home, capfd, monkeypatch)


@pytest.fixture
def number(qifu: Qifu) -> str:
    return str(qifu.json("case", "accept", stdin=json.dumps(FORM).encode())["number"])


def test_init(qifu: Qifu, tmp_path: Path) -> None:
    qifu.home = tmp_path / "new"
    made = qifu.json("init", "--demo")
    assert set(made) == {"home", "site", "key"}
    code, out, err = qifu.run("init", "--demo", "--home", str(qifu.home))
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


def test_accept_show_list_search(qifu: Qifu) -> None:
    done = qifu.json("case", "accept", stdin=json.dumps(FORM).encode())
    assert {"number", "id", "due", "provisional", "boards", "duplicates"} <= set(done)
    assert done["due"].endswith("+08:00")
    shown = qifu.json("case", "show", done["number"])
    assert {"number", "state", "due", "provisional", "assignments", "timeline"} <= set(shown)
    assert qifu.json("case", "show", done["number"][-7:])["id"] == done["id"]
    flags = [
        "--text",
        "另一件事",
        "--uscc",
        "",
        "--name",
        "甲公司",
        "--boards",
        "talent,policy",
        "--answer",
        "好",
    ]
    second = qifu.json("case", "accept", *flags)
    assert qifu.json("case", "show", second["id"])["state"] == "resolved"
    assert [row["number"] for row in qifu.json("case", "list")] == [second["number"], done["number"]]
    assert len(qifu.json("case", "list", "--top", "1")) == 1
    assert [row["number"] for row in qifu.json("case", "search", "技改")] == [done["number"]]
    assert qifu.json("case", "search", "没有这样的") == []


def test_steps(qifu: Qifu, number: str) -> None:
    assert qifu.json("case", "notice", number, "--missing", "执照", "--missing", "章程")["missing"] == [
        "执照",
        "章程",
    ]
    assert qifu.json("case", "assign", number, "--boards", "talent,policy")["boards"] == ["talent", "policy"]
    other = qifu.json("case", "accept", stdin=json.dumps({**FORM, "text": "另一件"}).encode())["number"]
    assert qifu.json("case", "merge", number, "--into", other)["state"] == "merged"
    assert qifu.json("case", "withdraw", other, "--reason", "不办了")["state"] == "withdrawn"
    third = qifu.json("case", "accept", stdin=json.dumps({**FORM, "text": "三"}).encode())["number"]
    assert qifu.json("case", "decline", third, "--reason", "不属于")["state"] == "declined"


def test_flags_and_none(qifu: Qifu, number: str) -> None:
    assert qifu.json("case", "flag", number, "--sensitive")["sensitive"] is True
    assert qifu.json("case", "flag", number, code=3)["sensitive"] is True


def test_a_promise_for_the_same_day_is_one_for_both_commands(qifu: Qifu) -> None:
    flags = ("--text", "补一个章", "--name", "甲公司", "--limit", "item", "--days", "0")
    done = qifu.json("case", "accept", *flags, "--capacity", "legal_representative")
    shown = qifu.json("case", "show", done["number"])
    assert (shown["days"], shown["contact"]["capacity"]) == (0, "legal_representative")
    assert (
        shown["due"] == qifu.json("due", "--at", shown["accepted"], "--limit", "item", "--days", "0")["due"]
    )


def test_every_flag_of_accept_is_explained() -> None:
    from typer.main import get_command

    from desktop.cli.case import app

    accept = get_command(app).commands["accept"]  # type: ignore[attr-defined]
    assert [one.name for one in accept.params if not one.help] == []


def test_print(qifu: Qifu, number: str, tmp_path: Path) -> None:
    out = tmp_path / "slip.pdf"
    done = qifu.json("print", "slip", number, "--paper", "a5", "--out", str(out))
    assert done == {"file": str(out), "copy": 1}
    assert out.read_bytes().startswith(b"%PDF-")


def test_upkeep(qifu: Qifu, number: str) -> None:
    assert Path(qifu.json("backup")["file"]).exists()
    assert qifu.json("doctor")["level"] in ("ok", "warn")
    assert qifu.json("restore")["kept"]
    assert qifu.json("case", "show", number)["number"] == number


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("case", "accept"), b""),
        (("case", "accept"), b"{"),
        (("case", "accept"), b"[]"),
        (("case", "accept"), b"\xff\xfe"),
        (("case", "accept"), b"[" * 100_000),
        (("case", "accept"), b'{"text": "a"}'),
        (("case", "accept"), b'{"text": "a", "name": "b", "wish": 1}'),
        (("case", "accept"), b'{"text": "a", "name": "b", "boards": ["nope"]}'),
        (("case", "accept"), b'{"text": "a", "name": "b", "uscc": "91"}'),
        (("case", "accept"), b'{"text": "' + b"x" * (2 << 20) + b'"}'),
        (("case", "accept", "--text", "a"), b""),
        (("case", "show", "YX261118AB00017"), b""),
        (("case", "list", "--top", "0"), b""),
        (("case", "list", "--as", "nobody"), b""),
        (("case", "fly"), b""),
        (("fly",), b""),
        (("print", "slip", "X", "--paper", "a5"), b""),
        (("print", "slip", "X", "--out", "slip.exe"), b""),
        (("restore", "no-such-file.db"), b""),
        (("due", "--at", "soon", "--limit", "simple"), b""),
    ],
)
def test_refused_is_2_with_one_sentence(qifu: Qifu, words: tuple[str, ...], stdin: bytes) -> None:
    home = () if words == ("fly",) else ("--home", str(qifu.home), "--json")
    code, out, err = qifu.run(*words, *home, stdin=stdin)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert any("\u4e00" <= c <= "\u9fff" for c in err)
    assert "Traceback" not in err


def test_no_station_is_2_and_none_is_made(qifu: Qifu, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for words in (("case", "list"), ("backup",), ("doctor",), ("case", "show", "X")):
        code, out, _ = qifu.run(*words, "--home", str(nowhere), "--json")
        assert (code, out) == (2, "")
    assert not nowhere.exists()


def test_paths_that_cannot_be_are_refused(qifu: Qifu, number: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    home = ("--home", str(qifu.home))
    for words in (
        ("case", "attach", number, str(tmp_path), *home),
        ("init", "--demo", "--home", str(file)),
        ("demo", "--out", str(file / "below")),
        ("case", "list", "--top", "9" * 25, *home),
    ):
        code, out, err = qifu.run(*words)
        assert (code, out, err.count("\n")) == (2, "", 1), words


def test_search_gives_all_unless_told(qifu: Qifu) -> None:
    for _ in range(51):
        qifu.json("case", "accept", stdin=json.dumps(FORM).encode())
    assert len(qifu.json("case", "search", "技改")) == 51
    assert len(qifu.json("case", "search", "技改", "--top", "2")) == 2


def test_a_wrong_code_is_1_and_a_right_one_0(qifu: Qifu) -> None:
    assert qifu.run("uscc", "91330100MA2H0KCB51", "--json")[0] == 1
    assert qifu.run("uscc", "91330100MA2H0KCB5W", "--json")[0] == 0


def test_personal_data_stays_out_of_refusals(qifu: Qifu) -> None:
    secret = {**FORM, "contact": {"name": "赵秘密", "phone": "不是号码秘密"}}
    _, _, err = qifu.run("case", "accept", "--home", str(qifu.home), stdin=json.dumps(secret).encode())
    assert "秘密" not in err


def test_nothing_asks_when_stdin_is_no_terminal(station_home: Path) -> None:
    """A store behind a passphrase, without one: told, not asked."""
    (station_home / "store.key").unlink()
    environment = {name: value for name, value in os.environ.items() if name != "QIFU_PASSPHRASE"}
    done = subprocess.run(
        [sys.executable, "-m", "desktop.cli.main", "case", "list", "--json", "--home", str(station_home)],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
