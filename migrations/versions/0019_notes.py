"""Whose a note about a patient is: the desk's, which all staff read, or the doctor's own."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was noted so far was noted at the desk.
    whose = sa.Column("whose", sa.String(length=20), server_default="desk", nullable=False)
    op.add_column("patient_notes", whose)
