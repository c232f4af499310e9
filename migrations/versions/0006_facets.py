"""Facets of a service: whom it is for, and how a visit takes place."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "services",
        sa.Column("patients", sa.String(length=20), server_default="all", nullable=False),
    )
    op.add_column(
        "services",
        sa.Column("mode", sa.String(length=20), server_default="in_person", nullable=False),
    )
    # In words that both databases know: SQLite takes a constraint only along with its column.
    op.execute(
        "ALTER TABLE services ADD COLUMN mode_text VARCHAR(500) DEFAULT '' NOT NULL"
        " CONSTRAINT ck_services_video_says_how CHECK (mode <> 'video' OR mode_text <> '')"
    )
