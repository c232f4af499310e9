"""A patient's rights at the desk: to be erased."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.erasing import REASONS
from booking.domain.errors import VisitAhead
from booking.domain.people import Findings
from booking.services.patients import erasing
from booking.services.patients.erasing import Going
from booking.web import forms
from booking.web.access import current_staff
from booking.web.clinic import at, local
from booking.web.desk import search as finding
from booking.web.desk.blueprint import blueprint
from booking.web.errors import ANSWERS
from booking.web.installation import here, write

_PATIENT = "/patients/<int(max=2147483647):patient_id>"


@blueprint.route(f"{_PATIENT}/erase", methods=["GET", "POST"])
def erase_patient(patient_id: int) -> ResponseReturnValue:
    """What erasing takes away and what stays; then the deed. Looking is recorded."""
    found, values = Findings(), forms.typed(request.form, "reason", "sure")
    if request.method == "POST":
        if values["reason"] not in REASONS:
            found.add("reason", "missing", "Say why")
        if values["sure"] != "1":
            found.add("sure", "missing", "Tick that you have checked whose record this is")
        if not found.errors and _erase(patient_id, values["reason"], found):
            return redirect(url_for("desk.find", done="erased"), code=303)
    return _form(patient_id, found, values)


def _erase(patient_id: int, why: str, found: Findings) -> bool:
    person, installation = current_staff(), here()
    try:
        # Done by a colleague a moment ago is done.
        write(
            lambda session, now: erasing.erase(
                session,
                installation.offers,
                patient_id,
                reason=REASONS[why],
                actor=person.actor,
                random_token=installation.random_token,
                now=now,
            )
        )
    except VisitAhead as refusal:
        found.add("", refusal.code, ANSWERS[refusal.code].words)
        return False
    return True


def _form(patient_id: int, found: Findings, values: dict[str, str]) -> ResponseReturnValue:
    actor = current_staff().actor
    going = write(lambda session, now: erasing.look(session, patient_id, actor=actor, now=now))
    return forms.shown(
        "desk/erase.html",
        found,
        patient={"id": patient_id, "name": going.patient.name},
        ahead=[
            {"id": one.id, "start": local(one.start, at(one.location_id).zone)}
            for one in going.ahead
        ],
        goes=_in_words(going),
        visits=going.visits,
        others=finding.shown(going.others),
        reasons=REASONS,
        values=values,
    )


def _in_words(going: Going) -> list[str]:
    """What there is to erase beside the record itself, by kind and number."""
    kinds: tuple[tuple[int, str, str], ...] = (
        (going.answers, "set of answers", "sets of answers"),
        (going.notes, "note for colleagues", "notes for colleagues"),
        (going.messages, "message’s address and words", "messages’ addresses and words"),
        (going.waits, "place on the waitlist", "places on the waitlist"),
        (going.tables, "table that waits to be imported", "tables that wait to be imported"),
    )
    return [f"{number} {one if number == 1 else many}" for number, one, many in kinds if number]
