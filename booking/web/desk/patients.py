"""A patient's card: what is known, contact details to correct, notes for colleagues."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain import references
from booking.domain.erasing import AHEAD
from booking.domain.notes import NOTE_MAX, Whose
from booking.domain.people import Findings
from booking.domain.time import local_day
from booking.formats.contacts import dial_link, show_phone
from booking.services.patients import cards, merging, notes
from booking.services.patients.cards import Card
from booking.store.bookings import Booking
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.clinic import at, facts, local
from booking.web.clinic import now as time_now
from booking.web.desk import search, trail
from booking.web.desk.blueprint import blueprint
from booking.web.desk.notes import read_note, shown_notes
from booking.web.installation import here, write
from booking.web.wording import STATE_WORDS

PATIENT = "/patients/<int(max=2147483647):patient_id>"


@blueprint.get(PATIENT)
def patient(patient_id: int) -> ResponseReturnValue:
    """The card, or that of the record which has it all now. Looking at it is recorded."""
    return _page(patient_id, Findings())


def _page(patient_id: int, found: Findings, note: str = "") -> ResponseReturnValue:
    person = current_staff()

    def look(session: Session, now: datetime) -> dict[str, Any]:
        card = cards.card(
            session,
            patient_id,
            only_practitioner=person.only_practitioner,
            actor=person.actor,
            now=now,
            with_twins=person.only_practitioner is None,
        )
        who = card.patient.id
        return _shown(card, now=now) | {
            "notes": shown_notes(session, who, Whose.DESK),
            "merged": _merged(session, who, now=now),
        }

    shown = write(look)
    if shown["patient"]["id"] != patient_id and not found.errors:
        return redirect(url_for("desk.patient", patient_id=shown["patient"]["id"]), code=303)
    return forms.shown("desk/patient.html", found, **shown, note=note, note_max=NOTE_MAX)


def _merged(session: Session, patient_id: int, *, now: datetime) -> dict[str, Any] | None:
    """The merge that can still be taken apart."""
    merge = merging.latest(session, here().offers, patient_id, now=now)
    return {"id": merge.id, "at": local(merge.at)} if merge else None


def _shown(card: Card, *, now: datetime) -> dict[str, Any]:
    visits = [visit(one) for one in card.bookings]
    ahead = {one.id for one in card.bookings if one.state in AHEAD and one.end > now}
    return {
        "patient": facts_of(card),
        "coming": [one for one in reversed(visits) if one["id"] in ahead],
        "past": [one for one in visits if one["id"] not in ahead],
        "twins": search.shown(card.twins),
        "messages": [trail.message(one) for one in card.messages],
        "consents": [
            {
                "purpose": one.purpose.replace("_", " "),
                "version": one.text_version,
                "granted": one.granted,
                "by": one.given_by,
                "at": local(one.at),
            }
            for one in card.consents
        ],
    }


def facts_of(card: Card) -> dict[str, Any]:
    """Who somebody is and how they are reached, for showing."""
    patient = card.patient
    born = patient.date_of_birth
    return {
        "id": patient.id,
        "name": patient.name,
        "date_of_birth": f"{born.day} {born:%B} {born.year}" if born else "Not given",
        "guardian": patient.guardian,
        "email": patient.email,
        "phone": show_phone(patient.phone, facts().country) if patient.phone else None,
        "phone_href": dial_link(patient.phone) if patient.phone else None,
        "since": local(patient.created_at),
    }


def visit(booking: Booking) -> dict[str, Any]:
    """An appointment as a line of a list."""
    return {
        "id": booking.id,
        "start": local(booking.start, at(booking.location_id).zone),
        "reference": references.show(booking.reference),
        "service": booking.service.name,
        "practitioner": booking.practitioner.name,
        "state": booking.state.value,
        "state_words": STATE_WORDS[booking.state],
    }


@blueprint.post(f"{PATIENT}/notes")
def patient_note(patient_id: int) -> ResponseReturnValue:
    """A note for colleagues."""
    found, person = Findings(), current_staff()
    typed = request.form.get("note", "")[: forms.KEPT]
    text = read_note(typed, found)
    if found.errors:
        return _page(patient_id, found, typed)
    write(
        lambda session, now: notes.add(
            session,
            patient_id,
            text,
            whose=Whose.DESK,
            staff_id=person.id,
            actor=person.actor,
            now=now,
        )
    )
    return redirect(url_for("desk.patient", patient_id=patient_id, _anchor="notes"), code=303)


@blueprint.route(f"{PATIENT}/contact", methods=["GET", "POST"])
def patient_contact(patient_id: int) -> ResponseReturnValue:
    """Correct the name, the date of birth and how somebody is reached."""
    found = Findings()
    known = _known(patient_id)
    values = as_typed(known)
    if request.method == "POST":
        values = forms.typed(request.form, *forms.FIELDS)
        clinic = facts()
        today = local_day(time_now(), clinic.zone)
        new = forms.read_person(values, found, country=clinic.country, today=today, by_phone=False)
        if new is not None:
            actor, offers = current_staff().actor, here().offers
            write(
                lambda session, now: cards.change(
                    session, offers, patient_id, new, actor=actor, now=now
                )
            )
            return redirect(url_for("desk.patient", patient_id=patient_id), code=303)
    page = render_template(
        "desk/patient_contact.html", patient=facts_of(known), values=values, errors=found.errors
    )
    return page, 422 if found.errors else 200


def _known(patient_id: int) -> Card:
    """The patient for a form of details; opening it is a look at the card."""
    actor = current_staff().actor
    return write(
        lambda session, now: cards.card(
            session, patient_id, only_practitioner=None, actor=actor, now=now
        )
    )


def as_typed(card: Card) -> dict[str, str]:
    """A patient as the fields of a form."""
    patient = card.patient
    born = patient.date_of_birth
    return {
        "name": patient.name,
        "day": str(born.day) if born else "",
        "month": str(born.month) if born else "",
        "year": str(born.year) if born else "",
        "email": patient.email or "",
        "phone": patient.phone or "",
    }
