"""The supervision list: what is due soon, over its limit, sensitive or urged, whose turn it is and for how long."""

from dataclasses import dataclass

from db.rows.supervision_rows import LISTS as LISTS
from db.rows.supervision_rows import SupervisionFilter as SupervisionFilter
from db.rows.supervision_rows import SupervisionRow as SupervisionRow
from db.unit_of_work import UnitOfWork
from domain.cases.states import Owner
from domain.clock import Clock
from domain.deadlines.case_clock import BoardShare, office_of
from domain.deadlines.clock import Alert, Pause
from domain.deadlines.office import Office
from domain.errors import AppError
from domain.staff import Actor
from domain.supervision.open_time import OpenTime
from services.rulebook import rulebook
from services.station import reads

_LONGEST_MS = 3 * 366 * 86_400_000


@dataclass(frozen=True, slots=True)
class SupervisionItem:
    """One line of the list. Instants are UTC milliseconds, stretches milliseconds of opening time.

    ``over_ms`` is how far over its limit the case is, negative where time is left, None where nothing runs.
    ``shares`` say how long each board has had it, the longest first.
    """

    row: SupervisionRow
    alert: Alert
    over_ms: int | None
    age_ms: int
    shares: tuple[BoardShare, ...]

    @property
    def owner(self) -> Owner:
        """Whose turn it is."""
        return self.row.owner


@dataclass(frozen=True, slots=True)
class SupervisionPage:
    """One stretch of a list, with how many cases each list holds under the same filter."""

    name: str
    rows: tuple[SupervisionItem, ...]
    counts: dict[str, int]
    now_ms: int

    @property
    def total(self) -> int:
        """How many cases this list holds."""
        return self.counts[self.name]


@reads
def read_supervision(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    name: str = "all",
    wanted: SupervisionFilter = SupervisionFilter(),
    *,
    limit: int | None = None,
    offset: int = 0,
) -> SupervisionPage:
    """One stretch of a list, the case longest over its limit first; ``supervision.unknown_list``."""
    if name not in LISTS:
        raise AppError("supervision.unknown_list", name=name[:40], known=" ".join(LISTS))
    now_ms, office = clock.now_ms(), office_of(rulebook(uow).rules)
    rows = uow.supervision.rows(name, wanted, now_ms, limit=limit, offset=offset)
    open_time = _open_time(rows, office, now_ms)
    items = tuple(_item(row, open_time, now_ms) for row in rows)
    return SupervisionPage(name, items, uow.supervision.counts(wanted, now_ms), now_ms)


def _open_time(rows: list[SupervisionRow], office: Office, now_ms: int) -> OpenTime:
    """Opening time of all that ``rows`` ask for. A case that a wrong clock dated far away is not counted there."""
    accepted = [row.accepted_at for row in rows if abs(now_ms - row.accepted_at) < _LONGEST_MS]
    due = [row.due_at for row in rows if row.due_at is not None and abs(now_ms - row.due_at) < _LONGEST_MS]
    return OpenTime(office, min([now_ms, *accepted, *due]), max([now_ms, *due]))


def _item(row: SupervisionRow, open_time: OpenTime, now_ms: int) -> SupervisionItem:
    return SupervisionItem(
        row=row,
        alert=alert_of(row, now_ms),
        over_ms=_over(row, open_time, now_ms),
        age_ms=open_time.between(row.accepted_at, now_ms),
        shares=_shares(row, open_time, now_ms),
    )


def alert_of(row: SupervisionRow, now_ms: int) -> Alert:
    """The card or warning of a row, by the instants that it keeps."""
    if row.red_at is not None and row.red_at <= now_ms:
        return Alert.RED
    if row.due_at is None:
        return Alert.NONE
    if row.due_at < now_ms:
        return Alert.YELLOW
    return Alert.AMBER if row.amber_at is not None and row.amber_at <= now_ms else Alert.NONE


def _over(row: SupervisionRow, open_time: OpenTime, now_ms: int) -> int | None:
    if row.due_at is None:
        return None
    return open_time.between(row.due_at, now_ms) - open_time.between(now_ms, row.due_at)


def _shares(row: SupervisionRow, open_time: OpenTime, now_ms: int) -> tuple[BoardShare, ...]:
    pauses = tuple(Pause(start, end) for start, end in row.pauses)
    had: dict[str, int] = {}
    for board, start, end in row.stays:
        until = now_ms if end is None else min(end, now_ms)
        had[board] = had.get(board, 0) + open_time.elapsed(start, until, pauses)
    return tuple(
        sorted((BoardShare(board, ms) for board, ms in had.items()), key=lambda one: -one.elapsed_ms)
    )
