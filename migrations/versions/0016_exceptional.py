"""Bookings where nothing was on offer, and why staff made them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bookings", sa.Column("exceptional", sa.String(length=20), nullable=True))
    op.add_column("bookings", sa.Column("exceptional_reason", sa.String(length=500), nullable=True))
