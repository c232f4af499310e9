"""Breaks in the week, busy time from other calendars, and whose public holidays are proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "opening_hours",
        sa.Column("is_break", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("clinic", sa.Column("region", sa.String(length=20), nullable=True))
    op.create_table(
        "busy_calendars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name="fk_busy_calendars_practitioner_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_busy_calendars"),
        sa.UniqueConstraint("practitioner_id", "name", name="uq_busy_calendars_name"),
    )
    op.create_table(
        "busy_times",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_busy_times_starts_first")),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["busy_calendars.id"],
            name="fk_busy_times_calendar_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_busy_times"),
    )
    op.create_index(
        "ix_busy_times_calendar_id_starts_at", "busy_times", ["calendar_id", "starts_at"]
    )
