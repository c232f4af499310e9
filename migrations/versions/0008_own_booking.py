"""Managing one's booking: "I will come", and until when it may be moved or cancelled online."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "bookings", sa.Column("reconfirmed_at", sa.DateTime(timezone=True), nullable=True)
    )
    # In words that both databases know: SQLite takes a constraint only along with its column.
    for deed in ("move", "cancel"):
        op.execute(
            f"ALTER TABLE clinic ADD COLUMN {deed}_cut_off_hours INTEGER DEFAULT 0 NOT NULL"
            f" CONSTRAINT ck_clinic_{deed}_cut_off_not_negative CHECK ({deed}_cut_off_hours >= 0)"
        )
