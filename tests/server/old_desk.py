"""A window of a served hub, with a case that was closed and has a file; what retention makes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from db.files.attachments import Attachments
from server.nodes import ServerNode
from services import enrolling
from services.care import sweep_files
from services.case_steps import answer_case
from services.cases import accept_case, show_case
from services.files import attach_file
from services.retention import retire_all
from services.setup import init_station
from services.station import Station, open_station
from services.upstream_documents import take_in
from sync.engine import downward
from sync.engine.extras import usual_extras
from sync.engine.synchronise import synchronise
from sync.enrol_code import Invitation
from sync.enrolment import Enrolment
from tests.fixed import FixedClock, form
from tests.server.nodes import Served

TEXT = "办一张食品经营许可证"
SCAN = b"%PDF-1.4\n" + bytes(range(256)) * 40


@dataclass
class OldDesk:
    """A window of a hub, and a case of it that was closed two years ago and is retired."""

    station: Station
    hub: ServerNode
    clock: FixedClock
    case: str
    file: str

    def sync(self) -> None:
        found = synchronise(self.station, extras=usual_extras(take_in))
        assert (found.failure, found.waiting) == ("", 0)
        while self.hub.call(downward.fold):
            pass

    def retire(self, days: float = 25 * 31) -> int:
        self.clock.move(days=days)
        count = int(self.station.run_aside(retire_all))
        self.station.submit_upkeep(sweep_files).result()
        return count

    def content(self, sha256: str) -> bytes | None:
        row = self.station.call(lambda uow, *_: uow.attachments.get(sha256))
        folder = Attachments(self.station.home / "attachments")
        assert (row is not None) == folder.path(sha256).exists()
        return None if row is None else b"".join(folder.read(row))

    @property
    def text(self) -> str:
        return str(self.station.call(show_case, self.case).text)

    def attach(self, case: str, name: str, content: bytes) -> str:
        return str(self.station.submit_upkeep(attach_file, case, name, BytesIO(content)).result().sha256)


@contextmanager
def old_desk(doors: Served, clock: FixedClock, home: Path) -> Iterator[OldDesk]:
    """The window, made in ``home``; nothing has been synced yet."""
    init_station(home, site_name="窗口", site_letters="DL", clock=clock)
    station = open_station(home, clock=clock)
    with Enrolment(Invitation(doors.code(), doors.url), clock) as enrolment:
        station.call(enrolling.join, enrolment.ask(station.call(enrolling.newcomer)))
    made = OldDesk(station, doors.node, clock, station.call(accept_case, form(text=TEXT)).id, "")
    made.file = made.attach(made.case, "执照.pdf", SCAN)
    station.call(answer_case, made.case, "已答复")
    yield made
    station.close()
