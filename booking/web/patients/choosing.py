"""The patient chooses: a day, then a time, which is held."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import HoldExpired, SlotRefusal, SlotUnavailable
from booking.domain.slots import parse_slot_id
from booking.services.bookings import drafts
from booking.services.times import availability, holds
from booking.services.times.free_time import slot_of
from booking.web import asking, texts, times
from booking.web.clinic import main_service, rulebook, timetables
from booking.web.installation import here, write
from booking.web.language import _
from booking.web.limits import HOLDS, READS, limited
from booking.web.patients import came_from, draft, part_of_day
from booking.web.patients.views import visit_facts
from booking.web.wording import FOR_WHOM

blueprint = Blueprint("book", __name__, url_prefix="/book")
blueprint.context_processor(lambda: {"carried": _carried})


@blueprint.get("")
@limited(READS, "pages")
def days() -> ResponseReturnValue:
    """Pick a day; with `slot`, one time that a link pointed at."""
    if request.args.get("slot"):
        return _offer(request.args["slot"])
    all_tables = offered()
    tables = part_of_day.narrowed(all_tables)
    own = draft.own_slot(draft.current())
    following = availability.first_slots(tables, 1)
    return render_template(
        "book/days.html",
        **times.days_page(tables, after=times.parse_day(request.args.get("after"))),
        next_slot=times.shown(following)[0] if following else None,
        own=times.shown([own])[0] if own else None,
        **choices(),
        **part_of_day.choices(all_tables),
        ready=request.args.get("ready") == "1",
    )


@blueprint.get("/times", endpoint="times")
@limited(READS, "pages")
def times_of_day() -> ResponseReturnValue:
    """Pick a time."""
    day = times.parse_day(request.args.get("day"))
    if day is None:
        return redirect(url_for("book.days"))
    own = draft.own_slot(draft.current())
    # A time kept for another kind of visit is not one of this kind.
    own = own if own is not None and own.service == _service() else None
    tables = offered()
    return render_template(
        "book/times.html",
        **times.times_page(part_of_day.narrowed(tables), day, own=own),
        **choices(),
        **part_of_day.choices(tables),
    )


@blueprint.post("/take")
@limited(HOLDS, "holds")
def take() -> ResponseReturnValue:
    """Hold the chosen time and go on to the details."""
    slot = request.form.get("slot", "")
    try:
        token = _take(slot)
    except SlotRefusal as refusal:
        return draft.gone(refusal, slot, kept=draft.has_answers(draft.current()))
    response: Response = redirect(url_for("book.details"), code=303)  # type: ignore[assignment]
    draft.remember(response, token)
    return response


def _take(slot: str) -> str:
    """Hold it; whoever did not choose a practitioner gets another who is free at that time."""
    try:
        return _hold(slot)
    except SlotUnavailable:
        if request.form.get("whoever") != "1":
            raise
        service, _, start = parse_slot_id(slot)
        for other in availability.at_this_time(timetables(service), start):
            with suppress(SlotUnavailable):
                return _hold(other.id)
        raise


def _hold(slot: str) -> str:
    installation = here()
    return write(
        lambda session, now: drafts.take(
            session,
            installation.offers,
            draft.cookie_token(),
            slot,
            random_token=installation.random_token,
            now=now,
            came_from=came_from.given(),
        )
    )


@blueprint.post("/extend")
@limited(HOLDS, "holds")
def extend() -> ResponseReturnValue:
    """Keep the held time longer; what stands in the form comes along and is kept too."""
    found = draft.current()
    if found is not None:
        draft.keep_typed(found)
        found = draft.current()
    offers = here().offers
    if found is None or found.hold_id is None:
        return draft.take_again(found)
    hold_id = found.hold_id
    try:
        write(lambda session, now: holds.extend(session, offers, hold_id, now=now))
    except HoldExpired:
        return draft.take_again(found)
    came_from = request.form.get("from", "")
    if came_from in asking.PAGES:
        return redirect(url_for("book.question", page=came_from), code=303)
    back = "book.check" if came_from == "check" else "book.details"
    return redirect(url_for(back), code=303)


def _offer(slot: str) -> ResponseReturnValue:
    """One time that a link pointed at, ready to be taken; looking at it holds nothing."""
    service, practitioner, start = parse_slot_id(slot)
    plan = rulebook().plan_at(service, practitioner, start)
    wanted = slot_of(plan, start)
    available = any(start in table.starts for table in timetables(service, practitioner))
    others = availability.alternatives(timetables(service, _practitioner()), start)
    own = draft.own_slot(draft.current())
    if own is not None and own.id == wanted.id:
        return redirect(url_for("book.details"))
    page = render_template(
        "book/offer.html",
        slot=times.shown([wanted])[0],
        available=available,
        alternatives=times.shown(others),
        service=service if len(rulebook().services) > 1 else None,
        practitioner=_practitioner(),
        **visit_facts(plan),
    )
    return page, 200 if available else 409


def offered() -> list[availability.Timetable]:
    """Of the practitioner and the location that were chosen, or of all that offer the service."""
    service = _service()
    return timetables(service, _practitioner(), _location()) if service else []


def _carried() -> dict[str, str]:
    """What every link of these pages says again."""
    return came_from.carried() | part_of_day.carried()


def choices() -> dict[str, Any]:
    """What can be chosen: the kind of consultation, with whom, where."""
    service = _service()
    plans = rulebook().services.get(service or "", [])
    people = {plan.practitioner: plan.practitioner_name for plan in plans}
    places = {plan.place.slug: plan.place for plan in plans}
    there = [p.practitioner_name for p in plans if _location() in {None, p.place.slug}]
    return {
        "services": _services(),
        "service": service,
        "people": people if len(people) > 1 else {},
        "only_with": texts.one_of(there) if there else None,
        "practitioner": _practitioner(),
        "places": places if len(places) > 1 else {},
        "location": _location(),
    }


def _practitioner() -> str | None:
    return request.args.get("practitioner") or None


def _location() -> str | None:
    return request.args.get("location") or None


def _service() -> str | None:
    return request.args.get("service") or main_service()


def _services() -> list[dict[str, Any]]:
    return [
        {
            "id": slug,
            "name": plans[0].service_name,
            "minutes": int(plans[0].rules.visit.length.total_seconds() // 60),
            "patients": _(FOR_WHOM[plans[0].patients]),
            **visit_facts(plans[0]),
        }
        for slug, plans in rulebook().services.items()
    ]
