"""Reception's day: what stands in the book, and what is still unresolved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from booking.domain.lifecycle import OPEN
from booking.domain.messages import MessageState
from booking.domain.time import ONE_DAY, midnight
from booking.services.bookings import intakes
from booking.services.bookings.intakes import ForTheDesk
from booking.services.clinic import Rulebook
from booking.store.bookings import Booking
from booking.store.records import Message

# Older than this, an unresolved visit is a matter for a report, not for this morning.
_UNRESOLVED_SINCE = timedelta(days=90)
_UNRESOLVED_MOST = 50


@dataclass(frozen=True, slots=True)
class DayRow:
    """One booking on the board, whether a mail about it failed, and what its patient needs."""

    booking: Booking
    mail_failed: bool
    needs: ForTheDesk


def rows(
    session: Session, rulebook: Rulebook, day: date, *, practitioner_id: int | None = None
) -> list[DayRow]:
    """The bookings of a clinic day in the order of time, cancelled ones included."""
    zone = rulebook.clinic.zone
    failed = exists().where(Message.booking_id == Booking.id, Message.state == MessageState.FAILED)
    query = (
        select(Booking, failed, intakes.help_wanted(), intakes.to_review(), intakes.to_call())
        .options(
            joinedload(Booking.patient),
            joinedload(Booking.service),
            joinedload(Booking.practitioner),
        )
        .where(Booking.start >= midnight(day, zone), Booking.start < midnight(day + ONE_DAY, zone))
        .order_by(Booking.start, Booking.id)
    )
    if practitioner_id is not None:
        query = query.where(Booking.practitioner_id == practitioner_id)
    return [
        DayRow(booking, bool(mail), ForTheDesk(wanted or {}, to_review, to_call))
        for booking, mail, wanted, to_review, to_call in session.execute(query)
    ]


def unresolved(
    session: Session,
    rulebook: Rulebook,
    *,
    practitioner_id: int | None = None,
    now: datetime,
    today: date,
) -> list[Booking]:
    """Bookings of earlier days that nobody has said the outcome of, oldest first."""
    query = (
        select(Booking)
        .options(joinedload(Booking.patient))
        .where(
            Booking.start >= now - _UNRESOLVED_SINCE,
            Booking.start < midnight(today, rulebook.clinic.zone),
            Booking.state.in_(OPEN),
        )
        .order_by(Booking.start)
        .limit(_UNRESOLVED_MOST)
    )
    if practitioner_id is not None:
        query = query.where(Booking.practitioner_id == practitioner_id)
    return list(session.scalars(query))
