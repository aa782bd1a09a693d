"""Servers and devices as processes of their own: started, spoken to by lines of JSON, weighed, ended."""

import json
import os
import re
import selectors
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.peers.peer import NotInstalled, Server, SyncFailed
from benchmarks.sync_content import SyncCase
from tests.faults.proxy import HOST

DRIVERS = Path(__file__).resolve().parent / "drivers"
PATIENCE_S = 600.0
START_S = 60.0
GENTLE = ("nice", "-n", "10") if shutil.which("nice") else ()


def install(*commands: Sequence[str], folder: Path) -> None:
    """Run ``commands`` below ``folder`` unless they all ran there before. Raises NotInstalled."""
    done = folder / "installed"
    if done.exists() and done.read_text("utf-8") == repr(commands):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for command in commands:
        try:
            subprocess.run(
                [*GENTLE, *command],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
            )
        except subprocess.CalledProcessError as error:
            lines = (error.stderr or error.stdout or "").strip().splitlines() or [f"exit {error.returncode}"]
            raise NotInstalled(f"{Path(command[0]).name}: {lines[-1][:120]}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotInstalled(f"{Path(command[0]).name}: {type(error).__name__}") from error
    done.write_text(repr(commands), "utf-8")


@contextmanager
def server(command: Sequence[str], folder: Path, port: int, **environment: str) -> Iterator[Server]:
    """A server process that listens on ``port`` soon; its output is kept in ``folder/server.log``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command], cwd=folder, env=_environment(environment), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_open(port, process, folder / "server.log")
        yield Server(port, process.pid, folder)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours less what would lead a foreign interpreter to our modules."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    return {**kept, **more, "NO_PROXY": "*"}


def _wait_until_open(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise NotInstalled(f"its server did not start: {log.read_text('utf-8', 'replace')[-200:]}")


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


class ProcessDevice:
    """A device in a process of its own; it answers a line ``{"do": …}`` with ``{"answer": …}`` or ``{"error": …}``."""

    def __init__(self, command: Sequence[str], folder: Path, url: str, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.store = folder
        self._patience_s = PATIENCE_S
        self._log = (folder.parent / f"{folder.name}.log").open("wb")
        self._process = subprocess.Popen(
            [*command, str(folder), url],
            cwd=folder,
            env=_environment(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self.pid = self._process.pid

    def __enter__(self) -> "ProcessDevice":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream:
                stream.close()

    def join(self) -> None:
        self._ask("join")

    def write(self, cases: Sequence[SyncCase]) -> None:
        file = self.store.parent / "cases.jsonl"
        file.write_text("".join(f"{case.content}\n" for case in cases), "utf-8")
        self._ask("write", file=str(file))
        file.unlink()

    def push(self) -> None:
        self._ask("push")

    def pull(self) -> None:
        self._ask("pull")

    def sync(self) -> None:
        self._ask("sync")

    def count(self) -> int:
        return int(self._ask("count"))

    def within(self, seconds: float) -> None:
        self._patience_s = seconds

    def _ask(self, do: str, **more: str) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise SyncFailed(f"{do}: the process is gone", lost=True) from error
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            if not ready.select(self._patience_s):
                self._process.kill()
                raise SyncFailed(f"{do}: no end in {self._patience_s:.0f} s", lost=True)
        line = self._process.stdout.readline()
        if not line:
            raise SyncFailed(f"{do}: the process ended", lost=True)
        answer = json.loads(line)
        if "error" in answer:
            raise SyncFailed(f"{do}: {answer['error']}"[:300])
        return answer["answer"]


def forget_peak(pid: int) -> None:
    """Begin anew to remember the most memory that the process held."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_bytes(pid: int) -> int:
    """The most memory that the process held (VmHWM); 0 where the system does not tell."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def size_of(store: Path) -> int:
    """Bytes of the file, or of all files below the folder; logs of the harness not counted."""
    files = [store] if store.is_file() else [file for file in store.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files if file.suffix != ".log" or file.name[0].isdigit())
