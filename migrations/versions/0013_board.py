"""The day board: what its watchers have not seen yet, and who runs late."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "resources",
        sa.Column("board_version", sa.Integer(), nullable=False, server_default=sa.text("1")),
    )
    op.create_table(
        "lateness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_lateness_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name="fk_lateness_practitioner_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lateness"),
    )
    op.create_index(
        "ix_lateness_now",
        "lateness",
        ["practitioner_id", "day"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    # In words that both databases know: SQLite takes a constraint only along with its column.
    op.execute(
        "ALTER TABLE messages ADD COLUMN late_id INTEGER"
        " CONSTRAINT fk_messages_late_id REFERENCES lateness (id)"
    )
    op.create_index("ix_messages_late_id", "messages", ["late_id"])
