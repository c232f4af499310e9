"""Tables that are being brought in."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("layout", sa.JSON(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("outcomes", sa.JSON(), nullable=True),
        sa.Column("tells", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_overtaken", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_imports_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    at_work = sa.text("stage IN ('checking', 'importing')")
    op.create_index(
        "ix_imports_at_work", "imports", ["id"], sqlite_where=at_work, postgresql_where=at_work
    )
