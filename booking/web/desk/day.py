"""Reception's day: the board, and a booking's card with the steps of its life."""

from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import NotFound, ReasonMissing, SlotRefusal, TransitionRefused
from booking.domain.lifecycle import State
from booking.domain.people import Findings, read_reason
from booking.domain.slots import Slot
from booking.domain.time import local_day
from booking.services import audit
from booking.services.bookings import bookings, changes, intakes, new_times
from booking.services.clinic import Rulebook
from booking.services.desk import day as days
from booking.services.mail import outbox
from booking.services.staff import accounts
from booking.services.staff.sessions import SignedIn
from booking.services.times import free_time
from booking.store.bookings import Booking
from booking.store.engine import Session
from booking.web import times
from booking.web.access import current_staff
from booking.web.clinic import at
from booking.web.desk import board
from booking.web.desk import intakes as desk_intakes
from booking.web.desk.blueprint import blueprint
from booking.web.errors import ANSWERS
from booking.web.installation import here, read, write


@blueprint.get("")
def day() -> ResponseReturnValue:
    """A day's bookings and free times, in the order of time."""
    person = current_staff()
    offers = here().offers
    wanted = times.parse_day(request.args.get("day"))

    def look(session: Session, now: datetime) -> dict[str, Any]:
        rulebook = offers.rulebook(session)
        today = local_day(now, rulebook.clinic.zone)
        chosen = wanted or today
        only = person.only_practitioner
        rows = days.rows(session, rulebook, chosen, practitioner_id=only)
        free = _free(session, rulebook, chosen, now) if person.actor.kind == "reception" else []
        open_ends = days.unresolved(session, rulebook, practitioner_id=only, now=now, today=today)
        waiting = new_times.waiting(session, practitioner_id=only, now=now)
        return board.page(chosen, today, rows, free, open_ends, waiting, person=person, now=now)

    return render_template("desk/day.html", **read(look))


def _free(session: Session, rulebook: Rulebook, chosen: date, now: datetime) -> list[Slot]:
    """The free times of the first service, of everybody who offers it."""
    plans = next(iter(rulebook.services.values()), [])
    return free_time.staff_slots(session, plans, first=chosen, last=chosen, now=now)


@blueprint.get("/bookings/<int(max=2147483647):booking_id>")
def booking(booking_id: int) -> ResponseReturnValue:
    """A booking's card. Looking at it is recorded."""
    return _card(booking_id)


@blueprint.post("/bookings/<int(max=2147483647):booking_id>/advance")
def advance(booking_id: int) -> ResponseReturnValue:
    """One step of the day."""
    person = current_staff()
    try:
        to = State(request.form.get("to", ""))
    except ValueError:
        raise NotFound from None
    return _change(booking_id, to, person, reason="")


@blueprint.post("/bookings/<int(max=2147483647):booking_id>/undo")
def undo(booking_id: int) -> ResponseReturnValue:
    """Take the last step back."""
    person, installation = current_staff(), here()
    found = _own(booking_id, person)
    try:
        write(
            lambda session, now: changes.undo(
                session,
                installation.offers,
                installation.links,
                found,
                actor=person.actor,
                now=now,
                seen=_seen(),
            )
        )
    except (TransitionRefused, SlotRefusal) as refusal:
        return _card(booking_id, refusal_code=refusal.code)
    return _back_to_day(found)


@blueprint.post("/bookings/<int(max=2147483647):booking_id>/cancel")
def cancel(booking_id: int) -> ResponseReturnValue:
    """Cancel for the clinic, with a reason."""
    found = Findings()
    typed = request.form.get("reason", "")
    reason = read_reason(typed, found)
    if not found.errors and not reason:
        found.add("reason", "missing", "Say why, so that colleagues know")
    if found.errors:
        return _card(booking_id, found=found, reason=typed)
    return _change(booking_id, State.CANCELLED, current_staff(), reason=reason)


def _change(booking_id: int, to: State, person: SignedIn, *, reason: str) -> ResponseReturnValue:
    installation = here()
    found = _own(booking_id, person)
    try:
        write(
            lambda session, now: changes.advance(
                session,
                installation.offers,
                installation.links,
                found,
                to,
                actor=person.actor,
                reason=reason,
                now=now,
                seen=_seen(),
            )
        )
    except (TransitionRefused, ReasonMissing) as refusal:
        return _card(booking_id, refusal_code=refusal.code)
    return _back_to_day(found)


def _seen() -> datetime | None:
    """The `updated_at` of the booking on the page that was acted on."""
    try:
        moment = datetime.fromisoformat(request.form.get("version", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _own(booking_id: int, person: SignedIn) -> Booking:
    """The booking, if this person may see it; otherwise it looks as if there were none."""
    found = read(lambda session, _: bookings.get(session, booking_id))
    only = person.only_practitioner
    if only is not None and found.practitioner_id != only:
        raise NotFound
    return found


def _back_to_day(found: Booking) -> ResponseReturnValue:
    chosen = times.parse_day(request.form.get("day")) or local_day(
        found.start, at(found.location_id).zone
    )
    address = url_for("desk.day", day=chosen.isoformat(), _anchor=f"booking-{found.id}")
    return redirect(address, code=303)


def _card(
    booking_id: int,
    *,
    refusal_code: str | None = None,
    found: Findings | None = None,
    reason: str = "",
) -> ResponseReturnValue:
    person = current_staff()
    shown = _own(booking_id, person)
    errors = list(found.errors) if found else []
    if refusal_code is not None:
        errors.append(board.refusal(ANSWERS[refusal_code].words, refusal_code))

    def look(session: Session, now: datetime) -> dict[str, Any]:
        audit.record(session, person.actor, "viewed", now=now, booking_id=booking_id)
        shown_to_all = board.card(
            shown,
            audit.history(session, booking_id),
            outbox.messages_of(session, booking_id),
            accounts.names(session),
            intakes.for_the_desk(session, booking_id),
            person=person,
            now=now,
        )
        return shown_to_all | {
            "answers": desk_intakes.for_the_doctor(session, shown, person, now=now)
        }

    page = render_template("desk/booking.html", **write(look), errors=errors, reason=reason)
    if not errors:
        return page
    return page, 422 if refusal_code is None else ANSWERS[refusal_code].status
