"""A booking's facts as patient pages show them: the minimum, since mails get forwarded."""

from typing import Any

from booking.domain import lifecycle, references
from booking.domain.lifecycle import State
from booking.formats import dates
from booking.store.bookings import Booking
from booking.web.clinic import at, local, now
from booking.web.wording import STATE_WORDS


def booking_facts(booking: Booking) -> dict[str, Any]:
    """What a patient sees of a booking; times on the clinic's wall."""
    moment = now()
    clinic = at(booking.location_id)
    standing = lifecycle.Standing(booking.state, booking.start, booking.end)
    cancelled = booking.state in {State.CANCELLED, State.ENTERED_IN_ERROR}
    changeable = State.CANCELLED in lifecycle.next_steps(
        standing, by=lifecycle.ActorKind.PATIENT, now=moment, zone=clinic.zone
    )
    return {
        "reference": references.show(booking.reference),
        "start": local(booking.start, clinic.zone),
        "end": local(booking.end, clinic.zone),
        "zone_name": dates.show_zone(clinic.zone),
        "place_name": clinic.place.name,
        "directions": clinic.place.directions,
        "minutes": int((booking.end - booking.start).total_seconds() // 60),
        "practitioner": booking.practitioner.name,
        "service": booking.service.name,
        "place": clinic.where,
        "state": booking.state.value,
        "state_words": STATE_WORDS[booking.state],
        "past": booking.end <= moment,
        "cancelled": cancelled,
        "changeable": changeable,
        "late": lifecycle.is_late_cancellation(booking.start, now=moment),
    }
