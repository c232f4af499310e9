"""The bookings that somebody may see: a doctor without another role, their own patients' only."""

from booking.domain.errors import NotFound
from booking.services.bookings import bookings
from booking.store.bookings import Booking
from booking.web.access import current_staff
from booking.web.installation import read


def booking(booking_id: int) -> Booking:
    """
    The booking, if this person may see it.

    Raises:
        NotFound: there is none, or it is somebody else's; the two look alike.
    """
    found = read(lambda session, _: bookings.get(session, booking_id))
    only = current_staff().only_practitioner
    if only is not None and found.practitioner_id != only:
        raise NotFound
    return found
