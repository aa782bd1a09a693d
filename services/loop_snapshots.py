"""From a case with its shares and its clock to what the papers of the closed loop say."""

from collections.abc import Mapping
from typing import Any

from db.unit_of_work import UnitOfWork
from domain.callbacks.fold import QUIET
from domain.cases.assignments import AssignmentRole
from domain.cases.model import Case, TimelineEntry
from domain.cases.progress import Consultation
from domain.deadlines.case_clock import CaseClock, clock_of, office_of
from domain.printing.dossier import Dossier, DossierFile, HistoryStep, PrintedPaper
from domain.printing.loop_papers import (
    AssignmentSlip,
    ConsultationMinutes,
    FeedbackSlip,
    Handover,
    Meeting,
    RatingForm,
    SupervisionSlip,
    TransferSlip,
    UrgingSlip,
    WorkShare,
)
from domain.printing.offering import HANDOVERS
from domain.printing.papers import BoardRole, CasePaper, PrintMark, local_minute
from domain.staff import Actor
from domain.supervision.model import MeasureKind
from services.back_office.boards import return_reasons
from services.case_voices import voices_of
from services.paper_snapshots import package_ticks, promise_facts, shared_facts
from services.rulebook import Rulebook, board_as_of, board_name

_MINUTE_MS = 60_000


class LoopPapers:
    """The papers of one case at one moment."""

    def __init__(
        self, uow: UnitOfWork, book: Rulebook, actor: Actor, case: Case, mark: PrintMark, now_ms: int
    ) -> None:
        self._uow, self._book, self._actor, self._case, self._mark = uow, book, actor, case, mark
        self._now_ms = now_ms
        self._clock: CaseClock = clock_of(case, book.rules, now_ms)

    def make(self, paper: str) -> CasePaper:
        """The snapshot of ``paper``."""
        made: dict[str, Any] = {
            AssignmentSlip.PAPER: self._assignment,
            TransferSlip.PAPER: self._transfer,
            UrgingSlip.PAPER: lambda: UrgingSlip(**self._urged(UrgingSlip.PAPER)),
            SupervisionSlip.PAPER: lambda: SupervisionSlip(**self._urged(SupervisionSlip.PAPER)),
            ConsultationMinutes.PAPER: self._minutes,
            FeedbackSlip.PAPER: self._feedback,
            RatingForm.PAPER: self._rating,
            Dossier.PAPER: self._dossier,
        }
        snapshot: CasePaper = made[paper]()
        return snapshot

    def _assignment(self) -> AssignmentSlip:
        lead = self._case.lead
        given = [e for e in self._case.timeline if e.kind in ("case_accepted", "case_assigned", *HANDOVERS)]
        return AssignmentSlip(
            **self._promised(AssignmentSlip.PAPER),
            assigned_at=self._at(lead.assigned_at) if lead else "",
            origin=lead.origin.value if lead else "",
            given_by=self._person(given[-1].actor) if given else "",
        )

    def _transfer(self) -> TransferSlip:
        steps = (entry for entry in self._case.timeline if entry.kind in HANDOVERS)
        return TransferSlip(
            **self._promised(TransferSlip.PAPER), handovers=tuple(self._handover(e) for e in steps)
        )

    def _handover(self, entry: TimelineEntry) -> Handover:
        detail = entry.detail
        giver = detail.get("from") or detail.get("board") or ""
        taker = detail.get("to", "")
        if entry.kind == "case_escalated":
            taker = "appeal"
        reason = detail.get("reason", "")
        if entry.kind == "assignment_returned":
            reason = return_reasons(self._uow).get(reason, reason)
        passed_up = entry.kind == "case_passed_up"
        return Handover(
            at=self._at(entry.at),
            what=entry.kind,
            giver=self._board(giver),
            taker=taker if passed_up else self._board(taker),
            reason=reason,
            note=detail.get("note", ""),
            by=self._person(entry.actor),
        )

    def _urged(self, paper: str) -> dict[str, Any]:
        due_ms, office = self._clock.due_ms, office_of(self._book.rules)
        over_ms = 0
        if due_ms is not None:
            left_ms = office.open_between(self._now_ms, max(self._now_ms, due_ms))
            over_ms = office.open_between(due_ms, max(self._now_ms, due_ms)) - left_ms
        return {
            **self._promised(paper),
            "alert": self._clock.alert.value,
            "over_min": over_ms // _MINUTE_MS,
            "age_min": self._clock.age_ms // _MINUTE_MS,
            "issued_by": self._person(self._actor.id),
            **self._demanded(MeasureKind.URGE if paper == UrgingSlip.PAPER else MeasureKind.CARD),
        }

    def _demanded(self, kind: MeasureKind) -> dict[str, Any]:
        """What the newest measure of ``kind`` says, and who took it."""
        taken = [one for one in self._case.measures if one.kind is kind]
        if not taken:
            return {}
        last = taken[-1]
        return {
            "demand": last.text,
            "reply_by": self._at(last.until),
            "issued_by": self._person(last.actor),
        }

    def _minutes(self) -> ConsultationMinutes:
        return ConsultationMinutes(
            **self._promised(ConsultationMinutes.PAPER),
            meetings=tuple(self._meeting(one) for one in self._case.consultations),
        )

    def _meeting(self, met: Consultation) -> Meeting:
        return Meeting(
            at=self._at(met.at),
            boards=tuple(self._board(code) for code in met.boards),
            sites=met.sites,
            participants=met.participants,
            agreed=met.agreed,
            until=self._at(met.until),
        )

    def _feedback(self) -> FeedbackSlip:
        # As in ``shared_facts``.
        from services.slip_links import slip_link

        link = slip_link(self._uow, self._case)
        return FeedbackSlip(**self._promised(FeedbackSlip.PAPER), **self._ended(), web_link=link)

    def _rating(self) -> RatingForm:
        # As in ``shared_facts``.
        from services.slips import rating_form_qr

        shared = shared_facts(self._uow, self._book, self._case, self._mark, RatingForm.PAPER)
        # The form names neither the person nor who served: it goes into a box and is read by others.
        shared["qr"] = rating_form_qr(self._uow, self._case, self._mark.copy)
        return RatingForm(
            **{**shared, "representative": None, "materials": (), "clerk": "", "window": "", "matter": ""},
            resolved_at=self._at(self._case.closed_at),
        )

    def _dossier(self) -> Dossier:
        case = self._case
        own = {**case.prints, Dossier.PAPER: self._mark.copy}
        return Dossier(
            **self._promised(Dossier.PAPER),
            **self._ended(),
            state=case.state.value,
            history=tuple(self._step(entry) for entry in case.timeline if entry.kind not in QUIET),
            reason=case.reason,
            plan=case.plan.text if case.plan else "",
            plan_until=self._at(case.plan.until) if case.plan else "",
            archived_at=self._at(case.archived_at),
            missing=case.missing,
            package=case.package or "",
            ticks=package_ticks(self._uow, case),
            meetings=tuple(self._meeting(one) for one in case.consultations),
            voices=voices_of(self._uow, self._actor, case, self._book.site.zone),
            prints=tuple(PrintedPaper(paper, copies) for paper, copies in own.items()),
            files=tuple(DossierFile(f.sha256, f.name, f.size, f.media_type) for f in case.files),
        )

    def _step(self, entry: TimelineEntry) -> HistoryStep:
        facts = {**entry.detail, **self._named(entry.detail)}
        written = (facts[name] for name in _WRITTEN if isinstance(facts.get(name), str))
        # The matter stands in a part of its own.
        text = "" if entry.kind == "case_accepted" else next(written, "")
        said = tuple((name, _flat(value)) for name, value in facts.items() if name not in _WRITTEN)
        return HistoryStep(
            at=self._at(entry.at),
            by=self._person(entry.actor),
            kind=entry.kind,
            site=entry.site,
            facts=tuple((name, value) for name, value in said if value),
            text=text,
        )

    def _named(self, detail: Mapping[str, Any]) -> dict[str, Any]:
        """The facts of a step that are codes or instants, as words."""
        named: dict[str, Any] = {}
        for field in ("board", "from", "to"):
            if isinstance(detail.get(field), str):
                named[field] = self._board(detail[field])
        if isinstance(detail.get("boards"), list):
            named["boards"] = [self._board(code) for code in detail["boards"]]
        if isinstance(detail.get("handler"), str):
            named["handler"] = self._person(detail["handler"])
        due = detail.get("due")
        for field, value in (("until", detail.get("until")), ("due", due.get("at") if due else None)):
            if isinstance(value, int):
                named[field] = self._at(value)
        if isinstance(detail.get("limit"), dict):
            named["limit"] = detail["limit"].get("class", "")
        if "board" in named and isinstance(detail.get("reason"), str):
            named["reason"] = return_reasons(self._uow).get(detail["reason"], detail["reason"])
        return named

    def _ended(self) -> dict[str, Any]:
        case, told = self._case, self._case.feedback
        closed = case.closed_at is not None
        return {
            "answer": case.answer,
            "resolved_at": self._at(case.closed_at),
            "in_time": not self._clock.is_overdue if closed and self._clock.due_ms is not None else None,
            "spent_min": self._clock.elapsed_ms // _MINUTE_MS,
            "told_at": self._at(told.at) if told else "",
            "told_by": told.how.value if told else "",
            "told": told.told if told else "",
            "told_text": told.text if told else "",
        }

    def _promised(self, paper: str) -> dict[str, Any]:
        return {
            **shared_facts(self._uow, self._book, self._case, self._mark, paper),
            **promise_facts(self._case, self._book.site.zone),
            "due": self._at(self._clock.due_ms),
            "provisional": self._clock.provisional,
            "shares": self._shares(),
        }

    def _shares(self) -> tuple[WorkShare, ...]:
        spent = {one.board: one.elapsed_ms // _MINUTE_MS for one in self._clock.shares}
        version = self._case.versions.get("boards")
        shares = []
        for share in self._case.shares:
            board = board_as_of(self._uow, share.board, version)
            shares.append(
                WorkShare(
                    board=board.name,
                    role=BoardRole.LEAD if share.role is AssignmentRole.LEAD else BoardRole.ASSIST,
                    department=board.lead or "",
                    task=share.task,
                    state=share.state.value,
                    handler=self._person(share.handler) if share.handler else "",
                    assigned_at=self._at(share.assigned_at),
                    received_at=self._at(share.received_at),
                    answered_at=self._at(share.answered_at),
                    answer="\n".join((*share.partial, *filter(None, (share.answer,)))),
                    spent_min=spent.get(share.board, 0),
                )
            )
        return tuple(shares)

    def _board(self, code: str) -> str:
        return board_name(self._uow, code, self._case.versions.get("boards")) if code else ""

    def _person(self, actor: str) -> str:
        member = self._book.staff.get(actor)
        return member.name if member else ""

    def _at(self, at_ms: int | None) -> str:
        return "" if at_ms is None else local_minute(at_ms, self._book.site.zone)


_WRITTEN = ("answer", "plan", "note", "agreed", "text", "task")
"""Fields of a step that hold what somebody wrote."""


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_flat(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int) else ""
