"""A series of visits planned together, from the card of a booking."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain import series as rules
from booking.domain.errors import NotFound, PhoneNeeded, SlotRefusal
from booking.domain.people import Findings
from booking.domain.slots import parse_slot_id
from booking.domain.time import local_day
from booking.services.desk import series
from booking.services.desk.series import Series
from booking.services.times.holds import Held
from booking.store.bookings import Booking
from booking.web import clinic, forms, times
from booking.web.access import current_staff
from booking.web.clinic import at, facts, local, rulebook
from booking.web.desk import own
from booking.web.desk.blueprint import blueprint
from booking.web.errors import ANSWERS
from booking.web.installation import here, write

_FIELDS = ("service", "count", "weeks", "first")
_USUAL_COUNT, _USUAL_WEEKS = 3, 6
_FURTHEST = timedelta(days=366)


@blueprint.route(
    "/bookings/<int(max=2147483647):booking_id>/series",
    methods=["GET", "POST"],
    endpoint="series",
)
def plan(booking_id: int) -> ResponseReturnValue:
    """Ask for visits, look at their times, book all of them."""
    booking, found = own.booking(booking_id), Findings()
    if request.method == "GET":
        return _page(booking, found, _usual(booking))
    values, held = forms.typed(request.form, *_FIELDS), _held(booking)
    if request.form.get("deed") == "give-back":
        write(lambda session, _: series.give_back(session, [token for _, token in held]))
        return redirect(url_for("desk.booking", booking_id=booking_id), code=303)
    asked = _read(booking, values, found)
    if asked is None:
        return _page(booking, found, values)
    if request.form.get("deed") == "confirm" and len(held) == asked.count:
        return _confirm(booking, asked, held, values, found)
    return _propose(booking, asked, held, values, found)


def _usual(booking: Booking) -> dict[str, str]:
    weeks = min(booking.follow_up_weeks or _USUAL_WEEKS, rules.WEEKS_MOST)
    day = local_day(booking.start, at(booking.location_id).zone) + timedelta(weeks=weeks)
    first = max(day, local_day(clinic.now(), facts().zone))
    service_id = booking.follow_up_service_id or booking.service_id
    offered = {plan.service_id: plan.service for plan in rulebook().plans}
    return {
        "service": offered.get(service_id, booking.service.slug),
        "count": str(_USUAL_COUNT),
        "weeks": str(weeks),
        "first": first.isoformat(),
    }


def _read(booking: Booking, values: Mapping[str, str], found: Findings) -> Series | None:
    count = _number(values, "count", rules.FEWEST, rules.MOST, found)
    weeks = _number(values, "weeks", 1, rules.WEEKS_MOST, found)
    first, today = times.parse_day(values["first"].strip()), local_day(clinic.now(), facts().zone)
    if first is None or not today <= first <= today + _FURTHEST:
        found.add("first", "impossible", "Enter a day from today on, within a year")
    service = values["service"] or booking.service.slug
    if service not in dict(_services(booking)):
        found.add("service", "unknown", "Choose a kind of visit that is offered")
    if booking.patient.date_of_birth is None:
        found.add("", "no_birth", "Enter the date of birth on the patient’s card first")
    if found.errors or first is None:
        return None
    return Series(service, booking.practitioner.slug, count, weeks, first)


def _number(values: Mapping[str, str], name: str, least: int, most: int, found: Findings) -> int:
    text = values[name].strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if not least <= number <= most:
        found.add(
            name, "impossible", "Enter a number from {least} to {most}", least=least, most=most
        )
    return number


def _held(booking: Booking) -> list[tuple[datetime, str]]:
    """What the page says is held: starts, and the tokens of their holds."""
    slots = request.form.getlist("slot")[: rules.MOST]
    tokens = request.form.getlist("hold")[: rules.MOST]
    parsed = [parse_slot_id(one) for one in slots]
    if any(practitioner != booking.practitioner.slug for _, practitioner, _ in parsed):
        raise NotFound
    return [(start, token) for (_, _, start), token in zip(parsed, tokens, strict=False)]


def _propose(
    booking: Booking,
    asked: Series,
    held: Sequence[tuple[datetime, str]],
    values: Mapping[str, str],
    found: Findings,
    *,
    wanted: Sequence[datetime] = (),
) -> ResponseReturnValue:
    installation = here()
    try:
        proposed = write(
            lambda session, now: series.propose(
                session,
                installation.offers,
                asked,
                random_token=installation.random_token,
                now=now,
                wanted=wanted,
                gives_back=[token for _, token in held],
            )
        )
    except SlotRefusal:
        found.add("first", "too_few", "So many visits do not fit from this day on")
        proposed = []
    return _page(booking, found, values, proposed, wanted)


def _confirm(
    booking: Booking,
    asked: Series,
    held: Sequence[tuple[datetime, str]],
    values: Mapping[str, str],
    found: Findings,
) -> ResponseReturnValue:
    person, installation = current_staff(), here()
    try:
        write(
            lambda session, now: series.confirm(
                session,
                installation.offers,
                installation.links,
                booking,
                asked,
                held,
                actor=person.actor,
                random_token=installation.random_token,
                now=now,
            )
        )
    except SlotRefusal:
        # All or none: what is still free stays, and the others are looked for anew.
        found.add("", "slot_unavailable", "A time was taken meanwhile: please look again")
        wanted = [start for start, _ in held]
        return _propose(booking, asked, held, values, found, wanted=wanted)
    except PhoneNeeded as refusal:
        found.add("", refusal.code, ANSWERS[refusal.code].words)
        return _propose(booking, asked, held, values, found)
    return redirect(url_for("desk.patient", patient_id=booking.patient_id), code=303)


def _services(booking: Booking) -> list[tuple[str, str]]:
    own = (p for p in rulebook().plans if p.practitioner_id == booking.practitioner_id)
    return list({plan.service: plan.service_name for plan in own}.items())


def _page(
    booking: Booking,
    found: Findings,
    values: Mapping[str, str],
    proposed: Sequence[Held] = (),
    before: Sequence[datetime] = (),
) -> ResponseReturnValue:
    shown = [
        one | {"token": held.token, "new": bool(before) and held.slot.start not in before}
        for one, held in zip(times.shown([h.slot for h in proposed]), proposed, strict=True)
    ]
    page = render_template(
        "desk/series.html",
        booking_id=booking.id,
        name=booking.patient.name,
        by_mail=booking.patient.email is not None,
        services=_services(booking),
        values=values,
        proposed=shown,
        kept_until=local(proposed[0].expires_at) if proposed else None,
        errors=found.errors,
    )
    return page, 422 if found.errors else 200
