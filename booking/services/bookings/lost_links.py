"""The way back to a booking for whoever lost the link: its reference and a date of birth."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.formats.links import Links
from booking.formats.tokens import token_hash
from booking.services import audit
from booking.services.mail.letters import manage_token
from booking.store.bookings import Booking, Patient


def find(
    session: Session, links: Links, reference: str, date_of_birth: date, *, now: datetime
) -> str | None:
    """
    The manage token of the booking with this reference, if its patient was born on this day.

    None otherwise: one question, so that nothing tells a wrong reference from a wrong date. Where
    the key that made the token is gone, a new one is made and the old link ends.
    """
    booking = session.scalar(
        select(Booking)
        .join(Booking.patient)
        .where(Booking.reference == reference, Patient.date_of_birth == date_of_birth)
    )
    if booking is None:
        return None
    audit.record(session, audit.PATIENT, "found", now=now, booking_id=booking.id)
    return manage_token(booking, links) or _anew(booking, links)


def _anew(booking: Booking, links: Links) -> str:
    booking.manage_generation += 1
    token = links.keys.new(booking.uid, booking.manage_generation)
    booking.manage_token_hash = token_hash(token)
    return token
