"""Another visit that the doctor suggests: kept on the booking until it is booked or taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from booking.domain.lifecycle import OPEN, State
from booking.domain.time import local_day
from booking.services import audit, versions
from booking.services.audit import Actor
from booking.services.clinic import Plan, Rulebook
from booking.store.bookings import Booking

WEEKS_MOST = 52
_Later = aliased(Booking)


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many weeks after a visit: from which day on, and by which plan if it is offered."""

    weeks: int
    day: date
    plan: Plan | None


def suggest(
    session: Session,
    booking: Booking,
    weeks: int | None,
    service_id: int | None = None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """
    Keep when the patient should come again, from 1 to `WEEKS_MOST` weeks; None takes it back.

    Nothing is written where it stands so already.
    """
    versions.raise_for(session, booking.id)
    row = session.get_one(Booking, booking.id, populate_existing=True)
    service_id = service_id if weeks is not None else None
    if (row.follow_up_weeks, row.follow_up_service_id) == (weeks, service_id):
        return
    was = str(row.follow_up_weeks) if row.follow_up_weeks else None
    row.follow_up_weeks, row.follow_up_service_id = weeks, service_id
    audit.record(
        session,
        actor,
        "follow_up_taken_back" if weeks is None else "follow_up_suggested",
        now=now,
        booking_id=booking.id,
        from_value=was,
        to_value=None if weeks is None else str(weeks),
    )


def open_weeks() -> ColumnElement[int | None]:
    """The weeks once a visit is over until the next is booked, for a query over bookings."""
    return case((_is_open(), Booking.follow_up_weeks), else_=None)


def _is_open() -> ColumnElement[bool]:
    later = exists().where(
        _Later.patient_id == Booking.patient_id,
        _Later.start > Booking.start,
        or_(_Later.state.in_(OPEN), _Later.state == State.COMPLETED),
    )
    return and_(Booking.follow_up_weeks.is_not(None), Booking.state == State.COMPLETED, ~later)


def open_of(session: Session, booking_id: int) -> int | None:
    """The same for one booking."""
    return session.scalar(select(open_weeks()).where(Booking.id == booking_id))


def wanted(session: Session, booking: Booking, rulebook: Rulebook) -> Wanted | None:
    """What is still to be booked after a visit, if anything is."""
    weeks = open_of(session, booking.id)
    if weeks is None:
        return None
    day = local_day(booking.start, rulebook.at(booking.location_id).zone)
    service_id = booking.follow_up_service_id or booking.service_id
    plans = (plan for plan in rulebook.plans if plan.service_id == service_id)
    own = [plan for plan in plans if plan.practitioner_id == booking.practitioner_id]
    return Wanted(weeks, day + timedelta(weeks=weeks), own[0] if own else None)


def services(rulebook: Rulebook, practitioner_id: int) -> list[tuple[str, str]]:
    """The kinds of visit that a practitioner offers, by id and name."""
    own = (plan for plan in rulebook.plans if plan.practitioner_id == practitioner_id)
    return list({str(plan.service_id): plan.service_name for plan in own}.items())
