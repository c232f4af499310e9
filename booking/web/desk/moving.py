"""Moving a booking at the desk: another time is chosen, looked at with all that follows, saved."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain import lifecycle
from booking.domain.errors import (
    FieldError,
    Outdated,
    SlotRefusal,
    TransitionRefused,
    Unexplained,
)
from booking.domain.messages import Telling
from booking.domain.people import Findings, read_reason
from booking.domain.slots import Slot
from booking.formats import dates
from booking.services import audit
from booking.services.bookings import changes, moves_undone
from booking.services.bookings.bookings import standing
from booking.services.desk.board import moves
from booking.store.bookings import Booking
from booking.web import clinic, times
from booking.web.access import current_staff
from booking.web.clinic import at, local, rulebook
from booking.web.desk import board, moving_words
from booking.web.desk.blueprint import blueprint
from booking.web.desk.day import SAY_WHY, back_to_day, card, chosen_to_tell, own, seen
from booking.web.desk.moving_words import wall
from booking.web.errors import ANSWERS
from booking.web.installation import here, read, write

_BOOKING = "/bookings/<int(max=2147483647):booking_id>"
# How many free times and days stand at once.
_NEXT, _DAYS = 6, 10
_WEEK = timedelta(days=7)
_LONGEST = 40
_NO_TIME = "Enter a day and a time"
WEEK, CARD = "week", "card"


@blueprint.get(f"{_BOOKING}/move")
def move(booking_id: int) -> ResponseReturnValue:
    """
    Choose another time; `to`, or a day with a clock, shows what moving there would mean.

    Looking at it is recorded.
    """
    person = current_staff()
    found = own(booking_id, person)
    write(
        lambda session, now: audit.record(
            session, person.actor, "viewed", now=now, booking_id=booking_id
        )
    )
    wanted, asked = _wanted(found), request.args.get("to") or request.args.get("clock")
    try:
        lifecycle.require_movable(standing(found), by=person.actor.kind, now=clinic.now())
        if wanted is not None:
            return _check(found, wanted)
        return _choose(found, why=_NO_TIME if asked else None)
    except TransitionRefused as refusal:
        return card(booking_id, refusal_code=refusal.code)


@blueprint.post(f"{_BOOKING}/move", endpoint="move_to")
def move_to(booking_id: int) -> ResponseReturnValue:
    """Move it there, unless it was changed since it was looked at."""
    person, installation = current_staff(), here()
    found, version = own(booking_id, person), seen()
    to, telling = _wanted(found), Telling(chosen_to_tell(), installation.grace)
    if to is None:
        return _choose(found, why=_NO_TIME)
    wrong = Findings()
    # Where nothing is on offer, the form has a field for it.
    reason = read_reason(request.form["reason"], wrong) if "reason" in request.form else None
    if wrong.errors:
        return _check(found, to, errors=wrong.errors)
    try:
        moved = write(
            lambda session, now: changes.move(
                session,
                installation.offers,
                installation.links,
                found,
                to,
                actor=person.actor,
                now=now,
                seen=version,
                telling=telling,
                reason=reason,
            )
        )
    except Unexplained as refusal:
        return _check(found, to, errors=[FieldError("reason", refusal.code, SAY_WHY)])
    except SlotRefusal:
        return _check(found, to)
    except Outdated as refusal:
        errors = [board.refusal(ANSWERS[refusal.code].words, refusal.code)]
        return _check(own(booking_id, person), to, errors=errors, status=409)
    except TransitionRefused as refusal:
        return card(booking_id, refusal_code=refusal.code)
    return _onwards(moved)


@blueprint.post(f"{_BOOKING}/undo-move")
def undo_move(booking_id: int) -> ResponseReturnValue:
    """Take the latest move back."""
    person, installation = current_staff(), here()
    found, version = own(booking_id, person), seen()
    try:
        moved = write(
            lambda session, now: moves_undone.undo_move(
                session,
                installation.offers,
                installation.links,
                found,
                actor=person.actor,
                now=now,
                seen=version,
            )
        )
    except (TransitionRefused, SlotRefusal) as refusal:
        return card(booking_id, refusal_code=refusal.code)
    return _onwards(moved)


def _onwards(moved: Booking) -> ResponseReturnValue:
    """To where the booking is now, in the view that they came from."""
    back, day = _back(), _shown(moved.start, moved).date().isoformat()
    if back == WEEK:
        return redirect(url_for("desk.week", day=day, done=moved.id), code=303)
    if back == CARD:
        return redirect(url_for("desk.booking", booking_id=moved.id, done=moved.id), code=303)
    return back_to_day(moved, is_news=True)


@blueprint.get(f"{_BOOKING}/free")
def free_times(booking_id: int) -> ResponseReturnValue:
    """Where in a week a booking could be dropped, by the wall clock, and the minutes of a step."""
    found = own(booking_id, current_staff())
    first = times.parse_day(request.args.get("day")) or _shown(found.start, found).date()
    starts = [(wall(slot), slot.start) for slot in _free(found)]
    return {
        "step": int(rulebook().plans_of(found)[0].rules.visit.step.total_seconds() // 60),
        "free": [
            {"at": f"{at_:%Y-%m-%dT%H:%M}", "clock": dates.show_clock(at_), "to": start.isoformat()}
            for at_, start in starts
            if timedelta() <= at_.date() - first < _WEEK
        ],
    }


def _wanted(found: Booking) -> datetime | None:
    """
    The time that is asked for: an instant, or what the clock says where the booking is.

    None if none is asked for, or what is asked for is no time.
    """
    clock, day = request.args.get("clock"), request.args.get("day")
    text = request.values.get("to") or (f"{day}T{clock}" if clock and day else "")
    try:
        moment = datetime.fromisoformat(text) if len(text) <= _LONGEST else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=at(found.location_id).zone)


def _shown(moment: datetime, found: Booking) -> datetime:
    return local(moment, at(found.location_id).zone)


def _free(found: Booking) -> list[Slot]:
    """
    Where it could move to.

    Raises:
        NoLongerOffered: its practitioner no longer offers its service.
    """
    return read(lambda session, now: moves.free(session, rulebook(), found, now=now))


def _choose(found: Booking, *, why: str | None) -> ResponseReturnValue:
    slots = _free(found)
    on = [(wall(slot).date(), slot) for slot in slots]
    day, after = (
        times.parse_day(request.args.get("day")),
        times.parse_day(request.args.get("after")),
    )
    counts = Counter(day for day, _ in on)
    later = [one for one in counts if after is None or one > after]
    errors = [FieldError("clock", "impossible", why)] if why else []
    page = render_template(
        "desk/move.html",
        booking=moving_words.booking(found),
        next=times.shown(slots[:_NEXT]),
        day=day,
        of_day=times.shown([slot for one, slot in on if one == day]),
        days=[{"date": one, "count": counts[one]} for one in later[:_DAYS]],
        later=later[_DAYS - 1] if len(later) > _DAYS else None,
        clock=_clock(),
        back=_back(),
        errors=errors,
    )
    return page, 422 if errors else 200


def _clock() -> str:
    """The time of day that was typed, as a field of time takes it back."""
    try:
        return f"{time.fromisoformat(request.args.get('clock', '')[:5]):%H:%M}"
    except ValueError:
        return ""


def _check(
    found: Booking,
    wanted: datetime,
    *,
    errors: Sequence[FieldError] = (),
    status: int = 422,
) -> ResponseReturnValue:
    """What the move would mean; `errors` are why it was refused just now, with that `status`."""
    try:
        look = read(lambda session, now: moves.outlook(session, rulebook(), found, wanted, now=now))
    except SlotRefusal as refusal:
        # No instant: the clock skips it, or it is centuries away.
        return _choose(found, why=ANSWERS[refusal.code].words)
    page = render_template(
        "desk/move_check.html",
        booking=moving_words.booking(found),
        **moving_words.outlook(found, look, grace=here().grace),
        tells=chosen_to_tell(),
        back=_back(),
        reason=request.form.get("reason", ""),
        errors=errors,
    )
    if errors:
        return page, status
    return page, 409 if look.refusal else 200


def _back() -> str:
    """The view that they came from, where it is not the day."""
    view = request.values.get("back", "")
    return view if view in {WEEK, CARD} else ""
