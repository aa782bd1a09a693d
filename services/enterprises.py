"""Known enterprises: found while typing, shown when one comes back."""

from dataclasses import dataclass

from db.case_rows import CaseFilter, CaseRow
from db.enterprise_rows import EnterpriseRow
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from services.station import reads

RECENT_CASES = 5


@dataclass(frozen=True, slots=True)
class EnterpriseCard:
    """A known enterprise with its open and recent cases."""

    enterprise: EnterpriseRow
    open_cases: int
    recent: tuple[CaseRow, ...]


@reads
def find_enterprises(
    uow: UnitOfWork, clock: Clock, actor: Actor, text: str, *, limit: int = 8
) -> tuple[EnterpriseRow, ...]:
    """Enterprises by name, pinyin initials or the beginning of the code."""
    return tuple(uow.enterprises.search(text, limit=limit))


@reads
def enterprise_card(
    uow: UnitOfWork, clock: Clock, actor: Actor, uscc: str | None, name: str = ""
) -> EnterpriseCard | None:
    """What is known of an enterprise, or None when it comes for the first time."""
    row = uow.enterprises.get(uscc, name)
    if row is None:
        return None
    recent = uow.cases.rows(CaseFilter(uscc=uscc), limit=RECENT_CASES) if uscc else []
    return EnterpriseCard(row, uow.enterprises.open_cases(uscc, name), tuple(recent))
