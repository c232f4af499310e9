"""The waitlist: who waits for a time, and the chain of what they were offered."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Enum, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from booking.domain.waitlist import EntryState, Outcome
from booking.store.base import Base
from booking.store.bookings import Booking, Hold
from booking.store.clinic import Location, Practitioner, Service

# As text: SQLite uses a partial index only where a query repeats its condition to the letter.
UNANSWERED = text("outcome = 'open'")


class WaitlistEntry(Base):
    """
    Somebody who waits for a time, with wishes (see domain/waitlist.py).

    With `booking_id` it is the wish of a booking's patient for an earlier time, who is reached as
    the booking says and comes and goes through its link; else the entry has a name, a contact and
    a link of its own. `weekdays` are digits from Monday as 0, `parts` words between commas; empty
    is any. `known` are the starts, in seconds since 1970, that were free when the wait began.
    """

    __tablename__ = "waitlist_entries"
    __table_args__ = (
        CheckConstraint(
            "booking_id IS NOT NULL OR email IS NOT NULL OR phone IS NOT NULL",
            name="can_be_reached",
        ),
        Index("ix_waitlist_entries_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(255), unique=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(20), default="en")
    privacy_notice: Mapped[str | None] = mapped_column(String(20))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    practitioner_id: Mapped[int | None] = mapped_column(ForeignKey("practitioners.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    weekdays: Mapped[str] = mapped_column(String(7), default="")
    parts: Mapped[str] = mapped_column(String(40), default="")
    earliest: Mapped[date | None]
    latest: Mapped[date | None]
    known: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[EntryState] = mapped_column(
        Enum(
            EntryState,
            native_enum=False,
            length=20,
            values_callable=lambda s: [m.value for m in s],
        )
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    booking: Mapped[Booking | None] = relationship()
    service: Mapped[Service] = relationship()
    practitioner: Mapped[Practitioner | None] = relationship()
    location: Mapped[Location | None] = relationship()
    offers: Mapped[list["WaitlistOffer"]] = relationship(
        back_populates="entry", order_by="WaitlistOffer.id", passive_deletes=True
    )


class WaitlistOffer(Base):
    """
    One time offered to one entry, and what came of it. The time itself is kept by the hold; the
    row outlives it, so that the chain can be seen.
    """

    __tablename__ = "waitlist_offers"
    __table_args__ = (
        Index(
            "uq_waitlist_offers_one_at_a_time",
            "entry_id",
            unique=True,
            sqlite_where=UNANSWERED,
            postgresql_where=UNANSWERED,
        ),
        Index("ix_waitlist_offers_entry_id", "entry_id"),
        Index("ix_waitlist_offers_starts_at", "start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("waitlist_entries.id", ondelete="CASCADE"))
    hold_id: Mapped[int | None] = mapped_column(
        ForeignKey("holds.id", ondelete="SET NULL"), index=True
    )
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    start: Mapped[datetime] = mapped_column("starts_at", key="start")
    end: Mapped[datetime] = mapped_column("ends_at", key="end")
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(
        Enum(Outcome, native_enum=False, length=20, values_callable=lambda s: [m.value for m in s])
    )
    ended_at: Mapped[datetime | None]

    entry: Mapped[WaitlistEntry] = relationship(back_populates="offers")
    practitioner: Mapped[Practitioner] = relationship()
    hold: Mapped[Hold | None] = relationship()


def whole_entry(path: Any = None) -> list[ExecutableOption]:
    """What loads an entry along with all that it points at, alone or at the end of `path`."""
    parts = (
        (WaitlistEntry.booking, Booking.patient),
        (WaitlistEntry.service,),
        (WaitlistEntry.practitioner,),
        (WaitlistEntry.location,),
    )
    options: list[ExecutableOption] = []
    for steps in parts:
        way = None if path is None else joinedload(path)
        for step in steps:
            way = joinedload(step) if way is None else way.joinedload(step)
        assert way is not None  # noqa: S101 - there is a step in each
        options.append(way)
    return options
