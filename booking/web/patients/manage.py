"""The patient's own booking, behind the link in the mail: see it, move it, cancel it."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import (
    AlreadyCancelled,
    NotFound,
    Outdated,
    SlotRefusal,
    TooLateOnline,
    TransitionRefused,
    UnknownPractitioner,
    UnknownService,
)
from booking.domain.lifecycle import State, Stranding
from booking.domain.people import Findings, read_reason
from booking.domain.slots import Slot, parse_slot_id
from booking.domain.time import ONE_DAY
from booking.domain.waitlist import ALIVE
from booking.formats import ics
from booking.services.audit import PATIENT
from booking.services.bookings import bookings, changes, intakes, new_answers, new_times
from booking.services.calendars import patient_appointment
from booking.services.desk import follow_ups
from booking.services.mail import reminders
from booking.services.mail.letters import online_links
from booking.services.times import availability
from booking.services.times.availability import Timetable
from booking.services.times.free_time import slot_of
from booking.services.waitlist import entries
from booking.store.bookings import Booking
from booking.store.waitlist import WaitlistEntry
from booking.web import forms, times
from booking.web.clinic import at, rulebook, timetables
from booking.web.installation import here, read, write
from booking.web.limits import CHANGES, READS, limited
from booking.web.patients import part_of_day
from booking.web.patients.views import booking_facts

_NOTICES: dict[type[TransitionRefused], str] = {
    TooLateOnline: "too_close",
    Outdated: "outdated",
}
_REFUSALS = {"too_late", "too_close", "outdated", "call"}

blueprint = Blueprint("manage", __name__, url_prefix="/manage/<token>")
blueprint.url_defaults(part_of_day.stays)


@blueprint.get("")
@limited(READS, "pages")
def show(token: str) -> ResponseReturnValue:
    """What, when, where; add to calendar, move, cancel."""
    return _show(token, known(token), notice=request.args.get("notice"))


@blueprint.get("/appointment.ics")
@limited(READS, "pages")
def download(token: str) -> Response:
    """The booking as a calendar file: the same event as in the mail."""
    booking = known(token)
    if booking.state in {State.CANCELLED, State.ENTERED_IN_ERROR}:
        raise NotFound
    response = Response(
        ics.download(patient_appointment(booking, at(booking.location_id))),
        content_type="text/calendar; charset=utf-8",
    )
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@blueprint.get("/move")
@limited(READS, "pages")
def move(token: str) -> ResponseReturnValue:
    """Choose a day, then a time; `slot` shows old and new before anything changes."""
    booking = known(token)
    if (refused := unchangeable(token, booking, "can_move")) is not None:
        return refused
    try:
        tables = _tables(booking)
    except (UnknownService, UnknownPractitioner):
        # Archived since; the office can still find a time with somebody else.
        return _show(token, booking, notice="call"), 409
    if request.args.get("slot"):
        return _move_check(token, booking, request.args["slot"])
    day = times.parse_day(request.args.get("day"))
    shared = {"token": token, "booking": booking_facts(booking), **part_of_day.choices(tables)}
    tables = part_of_day.narrowed(tables)
    if day is not None:
        return render_template("manage/move_times.html", **times.times_page(tables, day), **shared)
    page = times.days_page(tables, after=times.parse_day(request.args.get("after")))
    return render_template("manage/move_days.html", **page, **shared)


@blueprint.post("/move", endpoint="move_to")
@limited(CHANGES, "changes")
def move_to(token: str) -> ResponseReturnValue:
    """Move it: the old time is freed only if the new one is won."""
    booking = known(token)
    slot = request.form.get("slot", "")
    service, practitioner, start = parse_slot_id(slot)
    if (service, practitioner) != (booking.service.slug, booking.practitioner.slug):
        raise NotFound
    installation = here()
    try:
        write(
            lambda session, now: changes.move(
                session,
                installation.offers,
                installation.links,
                booking,
                start,
                actor=PATIENT,
                now=now,
            )
        )
    except SlotRefusal:
        return _move_check(token, booking, slot)
    except TransitionRefused as refusal:
        return refused_change(token, refusal)
    return redirect(url_for("manage.show", token=token, notice="moved"), code=303)


@blueprint.route("/cancel", methods=["GET", "POST"])
@limited(CHANGES, "changes")
def cancel(token: str) -> ResponseReturnValue:
    """Ask once, then cancel."""
    booking = known(token)
    if request.method == "POST" and booking.state is State.CANCELLED:
        return _cancelled(token)  # pressed twice: it is as they wished
    if (refused := unchangeable(token, booking, "can_cancel")) is not None:
        return refused
    found = Findings()
    typed = request.form.get("reason", "")
    if request.method == "POST":
        reason = read_reason(typed, found)
        if not found.errors:
            return _cancel(token, booking, reason)
    return forms.shown(
        "manage/cancel.html",
        found,
        token=token,
        booking=booking_facts(booking),
        reason=typed,
    )


def _cancel(token: str, booking: Booking, reason: str) -> ResponseReturnValue:
    installation = here()
    try:
        write(
            lambda session, now: changes.advance(
                session,
                installation.offers,
                installation.links,
                booking,
                State.CANCELLED,
                actor=PATIENT,
                reason=reason,
                now=now,
            )
        )
    except AlreadyCancelled:
        return _cancelled(token)
    except TransitionRefused as refusal:
        return refused_change(token, refusal)
    return _cancelled(token)


def _cancelled(token: str) -> ResponseReturnValue:
    return redirect(url_for("manage.show", token=token, notice="cancelled"), code=303)


def wish(booking: Booking) -> WaitlistEntry | None:
    """What its patient said of an earlier time, if they did."""
    return read(lambda session, _: entries.of_booking(session, booking.id))


def known(token: str) -> Booking:
    """
    The booking that this link is for.

    Raises:
        NotFound: it is for none.
    """
    return read(lambda session, _: bookings.by_token(session, token))


def _show(token: str, booking: Booking, *, notice: str | None) -> str:
    view = booking_facts(booking)
    wished = wish(booking)
    # The address may be kept as a bookmark; what it congratulates on must still be so.
    if (notice == "cancelled") != view["cancelled"]:
        notice = notice if notice in _REFUSALS else None
    return render_template(
        "manage/show.html",
        token=token,
        booking=view,
        must_move=booking.stranding is Stranding.TO_MOVE and view["changeable"],
        offers=times.shown(_offered(booking)),
        must_call=view["changeable"] and _must_call(booking),
        answered=_is_answered(booking),
        by_mail=booking.patient.email is not None,
        reminds=_reminds(booking),
        waits=wished is not None and wished.state in ALIVE,
        notice=notice if notice in {"moved", "cancelled", "changed"} | _REFUSALS else None,
        again_url=_again(booking),
        follow_up=_follow_up(booking),
        ics_url=url_for("manage.download", token=token),
        online=online_links(patient_appointment(booking, at(booking.location_id))),
    )


def _follow_up(booking: Booking) -> dict[str, Any] | None:
    """Another visit that the doctor suggests, and where its days begin."""
    if booking.follow_up_weeks is None:
        return None
    found = read(lambda session, _: follow_ups.wanted(session, booking, rulebook()))
    if found is None:
        return None
    return {
        "weeks": found.weeks,
        "url": url_for(
            "book.days",
            service=found.plan.service if found.plan else None,
            practitioner=found.plan.practitioner if found.plan else None,
            after=(found.day - ONE_DAY).isoformat(),
        ),
    }


def _must_call(booking: Booking) -> bool:
    return read(lambda session, _: intakes.must_call(session, booking.id))


def _is_answered(booking: Booking) -> bool:
    return read(lambda session, _: new_answers.is_answered(session, booking.id))


def _reminds(booking: Booking) -> bool:
    return read(lambda session, _: reminders.may_remind(session, booking.patient_id))


def _offered(booking: Booking) -> list[Slot]:
    """The times that the clinic keeps for this booking instead of its own."""
    if booking.stranding is not Stranding.TO_MOVE:
        return []
    service, practitioner = booking.service.slug, booking.practitioner.slug
    return [
        Slot(service, practitioner, at(hold.location_id).place.slug, hold.start, hold.end)
        for hold in read(lambda session, now: new_times.offered(session, booking.id, now=now))
    ]


def unchangeable(token: str, booking: Booking, deed: str) -> ResponseReturnValue | None:
    """The page that refuses a deed (`can_move`, `can_cancel` or `changeable`), if it must."""
    view = booking_facts(booking)
    if view[deed]:
        return None
    return _show(token, booking, notice="too_close" if view["changeable"] else "too_late"), 409


def refused_change(token: str, refusal: TransitionRefused) -> ResponseReturnValue:
    """The booking as it is, which is not as it was on the page that was acted on."""
    notice = _NOTICES.get(type(refusal), "too_late")
    return _show(token, known(token), notice=notice), 409


def _again(booking: Booking) -> str:
    """Where the same is booked once more, with the same practitioner, if it is still offered."""
    service, practitioner = booking.service.slug, booking.practitioner.slug
    offered = {(plan.service, plan.practitioner) for plan in rulebook().plans}
    if (service, practitioner) not in offered:
        return url_for("book.days")
    return url_for("book.days", service=service, practitioner=practitioner)


def _tables(booking: Booking) -> list[Timetable]:
    """The free times of the practitioner whom this booking is with, at all places."""
    service, practitioner = booking.service.slug, booking.practitioner.slug
    return timetables(service, practitioner)


def _move_check(token: str, booking: Booking, slot: str) -> ResponseReturnValue:
    service, practitioner, start = parse_slot_id(slot)
    if (service, practitioner) != (booking.service.slug, booking.practitioner.slug):
        raise NotFound
    tables = timetables(service, practitioner)
    held = any(slot.start == start for slot in _offered(booking))
    available = held or any(start in table.starts for table in tables)
    others = availability.alternatives(tables, start)
    wanted = slot_of(rulebook().plan_at(service, practitioner, start), start)
    context: dict[str, Any] = {
        "token": token,
        "booking": booking_facts(booking),
        "slot": times.shown([wanted])[0],
        "available": available,
        "alternatives": times.shown(others),
    }
    return render_template("manage/move_check.html", **context), 200 if available else 409
