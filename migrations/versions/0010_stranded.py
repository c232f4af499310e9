"""The bookings that a change stranded are found without a look at all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    stranded = sa.text("stranding IS NOT NULL")
    op.create_index(
        "ix_bookings_stranding",
        "bookings",
        ["starts_at"],
        sqlite_where=stranded,
        postgresql_where=stranded,
    )
