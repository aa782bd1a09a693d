"""The hub as a program of its own on this computer: made, started, stopped, and asked for codes to come in with.

Everything here blocks and runs on a thread of the desk. The hub outlives the window: others need it, too.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from domain.errors import AppError

PORT = 8461
STATE = "hub.json"
LOG = "hub.log"
START_S = 30.0
ASK_S = 120
_LOOK_S = 0.2

Progress = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class HubPlan:
    """How the hub of this computer is reached: ``https://address:port``."""

    address: str
    port: int = PORT
    pid: int = 0

    @property
    def url(self) -> str:
        """What windows dial."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"https://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Invited:
    """A code for one device, and the QR code's text that says where as well."""

    url: str
    code: str
    qr: str


def plan_of(address: str, port: str) -> HubPlan:
    """What was typed; ``hub.port_invalid``, ``sync.address_invalid``."""
    from sync.address import Address

    if not port.strip().isdecimal() or not 1024 <= int(port) <= 65535:
        raise AppError("hub.port_invalid")
    plan = HubPlan(address.strip(), int(port))
    Address.of(plan.url)
    return plan


def become_hub(station: Any, plan: HubPlan, pin: str, progress: Progress) -> Invited:
    """Check the PIN, make the hub, start it, and give the first code.

    In a hall that has a hub already this takes over from it. ``hub.*``, ``storage.*`` and what ``qifu-server`` refuses.
    """
    from services.hub import check_hub_pin, read_hub
    from services.hub_making import has_hub, make_hub

    server_program()
    check_hub_pin(station, pin)
    facts = station.call(read_hub)
    if not has_hub(station.home):
        if facts.elsewhere:
            station.run_aside(make_hub, plan.url, above=facts.term, progress=progress)
        else:
            _make_first(station)
    start(station.home, plan)
    return invite(station.home)


def start(home: Path, plan: HubPlan) -> None:
    """Start the hub and wait until it answers; nothing where it runs. ``hub.not_started``."""
    from services.hub_making import hub_home

    folder = hub_home(home)
    if is_running(home):
        return
    command = [*server_program(), "serve", "--home", str(folder), "--host", "0.0.0.0", "--tls"]  # noqa: S104
    command += ["--port", str(plan.port), "--name", plan.address]
    with (folder / LOG).open("ab") as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_apart())
    until = time.monotonic() + START_S
    while not _answers(plan.port):
        if child.poll() is not None or time.monotonic() > until:
            raise AppError("hub.not_started", log=str(folder / LOG))
        time.sleep(_LOOK_S)
    _keep(folder, HubPlan(plan.address, plan.port, child.pid))


def stop(home: Path) -> None:
    """End the hub; what it is doing it finishes."""
    plan = known_plan(home)
    if plan is not None and plan.pid and _answers(plan.port):
        os.kill(plan.pid, signal.SIGTERM)


def is_running(home: Path) -> bool:
    """Whether the hub of this computer answers."""
    plan = known_plan(home)
    return plan is not None and _answers(plan.port)


def known_plan(home: Path) -> HubPlan | None:
    """How the hub was started last; None where it never was."""
    from services.hub_making import hub_home

    try:
        return HubPlan(**json.loads((hub_home(home) / STATE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def invite(home: Path) -> Invited:
    """A code by which one more device comes in."""
    from services.hub_making import SERVER_FILE, hub_home

    plan, folder = known_plan(home), hub_home(home)
    assert plan is not None
    site = str(json.loads((folder / SERVER_FILE).read_text("utf-8"))["site"])
    told = _ask("enrol", "--home", str(folder), "--site", site, "--url", plan.url)
    return Invited(plan.url, str(told["code"]), str(told["qr"]))


def join_centre(home: Path, text: str) -> str:
    """The hub of this computer joins the centre of the QR code's ``text``; the name of its site. ``hub.code_whole``."""
    from services.hub_making import hub_home
    from sync.enrol_code import CodeTextError, read_invitation

    try:
        told = read_invitation(text)
    except CodeTextError:
        told = None
    if told is None or not told.url:
        raise AppError("hub.code_whole")
    return str(_ask("join", told.text, "--home", str(hub_home(home)))["site_name"])


def server_program() -> list[str]:
    """How ``qifu-server`` is started; ``hub.no_program`` where it was not installed beside the desk."""
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", "server.main"]
    beside = Path(sys.executable).with_name("qifu-server" + Path(sys.executable).suffix)
    if not beside.exists():
        raise AppError("hub.no_program")
    return [str(beside)]


def own_addresses() -> list[str]:
    """This computer's addresses in the hall's network."""
    from PySide6.QtNetwork import QAbstractSocket, QHostAddress, QNetworkInterface

    found: list[QHostAddress] = QNetworkInterface.allAddresses()
    ipv4 = QAbstractSocket.NetworkLayerProtocol.IPv4Protocol
    return [one.toString() for one in found if one.protocol() == ipv4 and not one.isLoopback()]


def _make_first(station: Any) -> None:
    from services.hub_making import hub_home
    from services.rulebook import rulebook
    from services.station import reads

    site = station.call(reads(lambda uow, *_: rulebook(uow).site))
    code = station.call(reads(lambda uow, *_: uow.events.node.site))
    given = ["--site", code, "--name", site.name, "--letters", site.letters]
    _ask("init", "--home", str(hub_home(station.home)), *given, "--store", "sqlcipher")


def _ask(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [*server_program(), *arguments],
        capture_output=True,
        timeout=ASK_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise AppError("hub.refused", reason=lines[-1] if lines else str(done.returncode))
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _keep(folder: Path, plan: HubPlan) -> None:
    draft = folder / f"{STATE}.new"
    draft.write_text(json.dumps(asdict(plan)), encoding="utf-8")
    draft.replace(folder / STATE)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _apart() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def host_of(url: str) -> str:
    """The host in ``url``, as people say it."""
    return urlsplit(url).hostname or url
