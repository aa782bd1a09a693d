"""``qifu-server`` as a process: it serves on loopback alone, says what is wrong, and stops when told to."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from domain.errors import AppError
from server.running import listening
from server.sentences import SENTENCES, sentence
from services.ratings.links import link_token
from services.station import Station
from tests.patience import PATIENCE_S
from tests.server.conftest import CLERK
from tests.unit.test_messages import fields_of

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "server.main"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=2 * PATIENCE_S
    )


@contextmanager
def started(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program on a free port, with the address that its first line of log tells."""
    process = subprocess.Popen(
        [*COMMAND, "page", "--home", str(home), "--port", "0"], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        line = json.loads(process.stderr.readline())
        assert line["event"] == "listening"
        yield process, f"http://{line['host']}:{line['port']}"
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE_S)
        process.stderr.close()


def test_it_serves_until_it_is_told_to_stop(station: Station) -> None:
    from services.cases import accept_case
    from tests.fixed import form

    case = station.call(accept_case, form(), as_actor=CLERK)
    token = station.call(lambda uow, *_: link_token(uow, case.id))
    with started(station.home) as (process, url):
        answer = httpx.get(f"{url}/p/{token}", trust_env=False, timeout=PATIENCE_S)
        assert (answer.status_code, case.number in answer.text) == (200, True)
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        log = process.stderr.read()
        assert process.wait(PATIENCE_S) == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert lines[-1]["event"] == "stopped"
    assert token not in log
    assert {line["level"] for line in lines} == {"info"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("page", "--home", "nowhere"), "station.missing"),
        (("page", "--home", "{home}", "--host", "0.0.0.0"), "server.not_loopback"),
        (("page", "--home", "{home}", "--port", "x"), "server.usage"),
        (("page",), "server.usage"),
        (("enrol",), "server.usage"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_exit_2(
    station_home: Path, arguments: tuple[str, ...], code: str
) -> None:
    done = run(*(one.format(home=station_home) for one in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    told = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(told) == 1
    assert told[0].startswith(SENTENCES[code].partition("{")[0])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "", "127.0.0.1.example.org"])
def test_plain_http_is_for_this_machine_alone(host: str) -> None:
    with pytest.raises(AppError, match=r"server\.not_loopback"):
        listening(host, 0)


def test_a_port_in_use_is_told() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(AppError, match=r"server\.port_taken"),
    ):
        listening("127.0.0.1", taken.getsockname()[1])


def test_every_sentence_can_be_filled() -> None:
    for code, text in SENTENCES.items():
        assert "{" not in sentence(AppError(code, **dict.fromkeys(fields_of(text), "x")))
    assert "storage.damaged" in sentence(AppError("storage.damaged"))


def test_help_imports_neither_server_nor_store() -> None:
    script = (
        "import sys; sys.argv = ['qifu-server', '--help']\n"
        "from server.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "sys.exit(bool({'uvicorn', 'fastapi', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, env={**os.environ}
    )
    assert done.returncode == 0, done.stderr
