"""What the desk's pages show: rows, actions, a booking's card."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from booking.domain import lifecycle, references
from booking.domain.errors import FieldError, TransitionRefused
from booking.domain.lifecycle import ActorKind, State, Stranding
from booking.domain.modes import MODE_WORDS, Mode
from booking.domain.slots import Slot
from booking.domain.time import ONE_DAY
from booking.formats.contacts import dial_link, show_phone
from booking.services.bookings.intakes import ForTheDesk
from booking.services.bookings.new_times import Waiting
from booking.services.desk.day import DayRow
from booking.services.staff.sessions import SignedIn
from booking.store.bookings import Booking
from booking.store.records import AuditEntry, Message
from booking.web.clinic import at, facts, local, place, rulebook
from booking.web.desk import intakes, trail
from booking.web.wording import STATE_WORDS, STEP_WORDS

SOURCES = {"online": "online", "api": "online", "phone": "phone", "waitlist": "waitlist"}
KEYS = {
    State.ARRIVED: "a",
    State.IN_ROOM: "r",
    State.COMPLETED: "c",
    State.NO_SHOW: "x",
    State.LEFT: "l",
}
# Cancelling needs a reason and has a form of its own on the card.
_NOT_BUTTONS = {State.CANCELLED, State.ENTERED_IN_ERROR, State.EXPIRED}
_COUNTED = {
    State.CONFIRMED: "booked",
    State.REQUESTED: "booked",
    State.ARRIVED: "here",
    State.IN_ROOM: "here",
    State.COMPLETED: "done",
    State.NO_SHOW: "missed",
    State.LEFT: "missed",
    State.CANCELLED: "cancelled",
}
STRANDING_WORDS = {
    Stranding.KEPT: "Kept outside of hours",
    Stranding.TO_MOVE: "Needs a new time",
}


def page(
    chosen: date,
    today: date,
    rows: Sequence[DayRow],
    free: Sequence[Slot],
    unresolved: Sequence[Booking],
    waiting: Sequence[Waiting],
    *,
    person: SignedIn,
    now: datetime,
) -> dict[str, Any]:
    """The board of a day."""
    with_whom = _names()
    entries = [_row(row, with_whom, person=person, now=now) for row in rows]
    entries += [_free(slot, with_whom) for slot in free]
    entries.sort(key=lambda entry: entry["start"])
    numbers = Counter(_COUNTED.get(row.booking.state, "other") for row in rows)
    counts = {key: numbers[key] for key in ("booked", "here", "done") if key == "booked" or rows}
    counts |= {key: numbers[key] for key in ("missed", "cancelled") if numbers[key]}
    counts |= _waiting_answers(rows)
    if person.actor.kind is ActorKind.RECEPTION:
        counts["free"] = len(free)
    return {
        "day": chosen,
        "today": today,
        "previous_day": chosen - ONE_DAY,
        "next_day": chosen + ONE_DAY,
        "rows": entries,
        "counts": counts,
        "unresolved": [
            {"id": b.id, "name": b.patient.name, "start": _start(b)} for b in unresolved
        ],
        "waiting": [_waiting(one) for one in waiting],
    }


def _waiting_answers(rows: Sequence[DayRow]) -> dict[str, int]:
    """How many answers wait for the doctor, and how many patients are to be called."""
    open_ = [row.needs for row in rows if row.booking.state in lifecycle.OPEN]
    numbers = {
        "to_call": sum(needs.to_call > 0 for needs in open_),
        "to_review": sum(needs.to_review for needs in open_),
    }
    return {key: number for key, number in numbers.items() if number}


def _waiting(one: Waiting) -> dict[str, Any]:
    booking = one.booking
    return {
        "id": booking.id,
        "name": booking.patient.name,
        "start": _start(booking),
        "offers": [local(hold.start, at(hold.location_id).zone) for hold in one.offers],
        "kept_until": local(one.kept_until) if one.kept_until else None,
        "contact": _contact(booking),
        "by_mail": booking.patient.email is not None,
    }


def _names() -> dict[str, str]:
    """Whom a row is with, as far as that is a question: nothing where there is one only."""
    names = {plan.practitioner: plan.practitioner_name for plan in rulebook().plans}
    return names if len(names) > 1 else {}


def _free(slot: Slot, with_whom: Mapping[str, str]) -> dict[str, Any]:
    return {
        "free": True,
        "start": local(slot.start, place(slot.location).zone),
        "place": None if facts().is_one_place else place(slot.location).name,
        "slot": slot.id,
        "service": slot.service,
        "practitioner": with_whom.get(slot.practitioner),
    }


def _row(
    row: DayRow, with_whom: Mapping[str, str], *, person: SignedIn, now: datetime
) -> dict[str, Any]:
    booking = row.booking
    return {
        "free": False,
        "id": booking.id,
        "start": _start(booking),
        "end": local(booking.end, at(booking.location_id).zone),
        "place": None if facts().is_one_place else at(booking.location_id).place.name,
        "name": booking.patient.name,
        "reference": references.show(booking.reference),
        "source": SOURCES.get(booking.source, booking.source),
        "practitioner": booking.practitioner.name if with_whom else None,
        "state": booking.state.value,
        "state_words": STATE_WORDS[booking.state],
        "stranding": STRANDING_WORDS[booking.stranding] if booking.stranding else None,
        "will_come": _will_come(booking),
        "mode": _mode(booking),
        "contact": _contact(booking),
        "mail_failed": row.mail_failed,
        # What is over needs nothing any more.
        "needs": intakes.needs(row.needs) if booking.state in lifecycle.OPEN else None,
        "actions": actions(booking, person=person, now=now),
        "version": booking.updated_at.isoformat(),
        "now": booking.start <= now < booking.end and booking.state in lifecycle.OPEN,
    }


def _start(booking: Booking) -> datetime:
    return local(booking.start, at(booking.location_id).zone)


def _mode(booking: Booking) -> str | None:
    """How the visit takes place, where nobody has to come for it."""
    mode = booking.service.mode
    return None if mode is Mode.IN_PERSON else MODE_WORDS[mode]


def _contact(booking: Booking) -> str:
    phone = booking.patient.phone
    return show_phone(phone, facts().country) if phone else booking.patient.email or ""


def actions(booking: Booking, *, person: SignedIn, now: datetime) -> list[dict[str, Any]]:
    """The steps that this person can take now, the likeliest first."""
    standing = lifecycle.Standing(booking.state, booking.start, booking.end)
    steps = lifecycle.next_steps(
        standing, by=person.actor.kind, now=now, zone=at(booking.location_id).zone
    )
    shown = [step for step in steps if step not in _NOT_BUTTONS]
    return [
        {
            "key": KEYS.get(step, ""),
            "label": STEP_WORDS[step],
            "to": step.value,
            "endpoint": "desk.advance",
            "primary": index == 0,
        }
        for index, step in enumerate(shown)
    ]


def card(
    booking: Booking,
    history: Sequence[AuditEntry],
    messages: Sequence[Message],
    names: dict[int, str],
    needs: ForTheDesk,
    *,
    person: SignedIn,
    now: datetime,
) -> dict[str, Any]:
    """Everything about one booking that reception may see."""
    patient = booking.patient
    standing = lifecycle.Standing(booking.state, booking.start, booking.end)
    steps = lifecycle.next_steps(
        standing, by=person.actor.kind, now=now, zone=at(booking.location_id).zone
    )
    return {
        "booking": {
            "id": booking.id,
            "patient_id": patient.id,
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
            "source": SOURCES.get(booking.source, booking.source),
            "came_from": booking.came_from,
            "referral": booking.referral,
            "state": booking.state.value,
            "state_words": STATE_WORDS[booking.state],
            "version": booking.updated_at.isoformat(),
            "late": booking.cancelled_late,
            "will_come": _will_come(booking),
            "stranding": STRANDING_WORDS[booking.stranding] if booking.stranding else None,
        },
        "needs": intakes.needs(needs),
        "actions": actions(booking, person=person, now=now),
        "undo": _undo(booking, history, person=person, now=now),
        "can_cancel": State.CANCELLED in steps,
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


def _undo(
    booking: Booking, history: Sequence[AuditEntry], *, person: SignedIn, now: datetime
) -> dict[str, str] | None:
    """A button that takes the last step back, if that is possible now."""
    steps = [e for e in history if e.action == "state" and e.to_value == booking.state.value]
    if not steps or steps[-1].from_value is None:
        return None
    standing = lifecycle.Standing(booking.state, booking.start, booking.end)
    try:
        lifecycle.require_undo(
            standing,
            taken_at=steps[-1].at,
            by=person.actor.kind,
            now=now,
            zone=at(booking.location_id).zone,
        )
    except TransitionRefused:
        return None
    return {"endpoint": "desk.undo", "label": f"Undo “{STATE_WORDS[booking.state]}”"}


def refusal(words: str, code: str) -> FieldError:
    """A refusal that belongs to no field."""
    return FieldError("", code, words)
