"""Tables of erasing and retiring: whose private parts are gone for good, and which lie at the centre alone."""

import sqlalchemy as sa

from db.schema.base import Id, Milliseconds, metadata

# Events whose private part was erased on a lawful request. A copy of it that comes later is dropped.
erased_event = sa.Table(
    "erased_event",
    metadata,
    sa.Column("event", Id, primary_key=True),
    sa.Column("by", Id, nullable=False),  # the event that told of the erasure
)
# Streams of which everything was erased that was recorded up to ``hlc``, whether it had come here by then or not.
erased_stream = sa.Table(
    "erased_stream",
    metadata,
    sa.Column("stream", Id, primary_key=True),
    sa.Column("hlc", sa.BigInteger, nullable=False),
    sa.Column("by", Id, nullable=False),
)
# Erasures known here. ``folded_at`` is when the rows were deleted; what is recorded here from then on is not touched.
# ``cleaned_at`` is when files, free pages and backups had lost every trace, too.
erasure = sa.Table(
    "erasure",
    metadata,
    sa.Column("event", Id, primary_key=True),
    sa.Column("taken_at", Milliseconds, nullable=False),
    sa.Column("folded_at", Milliseconds),
    sa.Column("cleaned_at", Milliseconds),
)
# Old closed cases whose private parts lie at the centre alone; ``back_at`` is when they were fetched again.
retired_case = sa.Table(
    "retired_case",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("retired_at", Milliseconds, nullable=False),
    sa.Column("back_at", Milliseconds),
)
