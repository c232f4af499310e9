"""Tries to reach patients, and what finds quickly who has to be called."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("call_again_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_calls_booking_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_calls_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("booking_id", "cause", "number", name="uq_calls_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_calls_at", "calls", ["at"])
    to_call = sa.text("effect = 'call' AND called_at IS NULL AND reviewed_at IS NULL")
    op.create_index(
        "ix_cautions_to_call",
        "cautions",
        ["booking_id"],
        sqlite_where=to_call,
        postgresql_where=to_call,
    )
    missed = sa.text("state = 'no_show'")
    op.create_index(
        "ix_bookings_missed",
        "bookings",
        ["starts_at"],
        sqlite_where=missed,
        postgresql_where=missed,
    )
