"""What is the doctor's own: everything else looks as if there were none."""

from booking.domain.errors import NotFound
from booking.services.bookings import bookings
from booking.store.bookings import Booking
from booking.store.engine import Session
from booking.web.access import current_staff
from booking.web.desk.intakes import treats


def practitioner_id() -> int:
    """
    Which practitioner is signed in.

    Raises:
        NotFound: the account is no practitioner's.
    """
    found = current_staff().practitioner_id
    if found is None:
        raise NotFound
    return found


def booking(session: Session, booking_id: int) -> Booking:
    """
    A booking of one of the doctor's own patients.

    Raises:
        NotFound: there is none with this id, or it is with somebody else.
    """
    found = bookings.get(session, booking_id)
    if not treats(current_staff(), found):
        raise NotFound
    return found
