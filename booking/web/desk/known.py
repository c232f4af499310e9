"""Whom the phone form may be about: patients who are known already."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.domain.people import Person
from booking.services.patients import cards, search
from booking.services.patients.cards import Card
from booking.services.patients.search import Found
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.desk.patients import as_typed
from booking.web.desk.search import look_up, shown
from booking.web.installation import write


def chosen(typed: str) -> dict[str, str]:
    """
    The form's fields for the patient whose button was pressed; without one, it is about somebody
    new again.

    Raises:
        NotFound: the patient is gone.
    """
    patient_id = forms.number(typed)
    if patient_id is None:
        return {"patient": ""}
    actor = current_staff().actor

    def look(session: Session, now: datetime) -> Card:
        return cards.card(session, patient_id, only_practitioner=None, actor=actor, now=now)

    return as_typed(write(look)) | {"patient": typed}


def likely(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Who fits what was typed so far: the name, else the number, else the date of birth."""
    born = " ".join(values[part] for part in ("day", "month", "year"))
    for typed in (values["name"], values["phone"], born):
        if typed.strip():
            return look_up(typed)[0]
    return []


def duplicates(person: Person) -> list[dict[str, Any]]:
    """Who is known and likely the same person."""
    actor = current_staff().actor

    def look(session: Session, now: datetime) -> list[Found]:
        return search.duplicates(session, person, actor=actor, now=now)

    return shown(write(look))
