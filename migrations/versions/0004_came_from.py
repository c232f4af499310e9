"""Where a patient came from: on the booking, and before it on the draft."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("bookings", "drafts"):
        op.add_column(table, sa.Column("came_from", sa.String(length=100), nullable=True))
        op.add_column(table, sa.Column("referral", sa.String(length=100), nullable=True))
