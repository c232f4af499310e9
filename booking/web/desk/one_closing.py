"""One closing: how far everybody is, the calls to be made, and taking it away again."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.disruptions import Progress, Said
from booking.domain.errors import NotFound, Outdated, Refusal, SlotRefusal, TransitionRefused
from booking.domain.messages import Telling
from booking.domain.people import Findings, read_reason
from booking.formats import dates
from booking.formats.contacts import dial_link, show_phone
from booking.services import audit
from booking.services.admin import closures as rules
from booking.services.admin import rule_changes
from booking.services.desk.closings import closing_calls, closings
from booking.services.desk.closings.closings import Affected, Closing
from booking.store.engine import Session
from booking.web import forms, times
from booking.web.access import current_staff
from booking.web.clinic import at, facts, local, rulebook
from booking.web.desk import closing_words
from booking.web.desk.blueprint import blueprint
from booking.web.errors import ANSWERS
from booking.web.installation import here, write

_SAID = {Said.NO_ANSWER.value, Said.CALLS_BACK.value, Said.TOLD.value}


@blueprint.route("/closing/<int(max=2147483647):closing_id>", methods=["GET", "POST"])
def one_closing(closing_id: int) -> ResponseReturnValue:
    """Who is rebooked, who waits, whom to call; POST is what came of a call. Looks are recorded."""
    found = Findings()
    if request.method == "POST":
        try:
            number = _do(closing_id, found)
        except (Outdated, SlotRefusal, TransitionRefused) as refusal:
            found.add("", refusal.code, _why(refusal))
        else:
            if not found.errors:
                anchor = f"booking-{number}" if number else None
                address = url_for("desk.one_closing", closing_id=closing_id, _anchor=anchor)
                return redirect(address, code=303)
    text = render_template("desk/one_closing.html", **_look(closing_id), errors=found.errors)
    return text, 422 if found.errors else 200


def _why(refusal: Refusal) -> str:
    return f"{ANSWERS[refusal.code].words} Please look again."


def _do(closing_id: int, found: Findings) -> int | None:
    """What a button of the page says; the booking that it was about."""
    deed = request.form.get("deed", "")
    if deed == "reopen":
        _reopen(closing_id)
        return None
    number = forms.pressed(request.form.get("id", ""))
    actor, installation = current_staff().actor, here()
    offers, links = installation.offers, installation.links
    if deed in _SAID:
        said = Said(deed)
        write(lambda s, now: closing_calls.tried(s, closing_id, number, said, actor=actor, now=now))
    elif deed == "keep_others":
        write(
            lambda s, now: closing_calls.keep_others(
                s,
                offers,
                links,
                closing_id,
                number,
                actor=actor,
                random_token=installation.random_token,
                now=now,
            )
        )
    elif deed == "cancel":
        _cancel(closing_id, number, found)
    else:
        start = times.parse_moment(deed)
        if start is None:
            raise NotFound
        write(
            lambda s, now: closing_calls.take(
                s,
                offers,
                links,
                closing_id,
                number,
                start,
                actor=actor,
                now=now,
                telling=Telling(grace=installation.grace),
            )
        )
    return number


def _cancel(closing_id: int, number: int, found: Findings) -> None:
    own, field = Findings(), f"reason-{number}"
    reason = read_reason(request.form.get("reason", ""), own)
    for error in own.errors:
        found.add(field, error.code, error.message)
    if not own.errors and not reason:
        found.add(field, "missing", "Say why, so that colleagues know")
    if found.errors:
        return
    actor, installation = current_staff().actor, here()
    write(
        lambda s, now: closing_calls.cancel(
            s,
            installation.offers,
            installation.links,
            closing_id,
            number,
            reason=reason,
            actor=actor,
            now=now,
            telling=Telling(grace=installation.grace),
        )
    )


def _reopen(closing_id: int) -> None:
    """Take it away; the bookings that still stand are as they were before."""
    person, links, random_token = current_staff(), here().links, here().random_token

    def work(session: Session, now: datetime) -> None:
        known = closings.get(session, closing_id, now=now)
        if known.closure_id is None:
            return
        rule_changes.carry_out(
            session,
            links,
            rules.reopen(known.closure_id),
            choices={},
            reason="",
            actor=person.actor,
            random_token=random_token,
            now=now,
        )

    write(work)


def _look(closing_id: int) -> dict[str, Any]:
    person = current_staff()

    def look(session: Session, now: datetime) -> Closing:
        found = closings.get(session, closing_id, now=now)
        audit.record(session, person.actor, "viewed", now=now, subject=f"closing {closing_id}")
        return found

    closing = write(look)
    return {
        "closing": closing_words.shown(closing, rulebook()),
        "affected": {
            progress.value: [_row(one) for one in closing.of(progress)] for progress in Progress
        },
        "reason": request.form.get("reason", "Wants no other time"),
        "of": request.form.get("id", ""),
    }


def _row(one: Affected) -> dict[str, Any]:
    zone = at(one.location_id).zone
    return {
        "id": one.booking_id,
        "address": url_for("desk.booking", booking_id=one.booking_id),
        "name": one.name,
        "phone": show_phone(one.phone, facts().country) if one.phone else None,
        "dial": dial_link(one.phone) if one.phone else None,
        "email": one.email,
        "practitioner": one.practitioner,
        "lost": local(one.lost, zone),
        "start": local(one.start, zone),
        "is_cancelled": one.is_cancelled,
        "to_tell": one.is_cancelled or one.stands,
        "mail_failed": one.mail_failed,
        "said": closing_words.SAID[one.said] if one.said else None,
        "tries": one.tries,
        "tried_at": local(one.tried_at) if one.tried_at else None,
        "times": [
            {
                "iso": held.start.isoformat(),
                "words": dates.show_moment_short(local(held.start, at(held.location_id).zone)),
            }
            for held in one.times
        ],
        "kept_until": local(one.kept_until) if one.kept_until else None,
    }
