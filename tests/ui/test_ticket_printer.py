"""Tickets on a thermal printer: what reaches it is the picture, and nothing it does holds up anything."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
import zxingcpp
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot
from usb.core import USBError

from desktop.messages import sentence
from desktop.printing import lines, output, thermal, tickets, usb_line
from desktop.printing.escpos import escpos_bytes
from desktop.printing.thermal import PrinterState, print_thermal
from desktop.printing.tickets import TicketOutcome, TicketPrinter
from desktop.settings_page.tickets import TicketCard
from desktop.shell.notices import Notices
from desktop.shell.page import PageContext, SettingsBox
from desktop.shell.tasks import TaskRunner
from desktop.widgets import Tone
from domain.errors import AppError
from domain.printing.papers import SitePlace, Ticket
from services.ticket_paper import raster_ticket
from tests.faults.nobody import nobody_at
from tests.patience import PATIENCE_S
from tests.ui.thermal_printer import (
    COVER_OPEN,
    FAULT,
    PAPER_LOW,
    PAPER_OUT,
    PAPER_THERE,
    Firmware,
    NetworkPrinter,
    TerminalPrinter,
)
from tests.ui.usb_printer import PRODUCT, VENDOR, UsbSocket

WIDTHS = {"58mm": 384, "80mm": 576}
TICKET = Ticket(
    site=SitePlace("钱江新城企业综合服务中心"),
    number="A032",
    group="企业开办",
    ahead=5,
    wait_minutes=12,
    issued_at="2026-11-18 10:05",
    qr="QYS1:A032",
)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time to answer; only what never comes is not waited for."""
    monkeypatch.setattr(lines, "CONNECT_S", PATIENCE_S)
    monkeypatch.setattr(thermal, "WRITE_S", PATIENCE_S)
    monkeypatch.setattr(thermal, "ANSWER_S", PATIENCE_S)
    monkeypatch.setattr(thermal, "DONE_S", 0.2)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that a test needs only to see them end."""
    monkeypatch.setattr(lines, "CONNECT_S", 0.2)
    monkeypatch.setattr(thermal, "WRITE_S", 0.2)
    monkeypatch.setattr(thermal, "ANSWER_S", 0.05)


@pytest.fixture
def firmware() -> Firmware:
    return Firmware()


@pytest.fixture
def network(firmware: Firmware) -> Iterator[NetworkPrinter]:
    printer = NetworkPrinter(firmware)
    yield printer
    printer.close()


@pytest.fixture(scope="module")
def data() -> bytes:
    return escpos_bytes(raster_ticket(TICKET.to_document(), "80mm"))


def read(firmware: Firmware) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(firmware.picture())]


def refused(address: str, data: bytes) -> str:
    with pytest.raises(AppError) as error:
        print_thermal(address, data)
    assert "device" in error.value.params
    return error.value.code


@pytest.mark.parametrize("size", WIDTHS)
def test_the_bytes_are_the_picture_in_small_pieces_then_a_cut(size: str, firmware: Firmware) -> None:
    png = raster_ticket(TICKET.to_document(), size)
    firmware.feed(escpos_bytes(png))
    assert firmware.picture().width == WIDTHS[size]
    assert read(firmware) == [TICKET.qr]
    assert firmware.largest <= 4096
    assert firmware.seen == (["init", "feed 4", "cut"] if size == "58mm" else ["init", "cut"])


def test_dot_by_dot_it_is_the_paper(firmware: Firmware) -> None:
    import io

    from PIL import Image

    png = raster_ticket(TICKET.to_document(), "80mm")
    firmware.feed(escpos_bytes(png))
    assert firmware.picture().tobytes() == Image.open(io.BytesIO(png)).convert("L").tobytes()


def test_the_library_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import subprocess
    import sys

    script = (
        "import logging, sys; from desktop.printing.escpos import escpos_bytes;"
        "escpos_bytes(sys.stdin.buffer.read()); print(logging.getLogger().handlers, end='')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=raster_ticket(TICKET.to_document(), "58mm"),
        capture_output=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"[]", b"")
    assert list(tmp_path.iterdir()) == []


def test_by_network_the_picture_comes_out(network: NetworkPrinter, data: bytes) -> None:
    assert print_thermal(network.address, data) == PrinterState()
    assert read(network.firmware) == [TICKET.qr]
    assert network.firmware.seen[-1] == "cut"


@pytest.mark.parametrize(
    ("paper", "cause", "code"),
    [
        (PAPER_OUT, 0x12, "printing.paper_out"),
        (0x12, 0x32, "printing.paper_out"),
        (0x12, COVER_OPEN, "printing.cover_open"),
        (PAPER_OUT, COVER_OPEN, "printing.cover_open"),
        (0x12, FAULT, "printing.thermal_fault"),
    ],
)
def test_what_the_printer_lacks_is_told_before_anything_is_sent(
    network: NetworkPrinter, data: bytes, paper: int, cause: int, code: str
) -> None:
    network.firmware.paper, network.firmware.cause = paper, cause
    assert refused(network.address, data) == code
    assert network.firmware.rows == []


def test_unasked_reports_are_no_answers(network: NetworkPrinter, data: bytes) -> None:
    network.firmware.chatter = b"\x10\x00\x60\x0f\x11\x13\xff"
    assert print_thermal(network.address, data) == PrinterState()
    network.firmware.paper = PAPER_OUT
    assert refused(network.address, data) == "printing.paper_out"


def test_without_the_fixed_bits_reports_would_be_taken_for_answers(
    network: NetworkPrinter, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thermal, "_is_state", lambda byte: True)
    network.firmware.chatter = b"\x60"
    assert refused(network.address, data) == "printing.paper_out"


def test_paper_that_is_nearly_used_up_is_told_with_the_print(network: NetworkPrinter, data: bytes) -> None:
    network.firmware.paper = PAPER_LOW
    assert print_thermal(network.address, data) == PrinterState(paper_low=True)


def test_paper_that_ends_in_the_middle_is_told(network: NetworkPrinter, data: bytes) -> None:
    network.firmware.out_after = 300
    assert refused(network.address, data) == "printing.paper_out"


def test_a_printer_that_cannot_tell_when_it_is_done_is_believed(network: NetworkPrinter, data: bytes) -> None:
    network.firmware.knows_done = False
    assert print_thermal(network.address, data) == PrinterState()


def test_a_printer_that_never_answers_is_believed(
    network: NetworkPrinter, data: bytes, impatient: None
) -> None:
    network.firmware.silent = True
    assert print_thermal(network.address, data) == PrinterState()
    assert network.callers == 1


def test_a_printer_that_hangs_up_is_told(data: bytes) -> None:
    printer = NetworkPrinter(Firmware(), hangs_up=True)
    assert refused(printer.address, data) == "printing.thermal_stalled"
    printer.close()


def test_a_printer_that_takes_nothing_is_given_up(impatient: None) -> None:
    printer = NetworkPrinter(Firmware(), reads=False)
    assert refused(printer.address, bytes(16_000_000)) == "printing.thermal_stalled"
    printer.close()


def test_a_printer_that_never_stops_talking_is_not_listened_to_for_ever(impatient: None) -> None:
    printer = NetworkPrinter(Firmware(), chatters=True)
    assert print_thermal(printer.address, b"\x1b@") == PrinterState()
    printer.close()


def test_nobody_there_is_told() -> None:
    with nobody_at() as (host, port):
        assert refused(f"tcp:{host}:{port}", b"") == "printing.thermal_unreachable"


def test_a_switched_off_printer_is_waited_for_3_seconds_only(impatient: None) -> None:
    """A full backlog is what an address that nobody answers at looks like."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(2):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        port = server.getsockname()[1]
        assert refused(f"tcp:127.0.0.1:{port}", b"") == "printing.thermal_unreachable"


def test_into_a_file_tickets_go_one_behind_the_other(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "tickets.bin"
    for address in (f"file:{file}", str(file)):
        assert print_thermal(address, data) == PrinterState()
    assert file.read_bytes() == data * 2


@pytest.mark.skipif(os.name == "nt", reason="device files are a matter of Unix")
class TestDeviceFiles:
    def test_a_device_file_answers_too(self, firmware: Firmware, data: bytes) -> None:
        printer = TerminalPrinter(firmware)
        assert print_thermal(printer.address, data) == PrinterState()
        assert read(firmware) == [TICKET.qr]
        firmware.paper = PAPER_OUT
        assert refused(printer.address, data) == "printing.paper_out"
        printer.close()

    def test_a_device_that_is_not_there_is_not_made(self, data: bytes) -> None:
        assert refused("file:/dev/qifu-no-such-printer", data) == "printing.thermal_unreachable"
        assert not os.path.exists("/dev/qifu-no-such-printer")

    def test_a_pipe_that_nobody_reads_is_told(self, tmp_path: Path, data: bytes) -> None:
        os.mkfifo(tmp_path / "lp")
        assert refused(f"file:{tmp_path / 'lp'}", data) == "printing.thermal_unreachable"

    def test_a_device_that_takes_nothing_more_is_given_up(
        self, tmp_path: Path, data: bytes, impatient: None
    ) -> None:
        os.mkfifo(tmp_path / "lp")
        reader = os.open(tmp_path / "lp", os.O_RDONLY | os.O_NONBLOCK)
        assert refused(f"file:{tmp_path / 'lp'}", data * 4) == "printing.thermal_stalled"
        os.close(reader)


class TestUsb:
    ADDRESS = f"usb:{VENDOR:04x}:{PRODUCT:04x}"

    @pytest.fixture
    def usb(self, firmware: Firmware, monkeypatch: pytest.MonkeyPatch) -> UsbSocket:
        made = UsbSocket(firmware)
        monkeypatch.setattr(usb_line, "usb_backend", lambda: made)
        return made

    def test_the_picture_comes_out_and_the_device_is_given_back(self, usb: UsbSocket, data: bytes) -> None:
        assert print_thermal(self.ADDRESS, data) == PrinterState()
        assert read(usb.firmware) == [TICKET.qr]
        assert (usb.claimed, usb.opened, usb.driver) == (set(), 0, True)

    def test_what_it_lacks_is_told(self, usb: UsbSocket, data: bytes) -> None:
        usb.firmware.paper = PAPER_OUT
        assert refused(self.ADDRESS, data) == "printing.paper_out"
        assert (usb.claimed, usb.opened, usb.driver) == (set(), 0, True)

    def test_a_printer_that_takes_nothing_is_given_up(self, usb: UsbSocket, data: bytes) -> None:
        usb.stuck = True
        assert refused(self.ADDRESS, data) == "printing.thermal_stalled"

    def test_another_device_or_none_is_told(self, usb: UsbSocket, data: bytes) -> None:
        assert refused("usb:dead:beef", data) == "printing.thermal_unreachable"
        usb.kind = 3
        assert refused(self.ADDRESS, data) == "printing.thermal_unreachable"
        assert usb.opened == 0

    @pytest.mark.parametrize(
        ("refusal", "code"),
        [
            (USBError("Access denied", -3, 13), "printing.usb_denied"),
            (USBError("Resource busy", -6, 16), "printing.thermal_unreachable"),
            (NotImplementedError("Operation not supported"), "printing.usb_driver"),
        ],
    )
    def test_a_device_that_does_not_open_is_told(
        self, usb: UsbSocket, data: bytes, refusal: Exception, code: str
    ) -> None:
        usb.refusal = refusal
        assert refused(self.ADDRESS, data) == code
        assert usb_line.usb_printers() == ((self.ADDRESS, ""),)

    def test_what_is_plugged_in_is_found(self, usb: UsbSocket) -> None:
        assert usb_line.usb_printers() == ((self.ADDRESS, ""),)
        usb.kind = 3
        assert usb_line.usb_printers() == ()
        assert usb.opened == 0

    def test_the_library_that_comes_along_is_found(self) -> None:
        assert usb_line.usb_backend() is not None


@pytest.fixture
def printer(
    settings: SettingsBox, tasks: TaskRunner, notices: Notices, tmp_path: Path, qtbot: QtBot
) -> Iterator[TicketPrinter]:
    made = TicketPrinter(settings, tasks, notices, tmp_path / "home")
    yield made
    qtbot.waitUntil(lambda: tasks.is_idle)


def told(printer: TicketPrinter) -> tuple[list[Any], list[Any]]:
    printed: list[Any] = []
    failed: list[Any] = []
    printer.printed.connect(printed.append)
    printer.failed.connect(failed.append)
    return printed, failed


def finish(printer: TicketPrinter, qtbot: QtBot, ticket: Any = TICKET) -> TicketOutcome:
    with qtbot.waitSignal(printer.finished) as signal:
        printer.print(ticket)
    outcome: TicketOutcome = signal.args[0]
    return outcome


def test_a_ticket_goes_to_the_device_of_the_settings(
    printer: TicketPrinter, settings: SettingsBox, network: NetworkPrinter, notices: Notices, qtbot: QtBot
) -> None:
    settings.change(ticket_device=network.address, ticket_paper="58mm")
    printed, failed = told(printer)
    outcome = finish(printer, qtbot, TICKET.to_document())
    assert (printed, failed, outcome.error) == ([outcome], [], None)
    assert network.firmware.picture().width == 384
    assert notices.all() == []


def test_a_printer_that_is_off_is_a_notice_and_the_paper_is_kept(
    printer: TicketPrinter, settings: SettingsBox, notices: Notices, qtbot: QtBot
) -> None:
    printed, failed = told(printer)
    with nobody_at() as (host, port):
        settings.change(ticket_device=f"tcp:{host}:{port}")
        outcome = finish(printer, qtbot)
    assert [error.code for error in failed] == ["printing.thermal_unreachable"]
    assert printed == []
    assert outcome.file is not None
    assert outcome.file.read_bytes().startswith(b"%PDF")
    (notice,) = notices.all()
    assert notice.tone is Tone.WARN
    assert "A032" in notice.text


def test_after_new_paper_the_notice_prints_the_same_copy(
    printer: TicketPrinter, settings: SettingsBox, network: NetworkPrinter, notices: Notices, qtbot: QtBot
) -> None:
    settings.change(ticket_device=network.address)
    network.firmware.paper = PAPER_OUT
    assert finish(printer, qtbot).error is not None
    network.firmware.paper = 0x12
    (notice,) = notices.all()
    assert notice.act is not None
    with qtbot.waitSignal(printer.printed) as signal:
        notice.act()
    assert signal.args[0].ticket.copy == 1
    assert read(network.firmware) == [TICKET.qr]


def test_a_roll_that_ends_soon_is_said_once_a_roll(
    printer: TicketPrinter, settings: SettingsBox, network: NetworkPrinter, notices: Notices, qtbot: QtBot
) -> None:
    settings.change(ticket_device=network.address)
    for paper, said in ((PAPER_LOW, 1), (PAPER_LOW, 1), (PAPER_THERE, 1), (PAPER_LOW, 2)):
        network.firmware.paper = paper
        assert finish(printer, qtbot).paper_low == (paper == PAPER_LOW)
        notices.mark_read()
        assert len(notices.all()) == said


def test_an_address_that_is_none_keeps_the_paper(
    printer: TicketPrinter, settings: SettingsBox, qtbot: QtBot
) -> None:
    settings.change(ticket_device="192.168.1.20")
    outcome = finish(printer, qtbot)
    assert outcome.error is not None
    assert outcome.error.code == "printing.device_invalid"
    assert outcome.file is not None


def test_asking_twice_at_once_is_one_ticket_and_again_is_the_next_copy(
    printer: TicketPrinter, settings: SettingsBox, network: NetworkPrinter, qtbot: QtBot
) -> None:
    settings.change(ticket_device=network.address)
    printed, _ = told(printer)
    printer.print(TICKET)
    finish(printer, qtbot)
    assert [outcome.ticket.copy for outcome in printed] == [1]
    with qtbot.waitSignal(printer.finished):
        assert printer.print_again(TICKET).copy == 2
    assert [outcome.ticket.copy for outcome in printed] == [1, 2]
    assert network.callers == 2


def test_without_the_guard_asking_twice_would_be_two_tickets(
    printer: TicketPrinter,
    settings: SettingsBox,
    network: NetworkPrinter,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tickets, "_key", lambda ticket: object())
    settings.change(ticket_device=network.address)
    printed, _ = told(printer)
    for _ in range(2):
        printer.print(TICKET)
    qtbot.waitUntil(lambda: len(printed) == 2)


def test_without_any_printer_it_is_kept_as_pdf(
    printer: TicketPrinter, notices: Notices, qtbot: QtBot
) -> None:
    printed, failed = told(printer)
    outcome = finish(printer, qtbot)
    assert (printed, failed) == ([outcome], [])
    assert outcome.file is not None
    assert outcome.file.name == "A032-202611181005-ticket-80mm-1.pdf"
    assert [notice.tone for notice in notices.all()] == [Tone.INFO]


def test_without_a_device_the_systems_printer_of_that_paper_prints(
    printer: TicketPrinter, settings: SettingsBox, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(output, "print_on", lambda name, pages, size, title: sent.append((name, size)))
    settings.change(printers={"58mm": "小票机"}, ticket_paper="58mm")
    outcome = finish(printer, qtbot)
    assert sent == [("小票机", "58mm")]
    assert (outcome.taken_by, outcome.file) == ("小票机", None)


def test_a_missing_system_printer_is_told(
    printer: TicketPrinter, settings: SettingsBox, qtbot: QtBot
) -> None:
    settings.change(printers={"80mm": "没有这台"})
    _, failed = told(printer)
    assert finish(printer, qtbot).file is not None
    assert [error.code for error in failed] == ["printing.printer_missing"]


def test_a_folder_that_cannot_be_written_is_told(
    printer: TicketPrinter, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "home").write_bytes(b"")
    _, failed = told(printer)
    finish(printer, qtbot)
    assert [error.code for error in failed] == ["printing.not_kept"]


def test_nothing_of_it_runs_on_the_main_thread(
    printer: TicketPrinter, settings: SettingsBox, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def note(home: Path, ticket: Ticket, settings: Any) -> TicketOutcome:
        seen.append(QThread.isMainThread())
        return TicketOutcome(ticket)

    monkeypatch.setattr(tickets, "put_out_ticket", note)
    for device in ("", "file:/somewhere"):
        settings.change(ticket_device=device)
        finish(printer, qtbot)
    assert seen == [False, False]


def test_a_printer_that_hangs_leaves_other_work_free(
    printer: TicketPrinter, settings: SettingsBox, tasks: TaskRunner, qtbot: QtBot
) -> None:
    stuck = NetworkPrinter(Firmware(), reads=False)
    settings.change(ticket_device=stuck.address)
    printer.print(TICKET)
    done: list[str] = []
    tasks.run(tasks.in_background, lambda: "done", on_done=done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert printer._under_way
    stuck.close()
    qtbot.waitUntil(lambda: tasks.is_idle)


@pytest.mark.parametrize("locked", [True, False])
def test_two_in_one_process_do_not_meet_at_the_printer(
    printer: TicketPrinter,
    settings: SettingsBox,
    tasks: TaskRunner,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,
) -> None:
    """Without the lock they do."""
    met: list[bool] = []
    both = Barrier(2)

    def meet(address: str, data: bytes) -> PrinterState:
        try:
            both.wait(timeout=0.1 if locked else PATIENCE_S)
            met.append(True)
        except BrokenBarrierError:
            met.append(False)
        return PrinterState()

    monkeypatch.setattr(tickets, "print_thermal", meet)
    if not locked:
        monkeypatch.setattr(tickets, "_ONE_AT_A_TIME", contextlib.nullcontext())
    settings.change(ticket_device="file:/somewhere")
    other = TicketPrinter(settings, tasks, None, tmp_path)
    printer.print(TICKET)
    other.print(TICKET)
    qtbot.waitUntil(lambda: len(met) == 2 and tasks.is_idle)
    assert met == [not locked] * 2


@pytest.mark.parametrize(
    "code",
    [
        *("thermal_unreachable", "thermal_stalled", "thermal_fault", "usb_denied", "usb_driver"),
        *("paper_out", "cover_open", "device_invalid"),
    ],
)
def test_every_failure_has_a_sentence_that_names_the_device(code: str) -> None:
    assert "tcp:1.2.3.4" in sentence(AppError(f"printing.{code}", device="tcp:1.2.3.4"))


def test_what_is_no_ticket_is_refused_at_once(printer: TicketPrinter) -> None:
    with pytest.raises(AppError, match=r"printing\.snapshot_unknown"):
        printer.print({"paper": "case_slip"})


@pytest.fixture
def card(context: PageContext, qtbot: QtBot) -> Iterator[TicketCard]:
    made = TicketCard(context)
    qtbot.addWidget(made)
    yield made
    qtbot.waitUntil(lambda: context.tasks.is_idle)


def test_the_card_keeps_only_addresses_that_are_some(card: TicketCard, context: PageContext) -> None:
    card.device.set_text("192.168.1.20")
    assert not card.keep_device()
    assert card.device.error()
    card.test.click()
    assert (context.settings.value.ticket_device, context.tasks.is_idle) == ("", True)
    card.device.set_text(" tcp:192.168.1.20 ")
    assert card.keep_device()
    assert not card.device.error()
    assert context.settings.value.ticket_device == "tcp:192.168.1.20"


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ((), ""),
        ((("usb:04b8:0e15", "TM-T88VI"),), "usb:04b8:0e15"),
        ((("usb:04b8:0e15", "TM-T88VI"), ("usb:0416:5011", "")), ""),
    ],
)
def test_the_one_printer_that_is_plugged_in_is_taken(
    context: PageContext, qtbot: QtBot, found: Any, kept: str
) -> None:
    card = TicketCard(context, lambda: found)
    qtbot.addWidget(card)
    card.look.click()
    assert not card.look.isEnabled()
    qtbot.waitUntil(card.look.isEnabled)
    assert context.settings.value.ticket_device == kept
    assert all(address in card.outcome.text() for address, _ in found)
    assert card.outcome.property("role") == ("small" if found else "error")


def test_the_card_chooses_the_paper(card: TicketCard, context: PageContext) -> None:
    card.paper.set_value("58mm")
    card.paper.chosen.emit("58mm")
    assert context.settings.value.ticket_paper == "58mm"


def test_the_test_prints_a_ticket_that_nobody_waits_with(
    card: TicketCard, network: NetworkPrinter, qtbot: QtBot
) -> None:
    card.device.set_text(network.address)
    card.test.click()
    assert not card.test.isEnabled()
    qtbot.waitUntil(card.test.isEnabled)
    assert read(network.firmware) == ["QIFU-TEST"]
    assert card.outcome.property("role") == "small"


def test_a_test_that_fails_says_why(card: TicketCard, network: NetworkPrinter, qtbot: QtBot) -> None:
    network.firmware.cause = COVER_OPEN
    card.device.set_text(network.address)
    card.test.click()
    qtbot.waitUntil(card.test.isEnabled)
    assert card.outcome.property("role") == "error"
    assert network.firmware.rows == []
