"""Commands as processes of their own that begin at once: forked from one that has imported the program already.

Only the imports are spared: what runs is ``qifu`` or ``qifu-server`` from its first line to its exit code, and may be
killed at any moment.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

ROOT = Path(__file__).parents[2]
QIFU, SERVER = "desktop.cli.main", "server.main"
NEEDED = (
    QIFU, SERVER, "desktop.cli.case_accept", "desktop.cli.enrol", "desktop.cli.sync", "server.commands.check",
    "server.commands.join", "server.serving", "services.cases", "services.enrolling", "services.sync.state",
    "services.upkeep", "services.upstream_documents", "sync.engine.extras", "sync.engine.synchronise", "sync.enrolment",
)  # fmt: skip
"""What commands import when they run."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process. It stays a zombie until it is waited for, so that its id is nobody else's."""

    pid: int
    out: Path
    err: Path

    def kill(self) -> None:
        """SIGKILL."""
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM."""
        os.kill(self.pid, signal.SIGTERM)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended, be it waited for or not."""
        return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE

    def told(self) -> Any:
        """What stands on stdout as JSON; None where that is not whole."""
        text = self.out.read_text("utf-8")
        return json.loads(text) if text.endswith("\n") else None

    @property
    def errors(self) -> str:
        """What stands on stderr."""
        return self.err.read_text("utf-8")


class Nursery:
    """The process that all others are forked from; stdout and stderr of each go to files in ``folder``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._count = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=60)

    def start(self, program: str, *arguments: str | Path, **environment: str) -> Child:
        """Begin ``program`` with ``arguments``."""
        self._count += 1
        place = self._folder / f"{self._count:04}-{arguments[0]}"
        child = {"out": f"{place}.out", "err": f"{place}.err"}
        told = self._ask(
            program=program, arguments=list(map(str, arguments)), environment=environment, **child
        )
        return Child(told, Path(child["out"]), Path(child["err"]))

    def wait(self, child: Child) -> int:
        """Its exit code, or the number of the signal that killed it, less than 0."""
        return self._ask(wait=child.pid)

    def run(
        self, program: str, *arguments: str | Path, ok: tuple[int, ...] = (0,), **environment: str
    ) -> Any:
        """Begin it and wait; what it said."""
        child = self.start(program, *arguments, **environment)
        code = self.wait(child)
        assert code in ok, (code, arguments, child.errors, child.out.read_text("utf-8"))
        return child.told()

    def _ask(self, **asked: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _begin(asked: dict[str, Any]) -> int:
    opened = {number: _opened(asked[name]) for number, name in ((1, "out"), (2, "err"))}
    pid = os.fork()
    if pid:
        for one in opened.values():
            os.close(one)
        return pid
    code = 70
    try:
        os.environ.update(asked["environment"])
        for number, one in (*opened.items(), (0, os.open(os.devnull, os.O_RDONLY))):
            os.dup2(one, number)
            os.close(one)
        sys.argv = [asked["program"], *asked["arguments"]]
        import_module(asked["program"]).main()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise AssertionError


def _opened(name: str) -> int:
    return os.open(name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)


def _import_all() -> None:
    for name in NEEDED:
        import_module(name)


def _serve() -> None:
    _import_all()
    living: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            living.discard(asked["wait"])
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])
        else:
            answer = _begin(asked)
            living.add(answer)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for pid in living:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    _serve()
