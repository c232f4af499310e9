"""Closures and absences that took visits away, and what became of each of those."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.disruptions import Choice, Said, Why
from booking.store.base import Base


def _one_of(kinds: type[StrEnum]) -> Enum:
    return Enum(kinds, native_enum=False, length=20, values_callable=lambda s: [m.value for m in s])


class Disruption(Base):
    """
    A closure or an absence as it was entered; it stays when that is taken away, and then refers to
    none. `reason` is what patients read, `name` is for staff.
    """

    __tablename__ = "disruptions"
    __table_args__ = (
        Index("ix_disruptions_closure_id", "closure_id"),
        Index("ix_disruptions_last_day", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    closure_id: Mapped[int | None] = mapped_column(ForeignKey("closures.id", ondelete="SET NULL"))
    practitioner_id: Mapped[int | None] = mapped_column(ForeignKey("practitioners.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    why: Mapped[Why] = mapped_column(_one_of(Why))
    name: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(500))
    first_day: Mapped[date]
    last_day: Mapped[date]
    begins: Mapped[int]
    ends: Mapped[int]
    created_at: Mapped[datetime]


class DisruptedBooking(Base):
    """
    A booking that a disruption took the time of, `start`, and what was chosen for it then.

    How it stands now is the booking's own matter; calls to its patient are counted here.
    """

    __tablename__ = "disrupted_bookings"
    __table_args__ = (Index("ix_disrupted_bookings_booking_id", "booking_id"),)

    disruption_id: Mapped[int] = mapped_column(ForeignKey("disruptions.id"), primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), primary_key=True)
    start: Mapped[datetime] = mapped_column("starts_at", key="start")
    choice: Mapped[Choice] = mapped_column(_one_of(Choice))
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    tried_at: Mapped[datetime | None]
    said: Mapped[Said | None] = mapped_column(_one_of(Said))
    # When somebody last talked to the patient: they know, whatever came of later calls.
    heard_at: Mapped[datetime | None]
