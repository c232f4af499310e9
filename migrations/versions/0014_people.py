"""Patients: the words by which they are found, staff's notes, and when one was erased."""

import sqlalchemy as sa
from alembic import op

from booking.domain.search import name_words, only_digits, phone_word

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_BATCH = 5_000


def upgrade() -> None:
    op.add_column("patients", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_patients_date_of_birth", "patients", ["date_of_birth"])
    word = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
    words = op.create_table(
        "patient_words",
        sa.Column("word", word, nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patients.id"],
            name="fk_patient_words_patient_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "patient_id", name="pk_patient_words"),
    )
    op.create_index("ix_patient_words_patient_id_word", "patient_words", ["patient_id", "word"])
    op.create_table(
        "patient_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name="fk_patient_notes_patient_id"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_patient_notes_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_patient_notes"),
    )
    op.create_index("ix_patient_notes_patient_id", "patient_notes", ["patient_id"])
    find_the_known(words)


def find_the_known(words: sa.Table) -> None:
    """The words of everybody who is there, some thousand at a time."""
    connection, last = op.get_bind(), 0
    page = sa.text("SELECT id, name, phone FROM patients WHERE id > :last ORDER BY id LIMIT :most")
    while known := connection.execute(page, {"last": last, "most": _BATCH}).all():
        last = known[-1].id
        rows = [
            {"patient_id": id_, "word": word}
            for id_, name, phone in known
            for word in (name_words(name) | ({phone_word(only_digits(phone))} if phone else set()))
        ]
        if rows:
            op.bulk_insert(words, rows)
