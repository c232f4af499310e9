"""Tries to reach patients by phone or mail, each as it ended."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.calls import NOTE_MOST, Cause, Outcome
from booking.store.base import Base


def _words(kind: type[StrEnum]) -> Enum:
    return Enum(
        kind, native_enum=False, length=20, values_callable=lambda some: [one.value for one in some]
    )


class Call(Base):
    """
    One try. What is open follows from the last one of a booking and cause; `number` counts them,
    so that nobody can add a second try in the same place.
    """

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("booking_id", "cause", "number", name="uq_calls_number"),
        # A page that is still open may want to take back one that is gone; SQLite would give its
        # id to the next.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    cause: Mapped[Cause] = mapped_column(_words(Cause))
    number: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(_words(Outcome))
    call_again_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(NOTE_MOST))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(index=True)
