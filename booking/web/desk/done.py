"""What was just done to a booking, said on the page that follows: who hears of it, and Undo."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import request

from booking.domain import references
from booking.domain.errors import NotFound
from booking.domain.lifecycle import State
from booking.domain.messages import Audience, MessageKind, MessageState
from booking.domain.time import local_day
from booking.formats import dates
from booking.formats.contacts import show_phone
from booking.services import audit
from booking.services.bookings import bookings, moves_undone
from booking.services.mail import outbox
from booking.services.staff.sessions import SignedIn
from booking.store.bookings import Booking
from booking.store.engine import Session
from booking.store.records import AuditEntry, Message
from booking.web import forms
from booking.web.access import current_staff
from booking.web.clinic import at, facts, local
from booking.web.desk import board
from booking.web.installation import read

_DEEDS = ("state", "undo", *moves_undone.MOVES)
_NO_NEWS = (MessageKind.REMINDER, MessageKind.RUNNING_LATE)
_LEAVING = (MessageState.QUEUED, MessageState.SENDING)
_MINUTE = timedelta(minutes=1)


def said() -> dict[str, Any] | None:
    """What was done today to the booking that the address names in `done`, if it was news."""
    booking_id, person = forms.number(request.args.get("done", "")), current_staff()
    if booking_id is None:
        return None

    def look(session: Session, now: datetime) -> dict[str, Any] | None:
        try:
            booking = bookings.get(session, booking_id)
        except NotFound:
            return None
        if person.only_practitioner not in {None, booking.practitioner_id}:
            return None
        entries = audit.history(session, booking_id)
        messages = outbox.messages_of(session, booking_id)
        return _said(booking, entries, messages, person, now=now)

    return read(look)


def _said(
    booking: Booking,
    entries: Sequence[AuditEntry],
    messages: Sequence[Message],
    person: SignedIn,
    *,
    now: datetime,
) -> dict[str, Any] | None:
    last = next((one for one in reversed(entries) if one.action in _DEEDS), None)
    words = _words(booking, last) if last else None
    zone = facts().zone
    if last is None or words is None or local_day(last.at, zone) != local_day(now, zone):
        return None
    in_silence = any(one.action == "patient_not_told" and one.id > last.id for one in entries)
    return {
        "id": booking.id,
        "name": booking.patient.name,
        "words": words,
        "told": _told(booking, messages, last, in_silence=in_silence, now=now),
        "undo": board.undo(booking, entries, person=person, now=now),
        "version": booking.updated_at.isoformat(),
    }


def _words(booking: Booking, last: AuditEntry) -> str | None:
    moment = dates.show_moment(local(booking.start, at(booking.location_id).zone))
    if last.action == "moved":
        return f"was moved to {moment}."
    if last.action == "move_undone":
        return f"has {moment} again."
    if last.action == "undo" and last.from_value == State.CANCELLED.value:
        return f"has {moment} again."
    if _is_new(last):
        return f"is booked for {moment}, reference {references.show(booking.reference)}."
    if last.action == "state" and last.to_value == State.CANCELLED.value:
        return f"no longer comes on {moment}: it was cancelled."
    return None


def _is_new(deed: AuditEntry) -> bool:
    return deed.action == "state" and deed.from_value is None


def _told(
    booking: Booking,
    messages: Sequence[Message],
    last: AuditEntry,
    *,
    in_silence: bool,
    now: datetime,
) -> str:
    """Whether the patient hears of it, and when."""
    word = next((one for one in reversed(messages) if _is_word(one, booking)), None)
    if word is not None and word.state in _LEAVING:
        return _leaves(word.next_try_at, now=now)
    if word is not None and word.state is MessageState.SENT:
        return "The message has left."
    if "undo" in last.action:
        return "No message leaves: it has been told to nobody."
    if booking.patient.email and in_silence:
        return "No message leaves, as you chose."
    if booking.patient.email:
        return "No message leaves: the patient knows of no other time."
    if _is_new(last):
        return "No message leaves: there is no e-mail address."
    phone = booking.patient.phone
    reached = f": please call {show_phone(phone, facts().country)}." if phone else "."
    return f"There is no e-mail address{reached}"


def _is_word(message: Message, booking: Booking) -> bool:
    return (
        message.sequence == booking.sequence
        and message.kind.audience is Audience.PATIENT
        and message.kind not in _NO_NEWS
    )


def _leaves(moment: datetime, *, now: datetime) -> str:
    minutes = -((now - moment) // _MINUTE)
    if moment <= now:
        return "The message is leaving."
    in_words = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"The message leaves in {in_words}, at {dates.show_clock(local(moment))}."
