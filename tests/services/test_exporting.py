"""A copy of what is kept of a patient, for the patient."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from booking.domain.errors import NotFound
from booking.domain.notes import Whose
from booking.formats import patient_copy
from booking.services import audit
from booking.services.patients import exporting, notes
from booking.store.access import Staff
from booking.store.bookings import Booking
from booking.store.records import AuditEntry
from tests.services import waiting
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_10,
    WEDNESDAY_9,
    cancel,
    move,
    move_undone,
)
from tests.services.zelda import SAID, ZELDA, hire, note
from tests.support import RECEPTION, Clinic


def export(
    clinic: Clinic, booking: Booking, *, only: int | None = None, answers_to: int | None = None
) -> Any:
    copy = clinic.write(
        lambda session, now: exporting.copy(
            session,
            clinic.offers.rulebook(session),
            booking.patient_id,
            only_practitioner=only,
            answers_to=answers_to,
            kind="json",
            actor=RECEPTION,
            now=now,
        )
    )
    return json.loads(patient_copy.as_json(copy))


@pytest.fixture
def zelda(clinic: Clinic) -> Booking:
    booking = clinic.book(TUESDAY_9, ZELDA, given=SAID)
    note(clinic, booking.patient_id, hire(clinic))
    waiting.join(clinic, ZELDA.name, email=ZELDA.email)
    cancel(clinic, booking, actor=RECEPTION, reason="Has a cold")
    return booking


def test_a_copy_for_the_patient_has_all_that_is_kept_of_them(clinic: Clinic, zelda: Booking):
    found = export(clinic, zelda, answers_to=zelda.practitioner_id)
    assert found["left_out"] == []
    assert found["patient"] == {
        "number": zelda.patient_id,
        "name": "Zelda Quux",
        "date_of_birth": "1990-03-14",
        "guardian": "Mo Quux",
        "email": "Zelda@quux.example",
        "phone": "+1 202-555-0167",
        "language": "de",
        "since": "2026-01-12T13:00:00Z",
    }
    [visit] = found["appointments"]
    assert (visit["start"], visit["state"]) == ("2026-01-13T09:00:00-05:00", "cancelled")
    assert [(one["after"], one["by"], one["reason"]) for one in visit["history"]] == [
        ("confirmed", "patient", ""),
        ("cancelled", "reception", "Has a cold"),
    ]
    [answers] = visit["answers"]
    assert (answers["version"], answers["answers"]) == (
        1,
        {"health": ["keloid"], "hopes_words": "whispered"},
    )
    assert [one["key"] for one in visit["flags"]] == ["keloid"]
    assert [(one["kind"], one["address"]) for one in visit["messages"]] == [
        ("confirmed", "Zelda@quux.example"),
        ("cancelled", "Zelda@quux.example"),
    ]
    assert [one["purpose"] for one in found["consents"]] == ["privacy_notice", "email_reminders"]
    assert [one["text"] for one in found["notes"]] == ["Quux whispered"]
    assert [(one["name"], one["state"]) for one in found["waitlist"]] == [("Zelda Quux", "open")]


def test_a_copy_by_reception_leaves_answers_out_and_says_so(clinic: Clinic, zelda: Booking):
    found = export(clinic, zelda)
    assert found["left_out"] == [exporting.NO_ANSWERS]
    assert found["merged_records"] == []
    assert "answers" not in found["appointments"][0]
    assert "keloid" not in json.dumps(found)
    assert "whispered" not in json.dumps(found["appointments"])


def test_doctors_notes_are_in_the_copies_of_who_treats_the_patient(clinic: Clinic, zelda: Booking):
    clinic.write(
        lambda session, now: notes.add(
            session,
            zelda.patient_id,
            "Deep scar",
            whose=Whose.DOCTOR,
            staff_id=session.scalars(select(Staff.id)).first(),
            actor=RECEPTION,
            now=now,
        )
    )
    assert "Deep scar" in json.dumps(export(clinic, zelda, answers_to=zelda.practitioner_id))
    # Reception, and a doctor of other patients who is reception too.
    for answers_to in (None, zelda.practitioner_id + 1000):
        found = export(clinic, zelda, answers_to=answers_to)
        assert "Deep scar" not in json.dumps(found)
        assert exporting.NO_DOCTORS_NOTES in found["left_out"]


def test_a_practitioner_makes_copies_of_their_own_patients_only(clinic: Clinic, zelda: Booking):
    with pytest.raises(NotFound):
        export(clinic, zelda, only=zelda.practitioner_id + 1000, answers_to=1000)
    found = export(clinic, zelda, only=zelda.practitioner_id, answers_to=zelda.practitioner_id)
    assert found["left_out"] == [exporting.NO_WAITS]
    assert found["waitlist"] == []
    assert "answers" in found["appointments"][0]


def test_each_copy_is_recorded_and_so_is_that_answers_were_in_it(clinic: Clinic, zelda: Booking):
    export(clinic, zelda, answers_to=zelda.practitioner_id)
    entries = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry).where(AuditEntry.action.in_(("patient_exported", "answers_read")))
        ).all()
    )
    assert [(one.action, one.subject or one.booking_id) for one in entries] == [
        ("patient_exported", f"patient:{zelda.patient_id}"),
        ("answers_read", zelda.id),
    ]


def test_a_copy_tells_of_moves_taken_back_and_of_calls(clinic: Clinic, zelda: Booking):
    booking = clinic.book(TUESDAY_10, ZELDA)
    move(clinic, booking, WEDNESDAY_9, actor=RECEPTION)
    move_undone(clinic, booking)
    clinic.write(
        lambda session, now: audit.record(
            session, RECEPTION, "tried_to_call", now=now, booking_id=booking.id, to_value="told"
        )
    )
    [visit] = export(clinic, booking)["appointments"]
    assert [one["what"] for one in visit["history"]][1:] == [
        "moved",
        "move_undone",
        "tried_to_call",
    ]
