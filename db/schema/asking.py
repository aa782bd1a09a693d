"""Tables of asking the enterprise afterwards: callbacks and ratings."""

import sqlalchemy as sa

from db.schema.base import Id, Milliseconds, metadata

# One row for each closing of a case that the enterprise was told of. Those in state ``pool`` have not been drawn.
callback_row = sa.Table(
    "callback_row",
    metadata,
    sa.Column("case_id", Id, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("ref", sa.Text, nullable=False, unique=True),  # what a form's code calls it
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("grp", sa.Text, nullable=False),
    sa.Column("site", Id, nullable=False),
    sa.Column("board", sa.Text, nullable=False),
    sa.Column("closed_at", Milliseconds, nullable=False),
    sa.Column("drawn_at", Milliseconds),
    sa.Column("due_at", Milliseconds),
    sa.Column("caller", sa.Text),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("contact", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("last_result", sa.Text),
    sa.Column("last_at", Milliseconds),
    sa.Column("solved", sa.Integer),
    sa.Column("level", sa.Integer),
)
sa.Index("ix_callback_row_site_closed", callback_row.c.site, callback_row.c.closed_at)
sa.Index("ix_callback_row_state_due", callback_row.c.state, callback_row.c.due_at)

# The key that samples are drawn with. Its store is encrypted; no event or document ever holds it.
callback_secret = sa.Table(
    "callback_secret",
    metadata,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),  # always 1
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Milliseconds, nullable=False),
)

rating_row = sa.Table(
    "rating_row",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("ref", sa.Text, nullable=False, unique=True),
    sa.Column("of", sa.Text, nullable=False),
    sa.Column("subject", Id, nullable=False, index=True),
    sa.Column("site", Id, nullable=False),
    sa.Column("board", sa.Text, nullable=False),
    sa.Column("concerned", sa.Text, nullable=False),  # staff, space-separated
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),
    sa.Column("given_at", Milliseconds, nullable=False),
    sa.Column("counts", sa.Integer, nullable=False),  # of several ratings of one subject the first alone
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at_parent", sa.Integer, nullable=False),
    sa.Column("due_at", Milliseconds),
    sa.Column("appeal", sa.Text, nullable=False),
    sa.Column("second_level", sa.Integer),
    sa.Column("ended_at", Milliseconds),
    sa.Column("order", sa.BigInteger, nullable=False),
)
sa.Index("ix_rating_row_state_due", rating_row.c.state, rating_row.c.due_at)
sa.Index("ix_rating_row_given_at", rating_row.c.given_at)
