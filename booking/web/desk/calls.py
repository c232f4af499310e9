"""Whom to call: before a visit, since an answer asks for it, and after one that was missed."""

from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.calls import CALL_AGAIN_WITHIN, NOTE_MOST, Cause, Outcome, Tried, is_put_off
from booking.domain.errors import NotFound
from booking.domain.people import Findings, many_lines
from booking.domain.time import local_day, midnight
from booking.services import audit
from booking.services.desk.calls import call_lists, calls
from booking.services.desk.calls.call_lists import Task
from booking.store.engine import Session
from booking.web import forms, times
from booking.web.access import current_staff
from booking.web.clinic import facts, now
from booking.web.desk import tries
from booking.web.desk.blueprint import blueprint
from booking.web.installation import here, read, write

# Of the button that Enter presses in a field.
_NO_OUTCOME = "none"
NOTICES = {
    "before": "Nothing was changed: it was said already, or there is nothing to call about now.",
    "undone": "It is taken back.",
    "too-late": "It could not be taken back: the message has left, or more has happened since.",
}


@blueprint.route("/calls", methods=["GET", "POST"], endpoint="calls")
def calls_page() -> ResponseReturnValue:
    """Whom to call; POST says how a try ended. Looking at it is recorded."""
    if request.method == "GET":
        return _list(Findings(), {})
    cause, booking_id, outcome = _pressed()
    found = Findings()
    field = f"{cause.value}-{booking_id}"
    typed = forms.typed(request.form, f"note-{field}", f"on-{field}")
    note = _note(typed[f"note-{field}"], f"note-{field}", found)
    day = None
    if outcome in {None, Outcome.CALL_AGAIN}:
        day = _day(typed[f"on-{field}"], f"on-{field}", found)
    if outcome is None and not found.errors:
        found.add(field, "missing", "Press the button that says how the call went")
    if found.errors or outcome is None:
        return _list(found, typed)
    return _done(booking_id, cause, outcome, _keep(booking_id, cause, Tried(outcome, day, note)))


@blueprint.post("/calls/<int(max=2147483647):call_id>/undo")
def undo_call(call_id: int) -> ResponseReturnValue:
    """Take the last try about a booking back."""
    person, zone = current_staff(), facts().zone
    done = write(
        lambda session, at: calls.undo(session, call_id, zone=zone, actor=person.actor, now=at)
    )
    return redirect(url_for("desk.calls", done="undone" if done else "too-late"), code=303)


def _pressed() -> tuple[Cause, int, Outcome | None]:
    """What the button of a row says; None for an outcome where only Enter was pressed."""
    typed = request.form.get("outcome", "")
    try:
        cause = Cause(request.form.get("cause", ""))
        outcome = None if typed == _NO_OUTCOME else Outcome(typed)
    except ValueError:
        raise NotFound from None
    return cause, forms.pressed(request.form.get("booking", "")), outcome


def _note(text: str, field: str, found: Findings) -> str:
    note = many_lines(text)
    if note is None:
        found.add(field, "control_characters", "Use letters, digits and punctuation only")
    elif len(note) > NOTE_MOST:
        found.add(field, "too_long", "Use {most} characters or fewer", most=NOTE_MOST)
    return note or ""


def _day(text: str, field: str, found: Findings) -> date | None:
    if not text.strip():
        return None
    day, today = times.parse_day(text.strip()), local_day(now(), facts().zone)
    if day is None:
        found.add(field, "unreadable", "Enter a day that exists")
    elif not today <= day <= today + CALL_AGAIN_WITHIN:
        found.add(field, "out_of_range", "Choose a day between today and a year from now")
    return day


def _keep(booking_id: int, cause: Cause, tried: Tried) -> int | None:
    installation, person = here(), current_staff()
    seen = forms.pressed(request.form.get("seen", ""))
    return write(
        lambda session, at: calls.record(
            session,
            installation.links,
            booking_id,
            cause,
            tried,
            seen=seen,
            staff_id=person.id,
            actor=person.actor,
            now=at,
        )
    )


def _done(
    booking_id: int, cause: Cause, outcome: Outcome, call_id: int | None
) -> ResponseReturnValue:
    """Back to the list; on to the phone form with whoever wants another time."""
    if outcome is Outcome.REBOOKS:
        task = read(lambda session, at: call_lists.task(session, cause, booking_id, now=at))
        if task is not None:
            address = url_for("desk.new", patient=task.patient_id, service=task.service_slug)
            return redirect(address, code=303)
    return redirect(url_for("desk.calls", done=call_id or "before"), code=303)


def _list(found: Findings, typed: dict[str, str]) -> ResponseReturnValue:
    person = current_staff()

    def look(session: Session, at: datetime) -> dict[str, Any]:
        audit.record(session, person.actor, "viewed", now=at, subject="calls")
        zone = facts().zone
        today = local_day(at, zone)
        rows = {
            cause: [_row(one, today) for one in call_lists.tasks(session, cause, now=at)]
            for cause in Cause
        }
        done = [tries.done(one) for one in call_lists.done_since(session, midnight(today, zone))]
        return {
            "before": [one for one in rows[Cause.CAUTION] if not one["put_off"]],
            "later": [one for one in rows[Cause.CAUTION] if one["put_off"]],
            "missed": rows[Cause.NO_SHOW],
            "done": done,
            "notice": _notice(done),
            "today": today.isoformat(),
        }

    page = render_template("desk/calls.html", **write(look), errors=found.errors, typed=typed)
    return page, 422 if found.errors else 200


def _row(task: Task, today: date) -> dict[str, Any]:
    last = task.last
    return tries.task(task) | {
        "put_off": last is not None and is_put_off(last.call_again_on, today=today),
        "outcomes": tries.buttons(task),
    }


def _notice(done: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What came of the button that was pressed: in words, with what takes it back."""
    said = request.args.get("done", "")
    if said in NOTICES:
        return {"words": NOTICES[said]}
    return next((one for one in done if str(one["id"]) == said), None)
