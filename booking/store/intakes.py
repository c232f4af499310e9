"""What patients answered before a visit, and the cautions that follow from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.questions import Effect
from booking.store.base import Base

# As text: SQLite uses a partial index only where a query repeats its condition to the letter.
TO_CALL = text("effect = 'call' AND called_at IS NULL AND reviewed_at IS NULL")


class Intake(Base):
    """
    All answers given for a booking so far, in the words of a version of the questions.

    `answers` are the doctor's alone; `help` is what the front desk makes ready. A booking whose
    patient skipped everything has none. Who changes an answer later adds a row with the next
    `revision`: the newest is what counts, the others say what was known before.
    """

    __tablename__ = "intakes"
    __table_args__ = (UniqueConstraint("booking_id", "revision", name="uq_intakes_revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    help: Mapped[dict[str, Any]] = mapped_column(JSON)
    text_version: Mapped[int]
    locale: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(String(20))


class Caution(Base):
    """
    An answer that the doctor should see; `detail` says of when it is.

    One whose effect is a call waits for the desk too, until somebody has talked to the patient.
    """

    __tablename__ = "cautions"
    __table_args__ = (
        UniqueConstraint("booking_id", "key", name="uq_cautions_key"),
        CheckConstraint("(reviewed_at IS NULL) = (reviewed_by IS NULL)", name="reviewed_by_whom"),
        CheckConstraint("(called_at IS NULL) = (called_by IS NULL)", name="called_by_whom"),
        Index("ix_cautions_to_call", "booking_id", sqlite_where=TO_CALL, postgresql_where=TO_CALL),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    key: Mapped[str] = mapped_column(String(40))
    effect: Mapped[Effect] = mapped_column(
        EnumColumn(
            Effect, native_enum=False, length=10, values_callable=lambda s: [m.value for m in s]
        )
    )
    detail: Mapped[str] = mapped_column(String(40), default="")
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None]
    called_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    called_at: Mapped[datetime | None]
