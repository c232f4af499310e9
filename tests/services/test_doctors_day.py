"""Whose card the doctor sees first."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from booking.domain.lifecycle import State
from booking.services.desk.board import day, doctor
from booking.services.desk.board.day import DayRow
from booking.store.bookings import Booking
from tests.services.deeds import TUESDAY_9, TUESDAY_10, TUESDAY_930, step
from tests.support import Clinic


def next_(clinic: Clinic) -> int | None:
    def look(session: Session, now: datetime) -> DayRow | None:
        rows = day.rows(session, clinic.offers.rulebook(session), date(2026, 1, 13))
        return doctor.next_of(rows, now=now)

    found = clinic.read(look)
    return found.id if found else None


def test_who_is_in_the_room_goes_before_who_waits_before_who_comes(clinic: Clinic):
    first, second, third = (clinic.book(at) for at in (TUESDAY_9, TUESDAY_930, TUESDAY_10))
    clinic.time.now = TUESDAY_9 - timedelta(minutes=5)
    assert next_(clinic) == first.id
    for booking in (third, second):
        step(clinic, booking, State.ARRIVED)
        clinic.time.pass_(minutes=1)
    assert next_(clinic) == third.id
    clinic.time.now = TUESDAY_930
    step(clinic, second, State.IN_ROOM)
    assert next_(clinic) == second.id
    for booking in (second, third):
        finish(clinic, booking)
    # Nobody waits for the first, whose time has passed.
    assert next_(clinic) is None


def finish(clinic: Clinic, booking: Booking) -> None:
    clinic.time.pass_(hours=1)
    step(clinic, booking, State.COMPLETED)
