"""A booking has its claim, even when the sweeper takes the hold at that very moment."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.domain.errors import Refusal
from booking.services.audit import PATIENT
from booking.services.bookings import bookings
from booking.services.times import claims, holds
from booking.store.bookings import Booking
from booking.store.claims import Claim
from booking.store.engine import Database
from tests.support import ANN, Clinic, at

NINE = at("2026-01-13T09:00-05:00")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_booking_always_has_its_claim(clinic: Clinic):
    """
    `_own_hold` finds the hold alive by this transaction's time. Before `claims.convert` a worker,
    whose time is a little later, sweeps it away: convert returns False, which nobody looks at, and
    the booking is committed without a claim, so that its time is free for the next patient.
    """
    held = clinic.write(
        lambda session, now: holds.hold(
            session,
            clinic.offers,
            service="consultation",
            practitioner="dr-ahmed",
            start=NINE,
            random_token=clinic.random_token,
            now=now,
        )
    )
    url = clinic.database.engine.url.render_as_string(hide_password=False)
    other = Database(url, clock=lambda _: held.expires_at + timedelta(seconds=1))
    clinic.time.now = held.expires_at - timedelta(milliseconds=1)
    swept = []

    def token_and_a_sweep() -> str:
        # The seam for randomness stands just between the look at the hold and its conversion.
        if not swept:
            swept.append(other.write(lambda session, now: claims.sweep(session, now=now)))
        return clinic.random_token()

    wish = bookings.Wish(
        service="consultation",
        practitioner="dr-ahmed",
        start=NINE,
        person=ANN,
        privacy_notice="1",
        source="online",
        hold_id=held.id,
    )
    with suppress(Refusal):  # a refusal would be fine too
        clinic.write(
            lambda session, now: bookings.book(
                session,
                clinic.offers,
                clinic.links,
                wish,
                actor=PATIENT,
                random_token=token_and_a_sweep,
                now=now,
            )
        )
    other.dispose()
    assert swept
    made, claimed = clinic.read(
        lambda session, _: (
            session.scalars(select(Booking.id)).all(),
            session.scalars(select(Claim.booking_id)).all(),
        )
    )
    assert list(claimed) == list(made), "a booking without a claim"
