"""What reception does where nothing is on offer."""

from datetime import datetime

from booking.services.bookings import bookings
from booking.services.desk.board import walk_ins
from booking.store.bookings import Booking
from tests.support import ANN, RECEPTION, Clinic


def squeeze(
    clinic: Clinic, start: datetime, *, reason: str = "in pain", walk_in: bool = False
) -> Booking:
    """A visit at any minute, by phone or for somebody who is here."""
    wish = bookings.Wish(
        service="consultation",
        practitioner="dr-ahmed",
        start=start,
        person=ANN,
        privacy_notice=None,
        source="phone",
        any_time=True,
        reason=reason,
    )
    book = walk_ins.book if walk_in else bookings.book
    return clinic.write(
        lambda session, now: book(
            session,
            clinic.offers,
            clinic.links,
            wish,
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )
    )
