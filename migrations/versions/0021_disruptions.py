"""Closures and absences that took visits away, and what became of each of those."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disruptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("closure_id", sa.Integer(), nullable=True),
        sa.Column("practitioner_id", sa.Integer(), nullable=True),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["closure_id"],
            ["closures.id"],
            name="fk_disruptions_closure_id",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name="fk_disruptions_practitioner_id"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name="fk_disruptions_location_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_disruptions"),
    )
    op.create_index("ix_disruptions_closure_id", "disruptions", ["closure_id"])
    op.create_index("ix_disruptions_last_day", "disruptions", ["last_day"])
    op.create_table(
        "disrupted_bookings",
        sa.Column("disruption_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("choice", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.String(length=20), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["disruption_id"], ["disruptions.id"], name="fk_disrupted_bookings_disruption_id"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name="fk_disrupted_bookings_booking_id"
        ),
        sa.PrimaryKeyConstraint("disruption_id", "booking_id", name="pk_disrupted_bookings"),
    )
    op.create_index("ix_disrupted_bookings_booking_id", "disrupted_bookings", ["booking_id"])
