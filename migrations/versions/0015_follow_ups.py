"""In how many weeks the doctor suggests another visit, and of which kind."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bookings", sa.Column("follow_up_weeks", sa.Integer(), nullable=True))
    # As SQL, since SQLite adds no named constraint to a table that is there by any other way.
    op.execute(
        "ALTER TABLE bookings ADD COLUMN follow_up_service_id INTEGER "
        "CONSTRAINT fk_bookings_follow_up_service_id REFERENCES services (id)"
    )
