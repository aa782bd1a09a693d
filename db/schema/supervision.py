"""Tables of supervision: whose turn an open case is, reminders made, problems that cases share."""

import sqlalchemy as sa

from db.schema.base import Id, Milliseconds, metadata

# One row for each open case: whose turn it is, how long each board has had it, what was done to hurry it.
supervision_row = sa.Table(
    "supervision_row",
    metadata,
    sa.Column("case_id", Id, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("site", Id, nullable=False),
    sa.Column("board", sa.Text),
    sa.Column("handler", sa.Text),
    sa.Column("spans", sa.Text, nullable=False),  # JSON: stays of the boards and pauses, UTC milliseconds
    sa.Column("urged", sa.Integer, nullable=False),  # how often
    sa.Column("carded", sa.Integer, nullable=False),
    sa.Column("waiting", sa.Integer, nullable=False),  # boards that owe an answer to a measure
    sa.Column("until_at", Milliseconds),
    sa.Column("measured_at", Milliseconds),
)

# What somebody at this node was, or is to be, reminded of. ``of_at`` is the end of the limit that it is
# of (for a sensitive case its acceptance): a new limit has another. No event: what is due follows from the case's own.
reminder_row = sa.Table(
    "reminder_row",
    metadata,
    sa.Column("case_id", Id, primary_key=True),
    sa.Column("level", sa.Text, primary_key=True),
    sa.Column("of_at", Milliseconds, primary_key=True, autoincrement=False),
    sa.Column("made_at", Milliseconds, nullable=False),
    sa.Column("show_at", Milliseconds, nullable=False),
    sa.Column("seen_at", Milliseconds),
    sa.Column("seen_by", sa.Text),
)
sa.Index("ix_reminder_row_seen_show", reminder_row.c.seen_at, reminder_row.c.show_at)

problem_row = sa.Table(
    "problem_row",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("ref", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("site", Id, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("members", sa.Integer, nullable=False),
    sa.Column("answered", sa.Integer, nullable=False),
    sa.Column("begun_at", Milliseconds, nullable=False),
    sa.Column("answered_at", Milliseconds),
)

problem_member = sa.Table(
    "problem_member",
    metadata,
    sa.Column("problem", Id, primary_key=True),
    sa.Column("case_id", Id, primary_key=True),
    sa.Column("answered_at", Milliseconds),
)
sa.Index("ix_problem_member_case", problem_member.c.case_id)
