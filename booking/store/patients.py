"""By what patients are found, what staff note about them, and which records were one person's."""

from datetime import datetime

from sqlalchemy import JSON, Enum, ForeignKey, Index, String
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


class PatientMerge(Base):
    """
    One record of a person that went into another, so that it can be taken apart again.

    `moved` has the ids of what went along, by table. Of the details taken over, the `swapped` ones
    stand in the other record now, and where the kept one had none they were `copied`: no detail is
    written a third time. Both are names of columns between commas.
    """

    __tablename__ = "patient_merges"
    __table_args__ = (Index("ix_patient_merges_kept_id", "kept_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    moved: Mapped[dict[str, list[int]]] = mapped_column(JSON)
    swapped: Mapped[str] = mapped_column(String(100))
    copied: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
