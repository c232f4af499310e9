"""The doctor's day: the next patient's card on top, then everybody of the day."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from booking.domain.lifecycle import OPEN, State
from booking.domain.people import Findings
from booking.domain.time import ONE_DAY, local_day
from booking.services.desk.board import day as days
from booking.services.desk.board import doctor
from booking.services.desk.board.day import DayRow
from booking.store.engine import Session
from booking.web import clinic, times
from booking.web.clinic import at, local
from booking.web.doctor import own
from booking.web.doctor.blueprint import blueprint
from booking.web.doctor.card import card
from booking.web.installation import here, write
from booking.web.wording import STATE_WORDS

BOOKING = "/bookings/<int(max=2147483647):booking_id>"
_NOT_COMING = {State.CANCELLED, State.ENTERED_IN_ERROR, State.EXPIRED}


@blueprint.get("")
def day() -> ResponseReturnValue:
    """A day: the card of whoever comes next, and the others. Looking at the card is recorded."""
    who = own.practitioner_id()
    today = local_day(clinic.now(), clinic.facts().zone)
    wanted = times.parse_day(request.args.get("day")) or today

    def look(session: Session, now: datetime) -> dict[str, Any]:
        rows = days.rows(session, here().offers.rulebook(session), wanted, practitioner_id=who)
        next_ = doctor.next_of(rows, now=now)
        return {
            "card": card(session, own.booking(session, next_.id), now=now) if next_ else None,
            "rows": _others(rows, next_, now=now),
        }

    return render_template(
        "doctor/day.html",
        day=wanted,
        today=today,
        previous_day=wanted - ONE_DAY,
        next_day=wanted + ONE_DAY,
        **write(look),
    )


def _others(rows: Iterable[DayRow], next_: DayRow | None, *, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "name": row.name,
            "start": local(row.start, at(row.location_id).zone),
            "service": row.service,
            "state": row.state.value,
            "state_words": STATE_WORDS[row.state],
            "waits": (now - row.arrived_at).total_seconds() // 60 if row.arrived_at else None,
            "to_review": row.needs.to_review if row.state in OPEN else 0,
        }
        for row in rows
        if row.state not in _NOT_COMING and (next_ is None or row.id != next_.id)
    ]


@blueprint.get(BOOKING)
def booking(booking_id: int) -> ResponseReturnValue:
    """The card of one visit, and its summary on paper. Looking at it is recorded."""
    return page(booking_id, Findings())


def page(
    booking_id: int,
    found: Findings,
    status: int = 422,
    typed: Mapping[str, str] | None = None,
    note: str = "",
) -> ResponseReturnValue:
    """The card, with what is wrong with a form on it, and what was typed."""
    shown = write(lambda session, now: card(session, own.booking(session, booking_id), now=now))
    text = render_template(
        "doctor/booking.html", card=shown, errors=found.errors, typed=typed, note=note
    )
    return text, status if found.errors else 200
