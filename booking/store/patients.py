"""By what patients are found, and what staff note about them."""

from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.notes import Whose
from booking.domain.search import WORD_MAX
from booking.store.base import Base


class PatientWord(Base):
    """
    A word of a patient's name, or a phone number from its end, as `domain/search.py` makes them.

    PostgreSQL compares them letter by letter, as SQLite does, so that the key serves beginnings.
    """

    __tablename__ = "patient_words"
    __table_args__ = (Index("ix_patient_words_patient_id_word", "patient_id", "word"),)

    word: Mapped[str] = mapped_column(
        String(WORD_MAX).with_variant(String(WORD_MAX, collation="C"), "postgresql"),
        primary_key=True,
    )
    patient_id: Mapped[int] = mapped_column(
        ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True
    )


class PatientNote(Base):
    """What the desk notes about a patient for all colleagues, or a doctor for other doctors."""

    __tablename__ = "patient_notes"
    __table_args__ = (Index("ix_patient_notes_patient_id", "patient_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    whose: Mapped[Whose] = mapped_column(
        Enum(Whose, native_enum=False, length=20, values_callable=lambda s: [m.value for m in s]),
        server_default=Whose.DESK.value,
    )
    text: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime]
