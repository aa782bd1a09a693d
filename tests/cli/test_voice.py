"""``qifu voice``: the contract of docs/cli.md."""

import json
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.cli.main import main

Qifu = Callable[..., tuple[int, str, str]]


@pytest.fixture
def qifu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Qifu:
    """Runs ``qifu voice`` in this process: exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", "voice", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_an_announcement_as_a_file(qifu: Qifu, tmp_path: Path) -> None:
    file = tmp_path / "new" / "call.wav"
    code, out, err = qifu("--number", "A032", "--window", "5", "--out", str(file), "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert (document["file"], document["text"]) == (str(file), "请 A 0 3 2 号，到 5 号窗口")
    with wave.open(str(file), "rb") as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(document["seconds"], abs=0.01)
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 24_000)


def test_the_text_alone(qifu: Qifu) -> None:
    assert qifu("--number", "B7", "--window", "12", "--text") == (0, "请 B 7 号，到 12 号窗口\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--number", "——", "--window", "5", "--out", "{file}"),
        ("--number", "A032", "--window", "5"),
        ("--number", "A032", "--window", "5", "--out", "{folder}"),
        ("--number", "A032", "--window", "5", "--rate", "10", "--out", "{file}"),
    ],
)
def test_what_is_refused(qifu: Qifu, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    names = {"file": tmp_path / "call.wav", "folder": tmp_path}
    code, out, err = qifu(*(one.format(**names) for one in arguments))
    assert (code, out) == (2, "")
    assert err.strip()
    assert not (tmp_path / "call.wav").exists()
