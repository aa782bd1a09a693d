"""The power goes while a ticket is printed: its number stands, nobody gets it again, its paper can be had again."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp

from desktop.printing import thermal
from desktop.printing.tickets import put_out_ticket
from desktop.queue.paper import ticket_paper
from desktop.settings import Settings
from domain.errors import AppError
from domain.queue.desk import IssuedTicket, TicketOrder
from services.queue.local_desk import LocalQueueDesk
from services.station import open_station
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S
from tests.ui.thermal_printer import Firmware, NetworkPrinter

ROOT = Path(__file__).parents[2]
MACHINE = """
import os, sys
from pathlib import Path
from desktop.printing.tickets import put_out_ticket
from desktop.queue.paper import ticket_paper
from desktop.settings import Settings
from domain.queue.desk import TicketOrder
from services.queue import tickets
from services.queue.local_desk import LocalQueueDesk
from services.station import open_station
from tests.fixed import FixedClock
home, device, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
station = open_station(home, clock=FixedClock())

def stop(number):
    print(number, flush=True)
    if moment != "printing":
        sys.stdin.readline()

def early(uow, clock, actor):
    "The mutation: the number is told before it is committed."
    stop(tickets.issue_ticket(uow, clock, actor, TicketOrder(group="A")).ticket.number)

if moment == "uncommitted":
    station.call(early)
desk = LocalQueueDesk(station)
issued = desk.issue(TicketOrder(group="A"))
stop(issued.ticket.number)
put_out_ticket(home, ticket_paper(issued, desk.view()), Settings(ticket_device=device))
"""
"""A ticket machine that gives one number and prints it. It waits where it is to be killed."""


@pytest.fixture
def printer() -> Iterator[socket.socket]:
    """A printer that takes what it is sent and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(PATIENCE_S)
        yield made


def killed(home: Path, printer: socket.socket, moment: str) -> str:
    """The number that the machine told before it was killed at ``moment``."""
    device = f"tcp:127.0.0.1:{printer.getsockname()[1]}"
    machine = subprocess.Popen(
        [sys.executable, "-c", MACHINE, str(home), device, moment],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with machine:
        assert machine.stdout is not None
        number = machine.stdout.readline().strip()
        if moment == "printing":
            line, _ = printer.accept()
            with line:
                assert line.recv(1)
                machine.kill()
        machine.kill()
    return number


@pytest.fixture
def desk(station_home: Path) -> Iterator[Callable[[], LocalQueueDesk]]:
    """The hall as it is found when the machine is switched on again."""
    opened = []

    def begin() -> LocalQueueDesk:
        opened.append(open_station(station_home, clock=FixedClock()))
        return LocalQueueDesk(opened[-1])

    yield begin
    for station in opened:
        station.close()


def printed(home: Path, desk: LocalQueueDesk, issued: IssuedTicket) -> list[str]:
    """The codes on the paper of a printer that is well."""
    made = NetworkPrinter(Firmware())
    try:
        paper = ticket_paper(issued, desk.view())
        outcome = put_out_ticket(home, paper, Settings(ticket_device=made.address))
        assert outcome.error is None
        return [code.text for code in zxingcpp.read_barcodes(made.firmware.picture())]
    finally:
        made.close()


@pytest.mark.parametrize("moment", ["issued", "printing"])
def test_a_number_outlives_its_printing(
    station_home: Path,
    printer: socket.socket,
    desk: Callable[[], LocalQueueDesk],
    moment: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(thermal, "ANSWER_S", PATIENCE_S)
    number = killed(station_home, printer, moment)
    hall = desk()
    issued = hall.issued(number)
    assert (issued.ticket.number, issued.ahead) == ("A001", 0)
    assert hall.issue(TicketOrder(group="A")).ticket.number == "A002"
    assert printed(station_home, hall, issued) == [issued.qr]


def test_a_number_that_was_told_too_early_would_be_missed(
    station_home: Path, printer: socket.socket, desk: Callable[[], LocalQueueDesk]
) -> None:
    number = killed(station_home, printer, "uncommitted")
    hall = desk()
    with pytest.raises(AppError, match="not_found"):
        hall.issued(number)
    assert hall.issue(TicketOrder(group="A")).ticket.number == number
