"""``qifu-server`` as processes: an embedded centre from ``init`` to ``restore``, with ``serve`` beside the others."""

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.errors import AppError
from server.join_sentences import lacking_words
from server.sentences import SENTENCES, sentence
from sync.enrol_code import read_invitation

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "server.main"]
SECRET = {**os.environ, "QIFU_BACKUP_PASSPHRASE": "备份口令备份口令备份口令"}
WAIT_S = 240
"""A process starts in a second; many of them at once on a machine that is busy need longer."""


def run(*arguments: str, **given: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=WAIT_S, **given
    )


def told(*arguments: str, code: int = 0, **given: Any) -> Any:
    """What the command says on stdout, which is JSON and nothing else."""
    done = run(*arguments, **given)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@contextmanager
def started(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """``serve`` on a free port, which its log tells."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--home", str(home), "--port", "0", *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            found = json.loads(line)
            assert found["logger"] in ("qifu.server", "uvicorn.error"), "the wheel tells its command lines"
            if found["event"] == "listening":
                break
        yield process, found["port"]
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(WAIT_S)
        process.stderr.close()


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the database's own user may pass to (when tests run as root)."""
    folder = Path(tempfile.mkdtemp(prefix="qifu-server-"))
    yield folder / "centre"
    shutil.rmtree(folder)


def test_a_centre_from_its_making_to_its_restoring(home: Path) -> None:
    at = ("--home", str(home))
    made = told("init", *at, "--site", "city", "--name", "市中心")
    assert (made["role"], made["site"]) == ("centre", "city")
    with started(home, "--embedded", "--workers", "2") as (process, port):
        # All that follows runs beside it, on the cluster that it has started.
        assert told("site", "add", "hall", "河畔大厅", *at)["parent"] == "city"
        assert told("staff", "add", "boss", "王主任", "--role", "admin", *at)["password"]
        code = told("enrol", "--site", "hall", "--url", f"http://127.0.0.1:{port}", *at)
        assert read_invitation(code["qr"]).code == code["code"].replace("-", "")
        assert code["missing"][:2] == ["address", "phone"]
        joined = told_desk(home, "enrol", code["qr"])
        assert joined["site"] == "hall"
        accepted = told_desk(home, "case", "accept", "--text", "申请补贴", "--name", "河畔公司")
        assert accepted["number"].startswith("HALL")
        assert told_desk(home, "sync", "now")["waiting"] == 0
        devices = told("device", "list", "--site", "hall", *at)
        assert [one["role"] for one in devices] == ["window"]
        assert devices[0]["seen"] is not None
        assert run("backup", *at).returncode == 2  # nobody has said to what it is sealed
        copy = told("backup", *at, env=SECRET)
        assert Path(told("backup", *at)["file"]).read_bytes()[:4] == b"QFB1"
        out = told("device", "revoke", devices[0]["device"], "--reason", "报废", *at)
        assert (bool(out["revoked"]), out["seen"]) == (True, devices[0]["seen"])
        health = httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False, timeout=60).json()
        assert run("restore", *at).returncode == 2  # somebody serves it
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_S) == 0
    found = told("check", *at)
    assert (found["ok"], found["cases"], found["broken"]) == (True, 1, [])
    assert run("restore", copy["file"], *at).returncode == 2
    _restores_nothing_else(home, at)
    assert told("restore", copy["file"], *at, env=SECRET)["file"] == copy["file"]
    assert told("device", "list", "--site", "hall", *at)[0]["revoked"] is None
    with started(home) as (_, port):
        after = httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False, timeout=60).json()
    assert after["epoch"] != health["epoch"]
    # That one was killed and never let go of the cluster; the next process stops it all the same.
    assert told("site", "list", *at)[0]["code"] == "city"
    assert not _runs(home)


def _restores_nothing_else(home: Path, at: tuple[str, ...]) -> None:
    for content, code in ((b"%PDF-1.7", "server.no_dump"), (b"PGDMP\x01\x0e", "server.restore_failed")):
        other = home.parent / "other.dump"
        other.write_bytes(content)
        done = run("restore", str(other), *at)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        begin, _, end = SENTENCES[code].partition("{path}")
        assert done.stderr.startswith(f"{begin}{other}{end.partition('{')[0]}")


def _desk(home: Path) -> Path:
    return home.parent / "desk"


def told_desk(home: Path, *arguments: str) -> Any:
    """What ``qifu`` says at a window of the same machine."""
    done = subprocess.run(
        [sys.executable, "-m", "desktop.cli.main", *arguments, "--home", str(_desk(home)), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        env={**os.environ, "QIFU_WITNESS_DIR": str(home.parent / "witness")},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _runs(home: Path) -> bool:
    """Whether the cluster is still running: the last process was to stop it."""
    return (home / "pg" / "postmaster.pid").exists()


def test_a_hub_serves_with_a_certificate_of_its_own(hub_template: Path, tmp_path: Path) -> None:
    shutil.copytree(hub_template / "witness", tmp_path / "witness")
    home = Path(shutil.copytree(hub_template / "hub", tmp_path / "hub"))
    with started(home, "--tls", "--host", "0.0.0.0") as (process, port):
        cert = home / "tls" / "cert.pem"
        context = ssl.create_default_context(cafile=cert)
        with httpx.Client(verify=context, trust_env=False, timeout=60) as client:
            assert client.get(f"https://localhost:{port}/health").json()["role"] == "hub"
        code = told("enrol", "--site", "hall", "--url", f"https://localhost:{port}", "--home", str(home))
        assert read_invitation(code["qr"]).pin is not None
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_S) == 0
    assert (home / "tls" / "key.pem").stat().st_mode & 0o077 == 0


def test_a_document_is_published_and_a_broken_one_is_not(hub_template: Path, tmp_path: Path) -> None:
    shutil.copytree(hub_template / "witness", tmp_path / "witness")
    home = Path(shutil.copytree(hub_template / "hub", tmp_path / "hub"))
    good = {"code": "hall", "name": "新名", "letters": "HP", "windows": 3}
    for name, document in (("good", good), ("bad", {**good, "letters": "?"})):
        (tmp_path / f"{name}.json").write_text(json.dumps(document), "utf-8")
    made = told("publish", "site", str(tmp_path / "good.json"), "--home", str(home))
    assert (made["kind"], made["site"]) == ("site", "")
    refused = run("publish", "site", str(tmp_path / "bad.json"), "--home", str(home))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "letters" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("init", "--home", "{home}", "--site", "x", "--name", "y"), "server.exists"),
        (("serve", "--home", "{home}", "--host", "0.0.0.0"), "server.not_loopback"),
        (("serve", "--home", "{home}", "--embedded"), "server.not_embedded"),
        (("serve", "--home", "nowhere"), "server.missing"),
        (("site", "add", "a b", "x", "--home", "{home}"), "sites.code_invalid"),
        (("enrol", "--site", "nowhere", "--home", "{home}"), "sites.unknown"),
        (("device", "revoke", "nobody", "--home", "{home}"), "devices.unknown"),
        (("publish", "site", "nowhere.json", "--home", "{home}"), "server.no_file"),
        (
            ("init", "--home", "nowhere", "--site", "x", "--name", "y", "--database", "mysql://u@h/d"),
            "server.database_url",
        ),
        (
            ("init", "--home", "nowhere", "--site", "x", "--name", "y", "--database", "postgresql://h:x/d"),
            "server.database_url",
        ),
        (("staff", "add", "a", "b", "--home", "{home}"), "staff.first_is_admin"),
        (("enrol", "--home", "{home}"), "server.usage"),
        (
            ("staff", "add", "a", "b", "--role", "admin", "--board", "nope", "--home", "{home}"),
            "staff.board_unknown",
        ),
    ],
)
def test_what_is_refused_is_one_sentence_and_exit_2(
    hub_template: Path, monkeypatch: pytest.MonkeyPatch, capsys, arguments: tuple[str, ...], code: str
) -> None:
    from server.main import main

    monkeypatch.setenv("QIFU_WITNESS_DIR", str(hub_template / "witness"))
    home = str(hub_template / "hub")
    monkeypatch.setattr(sys, "argv", ["qifu-server", *(one.format(home=home) for one in arguments)])
    monkeypatch.setattr("server.logs.log_to", lambda: None)
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    assert (left.value.code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith(SENTENCES[code].partition("{")[0])


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("enrol", "--home", "h"), "缺少 --site"),
        (
            ("enrol", "--site", "x", "--role", "king", "--home", "h"),
            "--role 的值不对，可用 window、hub、centre",
        ),
        (("enrol", "--sight", "x", "--home", "h"), "没有选项 --sight"),
        (("serve", "--home", "h", "--port", "99999"), "--port 的值不对"),
        (("serve", "--home"), "选项 --home 缺少值"),
        (("restore-all",), "没有这个命令"),
        (("device", "revoke", "x", "--since", "昨天", "--home", "h"), "2026-11-18"),
        (("init", "--home", "h", "--site", "x", "--name", "y", "--store", "z"), "可用 postgresql、sqlcipher"),
    ],
)
def test_a_wrong_call_names_the_option_and_what_it_knows(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    named: str,
) -> None:
    from server.main import main

    monkeypatch.setattr(sys, "argv", ["qifu-server", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    assert (left.value.code, out, len(err.splitlines())) == (2, "", 1)
    assert named in err


def test_what_papers_of_a_site_will_not_say_is_told_with_its_code() -> None:
    assert "没有地址、电话" in lacking_words("hall", ("address", "phone", "hours"))
    assert lacking_words("hall", ("hours", "web_address")) == ""


def test_joining_is_refused_at_a_server_in_words_as_at_a_desk() -> None:
    from desktop.messages.enrol import SENTENCES as at_a_desk
    from desktop.messages.enrol import WORDS as roles_at_a_desk

    assert set(at_a_desk) - {"enrol.demo"} <= set(SENTENCES)
    for role, called in roles_at_a_desk["role"].items():
        assert called in sentence(AppError("enrol.wrong_role", role=role))
