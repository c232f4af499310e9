"""Where the visit of a booking takes place: by its service as it is now."""

from dataclasses import replace

from booking.domain import modes
from booking.domain.lifecycle import State
from booking.domain.modes import Mode, Whereabouts
from booking.formats import languages
from booking.formats.languages import ENGLISH
from booking.store.bookings import Booking


def of_booking(booking: Booking, place: str, *, language: str = ENGLISH) -> Whereabouts:
    """
    Where a booking whose patient and service are loaded takes place; `place` is for visits in
    person. Nobody needs to know how to join a visit that was cancelled.
    """
    gone = booking.state in {State.CANCELLED, State.ENTERED_IN_ERROR}
    where = modes.whereabouts(
        booking.service.mode,
        place=place,
        text="" if gone else booking.service.mode_text,
        number_given=booking.patient.phone is not None,
    )
    return translated(where, language)


def translated(where: Whereabouts, language: str) -> Whereabouts:
    """The same in another language; addresses and the clinic's own words stay as they are."""
    if where.mode is Mode.IN_PERSON:
        return where
    text = languages.translate(language, where.text) if where.text else ""
    return replace(where, words=languages.translate(language, where.words), text=text)
