"""A series of visits is booked as a whole or not at all."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from booking.domain.errors import SlotRefusal
from booking.services.desk import series
from booking.services.desk.series import Series
from booking.services.times.holds import Held
from booking.store.bookings import Booking, Hold
from tests.services.deeds import TUESDAY_9, count, told
from tests.support import RECEPTION, Clinic

ASKED = Series("consultation", "dr-ahmed", 4, 6, date(2026, 1, 20))


def propose(
    clinic: Clinic, *, wanted: tuple[datetime, ...] = (), back: tuple[str, ...] = ()
) -> list[Held]:
    return clinic.write(
        lambda session, now: series.propose(
            session,
            clinic.offers,
            ASKED,
            random_token=clinic.random_token,
            now=now,
            wanted=wanted,
            gives_back=back,
        )
    )


def confirm(clinic: Clinic, booking: Booking, held: list[Held]) -> list[Booking]:
    return clinic.write(
        lambda session, now: series.confirm(
            session,
            clinic.offers,
            clinic.links,
            booking,
            ASKED,
            [(one.slot.start, one.token) for one in held],
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )
    )


def test_a_series_is_held_beyond_the_usual_days_and_booked_once(clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    held = propose(clinic)
    days = [one.slot.start.date() for one in held]
    assert [(b - a).days for a, b in pairwise(days)] == [42, 42, 42]
    assert count(clinic, Hold) == 4
    made = confirm(clinic, booking, held)
    assert {one.patient_id for one in made} == {booking.patient_id}
    assert [told(clinic, one)[0][:2] for one in made] == [("confirmed", 0)] * 4
    assert len({one.uid for one in made}) == 4
    assert count(clinic, Hold) == 0
    again = confirm(clinic, booking, held)
    assert [one.id for one in again] == [one.id for one in made]
    assert count(clinic, Booking) == 5


def test_one_time_that_is_gone_books_none_and_is_proposed_anew(clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    held = propose(clinic)
    clinic.time.pass_(hours=1)
    clinic.book(held[0].slot.start)
    with pytest.raises(SlotRefusal):
        confirm(clinic, booking, held)
    assert count(clinic, Booking) == 2
    anew = propose(
        clinic,
        wanted=tuple(one.slot.start for one in held),
        back=tuple(one.token for one in held),
    )
    assert anew[0].slot.start == held[0].slot.start + timedelta(minutes=30)
    assert [one.slot.start for one in anew[1:]] == [one.slot.start for one in held[1:]]
    assert count(clinic, Hold) == 4
    assert len(confirm(clinic, booking, anew)) == 4
