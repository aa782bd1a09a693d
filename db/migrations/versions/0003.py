"""To which life of the upstream stretches of servers' chains were given back; of which cases an enterprise's row is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upstream", sa.Column("given_back", sa.Text(), server_default="", nullable=False))
    op.add_column("enterprise", sa.Column("named_at", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("enterprise", sa.Column("contact_at", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE enterprise SET named_at = last_at")
    op.execute("UPDATE enterprise SET contact_at = last_at WHERE own_contact = 0 AND contact_name <> ''")
