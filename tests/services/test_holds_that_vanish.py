"""A hold that somebody else's transaction took away between being read and being used."""

from datetime import date

import pytest

from booking.domain.errors import SlotUnavailable
from booking.services.audit import PATIENT
from booking.services.bookings import bookings
from booking.services.bookings.bookings import Wish
from booking.services.times import holds
from booking.store.claims import Claim
from tests.support import ANN, Clinic, at

START = at("2026-01-13T14:00:00-05:00")


def hold(clinic: Clinic) -> holds.Held:
    return clinic.write(
        lambda session, now: holds.hold(
            session,
            clinic.offers,
            service="consultation",
            practitioner="dr-ahmed",
            start=START,
            random_token=clinic.random_token,
            now=now,
        )
    )


# On SQLite nobody else can write meanwhile.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_hold_that_was_read_before_the_lock_and_is_gone_books_nothing(clinic: Clinic):
    held = hold(clinic)
    clinic.time.pass_(minutes=9)

    def confirm(session, now):
        assert holds.find(session, held.token).id == held.id
        # Meanwhile it runs out, and somebody else takes the time and commits.
        clinic.time.pass_(minutes=5)
        clinic.book(START)
        wish = Wish(
            service="consultation",
            practitioner="dr-ahmed",
            start=START,
            person=ANN,
            privacy_notice="1",
            source="online",
            hold_id=held.id,
        )
        return bookings.book(
            session,
            clinic.offers,
            clinic.links,
            wish,
            actor=PATIENT,
            random_token=clinic.random_token,
            now=now,
        )

    with pytest.raises(SlotUnavailable):
        clinic.write(confirm)
    assert len(clinic.slots(date(2026, 1, 13))) == 13
    assert clinic.read(lambda session, _: session.query(Claim).count()) == 1
