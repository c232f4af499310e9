"""The desk finds a patient, reads their card, corrects it and leaves a note."""

import pytest
from flask import Flask

from booking.domain.people import Person
from booking.domain.roles import Role
from booking.store.bookings import Booking
from booking.web import limits
from tests.support import ANN, Clinic, at
from tests.web.journeys import on_one_engine
from tests.web.visitor import Visitor

JOSE = Person("José Núñez", ANN.date_of_birth, None, "+1 202-555-0143")


@pytest.fixture
def jose(clinic: Clinic) -> Booking:
    return clinic.book(at("2026-01-13T09:00-05:00"), JOSE)


@pytest.fixture
def desk(app: Flask, clinic: Clinic, jose: Booking) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    return visitor


def test_the_desk_finds_a_patient(desk: Visitor, jose: Booking):
    page = desk.get("/desk/search?q=nunez+jose")
    assert "1 found" in page.words
    assert "14 March 1990 · (202) 555-0143" in page.words
    assert "Next visit" in page.words
    assert f"/desk/patients/{jose.patient_id}" in page.text
    assert "Nobody fits" in desk.get("/desk/search?q=<b>%25").words


@on_one_engine
def test_looking_for_patients_is_limited(desk: Visitor):
    for _ in range(limits.SEARCHES.amount):
        assert desk.get("/desk/search?q=zzz").status == 200
    assert desk.get("/desk/search?q=zzz").status == 429


def test_the_card_shows_visits_and_takes_a_note(desk: Visitor, jose: Booking):
    path = f"/desk/patients/{jose.patient_id}"
    page = desk.get(path)
    assert page.heading == "José Núñez"
    assert "Tuesday 13 January" in page.words
    assert desk.post(f"{path}/notes", {"note": "Prefers mornings"}).status == 303
    assert "Prefers mornings" in desk.get(path).words
    refused = desk.post(f"{path}/notes", {"note": "n" * 2001})
    assert refused.status == 422
    assert refused.value("note") == "n" * 2001


def test_contact_details_are_corrected_or_the_input_is_kept(desk: Visitor, jose: Booking):
    path = f"/desk/patients/{jose.patient_id}/contact"
    page = desk.get(path)
    assert desk.fill(page, path, phone="", email="x@").why("email").startswith("Enter an e-mail")
    assert desk.fill(page, path, name="José Smith").status == 303
    assert desk.get(f"/desk/patients/{jose.patient_id}").heading == "José Smith"


@on_one_engine
def test_a_doctor_reads_the_card_of_their_own_patient_and_changes_nothing(
    app: Flask, clinic: Clinic, jose: Booking
):
    doctor = Visitor(app)
    doctor.sign_in(clinic, Role.DOCTOR)
    page = doctor.get(f"/desk/patients/{jose.patient_id}")
    assert page.status == 200
    assert "Correct these details" not in page.words
    assert doctor.get(f"/desk/patients/{jose.patient_id}/contact").status == 403
    assert doctor.get("/desk/patients/999").status == 404
