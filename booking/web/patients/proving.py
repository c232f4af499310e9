"""Confirming by a link in an e-mail: what the visitor waits for, and the page behind the link."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import NotFound, ProofOutdated, SlotRefusal
from booking.domain.people import Findings, Person
from booking.domain.slots import parse_slot_id
from booking.services.audit import PATIENT
from booking.services.bookings import proofs
from booking.services.bookings.intakes import Given
from booking.services.bookings.proofs import ProofView
from booking.services.mail.letters import manage_token
from booking.services.times import availability
from booking.web import asking, times
from booking.web.clinic import local, now, rulebook, timetables
from booking.web.installation import here, read, write
from booking.web.limits import CHANGES, READS, limited, require
from booking.web.patients import draft
from booking.web.patients.filling_in import confirmed_address, read_person
from booking.web.patients.views import visit_facts

blueprint = Blueprint("proof", __name__, url_prefix="/book")


@blueprint.get("/confirm-email")
@limited(READS, "pages")
def asked() -> ResponseReturnValue:
    """A mail with a link is on its way: what to do, and until when the time is kept."""
    found = draft.current()
    if found is None or found.slot is None:
        return redirect(url_for("book.days"))
    if found.booking_id is not None:
        return redirect(confirmed_address(found.booking_id))
    waiting = read(lambda session, now: proofs.of_draft(session, found, now=now))
    if waiting is None or not waiting.is_current:
        return redirect(url_for("book.check"))
    late = waiting.leaves_at > now()
    return render_template(
        "book/confirm_email.html",
        email=waiting.email,
        leaves_at=local(waiting.leaves_at) if late else None,
        **_visit(waiting),
    )


@blueprint.route("/proof/<token>", methods=["GET", "POST"])
@limited(CHANGES, "proofs")
def show(token: str) -> ResponseReturnValue:
    """Behind the link: looking at it books nothing, since scanners look too; the button does."""
    require(READS, "pages")
    try:
        found = read(lambda session, now: proofs.by_token(session, token, now=now))
    except NotFound:
        return render_template("book/proof_over.html", outdated=False), 404
    if found.draft.booking_id is not None:
        return redirect(confirmed_address(found.draft.booking_id), code=303)
    person = _person(found)
    if person is None or not found.is_current:
        return render_template("book/proof_over.html", outdated=True), 409
    if request.method == "POST":
        return _confirm(token, found, person)
    if _is_lost(found):
        return _lost(token, found), 409
    return render_template("book/proof.html", token=token, **_visit(found))


def _person(found: ProofView) -> Person | None:
    person = read_person(found.draft.answers, found.slot, Findings())
    return replace(person, locale=found.locale) if person is not None else None


def _confirm(token: str, found: ProofView, person: Person) -> ResponseReturnValue:
    installation = here()
    intake = asking.read(found.draft.intake.typed, Findings())
    given = Given(intake, found.draft.intake.version, found.may_remind)
    try:
        booking = write(
            lambda session, now: proofs.confirm(
                session,
                installation.offers,
                installation.links,
                token,
                person=person,
                given=given,
                actor=PATIENT,
                random_token=installation.random_token,
                now=now,
                instead=request.form.get("slot"),
            )
        )
    except SlotRefusal:
        return _lost(token, found), 409
    except ProofOutdated:
        return render_template("book/proof_over.html", outdated=True), 409
    address = url_for("book.confirmed", token=manage_token(booking, installation.links))
    return redirect(address, code=303)


def _is_lost(found: ProofView) -> bool:
    """The time is held no more, and is not free any more either."""
    service, practitioner, start = parse_slot_id(found.slot)
    return found.kept_until is None and not any(
        start in table.starts for table in timetables(service, practitioner)
    )


def _lost(token: str, found: ProofView) -> str:
    service, practitioner, start = parse_slot_id(found.slot)
    plan = rulebook().plan_at(service, practitioner, start)
    return render_template(
        "book/proof_lost.html",
        token=token,
        wanted=local(start, plan.rules.zone),
        alternatives=times.shown(availability.alternatives(timetables(service), start)),
        **visit_facts(plan),
    )


def _visit(found: ProofView) -> dict[str, Any]:
    service, practitioner, start = parse_slot_id(found.slot)
    plan = rulebook().plan_at(service, practitioner, start)
    until = found.kept_until
    return {
        "start": local(start, plan.rules.zone),
        "service": plan.service_name,
        "practitioner": plan.practitioner_name,
        "kept_until": local(until, plan.rules.zone) if until else None,
        **visit_facts(plan),
    }
