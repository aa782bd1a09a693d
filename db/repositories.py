"""The repositories of one transaction, each made when it is first asked for."""

from functools import cached_property
from typing import Any

from sqlalchemy.engine import Connection

from db.device_secrets import DeviceSecrets
from db.files.attachment_rows import AttachmentRows
from db.reference import ReferenceDocuments
from db.rows.assignment_rows import AssignmentRows
from db.rows.callback_rows import CallbackRows
from db.rows.case_rows import CaseRows
from db.rows.counters import Counters
from db.rows.drafts import Drafts
from db.rows.enterprise_records import EnterpriseRecords
from db.rows.enterprise_rows import EnterpriseRows
from db.rows.figure_rows import FigureRows
from db.rows.hall_rows import HallDays
from db.rows.prints import Outbox, Prints
from db.rows.problem_rows import ProblemRows
from db.rows.rating_rows import RatingRows
from db.rows.registry_questions import RegistryQuestions
from db.rows.reminder_rows import ReminderRows
from db.rows.replay_marks import ReplayMarks
from db.rows.sign_in import SignInFailures
from db.rows.supervision_rows import SupervisionRows
from db.rows.ticket_rows import Tickets
from db.rows.verification_rows import Verifications


class Repositories:
    """Read models, documents and side effects over one connection."""

    def __init__(self, connection: Connection, cache: dict[Any, Any] | None = None) -> None:
        self.connection = connection
        self.cache: dict[Any, Any] = {} if cache is None else cache
        """Kept by the store between units of work, emptied when one fails: parsed documents and the like."""

    @cached_property
    def cases(self) -> CaseRows:
        """The read model of cases."""
        return CaseRows(self.connection)

    @cached_property
    def assignments(self) -> AssignmentRows:
        """The read model of the boards' shares."""
        return AssignmentRows(self.connection)

    @cached_property
    def supervision(self) -> SupervisionRows:
        """Open cases as supervision sees them."""
        return SupervisionRows(self.connection)

    @cached_property
    def reminders(self) -> ReminderRows:
        """Who is to be reminded of what."""
        return ReminderRows(self.connection)

    @cached_property
    def figures(self) -> FigureRows:
        """What a centre's figures are counted from."""
        return FigureRows(self.connection)

    @cached_property
    def problems(self) -> ProblemRows:
        """The pool of problems, and those that many cases share."""
        return ProblemRows(self.connection)

    @cached_property
    def callbacks(self) -> CallbackRows:
        """The read model of callbacks."""
        return CallbackRows(self.connection)

    @cached_property
    def ratings(self) -> RatingRows:
        """The read model of ratings."""
        return RatingRows(self.connection)

    @cached_property
    def enterprises(self) -> EnterpriseRows:
        """Known enterprises."""
        return EnterpriseRows(self.connection)

    @cached_property
    def enterprise_records(self) -> EnterpriseRecords:
        """Enterprises folded from events of their own."""
        return EnterpriseRecords(self.connection)

    @cached_property
    def verifications(self) -> Verifications:
        """Verified codes."""
        return Verifications(self.connection)

    @cached_property
    def reference(self) -> ReferenceDocuments:
        """Reference documents."""
        return ReferenceDocuments(self.connection, self.cache)

    @cached_property
    def drafts(self) -> Drafts:
        """Unfinished intakes."""
        return Drafts(self.connection)

    @cached_property
    def prints(self) -> Prints:
        """Printed papers."""
        return Prints(self.connection)

    @cached_property
    def outbox(self) -> Outbox:
        """Side effects to be done."""
        return Outbox(self.connection)

    @cached_property
    def counters(self) -> Counters:
        """Running numbers."""
        return Counters(self.connection)

    @cached_property
    def attachments(self) -> AttachmentRows:
        """Keys and facts of stored files."""
        return AttachmentRows(self.connection)

    @cached_property
    def device_secrets(self) -> DeviceSecrets:
        """The device's own key."""
        return DeviceSecrets(self.connection)

    @cached_property
    def registry_questions(self) -> RegistryQuestions:
        """Identifiers a registry is still to be asked about."""
        return RegistryQuestions(self.connection)

    @cached_property
    def replay_marks(self) -> ReplayMarks:
        """Presentations that were accepted."""
        return ReplayMarks(self.connection)

    @cached_property
    def tickets(self) -> Tickets:
        """The read model of the queue."""
        return Tickets(self.connection)

    @cached_property
    def hall_days(self) -> HallDays:
        """The hall's days."""
        return HallDays(self.connection)

    @cached_property
    def sign_in_failures(self) -> SignInFailures:
        """Failed sign-ins."""
        return SignInFailures(self.connection)
