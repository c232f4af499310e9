"""Reception's day: the board, and a booking's card with the steps of its life."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import NotFound, ReasonMissing, SlotRefusal, TransitionRefused
from booking.domain.lifecycle import State
from booking.domain.messages import Telling
from booking.domain.people import Findings, read_reason
from booking.domain.time import ONE_DAY, local_day
from booking.services import audit
from booking.services.bookings import bookings, changes, intakes
from booking.services.desk import follow_ups
from booking.services.desk.calls import call_lists
from booking.services.mail import outbox
from booking.services.staff import accounts
from booking.services.staff.sessions import SignedIn
from booking.store.bookings import Booking
from booking.store.engine import Session
from booking.web import times
from booking.web.access import current_staff
from booking.web.clinic import at, rulebook
from booking.web.desk import board, done, live, tries
from booking.web.desk import intakes as desk_intakes
from booking.web.desk.blueprint import blueprint
from booking.web.desk.live import Asked, Board
from booking.web.desk.rows import BESIDE
from booking.web.errors import ANSWERS
from booking.web.installation import here, read, write

SAY_WHY = "Say why, so that colleagues know"


@blueprint.get("")
def day() -> ResponseReturnValue:
    """A day's bookings and free times, in the order of time."""
    person = current_staff()
    wanted, what = live.asked(person), done.said()
    if what is None:
        return live.page(wanted, person, partial(_page, wanted))
    return _page(wanted, live.board(wanted), done=what)


def _page(wanted: Asked, found: Board, **more: Any) -> str:
    return render_template(
        "desk/day.html",
        day=wanted.day,
        today=wanted.today,
        view=wanted.view,
        previous_day=wanted.day - ONE_DAY,
        next_day=wanted.day + ONE_DAY,
        practitioners=len({plan.practitioner for plan in rulebook().plans}),
        board=found.html,
        etag=found.etag,
        **more,
    )


@blueprint.get("/bookings/<int(max=2147483647):booking_id>")
def booking(booking_id: int) -> ResponseReturnValue:
    """A booking's card. Looking at it is recorded."""
    return card(booking_id)


@blueprint.post("/bookings/<int(max=2147483647):booking_id>/advance")
def advance(booking_id: int) -> ResponseReturnValue:
    """One step of the day."""
    person = current_staff()
    try:
        to = State(_step()[0])
    except ValueError:
        raise NotFound from None
    return _change(booking_id, to, person, reason="")


@blueprint.post("/bookings/<int(max=2147483647):booking_id>/undo")
def undo(booking_id: int) -> ResponseReturnValue:
    """Take the last step back."""
    person, installation = current_staff(), here()
    found = own(booking_id, person)
    try:
        write(
            lambda session, now: changes.undo(
                session,
                installation.offers,
                installation.links,
                found,
                actor=person.actor,
                now=now,
                seen=seen(),
            )
        )
    except (TransitionRefused, SlotRefusal) as refusal:
        return card(booking_id, refusal_code=refusal.code)
    return back_to_day(found, is_news=found.state is State.CANCELLED)


@blueprint.post("/bookings/<int(max=2147483647):booking_id>/cancel")
def cancel(booking_id: int) -> ResponseReturnValue:
    """Cancel for the clinic, with a reason."""
    found = Findings()
    typed = request.form.get("reason", "")
    reason = read_reason(typed, found)
    if not found.errors and not reason:
        found.add("reason", "missing", SAY_WHY)
    if found.errors:
        return card(booking_id, found=found, reason=typed)
    return _change(
        booking_id, State.CANCELLED, current_staff(), reason=reason, tells=chosen_to_tell()
    )


def chosen_to_tell() -> bool:
    """Whether the patient is to hear of it, by what was chosen."""
    return request.form.get("notify") != "0"


def _change(
    booking_id: int, to: State, person: SignedIn, *, reason: str, tells: bool = True
) -> ResponseReturnValue:
    installation = here()
    found = own(booking_id, person)
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
                seen=seen(),
                telling=Telling(tells, installation.grace),
            )
        )
    except (TransitionRefused, ReasonMissing) as refusal:
        return card(booking_id, refusal_code=refusal.code)
    return back_to_day(found, is_news=to is State.CANCELLED)


def _step() -> tuple[str, str]:
    """
    What was pressed, and the version of the booking that it was seen at.

    A card says both in fields. The board has one form for all of its rows, so a button says both.
    """
    pressed = request.form.get("step", "").split(" ", 1)
    if len(pressed) == 2:
        return pressed[0], pressed[1]
    return request.form.get("to", ""), request.form.get("version", "")


def seen() -> datetime | None:
    """The `updated_at` of the booking on the page that was acted on."""
    try:
        moment = datetime.fromisoformat(_step()[1])
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def own(booking_id: int, person: SignedIn) -> Booking:
    """The booking, if this person may see it; otherwise it looks as if there were none."""
    found = read(lambda session, _: bookings.get(session, booking_id))
    only = person.only_practitioner
    if only is not None and found.practitioner_id != only:
        raise NotFound
    return found


def back_to_day(found: Booking, *, is_news: bool = False) -> ResponseReturnValue:
    chosen = times.parse_day(request.form.get("day")) or local_day(
        found.start, at(found.location_id).zone
    )
    view = BESIDE if request.form.get("view") == BESIDE else None
    # What was just done, and Undo, stand at the top: a jump to the row would hide them.
    anchor, news = (None, found.id) if is_news else (f"booking-{found.id}", None)
    address = url_for("desk.day", day=chosen.isoformat(), view=view, done=news, _anchor=anchor)
    return redirect(address, code=303)


def card(
    booking_id: int,
    *,
    refusal_code: str | None = None,
    found: Findings | None = None,
    reason: str = "",
) -> ResponseReturnValue:
    person = current_staff()
    shown = own(booking_id, person)
    errors = list(found.errors) if found else []
    if refusal_code is not None:
        errors.append(board.refusal(ANSWERS[refusal_code].words, refusal_code))

    def look(session: Session, now: datetime) -> dict[str, Any]:
        audit.record(session, person.actor, "viewed", now=now, booking_id=booking_id)
        names = accounts.names(session)
        shown_to_all = board.card(
            shown,
            audit.history(session, booking_id),
            outbox.messages_of(session, booking_id),
            names,
            intakes.for_the_desk(session, booking_id),
            follow_ups.open_of(session, booking_id),
            person=person,
            now=now,
        )
        return shown_to_all | {
            "answers": desk_intakes.for_the_doctor(session, shown, person, now=now),
            "tries": tries.history(call_lists.history(session, booking_id), names),
        }

    page = render_template(
        "desk/booking.html",
        **write(look),
        errors=errors,
        reason=reason,
        tells=chosen_to_tell(),
        done=done.said(),
    )
    if not errors:
        return page
    return page, 422 if refusal_code is None else ANSWERS[refusal_code].status
