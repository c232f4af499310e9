"""Two records of one person made one: where a record went, and what went with it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # As SQL, since SQLite adds no named constraint to a table that is there by any other way.
    op.execute(
        "ALTER TABLE patients ADD COLUMN merged_into INTEGER "
        "CONSTRAINT fk_patients_merged_into REFERENCES patients (id)"
    )
    op.create_index("ix_patients_email", "patients", ["email"])
    op.create_table(
        "patient_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("swapped", sa.String(length=100), nullable=False),
        sa.Column("copied", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kept_id"], ["patients.id"], name="fk_patient_merges_kept_id"),
        sa.ForeignKeyConstraint(["gone_id"], ["patients.id"], name="fk_patient_merges_gone_id"),
        sa.PrimaryKeyConstraint("id", name="pk_patient_merges"),
    )
    op.create_index("ix_patient_merges_kept_id", "patient_merges", ["kept_id"])
