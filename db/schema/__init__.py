"""Tables of a store, the same on a desk, a hub and a centre.

Shared columns are integer, text and blob; times are UTC milliseconds. The full-text tables differ by dialect and are
made by the migration, not from here. Read models can always be rebuilt from ``event`` and ``event_private``.
"""

import sqlalchemy as sa

from db.schema import asking, erasing, supervision, sync
from db.schema.base import Id, Milliseconds, RowId, metadata
from db.schema.text import FULL_TEXT

__all__ = ["FULL_TEXT", "asking", "erasing", "metadata", "supervision", "sync"]

node = sa.Table(
    "node",
    metadata,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),  # always 1: a store is one node
    sa.Column("store", Id, nullable=False),
    sa.Column("device", Id, nullable=False),
    sa.Column("site", Id, nullable=False),
    sa.Column("incarnation", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("head", sa.LargeBinary, nullable=False),
    sa.Column("hlc", sa.BigInteger, nullable=False),
    sa.Column("letters", sa.Text, nullable=False),
    sa.Column("letters_used", sa.Text, nullable=False, server_default=""),
    sa.Column("demo", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Milliseconds, nullable=False),
    sa.Column("serves", sa.Integer, nullable=False, server_default="0"),  # keeps logs of scopes
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("pos", RowId, primary_key=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("stream", Id, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("kind_version", sa.Integer, nullable=False),
    sa.Column("device", Id, nullable=False),
    sa.Column("incarnation", sa.BigInteger, nullable=False),
    sa.Column(
        "branch", sa.BigInteger, nullable=False, server_default="0"
    ),  # 0, or the younger side of a fork
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hlc", sa.BigInteger, nullable=False),
    sa.Column("received_at", Milliseconds),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column(
        "hash", sa.LargeBinary
    ),  # of its chain up to here; None where only a part of the chain came here
    sa.Column("upstream_pos", sa.BigInteger),  # in the log of the scope it came from
    sa.UniqueConstraint("device", "incarnation", "branch", "seq"),
)

event_private = sa.Table(
    "event_private",
    metadata,
    sa.Column("event", Id, sa.ForeignKey("event.id"), primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("event", Id, sa.ForeignKey("event.id"), nullable=False),
    sa.Column("effect", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("created_at", Milliseconds, nullable=False),
    sa.Column("done_at", Milliseconds, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.UniqueConstraint("event", "effect"),
)

conflict = sa.Table(
    "conflict",
    metadata,
    sa.Column("event", Id, sa.ForeignKey("event.id"), primary_key=True),
    sa.Column("stream", Id, nullable=False, index=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("found_at", Milliseconds, nullable=False),
    sa.Column("decided_at", Milliseconds),
)

counter = sa.Table(
    "counter",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Text, nullable=False, server_default=""),
)

reference_document = sa.Table(
    "reference_document",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("source", sa.Text, nullable=False),  # shipped | own | upstream
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("signature", sa.LargeBinary),
    sa.Column("stored_at", Milliseconds, nullable=False),
)

case_row = sa.Table(
    "case_row",
    metadata,
    sa.Column("rowid_", RowId, primary_key=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("number", sa.Text, nullable=False, index=True),
    sa.Column("short", sa.Text, nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("limit_class", sa.Text, nullable=False),
    sa.Column("uscc", sa.Text, index=True),
    sa.Column("applicant", sa.Text, nullable=False),
    sa.Column("lead_board", sa.Text),
    sa.Column("boards", sa.Text, nullable=False),  # space-separated codes, lead first
    sa.Column("item", sa.Text),
    sa.Column("package", sa.Text),
    sa.Column("in_pool", sa.Integer, nullable=False),
    sa.Column("sensitive", sa.Integer, nullable=False),
    sa.Column("accepted_at", Milliseconds, nullable=False, index=True),
    sa.Column("due_at", Milliseconds),  # pauses and extensions in it; None while a pause keeps it from coming
    sa.Column("amber_at", Milliseconds),
    sa.Column("red_at", Milliseconds),
    sa.Column("task", sa.Text),  # what desk, chief or supervisor owe it: an action
    sa.Column("provisional", sa.Integer, nullable=False),
    sa.Column("closed_at", Milliseconds),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("site", Id, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("contact", sa.Text, nullable=False, server_default=""),
    sa.Column("chosen", sa.Integer, nullable=False, server_default="0"),  # a clerk chose the boards
    sa.Column(
        "newer", sa.Integer, nullable=False, server_default="0"
    ),  # holds an event this program cannot read
)
sa.Index("ix_case_row_open_due", case_row.c.closed_at, case_row.c.due_at)
sa.Index("ix_case_row_applicant_accepted", case_row.c.applicant, case_row.c.accepted_at)
sa.Index("ix_case_row_lead_board_accepted_at", case_row.c.lead_board, case_row.c.accepted_at)
# Lists and their counts: each a stretch of an index, whatever the number of cases.
sa.Index("ix_case_row_state_accepted_at", case_row.c.state, case_row.c.accepted_at)
sa.Index("ix_case_row_kind_accepted_at", case_row.c.kind, case_row.c.accepted_at)
sa.Index("ix_case_row_actor_accepted_at", case_row.c.actor, case_row.c.accepted_at)
sa.Index("ix_case_row_due_at", case_row.c.due_at)
sa.Index("ix_case_row_open_amber", case_row.c.closed_at, case_row.c.amber_at)
sa.Index("ix_case_row_open_red", case_row.c.closed_at, case_row.c.red_at)
sa.Index("ix_case_row_task_due", case_row.c.task, case_row.c.due_at)
_pool = case_row.c
# All that problem lists are narrowed by, so that a whole year is counted without a look at its rows.
sa.Index(
    "ix_case_row_pool",
    *(_pool.in_pool, _pool.scope, _pool.accepted_at, _pool.closed_at),
    *(_pool.due_at, _pool.state, _pool.site, _pool.boards, _pool.uscc),
)
sa.Index("ix_case_row_pool_open", _pool.in_pool, _pool.closed_at, _pool.scope, _pool.accepted_at)
sa.Index("ix_case_row_chosen", case_row.c.chosen)  # with its row id: the newest choices

# The boards' shares. ``live`` ones belong to an open case and have not been closed: a board's work.
assignment_row = sa.Table(
    "assignment_row",
    metadata,
    sa.Column("case_id", Id, primary_key=True),
    sa.Column("board", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("live", sa.Integer, nullable=False),
    sa.Column("fallback", sa.Integer, nullable=False),  # taken over by the appeal board
    sa.Column("waits", sa.Text, nullable=False),  # what it waits for, empty where it is the board's turn
    sa.Column("returned", sa.Integer, nullable=False),  # how often
    sa.Column("partly", sa.Integer, nullable=False),  # how often it was answered in part
    sa.Column("handler", sa.Text),
    sa.Column("assigned_at", Milliseconds, nullable=False),
    sa.Column("received_at", Milliseconds),
    sa.Column("answered_at", Milliseconds),
    sa.Column("due_at", Milliseconds),  # the case's
    sa.Column("amber_at", Milliseconds),
    sa.Column("red_at", Milliseconds),
)
sa.Index(
    "ix_assignment_row_board_live_due", assignment_row.c.board, assignment_row.c.live, assignment_row.c.due_at
)
sa.Index("ix_assignment_row_handler_live", assignment_row.c.handler, assignment_row.c.live)

enterprise = sa.Table(
    "enterprise",
    metadata,
    sa.Column("rowid_", RowId, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),  # credit code, else "name:<name>"
    sa.Column("uscc", sa.Text, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("contact_name", sa.Text, nullable=False, server_default=""),
    sa.Column("contact_phone", sa.Text, nullable=False, server_default=""),
    sa.Column("contact_capacity", sa.Text, nullable=False, server_default=""),
    sa.Column("cases", sa.Integer, nullable=False),
    sa.Column("last_at", Milliseconds, nullable=False, index=True),
    sa.Column("profiled", sa.Integer, nullable=False, server_default="0"),  # has a stream of its own
    sa.Column(
        "proved_until", Milliseconds, nullable=False, server_default="0"
    ),  # of a code that proved its name
    sa.Column("own_contact", sa.Integer, nullable=False, server_default="0"),  # contact is the profile's
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("tags", sa.Text, nullable=False, server_default=""),  # words, one a line
    # When the cases were accepted that tell name and contact; 0: none does.
    sa.Column("named_at", Milliseconds, nullable=False, server_default="0"),
    sa.Column("contact_at", Milliseconds, nullable=False, server_default="0"),
)

# Two stations that met one enterprise offline have begun two streams for it.
enterprise_stream = sa.Table(
    "enterprise_stream",
    metadata,
    sa.Column("stream", Id, primary_key=True),
    sa.Column("uscc", sa.Text, nullable=False, index=True),
)

verification = sa.Table(
    "verification",
    metadata,
    sa.Column("event", Id, sa.ForeignKey("event.id"), primary_key=True),
    sa.Column("stream", Id, nullable=False),
    sa.Column("uscc", sa.Text, nullable=False, index=True),
    sa.Column("at", Milliseconds, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),  # as of the last check
    sa.Column("reasons", sa.Text, nullable=False),  # codes, space-separated
    sa.Column("provisional", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False, server_default="0"),
)
sa.Index("ix_verification_provisional_at", verification.c.provisional, verification.c.at)

# What was scanned, kept here only until the verdict is final: no event holds it, and it never leaves the machine.
provisional_code = sa.Table(
    "provisional_code",
    metadata,
    sa.Column("event", Id, sa.ForeignKey("event.id"), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

# The private half of this device's own key for slips. Its store is encrypted; no event or document ever holds it.
device_secret = sa.Table(
    "device_secret",
    metadata,
    sa.Column("device", Id, primary_key=True),
    sa.Column("seed", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Milliseconds, nullable=False),
)

# Presentations of enterprise codes that were accepted, until they are over.
replay_mark = sa.Table(
    "replay_mark",
    metadata,
    sa.Column("mark", sa.LargeBinary, primary_key=True),
    sa.Column("until", Milliseconds, nullable=False, index=True),
)

# Identifiers that a registry is to be asked about once there is a line; they never leave the machine otherwise.
registry_question = sa.Table(
    "registry_question",
    metadata,
    sa.Column("text", sa.Text, primary_key=True),
    sa.Column("asked_at", Milliseconds, nullable=False),
)

attachment = sa.Table(
    "attachment",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("stored_at", Milliseconds, nullable=False),
)

draft = sa.Table(
    "draft",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("updated_at", Milliseconds, nullable=False),
)

print_snapshot = sa.Table(
    "print_snapshot",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the event that recorded the print
    sa.Column("stream", Id, nullable=False, index=True),
    sa.Column("paper", sa.Text, nullable=False),
    sa.Column("size", sa.Text, nullable=False),
    sa.Column("copy", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("printed_at", Milliseconds, nullable=False),
)

sign_in_failure = sa.Table(
    "sign_in_failure",
    metadata,
    sa.Column("staff", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", Milliseconds, nullable=False),
)

# The queue. Read models of ticket streams, but for ``ticket_counter`` and ``ticket_command``, which only the node that
# gives out the numbers keeps.
ticket_row = sa.Table(
    "ticket_row",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("site", Id, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("serial", sa.Integer, nullable=False),
    sa.Column("first_group", sa.Text, nullable=False),
    sa.Column("grp", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("issued_at", Milliseconds, nullable=False),
    sa.Column("line_at", Milliseconds, nullable=False),
    sa.Column("came", sa.BigInteger, nullable=False),
    sa.Column("since", Milliseconds, nullable=False),
    sa.Column("appointment_at", Milliseconds),
    sa.Column("window", sa.Text, nullable=False),
    sa.Column("staff", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("recalls", sa.Integer, nullable=False),
    sa.Column("ended_at", Milliseconds),
    sa.Column("end_reason", sa.Text),
    sa.Column("uscc", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("cases", sa.Text, nullable=False),  # ids, space-separated
    sa.Column("time_wrong", sa.Integer, nullable=False),
)
sa.Index("ix_ticket_row_day_number", ticket_row.c.day, ticket_row.c.number)
sa.Index("ix_ticket_row_day_first_group", ticket_row.c.day, ticket_row.c.first_group)  # quota and counts
sa.Index("ix_ticket_row_grp_ended", ticket_row.c.grp, ticket_row.c.ended_at)  # the last services of a group
# Open tickets are few, whatever the number of days behind them.
sa.Index("ix_ticket_row_ended_state", ticket_row.c.ended_at, ticket_row.c.state)

ticket_period = sa.Table(
    "ticket_period",
    metadata,
    sa.Column("ticket", Id, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("grp", sa.Text, nullable=False),
    sa.Column("window", sa.Text, nullable=False),
    sa.Column("staff", sa.Text, nullable=False),
    sa.Column("from_at", Milliseconds, nullable=False),
    sa.Column("to_at", Milliseconds),
)

ticket_call = sa.Table(
    "ticket_call",
    metadata,
    sa.Column("event", Id, primary_key=True),
    sa.Column("ticket", Id, nullable=False, index=True),
    sa.Column("order", sa.BigInteger, nullable=False, index=True),
    sa.Column("at", Milliseconds, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("window", sa.Text, nullable=False),
    sa.Column("grp", sa.Text, nullable=False),
)

hall_day = sa.Table(
    "hall_day",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("site", Id, primary_key=True),
    sa.Column("stream", Id, nullable=False, unique=True),
    sa.Column("body", sa.Text, nullable=False),  # the folded day, JSON
)

ticket_counter = sa.Table(
    "ticket_counter",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("grp", sa.Text, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
    sa.Column("incarnation", sa.BigInteger, nullable=False),
)

ticket_command = sa.Table(
    "ticket_command",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("answer", sa.Text),  # the ticket's id; absent where nobody waited
    sa.Column("at", Milliseconds, nullable=False, index=True),
)
