"""Where the visit of a booking takes place: by its service as it is now."""

from booking.domain import modes
from booking.domain.lifecycle import State
from booking.domain.modes import Whereabouts
from booking.store.bookings import Booking


def of_booking(booking: Booking, place: str) -> Whereabouts:
    """
    Where a booking whose patient and service are loaded takes place; `place` is for visits in
    person. Nobody needs to know how to join a visit that was cancelled.
    """
    gone = booking.state in {State.CANCELLED, State.ENTERED_IN_ERROR}
    return modes.whereabouts(
        booking.service.mode,
        place=place,
        text="" if gone else booking.service.mode_text,
        number_given=booking.patient.phone is not None,
    )
