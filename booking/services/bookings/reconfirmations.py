"""A patient says "I will come": for the time that the booking has now."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.domain import lifecycle
from booking.domain.errors import Outdated, TransitionRefused
from booking.domain.lifecycle import State
from booking.services import audit, versions
from booking.services.bookings.bookings import get, standing
from booking.store.bookings import Booking


def reconfirm(session: Session, booking: Booking, *, start: datetime, now: datetime) -> None:
    """
    Note that the patient will come at `start`, which is what they were shown. No mail follows, and
    saying it again changes nothing.

    `updated_at` stays: nothing changed that a colleague's open page could be wrong about.

    Raises:
        AlreadyCancelled, AlreadyOver, TransitionRefused: there is no visit ahead.
        Outdated: it has another time by now.
    """
    versions.raise_for(session, booking.id)
    # One statement, so that a move that happens meanwhile is not confirmed by what was said before.
    done: Any = session.execute(
        update(Booking)
        .where(
            Booking.id == booking.id,
            Booking.state == State.CONFIRMED,
            Booking.start == start,
            Booking.start > now,
            Booking.reconfirmed_at.is_(None),
        )
        .values(reconfirmed_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount:
        audit.record(session, audit.PATIENT, "reconfirmed", now=now, booking_id=booking.id)
        return
    found = get(session, booking.id)
    lifecycle.require_ahead(standing(found), now=now)
    if found.start != start:
        raise Outdated
    if found.reconfirmed_at is None:
        raise TransitionRefused
