"""A practitioner runs late: said on the board, told to those still to come, taken back."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import MoreToTell, NotFound
from booking.domain.people import Findings
from booking.formats import dates
from booking.services.clinic import Plan
from booking.services.desk.board import lateness
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.clinic import rulebook
from booking.web.desk.blueprint import blueprint
from booking.web.desk.rows import BESIDE
from booking.web.errors import ANSWERS
from booking.web.installation import here, read, write

LEAST, MOST = 5, 240
_USUAL = 15


@blueprint.route("/late/<practitioner>", methods=["GET", "POST"])
def late(practitioner: str) -> ResponseReturnValue:
    """How late, and whether to tell those who are still to come."""
    plan, found = _own(practitioner), Findings()
    typed = request.form.get("minutes", str(_USUAL))[:20]
    if request.method == "POST":
        minutes = _minutes(typed, found)
        if minutes is not None and _announced(plan, minutes, found):
            return _back()
    page = render_template(
        "desk/late.html", **_form(plan), minutes=typed, errors=found.errors, most=MOST
    )
    return page, 422 if found.errors else 200


@blueprint.post("/late/<practitioner>/over")
def on_time(practitioner: str) -> ResponseReturnValue:
    """Taken back; what has not left yet stays here."""
    plan, person = _own(practitioner), current_staff()
    write(
        lambda session, now: lateness.on_time_again(
            session, rulebook(), plan.practitioner_id, actor=person.actor, now=now
        )
    )
    return _back()


def _own(practitioner: str) -> Plan:
    """Somebody who sees patients here; to a doctor, only they themselves."""
    only = current_staff().only_practitioner
    for plan in rulebook().plans:
        if plan.practitioner == practitioner and only in {None, plan.practitioner_id}:
            return plan
    raise NotFound


def _minutes(typed: str, found: Findings) -> int | None:
    text = typed.strip()
    minutes = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    if LEAST <= minutes <= MOST:
        return minutes
    found.add("minutes", "minutes", f"Give the minutes as a number from {LEAST} to {MOST}")
    return None


def _announced(plan: Plan, minutes: int, found: Findings) -> bool:
    """Whether it was said; not where the list of those to tell has grown since it was shown."""
    person, links = current_staff(), here().links
    shown = frozenset(forms.numbers(request.form.getlist("shown")))
    tell = shown if request.form.get("tell") else None
    try:
        write(
            lambda session, now: lateness.announce(
                session,
                links,
                rulebook(),
                plan.practitioner_id,
                minutes,
                tell=tell,
                actor=person.actor,
                now=now,
            )
        )
    except MoreToTell as refusal:
        found.add("tell", refusal.code, ANSWERS[refusal.code].words)
        return False
    return True


def _form(plan: Plan) -> dict[str, Any]:
    def look(session: Session, now: datetime) -> dict[str, Any]:
        rules = rulebook()
        to_tell = lateness.still_to_come(session, rules, plan.practitioner_id, now=now)
        return {
            "practitioner": plan.practitioner,
            "name": plan.practitioner_name,
            "to_tell": [
                {
                    "id": one.booking_id,
                    "name": one.name,
                    "start": dates.show_clock(one.start.astimezone(rules.at(one.location_id).zone)),
                    "email": one.email,
                }
                for one in to_tell
            ],
            "tell": bool(request.form.get("tell")),
            "view": _view(),
        }

    return read(look)


def _view() -> str | None:
    return BESIDE if request.values.get("view") == BESIDE else None


def _back() -> ResponseReturnValue:
    return redirect(url_for("desk.day", view=_view()), code=303)
