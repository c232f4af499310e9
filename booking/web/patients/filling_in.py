"""The patient fills in: details, check, confirmed."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import SlotRefusal
from booking.domain.lifecycle import State
from booking.domain.messages import Audience
from booking.domain.people import Findings, Person
from booking.domain.slots import parse_slot_id
from booking.domain.time import local_day
from booking.formats import dates
from booking.services import bookings, drafts
from booking.services.audit import PATIENT
from booking.services.calendars import patient_appointment
from booking.services.drafts import DraftView
from booking.services.letters import google_link, manage_token
from booking.services.outbox import messages_of
from booking.store.records import Message
from booking.web import language
from booking.web.clinic import at, facts, local, now, rulebook
from booking.web.installation import here, read, write
from booking.web.limits import BOOKINGS, limited
from booking.web.patients import draft, forms
from booking.web.patients.choosing import blueprint
from booking.web.patients.views import booking_facts, visit_facts


@blueprint.route("/details", methods=["GET", "POST"])
def details() -> ResponseReturnValue:
    """Who is coming."""
    found = draft.current()
    if found is None or found.slot is None:
        return redirect(url_for("book.days"))
    if found.booking_id is not None:
        return redirect(_confirmed_address(found.booking_id))
    problems = Findings()
    if request.method == "POST":
        values = forms.typed(request.form)
        _read_person(values, found.slot, problems)
        write(
            lambda session, now: drafts.keep_answers(
                session, found.id, values, complete=not problems.errors, now=now
            )
        )
        if not problems.errors:
            return redirect(url_for("book.check"), code=303)
    else:
        values = found.answers
    page = render_template(
        "book/details.html", hold=_hold(found), values=values, errors=problems.errors
    )
    return page, 422 if problems.errors else 200


@blueprint.route("/check", methods=["GET", "POST"])
@limited(BOOKINGS, "bookings")
def check() -> ResponseReturnValue:
    """Check everything, acknowledge the privacy notice, confirm."""
    found = draft.current()
    if found is None or found.slot is None:
        return redirect(url_for("book.days"))
    if found.booking_id is not None:
        return redirect(_confirmed_address(found.booking_id))
    person = _read_person(found.answers, found.slot, Findings())
    if person is None or not found.is_complete:
        return redirect(url_for("book.details"))
    problems = Findings()
    if request.method == "POST":
        notice = facts().privacy_notice
        if request.form.get("privacy") == notice:
            return _confirm(found, person, notice)
        problems.add(
            "privacy", "missing", "Tick the box to say that you have read the privacy notice"
        )
    plan = rulebook().plan_at(*parse_slot_id(found.slot))
    page = render_template(
        "book/check.html",
        hold=_hold(found),
        service={"id": plan.service, "name": plan.service_name},
        practitioner=plan.practitioner_name,
        values=found.answers,
        person=person,
        errors=problems.errors,
        notice_version=facts().privacy_notice,
        **visit_facts(plan, number_given=person.phone is not None),
    )
    return page, 422 if problems.errors else 200


@blueprint.get("/confirmed/<token>")
def confirmed(token: str) -> ResponseReturnValue:
    """The booking is made; the page still works as a bookmark."""
    booking, messages = read(
        lambda session, _: (
            found := bookings.by_token(session, token),
            messages_of(session, found.id),
        )
    )
    if booking.state is not State.CONFIRMED:
        return redirect(url_for("manage.show", token=token))
    mail = [message for message in messages if message.kind.audience is Audience.PATIENT]
    return render_template(
        "book/confirmed.html",
        booking=booking_facts(booking),
        email=booking.patient.email,
        phone_only=booking.patient.email is None,
        mail_state=mail[-1].state.value if mail else None,
        mail_leaves=_held_back_until(mail),
        manage_url=url_for("manage.show", token=token),
        ics_url=url_for("manage.download", token=token),
        google_url=google_link(patient_appointment(booking, at(booking.location_id))),
    )


def _held_back_until(mail: list[Message]) -> datetime | None:
    """When the latest message leaves, if its address has had too much mail for now."""
    not_before = mail[-1].not_before if mail else None
    return local(not_before) if not_before is not None and not_before > now() else None


def _confirm(found: DraftView, person: Person, notice: str) -> ResponseReturnValue:
    installation = here()
    token = draft.cookie_token() or ""
    try:
        booking = write(
            lambda session, now: drafts.confirm(
                session,
                installation.offers,
                installation.links,
                token,
                person=person,
                privacy_notice=notice,
                actor=PATIENT,
                random_token=installation.random_token,
                now=now,
                mail_at_once=not installation.limits_enabled,
            )
        )
    except SlotRefusal as refusal:
        return draft.gone(refusal, found.slot or "", kept=True)
    return redirect(
        url_for("book.confirmed", token=manage_token(booking, installation.links)), code=303
    )


def _confirmed_address(booking_id: int) -> str:
    booking = read(lambda session, _: bookings.get(session, booking_id))
    token = manage_token(booking, here().links)
    return url_for("book.confirmed", token=token) if token else url_for("book.days")


def _read_person(values: dict[str, str], slot: str, found: Findings) -> Person | None:
    clinic = facts()
    return forms.read_person(
        values,
        found,
        country=clinic.country,
        today=local_day(now(), clinic.zone),
        by_phone=rulebook().is_by_phone(parse_slot_id(slot)[0]),
        locale=language.current(),
    )


def _hold(found: DraftView) -> dict[str, Any]:
    service, practitioner, start = parse_slot_id(found.slot or "")
    plan = rulebook().plan_at(service, practitioner, start)
    return {
        "start": local(start, plan.rules.zone),
        "end": local(start + plan.rules.visit.length, plan.rules.zone),
        "zone_name": dates.show_zone(plan.rules.zone, locale=language.current()),
        "address": plan.place.address,
        "practitioner": plan.practitioner_name,
        **visit_facts(plan),
        "seconds_left": _seconds_left(found),
        "expires_at": found.expires_at.isoformat() if found.expires_at else None,
        "expires_clock": local(found.expires_at) if found.expires_at else None,
    }


def _seconds_left(found: DraftView) -> int | None:
    """By the server's own clock: a device's may be wrong."""
    if found.expires_at is None:
        return None
    return max(0, int((found.expires_at - now()).total_seconds()))
