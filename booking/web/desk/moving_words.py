"""What moving a booking would mean, in words for the page that asks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from booking.domain import references
from booking.domain.lifecycle import Stranding
from booking.domain.messages import MessageKind
from booking.domain.slots import Slot
from booking.formats import dates
from booking.formats.contacts import dial_link, show_phone
from booking.formats.languages import LANGUAGES
from booking.services.desk.board.moves import Outlook, Taker
from booking.services.times.squeezing import Fit
from booking.store.bookings import Booking
from booking.web import times
from booking.web.clinic import at, facts, local, place
from booking.web.desk import board, trail

_REFUSED = {
    "in_past": "That time has passed.",
    "beyond_horizon": "That day is not open for booking yet.",
    "outside_hours": "It is outside of the opening hours, or not at one of the usual starts.",
}


def wall(slot: Slot) -> datetime:
    """The start of a slot by the clock where it is."""
    return local(slot.start, place(slot.location).zone)


def booking(found: Booking) -> dict[str, Any]:
    """The booking as it is now."""
    patient, zone = found.patient, at(found.location_id).zone
    return {
        "id": found.id,
        "name": patient.name,
        "reference": references.show(found.reference),
        "start": local(found.start, zone),
        "end": local(found.end, zone),
        "place": None if facts().is_one_place else at(found.location_id).place.name,
        "service": found.service.name,
        "practitioner": found.practitioner.name,
        "email": patient.email,
        "phone": show_phone(patient.phone, facts().country) if patient.phone else None,
        "phone_href": dial_link(patient.phone) if patient.phone else None,
        "version": found.updated_at.isoformat(),
    }


def outlook(found: Booking, look: Outlook, *, grace: timedelta) -> dict[str, Any]:
    """Where it would go, what stands in the way, and what follows."""
    (to,) = times.shown([look.slot])
    same = look.slot.start == found.start
    return {
        "to": to | {"iso": look.slot.start.isoformat(), "is_same": same},
        "possible": look.refusal is None and not same,
        "anyway": None if look.anyway is None or same else _anyway(look.anyway),
        "conflicts": [] if same else _conflicts(look),
        "alternatives": times.shown(look.alternatives),
        "too_soon_online": look.too_soon_online,
        "mails": _mails(found, look, grace),
        "follows": list(_follows(found, look)),
    }


def _anyway(fit: Fit) -> dict[str, str | None]:
    """Where nothing is on offer: how the visit will be marked that staff put there."""
    return {"mark": board.EXCEPTION_WORDS[fit.kind] if fit.kind else None}


def _conflicts(look: Outlook) -> list[dict[str, Any]]:
    if look.refusal is None:
        return []
    takers = [_taker(one) for one in look.takers]
    if look.refusal in _REFUSED:
        return [{"words": _REFUSED[look.refusal]}, *takers]
    # Nobody is there, and still it is not on offer: so many a day or a week are enough.
    return takers or [{"words": "No more visits of this kind fit that day or that week."}]


def _taker(one: Taker) -> dict[str, Any]:
    zone = facts().zone
    when = f"{_clock(one.span.start)} – {_clock(one.span.end)}"
    if one.visit is not None:
        zone = at(one.visit.location_id).zone
        when = f"{_clock(one.span.start, zone)} – {_clock(one.span.end, zone)}"
        return {
            "words": f"{when} is taken by",
            "visit": one.visit.id,
            "name": one.visit.patient.name,
            "reference": references.show(one.visit.reference),
        }
    if one.held_until is None:
        return {"words": f"{when} is taken in another calendar of the practitioner."}
    until = dates.show_clock(local(one.held_until, zone))
    if one.is_kept:
        return {"words": f"{when} is kept until {until} for a patient who was offered it."}
    return {"words": f"{when} is held until {until} for somebody who is booking just now."}


def _clock(moment: datetime, zone: Any = None) -> str:
    return dates.show_clock(local(moment, zone))


def _mails(found: Booking, look: Outlook, grace: timedelta) -> list[dict[str, str]]:
    """Which messages leave, to whom; the patient's first."""
    when = _after(grace)
    mails = []
    if found.patient.email:
        language = LANGUAGES.get(found.patient.locale)
        in_language = f", in {language.name}" if language and language.code != "en" else ""
        mails.append(
            {
                "kind": trail.MESSAGE_WORDS[MessageKind.MOVED],
                "to": found.patient.email,
                "how": f"with the new calendar entry{in_language}, {when}",
            }
        )
    if look.doctor:
        kind = trail.MESSAGE_WORDS[MessageKind.DOCTOR_MOVED]
        mails.append({"kind": kind, "to": look.doctor, "how": f"since it is about today, {when}"})
    return mails


def _after(grace: timedelta) -> str:
    if not grace:
        return "at once"
    minutes, seconds = divmod(int(grace.total_seconds()), 60)
    if seconds:
        return f"{int(grace.total_seconds())} seconds after saving"
    return "1 minute after saving" if minutes == 1 else f"{minutes} minutes after saving"


def _follows(found: Booking, look: Outlook) -> Iterator[str]:
    yield "The old time becomes free for others; reference and link stay the same."
    yield f"In calendars it stays one entry, of which this is change {found.sequence + 1}."
    if look.reminds and found.patient.email:
        yield "The patient’s reminders go by the new time."
    if found.reconfirmed_at is not None:
        yield "The patient said that they will come; that was of the old time."
    if found.stranding is Stranding.TO_MOVE:
        yield "The times that are kept for this patient are given back."
