"""Busy time: what calendars outside of the clinic say of a practitioner's time."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.store.base import Base


class BusyCalendar(Base):
    """A practitioner's other calendar, and when its times were last read."""

    __tablename__ = "busy_calendars"
    __table_args__ = (UniqueConstraint("practitioner_id", "name", name="uq_busy_calendars_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    name: Mapped[str] = mapped_column(String(100))
    read_at: Mapped[datetime]


class BusyTime(Base):
    """
    `[start, end)` that is taken, though no claim: such times may overlap, also with bookings.

    Nothing is kept of what they are about.
    """

    __tablename__ = "busy_times"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_first"),
        Index("ix_busy_times_calendar_id_starts_at", "calendar_id", "start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("busy_calendars.id", ondelete="CASCADE"))
    start: Mapped[datetime] = mapped_column("starts_at", key="start")
    end: Mapped[datetime] = mapped_column("ends_at", key="end")
