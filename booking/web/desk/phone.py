"""Booking for somebody on the phone or at the desk: no minimum notice, e-mail optional."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from booking.domain.errors import SlotRefusal, Unexplained
from booking.domain.intake import ADULT_AT
from booking.domain.modes import MODE_WORDS, Mode, Patients
from booking.domain.people import Findings, Person, age_on, read_guardian
from booking.domain.time import ONE_DAY, local_day
from booking.services.bookings import bookings
from booking.services.bookings.bookings import Wish
from booking.services.clinic import Plan, Rulebook
from booking.services.desk.board import walk_ins
from booking.services.times import free_time
from booking.store.engine import Session
from booking.web import forms, times
from booking.web.access import current_staff
from booking.web.clinic import facts, local, now, rulebook
from booking.web.desk import chosen_time, known
from booking.web.desk.blueprint import blueprint
from booking.web.errors import ANSWERS
from booking.web.installation import here, read, write
from booking.web.wording import FOR_WHOM_AT_DESK

# The soonest free times come first: whole days, until there are as many to choose from.
_SOONEST = 6
_SOONEST_MOST = 200


@blueprint.route("/book", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A time, and who comes."""
    return _page(walk_in=False)


@blueprint.route("/walk-in", methods=["GET", "POST"])
def walk_in() -> ResponseReturnValue:
    """Whoever stands at the desk without an appointment: seen now, or at a free time of today."""
    return _page(walk_in=True)


def _page(*, walk_in: bool) -> ResponseReturnValue:
    found = Findings()
    asked = (*forms.FIELDS, *chosen_time.FIELDS, "guardian", "patient", "slip")
    values = forms.typed(request.form, *asked)
    likely: list[dict[str, Any]] | None = None
    if request.method == "GET":
        values["slot"] = request.args.get("slot", "")
        if "patient" in request.args:
            values |= known.chosen(request.args["patient"])
    elif "use" in request.form:
        values |= known.chosen(request.form["use"])
    elif "find" in request.form:
        likely = known.likely(values)
    else:
        done = _book(values, found, walk_in=walk_in)
        if isinstance(done, list):
            likely = done
        elif done is not None:
            return done
    page = render_template(
        "desk/new.html",
        **_form(walk_in=walk_in),
        walk_in=walk_in,
        values=values,
        errors=found.errors,
        likely=likely,
        asks=bool(found.errors),
    )
    return page, 422 if found.errors else 200


def _form(*, walk_in: bool) -> dict[str, Any]:
    """The form's times: those of the day that was asked for, or the next free ones."""
    offers = here().offers

    def look(session: Session, now: datetime) -> dict[str, Any]:
        rulebook = offers.rulebook(session)
        plans, zone = _plans(rulebook), rulebook.clinic.zone
        today = local_day(now, zone)
        asked = today if walk_in else times.parse_day(request.args.get("day"))
        first = asked or max(today, _day_after(request.args.get("after")) or today)
        last = first if asked else max((p.rules.last_day(now) for p in plans), default=first)
        slots = free_time.staff_slots(session, plans, first=first, last=last, now=now)
        days = _days(times.shown(slots[: None if asked else _SOONEST_MOST]), zone)
        return {
            "day": asked or next(iter(days), first),
            "days": days,
            "asked": asked is not None,
            "now": local(now, zone),
            "practitioners": list({p.practitioner: p.practitioner_name for p in plans}.items()),
            "kind": _kind(rulebook),
            "kinds": {slug: _kind_words(some[0]) for slug, some in rulebook.services.items()},
            "about": _about(plans[0]) if plans else [],
        }

    return read(look)


def _days(slots: list[dict[str, Any]], zone: ZoneInfo) -> dict[date, list[dict[str, Any]]]:
    """The free times by day; of the soonest ones only as many whole days as are needed."""
    days: dict[date, list[dict[str, Any]]] = {}
    for slot in slots:
        day = local_day(slot["start"], zone)
        if day not in days and sum(map(len, days.values())) >= _SOONEST:
            break
        days.setdefault(day, []).append(slot)
    return days


def _day_after(text: str | None) -> date | None:
    """The day after one in an address, as the patient pages say where to go on from."""
    after = times.parse_day(text)
    return after + ONE_DAY if after else None


def _about(plan: Plan) -> list[str]:
    """What is special about a kind of consultation: for whom it is, and how it takes place."""
    whom = [] if plan.patients is Patients.ALL else [f"for {FOR_WHOM_AT_DESK[plan.patients]}"]
    return whom + ([] if plan.mode is Mode.IN_PERSON else [MODE_WORDS[plan.mode].lower()])


def _kind_words(plan: Plan) -> str:
    about = ", ".join(_about(plan))
    return f"{plan.service_name} ({about})" if about else plan.service_name


def _plans(rulebook: Rulebook) -> list[Plan]:
    """Everybody who offers the service that was asked for, or the first one."""
    services = rulebook.services
    asked = request.args.get("service", "")
    return services.get(asked) or next(iter(services.values()), [])


def _kind(rulebook: Rulebook) -> str | None:
    """The service whose times the form shows."""
    return next((plan.service for plan in _plans(rulebook)), None)


def _book(
    values: dict[str, str], found: Findings, *, walk_in: bool
) -> Response | list[dict[str, Any]] | None:
    """The way on when it is booked, who else it may be, or None when `found` says why not."""
    clinic = facts()
    today = local_day(now(), clinic.zone)
    chosen = chosen_time.choose(values, _plans(rulebook()), found, now=now())
    person = forms.read_person(
        values,
        found,
        country=clinic.country,
        today=today,
        by_phone=rulebook().is_by_phone(chosen.service if chosen else _kind(rulebook())),
    )
    if chosen is None or person is None:
        return None
    person = _with_guardian(person, values["guardian"], local(chosen.start).date(), found)
    if found.errors:
        return None
    patient_id = forms.number(values["patient"])
    if patient_id is None and "somebody_else" not in request.form:
        same = known.duplicates(person)
        if same:
            found.add("known", "known", "Somebody like this is known already: say who it is")
            return same
    installation, who = here(), current_staff()
    wish = Wish(
        service=chosen.service,
        practitioner=chosen.practitioner,
        start=chosen.start,
        person=person,
        privacy_notice=None,
        source="walk_in" if walk_in else "phone",
        mail_at_once=True,
        patient_id=patient_id,
        any_time=chosen.any_time,
        reason=chosen.reason,
    )
    book = walk_ins.book if walk_in else bookings.book
    try:
        made = write(
            lambda session, now: book(
                session,
                installation.offers,
                installation.links,
                wish,
                actor=who.actor,
                random_token=installation.random_token,
                now=now,
            )
        )
    except SlotRefusal as refusal:
        found.add("slot", refusal.code, f"{ANSWERS[refusal.code].words} Choose another.")
        return None
    except Unexplained as refusal:
        chosen_time.say_why(refusal, found)
        return None
    if values["slip"]:
        return redirect(url_for("desk.slip", booking_id=made.id), code=303)
    day = local_day(made.start, clinic.zone).isoformat()
    # Of whom the caller is told what, at the top; whoever walked in stands here, in their row.
    said = {"_anchor": f"booking-{made.id}"} if walk_in else {"done": made.id}
    return redirect(url_for("desk.day", day=day, **said), code=303)


def _with_guardian(person: Person, typed: str, day: date, found: Findings) -> Person:
    """Who is under 18 on the day of the visit comes with a guardian, whose name is kept."""
    if age_on(day, person.date_of_birth) >= ADULT_AT:
        return person
    return replace(person, guardian=read_guardian(typed, found))
