"""The doctor's day: who comes next, and when somebody was here before."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from booking.domain.lifecycle import State
from booking.services.desk.board.day import DayRow
from booking.store.bookings import Booking

_EARLIER_MOST = 20
_NEVER_TOOK_PLACE = (State.CANCELLED, State.ENTERED_IN_ERROR, State.EXPIRED)


def next_of(rows: Sequence[DayRow], *, now: datetime) -> DayRow | None:
    """
    Who is in the room, else who arrived first, else who comes next by time; None when nobody does.

    `rows` are in the order of time. Whose whole time has passed without them is not waited for.
    """
    in_room = [row for row in rows if row.state is State.IN_ROOM]
    arrived = [row for row in rows if row.state is State.ARRIVED]
    coming = [row for row in rows if row.state is State.CONFIRMED and row.end > now]
    arrived.sort(key=lambda row: row.arrived_at or row.start)
    return next(iter((*in_room, *arrived, *coming)), None)


def earlier_visits(session: Session, booking: Booking) -> Sequence[Booking]:
    """
    The patient's visits to the same practitioner before this one, newest first, missed ones too.
    """
    return session.scalars(
        select(Booking)
        .options(joinedload(Booking.service))
        .where(
            Booking.patient_id == booking.patient_id,
            Booking.practitioner_id == booking.practitioner_id,
            Booking.start < booking.start,
            Booking.state.not_in(_NEVER_TOOK_PLACE),
        )
        .order_by(Booking.start.desc(), Booking.id.desc())
        .limit(_EARLIER_MOST)
    ).all()
