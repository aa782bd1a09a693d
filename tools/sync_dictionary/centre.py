"""A demonstration centre at which made-up cases are taken in and worked on, by the real services.

Services are imported where they are called: chance is seeded before any of them is loaded.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

from tools.sync_dictionary.visitors import ANSWERS, PAPERS, REASONS, Visitors


class MovingClock:
    """A clock that stands until whoever has it moves it on (``at_ms``, UTC)."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        """The moment."""
        return self.at_ms


class Centre:
    """Made-up visitors come, and their cases are worked on as far as chance has it."""

    def __init__(self, station: Any, clock: MovingClock, chance: random.Random) -> None:
        from services.rulebook import rulebook

        self.station = station
        self.clock = clock
        self.chance = chance
        book = station.call(lambda uow, clock, actor: rulebook(uow))
        self.staff = {one.id: one.actor for one in book.staff.values()}
        boards = [code for code in book.boards if code != "intake"]
        self.visitors = Visitors(chance, boards, list(book.items))

    def work(self, cases: int) -> None:
        """Take ``cases`` in, with what follows of each."""
        for _ in range(cases):
            self.clock.at_ms += self.chance.randint(20_000, 400_000)
            self._case()

    def _case(self) -> None:
        from services.cases import accept_case

        accepted = self.do("clerk", accept_case, self.visitors.form())
        for step in self.chance.choice(LIVES):
            self.clock.at_ms += self.chance.randint(60_000, 5_000_000)
            STEPS[step](self, accepted.id)
        self._visit()

    def do(self, who: str, service: Callable[..., Any], *args: Any) -> Any:
        """A step, unless the case is where it cannot be taken: what is then not recorded is no loss here."""
        from domain.errors import AppError

        try:
            return self.station.call(service, *args, as_actor=self.staff[who])
        except AppError:
            if who == "clerk":
                raise
            return None

    def board_of(self, case: str) -> str:
        """The case's lead board."""
        return str(self.station.call(lambda uow, clock, actor: uow.case(case).boards[0]))

    def _visit(self) -> None:
        """Now and then a number is drawn and served."""
        from domain.queue.desk import TicketOrder
        from domain.queue.model import TicketSource
        from services.queue import tickets

        if self.chance.random() > 0.15:
            return
        group, window = self.chance.choice("ABCD"), str(self.chance.randint(1, 8))
        order = TicketOrder(group=group, source=TicketSource.WINDOW)
        issued = self.do("clerk", tickets.issue_ticket, order)
        ticket = issued.ticket.id
        for service, args in (
            (tickets.call_ticket, (window,)),
            (tickets.serve_ticket, ()),
            (tickets.finish_ticket, ()),
        ):
            self.clock.at_ms += self.chance.randint(20_000, 900_000)
            self.do("supervisor", service, ticket, *args)


def _answered(centre: Centre, case: str) -> None:
    from services.case_steps import answer_case

    centre.do("supervisor", answer_case, case, centre.chance.choice(ANSWERS))


def _of_board(name: str, *text: Sequence[str]) -> Callable[[Centre, str], None]:
    def step(centre: Centre, case: str) -> None:
        from services.back_office import boards, closing

        service = getattr(boards, name, None) or getattr(closing, name)
        centre.do(centre.board_of(case), service, case, *(centre.chance.choice(one) for one in text))

    return step


def _paused(centre: Centre, case: str) -> None:
    from services.back_office.timing import suspend_case

    centre.do(centre.board_of(case), suspend_case, case, centre.chance.choice(REASONS), "")


def _told(centre: Centre, case: str) -> None:
    from domain.cases.progress import ToldBy
    from services.back_office.closing import archive_case, feed_back_case

    centre.do("supervisor", feed_back_case, case, ToldBy.PHONE, "已告知办理结果")
    centre.do("supervisor", archive_case, case)


def _printed(centre: Centre, case: str) -> None:
    from services.printing import record_print

    centre.do("supervisor", record_print, case, "case_slip", centre.chance.choice(("a5", "80mm")))


def _rated(centre: Centre, case: str) -> None:
    from services.ratings.giving import rate_case

    centre.do("supervisor", rate_case, case, centre.chance.choice((5, 5, 4, 3)))


def _attached(centre: Centre, case: str) -> None:
    from io import BytesIO

    from services.files import attach_file

    scan = b"%PDF-1.4\n" + centre.chance.randbytes(40)
    name = f"{centre.chance.choice(PAPERS)}.pdf"
    centre.station.submit_upkeep(attach_file, case, name, BytesIO(scan)).result()


STEPS: dict[str, Callable[[Centre, str], None]] = {
    "answer": _answered,
    "receive": _of_board("receive_case"),
    "take": _of_board("take_case"),
    "partly": _of_board("answer_partly", ANSWERS),
    "resolve": _of_board("resolve_case", ANSWERS),
    "pause": _paused,
    "told": _told,
    "print": _printed,
    "rate": _rated,
    "attach": _attached,
}
LIVES = (
    (),
    (),
    ("print",),
    ("print", "answer"),
    ("answer", "rate"),
    ("attach", "receive"),
    ("receive", "take"),
    ("receive", "partly", "resolve"),
    ("receive", "take", "resolve", "told", "rate"),
    ("receive", "pause"),
)
