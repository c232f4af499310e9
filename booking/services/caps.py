"""The visits that a service's caps count: booked ones and held ones."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.lifecycle import State
from booking.domain.time import ONE_DAY, midnight
from booking.services.clinic import Plan
from booking.store.base import table
from booking.store.bookings import Booking, Hold

# They took nobody's time in the end.
_NEVER_WAS = (State.CANCELLED, State.ENTERED_IN_ERROR)
_bookings, _holds = table(Booking).c, table(Hold).c


def visits(
    session: Session,
    plan: Plan,
    *,
    first: date,
    last: date,
    now: datetime,
    without_booking: int | None = None,
) -> list[datetime]:
    """
    The starts of the plan's visits in all weeks that touch the days from `first` to `last`.

    Empty, and nothing is asked, where the service has no cap. `without_booking` is one that is
    about to move.
    """
    visit, zone = plan.rules.visit, plan.rules.zone
    if visit.cap_day is None and visit.cap_week is None:
        return []
    begins = midnight(first - timedelta(days=first.weekday()), zone)
    ends = midnight(last + timedelta(days=6 - last.weekday()) + ONE_DAY, zone)
    booked = select(_bookings.start).where(
        _bookings.practitioner_id == plan.practitioner_id,
        _bookings.service_id == plan.service_id,
        _bookings.start >= begins,
        _bookings.start < ends,
        _bookings.state.not_in(_NEVER_WAS),
    )
    if without_booking is not None:
        booked = booked.where(_bookings.id != without_booking)
    held = select(_holds.start).where(
        _holds.practitioner_id == plan.practitioner_id,
        _holds.service_id == plan.service_id,
        _holds.start >= begins,
        _holds.start < ends,
        _holds.expires_at > now,
    )
    return [*session.scalars(booked), *session.scalars(held)]
