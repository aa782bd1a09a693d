"""The gateway over the real services. Every import of ``services`` stands inside a function: see ``gateway``."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from desktop.gateway import StaffEntry, StationFacts, StationPlan
from desktop.station_people import StationPeople
from desktop.station_safety import StationSafety

Background = Callable[..., "Future[Any]"]


class StationGateway:
    """``background`` runs a blocking function on a thread of the desk (``TaskRunner.in_background``)."""

    def __init__(self, home: Path, background: Background) -> None:
        self.home = home
        self._passphrase: str | None = None
        self._hall_wanted = False
        self.people = StationPeople(background)
        self.safety = StationSafety(home, background, lambda: self._passphrase)

    def exists(self) -> bool:
        """Whether a station was made in the home."""
        from services.station import station_exists

        return station_exists(self.home)

    def make(self, plan: StationPlan) -> None:
        """Make the station."""
        if plan.enrolment is not None:
            from services.clock import SystemClock
            from services.enrolling import enrol_home

            with plan.enrolment:
                enrol_home(self.home, SystemClock(), plan.enrolment)
            return
        from services.setup import init_station

        name, letters = plan.site_name or None, plan.site_letters or None
        init_station(self.home, demo=plan.demo, site_name=name, site_letters=letters)
        self._hall_wanted = plan.demo

    def open(self, passphrase: str = "") -> Any:
        """Open it."""
        from services.station import open_station

        typed = passphrase or self._passphrase
        station = open_station(self.home, passphrase=typed)
        self._passphrase = typed
        return station

    def fill_demo(self, station: Any) -> "Future[int]":
        """The made-up cases of a demonstration centre that has none yet; visitors for one made just now."""
        station.submit(_fill_demo_codes, self.home)
        if self._hall_wanted:
            station.submit(_fill_demo_queue)
        future: Future[int] = station.submit(_fill_demo)
        return future

    def warm_up(self, station: Any) -> "Future[None]":
        """Load what the main job needs."""
        future: Future[None] = station.submit(_warm_up)
        return future

    def today(self, station: Any) -> "Future[Any]":
        """The day."""
        future: Future[Any] = station.submit(_today)
        return future

    def queue_desk(self, station: Any) -> Any:
        """The hall's hub decides, or the station's own store where there is none."""
        from desktop.queue.hall_desk import hall_line, window_in

        return hall_line(station, window_in(self.home))

    def facts(self, station: Any) -> "Future[StationFacts]":
        """Name, staff, key place."""
        future: Future[StationFacts] = station.submit(_facts, station.key_place)
        return future

    def site(self, station: Any) -> "Future[Any]":
        """The site's own document."""
        from services.site import read_site

        future: Future[Any] = station.submit(read_site)
        return future

    def change_site(self, station: Any, **fields: Any) -> "Future[bool]":
        """Publish the site's document."""
        from services.site import SiteForm, change_site

        future: Future[bool] = station.submit(change_site, SiteForm(**fields))
        return future


def _facts(uow: Any, clock: Any, actor: Any, key_place: Any) -> StationFacts:
    from services.rulebook import rulebook

    book = rulebook(uow)
    return StationFacts(
        site_name=book.site.name,
        site_letters=book.site.letters,
        demo=book.site.demo,
        staff=tuple(_entry(member, book.boards) for member in book.staff.values()),
        address=book.site.address,
        phone=book.site.phone,
        boards=tuple((board.code, board.name) for board in book.boards.values()),
        key_kind=str(key_place.kind),
        key_where=key_place.where,
        zone=book.site.zone,
    )


def _entry(member: Any, boards: Any) -> StaffEntry:
    board = boards[member.board].name if member.board in boards else ""
    code, secret = member.board or "", member.password is not None
    return StaffEntry(member.id, member.name, str(member.role), board, code, secret, member.active)


def _warm_up(uow: Any, clock: Any, actor: Any) -> None:
    from services import cases, desk, drafts, intake  # noqa: F401 - imported on this thread, ahead of the page
    from services.routing import route

    route(uow, clock, actor, "办理")


def _fill_demo(uow: Any, clock: Any, actor: Any) -> int:
    from services.demo import fill_demo_once

    return fill_demo_once(uow, clock, actor)


def _fill_demo_queue(uow: Any, clock: Any, actor: Any) -> None:
    from services.demo_queue import fill_demo_queue_once

    fill_demo_queue_once(uow, clock, actor)


def _fill_demo_codes(uow: Any, clock: Any, actor: Any, home: Path) -> None:
    from services.demo_codes import fill_demo_codes_once

    fill_demo_codes_once(uow, clock, actor, home)


def _today(uow: Any, clock: Any, actor: Any) -> Any:
    from services.today import read_today

    return read_today(uow, clock, actor)


_READING: tuple[Any, ...] = (_facts, _warm_up, _today)


for _service in _READING:
    _service.reads = True
