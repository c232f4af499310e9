"""A visit as patient pages show it, offered or booked: the minimum, since mails get forwarded."""

from datetime import datetime
from typing import Any

from booking.domain import lifecycle, modes, references
from booking.domain.lifecycle import CutOffs, State
from booking.domain.modes import Patients
from booking.formats import dates
from booking.formats.deadlines import show_deadlines
from booking.services import clinic as clinics
from booking.services.bookings import whereabouts
from booking.services.clinic import ClinicFacts, Plan
from booking.store.bookings import Booking
from booking.web import language
from booking.web.clinic import at, local, now
from booking.web.language import _
from booking.web.wording import FOR_WHOM, STATE_WORDS


def booking_facts(booking: Booking) -> dict[str, Any]:
    """What a patient sees of a booking; times on the clinic's wall."""
    moment = now()
    clinic = at(booking.location_id)
    standing = lifecycle.Standing(booking.state, booking.start, booking.end)
    cancelled = booking.state in {State.CANCELLED, State.ENTERED_IN_ERROR}
    cut_offs = clinics.cut_offs(booking, clinic)
    changeable = State.CANCELLED in lifecycle.next_steps(
        standing, by=lifecycle.ActorKind.PATIENT, now=moment, zone=clinic.zone
    )
    return {
        "reference": references.show(booking.reference),
        "start": local(booking.start, clinic.zone),
        "end": local(booking.end, clinic.zone),
        "zone_name": dates.show_zone(clinic.zone, locale=language.current()),
        "place_name": clinic.place.name,
        "directions": clinic.place.directions,
        "minutes": int((booking.end - booking.start).total_seconds() // 60),
        "practitioner": booking.practitioner.name,
        "service": booking.service.name,
        "where": whereabouts.of_booking(booking, clinic.where, language=language.current()),
        "state": booking.state.value,
        "state_words": _(STATE_WORDS[booking.state]),
        "past": booking.end <= moment,
        "cancelled": cancelled,
        "missed": booking.state in {State.NO_SHOW, State.LEFT},
        "changeable": changeable,
        "can_move": changeable and moment < booking.start - cut_offs.move,
        "can_cancel": changeable and moment < booking.start - cut_offs.cancel,
        "deadlines": _deadlines(booking.start, clinic, cut_offs) if changeable else None,
        "will_come": changeable and booking.reconfirmed_at is not None,
        "can_reconfirm": changeable and booking.state is State.CONFIRMED,
        "late": lifecycle.is_late_cancellation(booking.start, now=moment),
    }


def _deadlines(start: datetime, clinic: ClinicFacts, cut_offs: CutOffs) -> str | None:
    return show_deadlines(start, cut_offs, now=now(), zone=clinic.zone, locale=language.current())


def deadlines_of_slot(plan: Plan, start: datetime) -> str | None:
    """Until when a visit at `start` (UTC) could be moved or cancelled online, if that is a rule."""
    clinic = at(plan.place.id)
    return _deadlines(start, clinic, clinic.cut_offs)


def visit_facts(plan: Plan, *, number_given: bool | None = None) -> dict[str, Any]:
    """For whom a visit on offer is, and where it would take place."""
    where = modes.whereabouts(
        plan.mode,
        place=at(plan.place.id).where,
        text=modes.before_booking(plan.mode_text),
        number_given=number_given,
    )
    return {
        "for_whom": None if plan.patients is Patients.ALL else _(FOR_WHOM[plan.patients]),
        "where": whereabouts.translated(where, language.current()),
    }
