"""The desk finds a patient, reads their card, corrects it and leaves a note."""

import pytest
from flask import Flask

from booking.domain.people import Person
from booking.domain.roles import Role
from booking.store.bookings import Booking, Patient
from booking.web import limits
from tests.services.deeds import cancel
from tests.support import ANN, RECEPTION, Clinic, at
from tests.web.journeys import CALLER, count, on_one_engine
from tests.web.visitor import Page, Visitor

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


@on_one_engine
def test_what_was_cancelled_is_not_coming_any_more(desk: Visitor, clinic: Clinic, jose: Booking):
    path = f"/desk/patients/{jose.patient_id}"
    assert "Past or cancelled Not here before." in desk.get(path).words
    cancel(clinic, jose, actor=RECEPTION, reason="asked for")
    words = desk.get(path).words
    assert "Tuesday 13 January" not in words.split("Coming")[1].split("Past")[0]
    assert "Tuesday 13 January" in words.split("Past")[1]


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


def phone_form(desk: Visitor, **typed: str) -> Page:
    page = desk.get("/desk/book?day=2026-01-14")
    slots = [i.attrs["value"] for i in page.document.all("input", name="slot")]
    return desk.fill(page, "/desk/book?day=2026-01-14", slot=slots[0], **(CALLER | typed))


def test_somebody_who_is_known_is_pointed_out_and_used(desk: Visitor, clinic: Clinic):
    asked = phone_form(desk, name="Nuñez Jose", phone="202 555 0199")
    assert asked.status == 422
    assert "Is it one of these? José Núñez" in asked.words
    assert count(clinic, Booking) == 1
    used = desk.fill(asked, "/desk/book?day=2026-01-14", use="1")
    assert used.status == 200
    assert (used.value("name"), used.value("phone")) == ("José Núñez", "+1 202-555-0143")
    assert desk.fill(used, "/desk/book?day=2026-01-14").status == 303
    assert (count(clinic, Booking), count(clinic, Patient)) == (2, 1)


def test_somebody_else_of_the_same_name_gets_a_record_of_their_own(desk: Visitor, clinic: Clinic):
    asked = phone_form(desk, name="Jose Nunez")
    booked = desk.fill(asked, "/desk/book?day=2026-01-14", somebody_else="1")
    assert booked.status == 303
    assert count(clinic, Patient) == 2


@on_one_engine
def test_a_known_patient_is_found_from_the_form_and_let_go_again(desk: Visitor):
    found = phone_form(desk, name="nunez", find="1")
    assert found.status == 200
    assert "José Núñez" in found.words
    used = desk.fill(found, "/desk/book?day=2026-01-14", use="1")
    assert used.value("patient") == "1"
    assert desk.fill(used, "/desk/book?day=2026-01-14", use="").value("patient") == ""


@on_one_engine
def test_signing_in_again_does_not_carry_on_what_was_looked_for(app: Flask):
    assert Visitor(app).get("/desk/search?q=Jose").location == "/login?next=/desk/search"


@pytest.fixture
def twin(clinic: Clinic, jose: Booking) -> Booking:
    """Booked online by the same person, in other words: a record of its own."""
    person = Person("José Luis Núñez", ANN.date_of_birth, "jose@patient.example", JOSE.phone)
    return clinic.book(at("2026-01-13T10:00-05:00"), person)


def test_two_records_of_one_person_are_compared_merged_and_taken_apart(
    desk: Visitor, clinic: Clinic, jose: Booking, twin: Booking
):
    card, gone = f"/desk/patients/{jose.patient_id}", f"/desk/patients/{twin.patient_id}"
    shown = desk.get(card)
    assert "Possible duplicates José Luis Núñez" in shown.words
    assert f"{card}/merge?other={twin.patient_id}" in shown.text
    compared = desk.get(f"{card}/merge?other={twin.patient_id}")
    assert "1 appointment with messages" in compared.words
    # The fuller name is proposed; what only one has needs no choice.
    assert compared.value("name") == "other"
    assert "jose@patient.example" in compared.words
    done = desk.fill(compared, f"{card}/merge", name="mine")
    assert done.location == card
    merged = desk.get(card)
    assert merged.heading == "José Núñez"
    assert "jose@patient.example" in merged.words
    assert "Tuesday 13 January 2026, 10:00" in merged.words
    assert desk.get(gone).location == card
    assert desk.get(f"{gone}/merge").location == card
    assert "1 found" in desk.get("/desk/search?q=nunez").words
    assert desk.fill(merged, f"{card}/take-apart").location == card
    assert desk.get(gone).heading == "José Luis Núñez"
    assert "Take apart" not in desk.get(card).words
    assert desk.fill(merged, f"{card}/take-apart").status == 409


def test_a_booking_made_meanwhile_is_shown_before_records_are_merged(
    desk: Visitor, clinic: Clinic, jose: Booking, twin: Booking
):
    path = f"/desk/patients/{jose.patient_id}/merge"
    found = desk.get(f"{path}?q=luis")
    assert f"{path}?other={twin.patient_id}" in found.text
    compared = desk.get(f"{path}?other={twin.patient_id}")
    phone_form(desk, name="José Luis Núñez", phone=JOSE.phone, patient=str(twin.patient_id))
    again = desk.fill(compared, path)
    assert again.status == 409
    assert "changed meanwhile" in again.words
    assert "2 appointments" in again.words
    assert desk.fill(again, path).status == 303


@on_one_engine
def test_duplicates_in_the_phone_form_lead_to_merging(desk: Visitor, jose: Booking, twin: Booking):
    asked = phone_form(desk, name="Nobody", phone=JOSE.phone)
    assert asked.status == 422
    ids = sorted((jose.patient_id, twin.patient_id), reverse=True)
    assert f"/desk/patients/{ids[0]}/merge?other={ids[1]}" in asked.text
