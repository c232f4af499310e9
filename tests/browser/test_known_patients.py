"""Patients who are known: found from the desk, offered while the phone form is typed."""

from playwright.sync_api import Page, expect

from booking.domain.people import Person
from tests.browser.looking import Look
from tests.browser.patients import button, heading
from tests.browser.staff import shows, sit_down
from tests.support import ANN, Clinic, at

JOSE = Person("José Núñez", ANN.date_of_birth, None, "+1 202-555-0143")


def test_a_known_caller_is_booked_by_keyboard_alone(page: Page, clinic: Clinic):
    clinic.book(at("2026-01-14T09:00-05:00"), JOSE)
    sit_down(page, clinic)
    page.keyboard.press("n")
    heading(page, "New booking")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.get_by_label("Name").focus()
    page.keyboard.type("nunez jo")
    offered = page.get_by_role("button", name="Use this patient: José Núñez")
    expect(offered).to_be_visible()
    offered.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_have_value("José Núñez")
    expect(page.get_by_label("Year")).to_have_value("1990")
    page.get_by_label("Phone").focus()
    page.keyboard.press("Enter")
    shows(page, "José Núñez", "Confirmed")


def test_finding_a_patient_and_their_card(page: Page, clinic: Clinic, look: Look):
    clinic.book(at("2026-01-14T09:00-05:00"), JOSE)
    sit_down(page, clinic)
    page.goto("/desk/search")
    look("finding a patient")
    page.goto("/desk/search?q=nunez")
    look("patients who fit")
    page.goto("/desk/patients/1")
    look("a patient's card")
    button(page, "Add the note").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a patient's card with an error")
    page.goto("/desk/patients/1/contact")
    look("correcting a patient's details")
    page.goto("/desk/book")
    page.get_by_label("Name").fill("nunez")
    button(page, "Find a known patient").click()
    heading(page, "New booking")
    look("the phone form with known patients")
