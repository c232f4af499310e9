"""Wishes of patients: new answers after booking, and reminders of a visit."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite writes the table anew for it; nothing refers to intakes.
    with op.batch_alter_table("intakes") as intakes:
        intakes.add_column(
            sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
        intakes.drop_constraint("uq_intakes_booking", type_="unique")
        intakes.create_unique_constraint("uq_intakes_revision", ["booking_id", "revision"])
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("reminds_of", sa.DateTime(timezone=True), nullable=True))
        messages.add_column(
            sa.Column("hours_before", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
        messages.drop_constraint("uq_messages_sent_once", type_="unique")
        messages.create_unique_constraint(
            "uq_messages_sent_once",
            ["booking_id", "kind", "sequence", "recipient", "hours_before"],
        )
        messages.create_unique_constraint(
            "uq_messages_reminded_once", ["booking_id", "reminds_of", "hours_before"]
        )
