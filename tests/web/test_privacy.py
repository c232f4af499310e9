"""A patient's rights at the desk."""

import pytest
from flask import Flask

from booking.domain.intake import Intake
from booking.domain.people import Person
from booking.domain.roles import Role
from booking.services.bookings.intakes import Given
from booking.store.bookings import Booking
from tests.services.deeds import cancel
from tests.support import ANN, RECEPTION, Clinic, at
from tests.web.journeys import on_one_engine
from tests.web.visitor import Visitor

JOSE = Person("José Núñez", ANN.date_of_birth, "jose@patient.example", "+1 202-555-0143")


@pytest.fixture
def jose(clinic: Clinic) -> Booking:
    return clinic.book(at("2026-01-13T09:00-05:00"), JOSE)


@pytest.fixture
def desk(app: Flask, clinic: Clinic, jose: Booking) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    return visitor


def test_a_patient_with_a_visit_ahead_is_not_erased(desk: Visitor, jose: Booking):
    path = f"/desk/patients/{jose.patient_id}/erase"
    page = desk.get(path)
    assert "Cancel it first" in page.words
    assert "Erase this patient" not in page.words
    refused = desk.post(path, {"reason": "asked", "sure": "1"})
    assert refused.status == 422
    assert desk.get(f"/desk/patients/{jose.patient_id}").heading == "José Núñez"


def test_the_desk_erases_a_patient_and_no_page_knows_the_name_any_more(
    desk: Visitor, clinic: Clinic, jose: Booking
):
    cancel(clinic, jose, actor=RECEPTION, reason="José asked for it")
    path = f"/desk/patients/{jose.patient_id}/erase"
    page = desk.get(path)
    assert "2 messages’ addresses" in page.words
    unsure = desk.fill(page, path, reason="asked")
    assert unsure.status == 422
    assert unsure.why("sure").startswith("Tick that")
    assert desk.fill(unsure, path, sure="1").location == "/desk/search?done=erased"
    assert "The patient is erased." in desk.get("/desk/search?done=erased").words
    # Pressed again it has happened already.
    assert desk.post(path, {"reason": "asked", "sure": "1"}).status == 303
    assert desk.get(path).status == desk.get(f"/desk/patients/{jose.patient_id}").status == 404
    card = desk.get(f"/desk/bookings/{jose.id}")
    assert (card.status, card.heading) == (200, "Erased")
    assert "Who this was is erased." in card.words
    pages = ["/desk?day=2026-01-13", "/desk/week?day=2026-01-13", "/desk/messages"]
    pages += ["/desk/search?q=jose", "/desk/sheet?day=2026-01-13", f"/desk/bookings/{jose.id}"]
    for address in pages:
        shown = desk.get(address)
        assert shown.status == 200, address
        assert "José" not in shown.text, address
        assert "0143" not in shown.text, address
    token = clinic.links.keys.new(jose.uid, 0)
    assert desk.get(f"/manage/{token}").status == 404


@on_one_engine
def test_the_audit_names_an_erased_patient_by_number(app: Flask, clinic: Clinic, jose: Booking):
    cancel(clinic, jose, actor=RECEPTION, reason="asked for")
    admin = Visitor(app)
    admin.sign_in(clinic, Role.ADMIN)
    path = f"/desk/patients/{jose.patient_id}/erase"
    admin.fill(admin.get(path), path, reason="twice", sure="1")
    page = admin.get("/admin/audit?what=patient_erased")
    assert f"patient:{jose.patient_id}" in page.words
    assert "The patient has another record" in page.words
    assert "José" not in admin.get("/admin/audit").text


def test_a_copy_for_the_patient_is_a_page_and_a_file(desk: Visitor, jose: Booking):
    path = f"/desk/patients/{jose.patient_id}/export"
    page = desk.get(path)
    assert page.heading == "What Ahmed Skin Clinic keeps of José Núñez"
    assert "Answers to the questions before a visit" in page.words
    file = desk.get(f"{path}.json")
    assert file.headers["Content-Disposition"] == (
        f"attachment; filename=patient-{jose.patient_id}.json"
    )
    assert '"name": "José Núñez"' in file.text


@on_one_engine
def test_the_doctor_of_a_patient_makes_a_copy_with_answers(app: Flask, clinic: Clinic):
    given = Given(Intake({"health": ("keloid",), "help": ("step_free",)}))
    booked = clinic.book(at("2026-01-13T10:00-05:00"), JOSE, given=given)
    path = f"/desk/patients/{booked.patient_id}/export"
    doctor, admin = Visitor(app), Visitor(app)
    doctor.sign_in(clinic, Role.DOCTOR)
    admin.sign_in(clinic, Role.ADMIN)
    assert "keloids" in doctor.get(path).words
    assert '"keloid"' in doctor.get(f"{path}.json").text
    assert "keloid" not in admin.get(path).words
    assert "keloid" not in admin.get(f"{path}.json").text
    assert "Step-free access" in admin.get(path).words
