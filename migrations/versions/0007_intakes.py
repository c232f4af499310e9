"""What patients are asked: answers, cautions, a guardian, and unfinished answers."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("patients", sa.Column("guardian", sa.String(length=200), nullable=True))
    op.add_column("drafts", sa.Column("intake", sa.JSON(), nullable=True))
    op.create_table(
        "intakes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("help", sa.JSON(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_intakes_booking_id"),
        sa.PrimaryKeyConstraint("id", name="pk_intakes"),
        sa.UniqueConstraint("booking_id", name="uq_intakes_booking"),
    )
    op.create_table(
        "cautions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("effect", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.String(length=40), nullable=False),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.Integer(), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (reviewed_by IS NULL)",
            name=op.f("ck_cautions_reviewed_by_whom"),
        ),
        sa.CheckConstraint(
            "(called_at IS NULL) = (called_by IS NULL)", name=op.f("ck_cautions_called_by_whom")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_cautions_booking_id"),
        sa.ForeignKeyConstraint(["reviewed_by"], ["staff.id"], name="fk_cautions_reviewed_by"),
        sa.ForeignKeyConstraint(["called_by"], ["staff.id"], name="fk_cautions_called_by"),
        sa.PrimaryKeyConstraint("id", name="pk_cautions"),
        sa.UniqueConstraint("booking_id", "key", name="uq_cautions_key"),
    )
