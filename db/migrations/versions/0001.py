"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachment")),
    )
    op.create_table(
        "case_row",
        sa.Column("rowid_", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("limit_class", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=True),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("lead_board", sa.Text(), nullable=True),
        sa.Column("boards", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("package", sa.Text(), nullable=True),
        sa.Column("in_pool", sa.Integer(), nullable=False),
        sa.Column("sensitive", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("provisional", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), server_default="", nullable=False),
        sa.Column("chosen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("newer", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("rowid_", name=op.f("pk_case_row")),
        sa.UniqueConstraint("id", name=op.f("uq_case_row_id")),
    )
    with op.batch_alter_table("case_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_row_accepted_at"), ["accepted_at"], unique=False)
        batch_op.create_index("ix_case_row_applicant_accepted", ["applicant", "accepted_at"], unique=False)
        batch_op.create_index(
            "ix_case_row_lead_board_accepted_at", ["lead_board", "accepted_at"], unique=False
        )
        batch_op.create_index("ix_case_row_state_accepted_at", ["state", "accepted_at"], unique=False)
        batch_op.create_index("ix_case_row_kind_accepted_at", ["kind", "accepted_at"], unique=False)
        batch_op.create_index("ix_case_row_actor_accepted_at", ["actor", "accepted_at"], unique=False)
        batch_op.create_index("ix_case_row_due_at", ["due_at"], unique=False)
        batch_op.create_index("ix_case_row_chosen", ["chosen"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_row_number"), ["number"], unique=False)
        batch_op.create_index("ix_case_row_open_due", ["closed_at", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_row_short"), ["short"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_row_uscc"), ["uscc"], unique=False)

    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_table(
        "enterprise",
        sa.Column("rowid_", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_phone", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_capacity", sa.Text(), server_default="", nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("profiled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("proved_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("own_contact", sa.Integer(), server_default="0", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("rowid_", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("id", name=op.f("uq_enterprise_id")),
    )
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_last_at"), ["last_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_enterprise_uscc"), ["uscc"], unique=False)

    op.create_table(
        "enterprise_stream",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_enterprise_stream")),
    )
    with op.batch_alter_table("enterprise_stream", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_stream_uscc"), ["uscc"], unique=False)

    op.create_table(
        "event",
        sa.Column("pos", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kind_version", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hlc", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("pos", name=op.f("pk_event")),
        sa.UniqueConstraint("device", "incarnation", "seq", name=op.f("uq_event_device_incarnation_seq")),
        sa.UniqueConstraint("id", name=op.f("uq_event_id")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_stream"), ["stream"], unique=False)

    op.create_table(
        "node",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("hlc", sa.BigInteger(), nullable=False),
        sa.Column("letters", sa.Text(), nullable=False),
        sa.Column("letters_used", sa.Text(), server_default="", nullable=False),
        sa.Column("demo", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_node")),
    )
    op.create_table(
        "print_snapshot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("printed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_snapshot")),
    )
    with op.batch_alter_table("print_snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_snapshot_stream"), ["stream"], unique=False)

    op.create_table(
        "reference_document",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "version", name=op.f("pk_reference_document")),
    )
    op.create_table(
        "device_secret",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_device_secret")),
    )
    op.create_table(
        "registry_question",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("text", name=op.f("pk_registry_question")),
    )
    op.create_table(
        "replay_mark",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_replay_mark")),
    )
    with op.batch_alter_table("replay_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replay_mark_until"), ["until"], unique=False)

    op.create_table(
        "sign_in_failure",
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("staff", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "conflict",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f("fk_conflict_event")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_conflict")),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_stream"), ["stream"], unique=False)

    op.create_table(
        "event_private",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f("fk_event_private_event")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_event_private")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f("fk_outbox_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event", "effect", name=op.f("uq_outbox_event_effect")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_done_at"), ["done_at"], unique=False)

    op.create_table(
        "provisional_code",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f("fk_provisional_code_event")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_provisional_code")),
    )
    op.create_table(
        "verification",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("provisional", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name=op.f("fk_verification_event")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_verification")),
    )
    with op.batch_alter_table("verification", schema=None) as batch_op:
        batch_op.create_index("ix_verification_provisional_at", ["provisional", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_verification_uscc"), ["uscc"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(sa.text(statement))


FULL_TEXT = (
    "CREATE VIRTUAL TABLE case_fts USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize=\"unicode61 remove_diacritics 0\")",  # noqa: E501
    "CREATE VIRTUAL TABLE enterprise_fts USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize=\"unicode61 remove_diacritics 0\")",  # noqa: E501
)
