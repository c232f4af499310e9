"""What a booking's card shows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from booking.domain import lifecycle, references
from booking.domain.errors import FieldError
from booking.domain.lifecycle import Exceptional, State, Stranding
from booking.domain.modes import MODE_WORDS, Mode
from booking.formats import dates
from booking.formats.contacts import dial_link, show_phone
from booking.services.bookings import moves_undone
from booking.services.bookings.intakes import ForTheDesk
from booking.services.desk.sheets import slip
from booking.services.staff.sessions import SignedIn
from booking.store.bookings import Booking
from booking.store.records import AuditEntry, Message
from booking.web.clinic import at, facts, local, rulebook
from booking.web.desk import follow_ups, intakes, steps, trail
from booking.web.wording import STATE_WORDS

SOURCES = {
    "online": "online",
    "api": "online",
    "phone": "phone",
    "waitlist": "waitlist",
    "walk_in": "walk-in",
}
STRANDING_WORDS = {
    Stranding.KEPT: "Kept outside of hours",
    Stranding.TO_MOVE: "Needs a new time",
}


EXCEPTION_WORDS = {
    Exceptional.OUTSIDE_HOURS: "Outside hours",
    Exceptional.OVERBOOKED: "Overbooked",
}


def _start(booking: Booking) -> datetime:
    return local(booking.start, at(booking.location_id).zone)


def _mode(booking: Booking) -> str | None:
    """How the visit takes place, where nobody has to come for it."""
    mode = booking.service.mode
    return None if mode is Mode.IN_PERSON else MODE_WORDS[mode]


def card(
    booking: Booking,
    history: Sequence[AuditEntry],
    messages: Sequence[Message],
    names: dict[int, str],
    needs: ForTheDesk,
    follow_up: int | None,
    *,
    person: SignedIn,
    now: datetime,
) -> dict[str, Any]:
    """Everything about one booking that reception may see."""
    patient = booking.patient
    standing = lifecycle.Standing(booking.state, booking.start, booking.end)
    zone = at(booking.location_id).zone
    next_ = lifecycle.next_steps(standing, by=person.actor.kind, now=now, zone=zone)
    return {
        "booking": {
            "id": booking.id,
            "patient_id": patient.id,
            "is_erased": patient.erased_at is not None,
            "name": patient.name,
            "date_of_birth": _birth(patient.date_of_birth),
            "guardian": patient.guardian,
            "email": patient.email,
            "phone": show_phone(patient.phone, facts().country) if patient.phone else None,
            "phone_href": dial_link(patient.phone) if patient.phone else None,
            "start": _start(booking),
            "end": local(booking.end, at(booking.location_id).zone),
            "where": None if facts().is_one_place else at(booking.location_id).where,
            "service": booking.service.name,
            "mode": _mode(booking),
            "mode_text": booking.service.mode_text,
            "practitioner": booking.practitioner.name,
            "reference": references.show(booking.reference),
            "has_slip": booking.state in slip.GIVEN,
            "source": SOURCES.get(booking.source, booking.source),
            "came_from": booking.came_from,
            "referral": booking.referral,
            "state": booking.state.value,
            "state_words": STATE_WORDS[booking.state],
            "version": booking.updated_at.isoformat(),
            "late": booking.cancelled_late,
            "will_come": _will_come(booking),
            "stranding": STRANDING_WORDS[booking.stranding] if booking.stranding else None,
            "exceptional": EXCEPTION_WORDS[booking.exceptional] if booking.exceptional else None,
            "exceptional_reason": booking.exceptional_reason,
        },
        "needs": intakes.needs(needs),
        "follow_up": follow_ups.in_weeks(follow_up) if follow_up else None,
        "actions": steps.buttons(standing, by=person.actor.kind, now=now, zone=zone),
        "undo": undo(booking, history, person=person, now=now),
        "can_cancel": State.CANCELLED in next_,
        "can_move": steps.can_move(standing, by=person.actor.kind, now=now),
        "history": [
            trail.entry(entry, names) for entry in history if entry.action not in trail.LOOKS
        ],
        "messages": [trail.message(message) for message in messages],
    }


def _will_come(booking: Booking) -> bool:
    """Whether the patient said so; once they are here, nobody needs to know."""
    return booking.state is State.CONFIRMED and booking.reconfirmed_at is not None


def _birth(value: date | None) -> str:
    return "Not given" if value is None else f"{value.day} {value:%B} {value.year}"


def undo(
    booking: Booking, history: Sequence[AuditEntry], *, person: SignedIn, now: datetime
) -> dict[str, str] | None:
    """A button that takes the last step or move back, if that is possible now."""
    step = _undo_step(booking, history, person=person, now=now)
    if step is not None:
        return step
    move = moves_undone.undoable(booking, history, rulebook(), by=person.actor.kind, now=now)
    if move is None:
        return None
    before = dates.show_moment(local(move.back_to, at(booking.location_id).zone))
    return {"endpoint": "desk.undo_move", "label": f"Undo the move, back to {before}"}


def _undo_step(
    booking: Booking, history: Sequence[AuditEntry], *, person: SignedIn, now: datetime
) -> dict[str, str] | None:
    if booking.patient.erased_at is not None:
        return None
    taken = [e for e in history if e.action == "state" and e.to_value == booking.state.value]
    if not taken or taken[-1].from_value is None:
        return None
    standing = lifecycle.Standing(booking.state, booking.start, booking.end)
    zone = at(booking.location_id).zone
    by = person.actor.kind
    if not steps.can_undo(standing, taken_at=taken[-1].at, by=by, now=now, zone=zone):
        return None
    return {"endpoint": "desk.undo", "label": f"Undo “{STATE_WORDS[booking.state]}”"}


def refusal(words: str, code: str) -> FieldError:
    """A refusal that belongs to no field."""
    return FieldError("", code, words)
