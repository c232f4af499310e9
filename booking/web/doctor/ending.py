"""How a visit ends: the steps that its doctor takes, and when the patient should come again."""

from collections.abc import Mapping
from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import NotFound, TransitionRefused
from booking.domain.lifecycle import State
from booking.domain.people import Findings
from booking.services.bookings import changes
from booking.services.desk import follow_ups
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.clinic import rulebook
from booking.web.doctor import own
from booking.web.doctor.blueprint import blueprint
from booking.web.doctor.day import BOOKING, page
from booking.web.errors import ANSWERS
from booking.web.installation import here, write

_STEPS = {State.IN_ROOM.value: State.IN_ROOM, State.COMPLETED.value: State.COMPLETED}


@blueprint.post(f"{BOOKING}/advance")
def advance(booking_id: int) -> ResponseReturnValue:
    """Into the room, or completed: then with a suggestion for the next visit, if there is one."""
    found, values = Findings(), forms.typed(request.form, "weeks", "service")
    to = _STEPS.get(request.form.get("to", ""))
    if to is None:
        raise NotFound
    weeks = _weeks(values["weeks"], found) if to is State.COMPLETED else None
    service_id = _service(values["service"])
    if found.errors:
        return page(booking_id, found, typed=values)
    person, installation = current_staff(), here()

    def work(session: Session, now: datetime) -> None:
        booking = changes.advance(
            session,
            installation.offers,
            installation.links,
            own.booking(session, booking_id),
            to,
            actor=person.actor,
            now=now,
            seen=_seen(),
        )
        if weeks is not None:
            follow_ups.suggest(session, booking, weeks, service_id, actor=person.actor, now=now)

    try:
        write(work)
    except TransitionRefused as refusal:
        answer = ANSWERS[refusal.code]
        found.add("", refusal.code, answer.words)
        return page(booking_id, found, answer.status, typed=values)
    return _back(booking_id)


@blueprint.post(f"{BOOKING}/follow-up")
def follow_up(booking_id: int) -> ResponseReturnValue:
    """Say, change or take back when the patient should come again."""
    found, values = Findings(), forms.typed(request.form, "weeks", "service")
    takes_back = request.form.get("deed") == "take-back"
    weeks = None if takes_back else _weeks(values["weeks"], found)
    if weeks is None and not takes_back and not found.errors:
        found.add("weeks", "missing", "Enter a number of weeks")
    if found.errors:
        return page(booking_id, found, typed=values)
    actor, service_id = current_staff().actor, _service(values["service"])

    def work(session: Session, now: datetime) -> None:
        booking = own.booking(session, booking_id)
        follow_ups.suggest(session, booking, weeks, service_id, actor=actor, now=now)

    write(work)
    return _back(booking_id)


def _weeks(typed: str, found: Findings) -> int | None:
    text = typed.strip()
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if not 1 <= number <= follow_ups.WEEKS_MOST:
        found.add("weeks", "impossible", "Enter a number of weeks from 1 to 52")
        return None
    return number


def _service(typed: str) -> int | None:
    """The kind that was chosen, of those that this doctor offers; None for that of the visit."""
    offered: Mapping[str, str] = dict(follow_ups.services(rulebook(), own.practitioner_id()))
    return int(typed) if typed in offered else None


def _seen() -> datetime | None:
    """The `updated_at` of the booking on the page that was acted on."""
    try:
        moment = datetime.fromisoformat(request.form.get("version", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _back(booking_id: int) -> ResponseReturnValue:
    return redirect(url_for("doctor.booking", booking_id=booking_id), code=303)
