"""The visit that an intake belongs to."""

from dataclasses import dataclass

from domain.queue.desk import TicketLine


@dataclass(frozen=True, slots=True)
class Visit:
    """来访: the ticket that was called, and the enterprise it was taken for where that is known."""

    ticket: str
    number: str
    uscc: str = ""
    name: str = ""

    @classmethod
    def of(cls, ticket: TicketLine) -> "Visit":
        """The visit of ``ticket``."""
        return cls(ticket.id, ticket.number, ticket.uscc, ticket.name)
