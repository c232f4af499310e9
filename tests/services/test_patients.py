"""Patients as staff find them, correct them and note about them."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.domain.notes import Whose
from booking.domain.people import Person
from booking.domain.search import read_query
from booking.services.bookings import contact_details
from booking.services.patients import cards, notes, search
from booking.store.access import Staff
from booking.store.bookings import Booking
from booking.store.records import AuditEntry
from tests.services.deeds import TUESDAY_9, messages
from tests.support import ANN, RECEPTION, Clinic

JOSE = Person("José Núñez O’Brien", ANN.date_of_birth, None, "+1 202-555-0143")


@pytest.fixture
def jose(clinic: Clinic) -> Booking:
    return clinic.book(TUESDAY_9, JOSE)


def found(clinic: Clinic, typed: str) -> list[int]:
    return clinic.read(
        lambda session, now: search.matching(session, read_query(typed, today=now.date()))
    )


def test_a_patient_is_found_by_whatever_is_known_of_them(clinic: Clinic, jose: Booking):
    known = (
        "jose",
        "NUNEZ jo",
        "o'brien josé",
        "brien",
        "obri",
        "(202) 555-0143",
        "0143",
        "+12025550143",
        "14.3.1990",
        jose.reference,
        jose.reference.lower(),
    )
    assert [typed for typed in known if found(clinic, typed) != [jose.patient_id]] == []


def test_nobody_is_found_by_what_does_not_fit(clinic: Clinic, jose: Booking):
    for typed in ("ose", "jose smith", "0144", "15 3 1990", "%", "_ose", "j"):
        assert found(clinic, typed) == []


def test_a_new_name_is_found_and_the_old_one_is_not(clinic: Clinic, jose: Booking):
    new = contact_details.NewDetails(name="Joe Smith")
    clinic.write(
        lambda session, now: contact_details.change(session, clinic.offers, jose, new, now=now)
    )
    assert found(clinic, "nunez") == []
    assert found(clinic, "smith") == [jose.patient_id]
    assert found(clinic, "0143") == [jose.patient_id]


def test_a_look_is_recorded_without_what_was_typed(clinic: Clinic, jose: Booking):
    clinic.write(
        lambda session, now: search.look_up(
            session, read_query("nunez", today=now.date()), actor=RECEPTION, now=now
        )
    )
    entry = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry).where(AuditEntry.action == "searched")
        ).one()
    )
    assert (entry.to_value, entry.reason) == ("1", str(jose.patient_id))


def test_reception_corrects_a_patient_and_the_audit_names_the_fields(clinic: Clinic, jose: Booking):
    new = Person("Joe Núñez", ANN.date_of_birth, "joe@patient.example", None)

    def work(session, now):
        return cards.change(session, clinic.offers, jose.patient_id, new, actor=RECEPTION, now=now)

    assert clinic.write(work) == ["name", "email", "phone"]
    assert clinic.write(work) == []
    assert found(clinic, "joe") == [jose.patient_id]
    assert found(clinic, "0143") == []
    entry = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry).where(AuditEntry.action == "patient_changed")
        ).one()
    )
    assert (entry.subject, entry.to_value) == (
        f"patient:{jose.patient_id}",
        "name, email, phone",
    )


def test_a_practitioner_sees_their_own_patients_only(clinic: Clinic, jose: Booking):
    def look(only):
        return clinic.write(
            lambda session, now: cards.card(
                session, jose.patient_id, only_practitioner=only, actor=RECEPTION, now=now
            )
        )

    assert [one.id for one in look(jose.practitioner_id).bookings] == [jose.id]
    with pytest.raises(NotFound):
        look(jose.practitioner_id + 1000)


def test_what_still_waits_goes_to_the_corrected_address(clinic: Clinic):
    ann = clinic.book(TUESDAY_9)

    def correct(email: str | None) -> list[tuple[str, str]]:
        new = Person(ANN.name, ANN.date_of_birth, email, "+1 202-555-0143")
        clinic.write(
            lambda session, now: cards.change(
                session, clinic.offers, ann.patient_id, new, actor=RECEPTION, now=now
            )
        )
        return [(one.recipient, one.state.value) for one in messages(clinic, ann)]

    assert correct("anne@patient.example") == [("anne@patient.example", "queued")]
    assert correct(None) == [("anne@patient.example", "dropped")]


def test_a_note_is_the_desks_or_the_doctors_and_the_audit_tells_none(clinic: Clinic, jose: Booking):
    staff_id = clinic.write(an_account)

    def add(text: str, whose: Whose) -> None:
        clinic.write(
            lambda session, now: notes.add(
                session,
                jose.patient_id,
                text,
                whose=whose,
                staff_id=staff_id,
                actor=RECEPTION,
                now=now,
            )
        )

    add("Prefers mornings", Whose.DESK)
    add("Deep scar", Whose.DOCTOR)

    def texts(whose: Whose) -> list[str]:
        return clinic.read(
            lambda session, _: [one.text for one in notes.of(session, jose.patient_id, whose)]
        )

    assert (texts(Whose.DESK), texts(Whose.DOCTOR)) == (["Prefers mornings"], ["Deep scar"])
    entries = clinic.read(lambda session, _: session.scalars(select(AuditEntry)).all())
    assert [one.action for one in entries][-2:] == ["patient_noted", "doctor_noted"]
    assert all("scar" not in f"{one.to_value}{one.reason}" for one in entries)


def an_account(session: Session, now: datetime) -> int:
    account = Staff(email="desk@clinic.example", password_hash="-", created_at=now)
    session.add(account)
    session.flush()
    return account.id
