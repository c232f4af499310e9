"""The visits that a service's caps count: booked ones and held ones."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.lifecycle import State
from booking.domain.time import ONE_DAY, Span, midnight
from booking.services.clinic import Plan
from booking.store.base import table
from booking.store.bookings import Booking, Hold

# They took nobody's time in the end.
_NEVER_WAS = (State.CANCELLED, State.ENTERED_IN_ERROR)
_bookings, _holds = table(Booking).c, table(Hold).c


def visits(
    session: Session,
    plans: Sequence[Plan],
    *,
    first: date,
    last: date,
    now: datetime,
    without_booking: int | None = None,
) -> dict[tuple[int, int, int], list[datetime]]:
    """
    The starts of each plan's visits in all weeks that touch the days from `first` to `last`: those
    of its practitioner for its service, at all places.

    Empty where the service has no cap; nothing is asked where none has. `without_booking` is one
    that is about to move.
    """
    found: dict[tuple[int, int, int], list[datetime]] = {plan.key: [] for plan in plans}
    capped = [plan for plan in plans if plan.rules.visit.is_capped]
    if capped:
        weeks = _weeks(capped, first, last)
        for practitioner_id, service_id, start in _starts(
            session, capped, weeks, now=now, without_booking=without_booking
        ):
            for plan in capped:
                if (plan.practitioner_id, plan.service_id) == (practitioner_id, service_id):
                    found[plan.key].append(start)
    return found


def _weeks(plans: Iterable[Plan], first: date, last: date) -> Span:
    """All instants of these weeks, by the clock of any of the plans."""
    monday = first - timedelta(days=first.weekday())
    next_monday = last + timedelta(days=6 - last.weekday()) + ONE_DAY
    zones = {plan.rules.zone for plan in plans}
    return Span(
        min(midnight(monday, zone) for zone in zones),
        max(midnight(next_monday, zone) for zone in zones),
    )


def _starts(
    session: Session,
    plans: Iterable[Plan],
    weeks: Span,
    *,
    now: datetime,
    without_booking: int | None,
) -> Iterator[tuple[int, int, datetime]]:
    practitioners = {plan.practitioner_id for plan in plans}
    services = {plan.service_id for plan in plans}
    booked = select(_bookings.practitioner_id, _bookings.service_id, _bookings.start).where(
        _bookings.practitioner_id.in_(practitioners),
        _bookings.service_id.in_(services),
        _bookings.start >= weeks.start,
        _bookings.start < weeks.end,
        _bookings.state.not_in(_NEVER_WAS),
    )
    if without_booking is not None:
        booked = booked.where(_bookings.id != without_booking)
    held = select(_holds.practitioner_id, _holds.service_id, _holds.start).where(
        _holds.practitioner_id.in_(practitioners),
        _holds.service_id.in_(services),
        _holds.start >= weeks.start,
        _holds.start < weeks.end,
        _holds.expires_at > now,
    )
    for query in (booked, held):
        for row in session.execute(query):
            yield row[0], row[1], row[2]
