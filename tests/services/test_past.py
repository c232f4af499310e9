"""A past full of bookings, for benchmarks: many, distinct, and in nobody's way."""

from datetime import date

from sqlalchemy import select

from booking.domain.lifecycle import State
from booking.domain.references import normalise
from booking.services import past
from booking.store.bookings import Booking, Patient
from booking.store.claims import Claim
from tests.services.deeds import count
from tests.support import Clinic


def fill(clinic: Clinic, number: int) -> None:
    clinic.write(lambda session, now: past.fill(session, number, now=now))


def test_a_past_can_be_filled_more_than_once_without_a_reference_coming_twice(
    clinic: Clinic,
) -> None:
    clinic.book(clinic.slots(date(2026, 1, 13))[0].start)
    for _ in range(2):
        fill(clinic, 150)
    bookings = clinic.read(lambda session, now: list(session.scalars(select(Booking))))
    assert len(bookings) == count(clinic, Patient) == 301
    assert len({booking.reference for booking in bookings}) == 301
    assert all(normalise(booking.reference) == booking.reference for booking in bookings)
    assert len({booking.uid for booking in bookings}) == 301


def test_a_filled_past_is_past_and_takes_no_time(clinic: Clinic) -> None:
    before = clinic.slots(date(2026, 1, 12), date(2026, 2, 9))
    fill(clinic, 100)
    assert count(clinic, Claim) == 0
    assert Clinic(clinic.database, clinic.time).slots(date(2026, 1, 12), date(2026, 2, 9)) == before
    bookings = clinic.read(lambda session, now: list(session.scalars(select(Booking))))
    assert all(booking.end < clinic.time.now for booking in bookings)
    assert {State.COMPLETED, State.CANCELLED, State.NO_SHOW} >= {b.state for b in bookings}
