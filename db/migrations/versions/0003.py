"""To which life of the upstream stretches of servers' chains were given back."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upstream", sa.Column("given_back", sa.Text(), server_default="", nullable=False))
