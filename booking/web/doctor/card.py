"""The card that a doctor reads before and during a visit."""

from datetime import datetime
from typing import Any

from booking.domain import references
from booking.domain.lifecycle import State
from booking.domain.modes import MODE_WORDS, Mode
from booking.domain.notes import NOTE_MAX, Whose
from booking.domain.people import age_on
from booking.formats.contacts import dial_link, show_phone
from booking.services import audit
from booking.services.bookings import intakes
from booking.services.bookings.bookings import standing
from booking.services.desk import follow_ups
from booking.services.desk.board import doctor
from booking.store.bookings import Booking
from booking.store.engine import Session
from booking.web.access import current_staff
from booking.web.clinic import at, facts, local, rulebook
from booking.web.desk import intakes as answers
from booking.web.desk import steps
from booking.web.desk.notes import shown_notes
from booking.web.wording import STATE_WORDS

# What a consultation begins with; other answers follow in the order of the questions.
_FIRST = ("hopes", "where", "how", "tried")
# So many characters of notes leave one sheet of A4 room for everything else.
_ON_PAPER = 1_200
# What the line with date and name takes, and the rest of a last line.
_SIGNED = 160
# A caution, two of which stand side by side.
_CAUTION = 50


def card(session: Session, booking: Booking, *, now: datetime) -> dict[str, Any]:
    """Everything about a visit that its doctor needs. Looking and reading are recorded."""
    person = current_staff()
    audit.record(session, person.actor, "viewed", now=now, booking_id=booking.id)
    said = answers.for_the_doctor(session, booking, person, now=now)
    if said is not None:
        said["rows"].sort(key=lambda row: _FIRST.index(row.page) if row.page in _FIRST else 9)
    needs = answers.needs(intakes.for_the_desk(session, booking.id))
    return {
        "booking": _facts(booking),
        "answers": said,
        "help": needs["help"],
        "to_call": needs["to_call"],
        **_ending(booking, now=now),
        **_notes(session, booking.patient_id, cautions=len(said["cautions"]) if said else 0),
        "earlier": [_visit(one) for one in doctor.earlier_visits(session, booking)],
    }


def _notes(session: Session, patient_id: int, *, cautions: int) -> dict[str, Any]:
    """Doctors' notes, and those of the desk; on paper the newest, as far as there is room."""
    doctors, desks = (shown_notes(session, patient_id, one) for one in (Whose.DOCTOR, Whose.DESK))
    room = _ON_PAPER - cautions * _CAUTION
    for one in (*doctors, *desks):
        room -= len(one["text"]) + _SIGNED
        one["on_paper"] = room >= 0 or one in doctors[:1]
    return {
        "notes": doctors,
        "desk_notes": desks,
        "not_on_paper": sum(not one["on_paper"] for one in (*doctors, *desks)),
        "note_max": NOTE_MAX,
    }


def _ending(booking: Booking, *, now: datetime) -> dict[str, Any]:
    """How the visit can end now, and what was said of the next one."""
    by, zone = current_staff().actor.kind, at(booking.location_id).zone
    found = steps.buttons(standing(booking), by=by, now=now, zone=zone)
    done = State.COMPLETED.value
    service_id = booking.follow_up_service_id or booking.service_id
    return {
        "can_complete": any(step["to"] == done for step in found),
        "is_complete": booking.state is State.COMPLETED,
        "steps": [step for step in found if step["to"] != done],
        "weeks": booking.follow_up_weeks,
        "services": follow_ups.services(rulebook(), booking.practitioner_id),
        "service": str(service_id),
    }


def _facts(booking: Booking) -> dict[str, Any]:
    patient, place = booking.patient, at(booking.location_id)
    start, born = local(booking.start, place.zone), patient.date_of_birth
    phone = patient.phone
    return {
        "id": booking.id,
        "patient_id": patient.id,
        "name": patient.name,
        "born": f"{born.day} {born:%B} {born.year}" if born else None,
        "age": age_on(start.date(), born) if born else None,
        "guardian": patient.guardian,
        "phone": show_phone(phone, facts().country) if phone else None,
        "phone_href": dial_link(phone) if phone else None,
        "start": start,
        "end": local(booking.end, place.zone),
        "service": booking.service.name,
        "mode": None
        if booking.service.mode is Mode.IN_PERSON
        else MODE_WORDS[booking.service.mode],
        "where": None if facts().is_one_place else place.where,
        "practitioner": booking.practitioner.name,
        "reference": references.show(booking.reference),
        "state": booking.state.value,
        "state_words": STATE_WORDS[booking.state],
        "version": booking.updated_at.isoformat(),
    }


def _visit(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "start": local(booking.start, at(booking.location_id).zone),
        "service": booking.service.name,
        "state": booking.state.value,
        "state_words": STATE_WORDS[booking.state],
    }
