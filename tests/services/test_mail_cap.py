"""Nobody's mailbox is flooded by a booking form, and no booking is refused or silent for it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from booking.services.audit import PATIENT
from booking.services.bookings import bookings
from booking.services.bookings.bookings import Wish
from booking.store.records import Message
from tests.services.deeds import HALF_HOUR, TUESDAY_9, cancel, move
from tests.support import ANN, RECEPTION, Clinic

HOUR = timedelta(hours=1)
SPELLINGS = ("ann@patient.example", "Ann@Patient.Example", "ann+a@patient.example")


def book_for(clinic: Clinic, number: int, address: str = SPELLINGS[0], **more: bool) -> int:
    """The patient's booking number so and so, counted in half hours from Tuesday 9:00."""
    wish = Wish(
        service="consultation",
        practitioner="dr-ahmed",
        start=TUESDAY_9 + number * HALF_HOUR,
        person=replace(ANN, email=address),
        privacy_notice="1",
        source="online",
        **more,
    )
    return clinic.write(
        lambda session, now: (
            bookings.book(
                session,
                clinic.offers,
                clinic.links,
                wish,
                actor=RECEPTION if more else PATIENT,
                random_token=clinic.random_token,
                now=now,
            ).id
        )
    )


def leaving(clinic: Clinic) -> list[datetime]:
    """When each message may leave, by booking."""
    return clinic.read(
        lambda session, _: list(
            session.scalars(select(Message.next_try_at).order_by(Message.booking_id, Message.id))
        )
    )


def test_three_mails_an_hour_leave_at_once_and_the_others_later(clinic: Clinic) -> None:
    start = clinic.time.now
    for number in range(7):
        book_for(clinic, number if number < 6 else 8)
    waits = [moment - start for moment in leaving(clinic)]
    assert waits == [timedelta()] * 3 + [HOUR] * 3 + [2 * HOUR]


def test_at_no_time_do_more_than_three_leave_within_an_hour(clinic: Clinic) -> None:
    for number in (0, 1, 2, 3, 4, 5, 8, 9, 10):
        book_for(clinic, number)
        clinic.time.pass_(minutes=13)
    times = sorted(leaving(clinic))
    assert all(later - earlier >= HOUR for earlier, later in zip(times, times[3:], strict=False))


def test_spellings_of_one_address_count_together(clinic: Clinic) -> None:
    for number, address in enumerate((*SPELLINGS, SPELLINGS[1])):
        book_for(clinic, number, address)
    assert leaving(clinic)[3] == clinic.time.now + HOUR


def test_other_addresses_are_not_held_back(clinic: Clinic) -> None:
    for number in range(4):
        book_for(clinic, number, f"patient{number}@patient.example")
    assert set(leaving(clinic)) == {clinic.time.now}


@pytest.mark.parametrize("change", [move, cancel])
def test_what_changes_a_booking_is_always_told_at_once(clinic: Clinic, change: object) -> None:
    made = [book_for(clinic, number) for number in range(4)]
    booking = clinic.read(lambda session, _: bookings.get(session, made[0]))
    if change is move:
        move(clinic, booking, TUESDAY_9 + 5 * HALF_HOUR)
    else:
        cancel(clinic, booking)
    assert leaving(clinic)[1] == clinic.time.now


def test_whom_reception_speaks_to_is_told_at_once(clinic: Clinic) -> None:
    for number in range(5):
        book_for(clinic, number, mail_at_once=True)
    assert set(leaving(clinic)) == {clinic.time.now}
