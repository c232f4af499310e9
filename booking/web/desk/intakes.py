"""Answers at the desk: what reception may know of them, and what the doctor reads and reviews."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain import adjustments
from booking.domain.errors import NotFound
from booking.domain.intake import Intake
from booking.domain.questions import HEALTH
from booking.domain.roles import Role
from booking.formats.languages import ENGLISH
from booking.services import texts
from booking.services.bookings import bookings, intakes
from booking.services.bookings.intakes import ForTheDesk, ForTheDoctor
from booking.services.desk.calls import calls
from booking.services.staff.sessions import SignedIn
from booking.services.texts import QUESTIONS
from booking.store.bookings import Booking
from booking.store.engine import Session
from booking.web import answers
from booking.web import texts as shown
from booking.web.access import current_staff
from booking.web.clinic import local, rulebook
from booking.web.desk import tries
from booking.web.desk.blueprint import blueprint
from booking.web.installation import here, read, write

_BOOKING = "/bookings/<int(max=2147483647):booking_id>"


def treats(person: SignedIn, booking: Booking) -> bool:
    """Whether this is the doctor whose patient it is: nobody else reads answers."""
    return Role.DOCTOR in person.roles and person.practitioner_id == booking.practitioner_id


def needs(found: ForTheDesk) -> dict[str, Any]:
    """What everybody at the desk may know: what to make ready, and what waits, as numbers."""
    return {
        "help": adjustments.in_words(found.help),
        "to_review": found.to_review,
        "to_call": found.to_call,
        "called": tries.how_often(found.tries),
    }


def for_the_doctor(
    session: Session, booking: Booking, person: SignedIn, *, now: datetime
) -> dict[str, Any] | None:
    """The card of the doctor who treats this patient; None for everybody else."""
    if not treats(person, booking):
        return None
    found = intakes.for_the_doctor(session, booking.id, actor=person.actor, now=now)
    text = shown.shown(_asked(session, found))
    return {
        "cautions": [
            {
                "words": answers.caution_words(one.caution, text),
                "call": one.caution.effect.value == "call",
                "reviewed_at": local(one.reviewed_at) if one.reviewed_at else None,
            }
            for one in found.cautions
        ],
        "version": found.version,
        "changed_at": local(found.changed_at) if found.changed_at else None,
        "to_review": sum(one.reviewed_at is None for one in found.cautions),
        "rows": [
            row
            for part in answers.parts(_beside(found), text)
            for row in part.rows
            if part.name != "visit" and (row.said or row.in_own_words)
        ],
    }


def _beside(found: ForTheDoctor) -> Intake:
    """The answers without those that stand among the cautions already."""
    flagged = {one.caution.key for one in found.cautions}
    rest = tuple(one for one in found.intake.of(HEALTH) if one not in flagged)
    return replace(found.intake, chosen={**found.intake.chosen, HEALTH.key: rest})


def _asked(session: Session, found: ForTheDoctor) -> texts.Published:
    """The words in which the patient was asked."""
    now = rulebook().texts[ENGLISH][QUESTIONS]
    if found.version is None or found.version == now.version:
        return now
    return texts.version(session, QUESTIONS, found.version)


@blueprint.post(f"{_BOOKING}/review")
def review(booking_id: int) -> ResponseReturnValue:
    """The doctor has seen the answers."""
    person = current_staff()
    found = read(lambda session, _: bookings.get(session, booking_id))
    if not treats(person, found):
        raise NotFound
    write(
        lambda session, now: intakes.review(
            session, booking_id, staff_id=person.id, actor=person.actor, now=now
        )
    )
    card = "doctor.booking" if "doctor" in request.form else "desk.booking"
    return redirect(url_for(card, booking_id=booking_id), code=303)


@blueprint.post(f"{_BOOKING}/called")
def called(booking_id: int) -> ResponseReturnValue:
    """Somebody has talked to the patient."""
    person, links = current_staff(), here().links
    read(lambda session, _: bookings.get(session, booking_id))
    write(
        lambda session, now: calls.talked(
            session, links, booking_id, staff_id=person.id, actor=person.actor, now=now
        )
    )
    return redirect(url_for("desk.booking", booking_id=booking_id), code=303)
