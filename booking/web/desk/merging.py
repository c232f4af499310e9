"""Two records of one person: found, shown side by side, made one and taken apart again."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import RecordsChanged
from booking.domain.people import Findings
from booking.domain.search import QUERY_MAX, name_words
from booking.services.patients import cards, merging
from booking.services.patients.cards import Card
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.desk import search
from booking.web.desk.blueprint import blueprint
from booking.web.desk.patients import PATIENT, facts_of, visit
from booking.web.errors import ANSWERS
from booking.web.installation import here, write

_LABELS = {
    "name": "Name",
    "date_of_birth": "Date of birth",
    "phone": "Phone",
    "email": "E-mail",
}
_VISITS_MOST = 6


@blueprint.route(f"{PATIENT}/merge", methods=["GET", "POST"])
def merge(patient_id: int) -> ResponseReturnValue:
    """Which other record is the same person's, then both side by side, then one."""
    other_id = forms.number(request.values.get("other", ""))
    if other_id is None:
        return _find(patient_id)
    found = Findings()
    if request.method == "POST" and _merged(patient_id, other_id, found):
        return _to_card(patient_id)
    return _side_by_side(patient_id, other_id, found)


def _find(patient_id: int) -> ResponseReturnValue:
    card = _look(patient_id, with_twins=True)
    if card.patient.id != patient_id:
        return _to_card(card.patient.id)
    typed = request.args.get("q", "")[:QUERY_MAX]
    others, more = search.look_up(typed) if typed.strip() else ([], False)
    return render_template(
        "desk/merge_with.html",
        patient=facts_of(card),
        twins=search.shown(card.twins),
        q=typed,
        others=[one for one in others if one["id"] != patient_id],
        more=more,
    )


def _merged(patient_id: int, other_id: int, found: Findings) -> bool:
    """Whether they are one record now; if not, `found` says why."""
    taken = {name for name in merging.FIELDS if request.form.get(name) == "other"}
    seen, actor = forms.number(request.form.get("seen", "")) or 0, current_staff().actor
    try:
        write(
            lambda session, now: merging.merge(
                session,
                here().offers,
                patient_id,
                other_id,
                taken=taken,
                seen=seen,
                actor=actor,
                now=now,
            )
        )
    except RecordsChanged as refusal:
        found.add("", refusal.code, ANSWERS[refusal.code].words)
        return False
    return True


def _side_by_side(patient_id: int, other_id: int, found: Findings) -> ResponseReturnValue:
    mine, other = _look(patient_id), _look(other_id)
    if mine.patient.id == other.patient.id:
        return _to_card(mine.patient.id)
    page = render_template(
        "desk/merge.html",
        mine=_record(mine),
        other=_record(other),
        fields=_fields(mine, other),
        seen=len(other.bookings),
        errors=found.errors,
    )
    return page, 409 if found.errors else 200


def _look(patient_id: int, *, with_twins: bool = False) -> Card:
    actor = current_staff().actor

    def look(session: Session, now: datetime) -> Card:
        return cards.card(
            session,
            patient_id,
            only_practitioner=None,
            actor=actor,
            now=now,
            with_twins=with_twins,
        )

    return write(look)


def _record(card: Card) -> dict[str, Any]:
    return facts_of(card) | {
        "visits": [visit(one) for one in card.bookings[:_VISITS_MOST]],
        "more": max(len(card.bookings) - _VISITS_MOST, 0),
    }


def _fields(mine: Card, other: Card) -> list[dict[str, Any]]:
    """The details in which they differ, and which of the two is likely right."""
    shown = {"mine": facts_of(mine), "other": facts_of(other)}
    chosen = forms.typed(request.form, *merging.FIELDS)
    fields = []
    for name in merging.FIELDS:
        values = [getattr(card.patient, name) for card in (mine, other)]
        if None not in values and values[0] != values[1]:
            options = [(side, facts[name]) for side, facts in shown.items()]
            likely = chosen[name] if chosen[name] in shown else _likely(mine, other, name)
            field = {"name": name, "label": _LABELS[name], "options": options, "chosen": likely}
            fields.append(field)
    return fields


def _likely(mine: Card, other: Card, name: str) -> str:
    """The fuller name; else what was written down last."""
    if name == "name":
        parts = [len(name_words(card.patient.name)) for card in (mine, other)]
        if parts[0] != parts[1]:
            return "mine" if parts[0] > parts[1] else "other"
    return "other" if other.patient.created_at > mine.patient.created_at else "mine"


@blueprint.post(f"{PATIENT}/take-apart")
def take_apart(patient_id: int) -> ResponseReturnValue:
    """Make two records again of what was merged today."""
    merge_id, actor = forms.number(request.form.get("merge", "")) or 0, current_staff().actor
    write(
        lambda session, now: merging.take_apart(
            session, here().offers, patient_id, merge_id, actor=actor, now=now
        )
    )
    return _to_card(patient_id)


def _to_card(patient_id: int) -> ResponseReturnValue:
    return redirect(url_for("desk.patient", patient_id=patient_id), code=303)
