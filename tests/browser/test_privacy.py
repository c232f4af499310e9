"""A patient asks the desk for a copy of what is kept of them, and then to be erased."""

from playwright.sync_api import Page, expect

from booking.domain.people import Person
from tests.browser.looking import Look
from tests.browser.patients import button, heading
from tests.browser.staff import sit_down
from tests.services.deeds import cancel
from tests.support import ANN, RECEPTION, Clinic, at

JOSE = Person("José Núñez", ANN.date_of_birth, "jose@patient.example", "+1 202-555-0143")


def test_a_patient_gets_a_copy_and_is_erased(page: Page, clinic: Clinic, look: Look):
    gone = clinic.book(at("2026-01-14T09:00-05:00"), JOSE)
    clinic.book(at("2026-01-15T09:00-05:00"), JOSE)
    sit_down(page, clinic)
    page.goto("/desk/patients/2/erase")
    look("a patient who is still to come")
    cancel(clinic, gone, actor=RECEPTION, reason="asked for")
    page.goto("/desk/patients/1")
    page.get_by_role("link", name="Copy for the patient").click()
    heading(page, "What Ahmed Skin Clinic keeps of José Núñez")
    look("a copy for a patient")
    page.go_back()
    page.get_by_role("link", name="Erase").click()
    button(page, "Erase this patient").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("erasing with errors")
    page.get_by_label("The patient asked for it").check()
    page.get_by_label("I have checked that this is the record").check()
    button(page, "Erase this patient").click()
    expect(page.get_by_role("status")).to_have_text("The patient is erased.")
    page.goto(f"/desk/bookings/{gone.id}")
    heading(page, "Erased")
    look("a visit of somebody who is erased")
