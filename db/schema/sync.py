"""Tables of sync: chains of devices, logs of scopes, devices, what is held back, what waits to be folded.

The same on a window, a hub and a centre. A window fills ``chain``, ``upstream*`` and ``unfolded``; whoever serves
others fills the logs of its scopes, too.
"""

import sqlalchemy as sa

from db.schema.base import Id, Milliseconds, metadata

# How far each chain of events is known here. ``branch`` is 0 but for the younger side of a fork. ``upstream_seq`` is
# how far the upstream has said that it has it. ``signature`` signs the newest signed head, at ``signed_seq``.
chain = sa.Table(
    "chain",
    metadata,
    sa.Column("device", Id, primary_key=True),
    sa.Column("incarnation", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("branch", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("head", sa.LargeBinary, nullable=False),
    sa.Column("fork_seq", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("upstream_seq", sa.BigInteger, nullable=False, server_default="0"),
)
sa.Index("ix_chain_upstream", chain.c.seq, chain.c.upstream_seq)

# Signed heads: where a batch of a chain may end on its way up. Those that the upstream has are dropped but the newest.
chain_mark = sa.Table(
    "chain_mark",
    metadata,
    sa.Column("device", Id, primary_key=True),
    sa.Column("incarnation", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("branch", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("head", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
)

# What was refused, or came from a device after it was revoked. It is kept so that its chain can still be verified.
held_event = sa.Table(
    "held_event",
    metadata,
    sa.Column("device", Id, primary_key=True),
    sa.Column("incarnation", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("branch", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("salt", sa.LargeBinary),
    sa.Column("private", sa.LargeBinary),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # refused | quarantined | released
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("held_at", Milliseconds, nullable=False),
    sa.Column("decided_at", Milliseconds),
    sa.Column("decided_by", sa.Text),
)
sa.Index("ix_held_event_state", held_event.c.state, held_event.c.held_at)

# Events that were stored and counted although whoever recorded them had no right to.
event_review = sa.Table(
    "event_review",
    metadata,
    sa.Column("event", Id, primary_key=True),
    sa.Column("stream", Id, nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("found_at", Milliseconds, nullable=False),
    sa.Column("decided_at", Milliseconds),
    sa.Column("decided_by", sa.Text),
    sa.Column("decision", sa.Text),  # kept | undone, with a word why in an event
)
sa.Index("ix_event_review_decided", event_review.c.decided_at, event_review.c.found_at)

# The log of each scope that this node serves: gapless positions in the order of commits.
scope_head = sa.Table(
    "scope_head",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("head", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)
scope_entry = sa.Table(
    "scope_entry",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("pos", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", sa.BigInteger, nullable=False),  # event.pos
    sa.Column("stamp", Milliseconds, nullable=False),
    sa.Column("again", sa.Integer, nullable=False, server_default="0"),  # a second, smaller stamp of an event
    sa.Column("digest", sa.LargeBinary),  # of the log up to here; at the end of each append
)
# Which scopes see a stream.
stream_scope = sa.Table(
    "stream_scope",
    metadata,
    sa.Column("stream", Id, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
)

# Streams with events that their read models do not show yet.
unfolded = sa.Table("unfolded", metadata, sa.Column("stream", Id, primary_key=True))

# The one node above this one. ``epoch`` is the life of its store; a restored one has another.
upstream = sa.Table(
    "upstream",
    metadata,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),  # always 1
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),  # of that node
    sa.Column("device", Id, nullable=False),  # its device
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("certificate", sa.LargeBinary),  # SHA-256 of the pinned one
    sa.Column("epoch", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, server_default=""),
    sa.Column("token_until", Milliseconds, nullable=False, server_default="0"),
    sa.Column("documents", sa.Text, nullable=False, server_default=""),  # digest of the documents taken in
    sa.Column("offset_ms", sa.BigInteger, nullable=False, server_default="0"),  # its clock less ours
    sa.Column("enrolled_at", Milliseconds, nullable=False),
    sa.Column("heard_at", Milliseconds),  # of the last whole run
    sa.Column("failed_at", Milliseconds),
    sa.Column("failure", sa.Text, nullable=False, server_default=""),  # a code
    sa.Column(
        "batch_bytes", sa.BigInteger, nullable=False, server_default="262144"
    ),  # the line bore at least
    sa.Column(
        "given_back", sa.Text, nullable=False, server_default=""
    ),  # the epoch that got ``stretches_apart``
)
# How far its log of a scope was taken in, and marks on the way by which both find where they still agree.
upstream_cursor = sa.Table(
    "upstream_cursor",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("pos", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)
upstream_mark = sa.Table(
    "upstream_mark",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("pos", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)

# Devices of this node's sites, folded from the events of nodes that enrol: hubs and centres.
device = sa.Table(
    "device",
    metadata,
    sa.Column("device", Id, primary_key=True),
    sa.Column("site", sa.Text, nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),  # window | hub | centre
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("letters", sa.Text, nullable=False, server_default=""),  # pairs, space-separated
    sa.Column("sites", sa.Text, nullable=False, server_default=""),  # earlier sites of a station that joined
    sa.Column("parent", Id, nullable=False, server_default=""),  # who enrolled it
    sa.Column("stream", Id, nullable=False, server_default=""),  # of its last enrolment
    sa.Column("enrolled_at", Milliseconds, nullable=False),
    sa.Column("revoked_at", Milliseconds),
    sa.Column("revoked_seq", sa.Text),  # reserved: what of it still counts, JSON
)
# When a device was last heard; no event, only this node's own knowledge.
device_seen = sa.Table(
    "device_seen",
    metadata,
    sa.Column("device", Id, primary_key=True),
    sa.Column("seen_at", Milliseconds, nullable=False),
    sa.Column("version", sa.Text, nullable=False, server_default=""),
    sa.Column("offset_ms", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("waiting", sa.BigInteger, nullable=False, server_default="0"),
)
# One-time codes; only the hash is kept.
enrol_code = sa.Table(
    "enrol_code",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("made_at", Milliseconds, nullable=False),
    sa.Column("until", Milliseconds, nullable=False),
    sa.Column("used_at", Milliseconds),
    sa.Column("device", Id),
    sa.Column("answer", sa.LargeBinary),  # for a device that asks again since the answer was lost
)
# What a server signs its tokens with; shared by its processes.
server_secret = sa.Table(
    "server_secret",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Milliseconds, nullable=False),
)

# Attachments on their way: ``have`` bytes of ``size`` are here or there. ``stream`` holds the event that names the
# file; ``wanted`` is 1 where somebody waits for it.
file_transfer = sa.Table(
    "file_transfer",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("direction", sa.Text, primary_key=True),  # up | down
    sa.Column("stream", Id, nullable=False),
    sa.Column("wanted", sa.Integer, nullable=False, server_default="0"),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("have", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("asked_at", Milliseconds, nullable=False),
    sa.Column("done_at", Milliseconds),
    sa.Column("failure", sa.Text, nullable=False, server_default=""),
)
sa.Index("ix_file_transfer_open", file_transfer.c.direction, file_transfer.c.done_at)

# The hall's hub, as last known: decisions carry its term, and an older term is refused.
hub_term = sa.Table(
    "hub_term",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("term", sa.BigInteger, nullable=False),
    sa.Column("device", Id, nullable=False),
    sa.Column("url", sa.Text, nullable=False, server_default=""),
    sa.Column("since", Milliseconds, nullable=False),
)
