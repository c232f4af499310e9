"""Which start of a visit a message tells."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# A message tells the start that the next move left, or else the one that the booking has.
_TOLD = """
UPDATE messages SET starts_at = COALESCE(
    (
        SELECT later.previous_start FROM messages AS later
        WHERE later.booking_id = messages.booking_id
        AND later.sequence > messages.sequence
        AND later.previous_start IS NOT NULL
        ORDER BY later.sequence LIMIT 1
    ),
    (SELECT bookings.starts_at FROM bookings WHERE bookings.id = messages.booking_id)
)
WHERE booking_id IS NOT NULL AND kind NOT IN ('reminder', 'running_late', 'new_times')
"""


def upgrade() -> None:
    op.add_column("messages", sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_TOLD)
