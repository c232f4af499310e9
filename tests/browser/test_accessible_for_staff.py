"""Every page and state of the desk, looked at from all sides."""

from dataclasses import replace
from datetime import date

from playwright.sync_api import Page, expect

from booking.domain.people import Person
from booking.domain.roles import Role
from tests.browser import days
from tests.browser.looking import Look
from tests.browser.patients import button, heading
from tests.browser.staff import open_card, sign_in, sit_down
from tests.services.deeds import TUESDAY_9, TUESDAY_10, TUESDAY_930
from tests.support import ANN, Clinic
from tests.web.site import add_practitioner


def test_signing_in(page: Page, clinic: Clinic, look: Look):
    page.goto("/login")
    look("sign-in")
    button(page, "Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("sign-in with an error")
    sign_in(page)
    clinic.time.pass_(minutes=20)
    page.goto("/desk")
    look("signed out by the clock")


def test_the_board(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic)
    look("a day of free times")
    page.goto("/desk?day=2026-01-17")
    look("a closed day")
    days.fill(clinic)
    days.fail_a_mail(clinic)
    sit_down(page, clinic)
    look("a day with everything")
    button(page, "Keys").or_(button(page, "Keys ?")).click()
    look("the sheet of keys")


def test_the_board_of_several_on_a_late_day(page: Page, clinic: Clinic, look: Look):
    add_practitioner(clinic)
    days.fill(clinic)
    sit_down(page, clinic)
    page.locator(".late-links").get_by_role("link", name="Dr. Ahmed").click()
    heading(page, "Dr. Ahmed is running late")
    look("running late")
    page.get_by_label("By how many minutes").fill("x")
    button(page, "Say so").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("running late with an error")
    page.get_by_label("By how many minutes").fill("20")
    button(page, "Say so").click()
    page.goto("/desk?view=beside")
    look("side by side, with somebody late")


def test_the_week_and_the_month(page: Page, clinic: Clinic, look: Look):
    days.fill(clinic)
    sit_down(page, clinic)
    page.goto("/desk/week")
    look("the week")
    page.goto("/desk/week?day=2025-01-06")
    look("a week without anything")
    page.goto("/desk/month")
    look("the month")


def test_the_board_with_ends_left_open(page: Page, clinic: Clinic, look: Look):
    days.fill(clinic)
    clinic.time.pass_(days=1)
    sit_down(page, clinic)
    expect(page.get_by_text("earlier visits have no outcome yet")).to_be_visible()
    look("earlier visits without an outcome")


def test_the_doctors_board(page: Page, clinic: Clinic, look: Look):
    days.fill(clinic)
    sit_down(page, clinic, Role.DOCTOR)
    look("the doctor's day")
    page.goto("/desk/book")
    heading(page, "This is not open to you")
    look("403")


def test_a_card(page: Page, clinic: Clinic, look: Look):
    days.fill(clinic)
    days.fail_a_mail(clinic)
    sit_down(page, clinic)
    open_card(page, days.UNREACHED)
    look("a card")
    button(page, "Cancel this appointment").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a card with an error")
    page.goto("/desk")
    open_card(page, "David Mensah")
    look("the card of a cancelled visit")
    page.goto("/desk")
    open_card(page, "Sam Roy")
    look("the card of a visit that can be undone")


def test_moving(page: Page, clinic: Clinic, look: Look):
    booking, other = clinic.book(TUESDAY_9), clinic.book(TUESDAY_10)
    sit_down(page, clinic)
    move = f"/desk/bookings/{booking.id}/move"
    page.goto(f"{move}?day=2026-01-13")
    look("another time to choose")
    page.goto(f"{move}?clock=x")
    expect(page.get_by_role("alert")).to_be_focused()
    look("no time to move to")
    page.goto(f"{move}?to={other.start:%Y-%m-%dT%H:%M:%SZ}")
    look("what stands in the way of a move")
    page.goto(f"{move}?to=2026-01-13T15:00&back=week")
    look("what follows from a move")
    button(page, "Move to this time").click()
    heading(page, "Week of Monday 12 January")
    look("the week after a move")


def test_the_form(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic)
    page.goto("/desk/book")
    look("the form")
    button(page, "Book").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("the form with errors")
    page.goto("/desk/book?day=2026-01-17")
    look("the form on a closed day")


def test_two_records_of_one_person(page: Page, clinic: Clinic, look: Look):
    jose = Person("José Núñez", ANN.date_of_birth, None, "+1 202-555-0143")
    first = clinic.book(TUESDAY_9, jose)
    online = replace(jose, name="José Luis Núñez", email="jose@patient.example")
    clinic.book(TUESDAY_930, replace(online, phone="+1 202-555-0199"))
    clinic.book(TUESDAY_10, replace(online, name="Pepe", date_of_birth=date(1991, 3, 14)))
    sit_down(page, clinic)
    page.goto(f"/desk/patients/{first.patient_id}")
    page.get_by_role("link", name="Merge with another record").click()
    page.get_by_label("Find another").fill("luis")
    button(page, "Find").click()
    heading(page, "Which record is the same person’s?")
    look("records to merge with")
    page.get_by_role("link", name="José Luis Núñez").last.click()
    heading(page, "Are these one person?")
    page.get_by_label("(202) 555-0143").check()
    look("two records side by side")
    button(page, "Merge them").click()
    heading(page, "José Luis Núñez")
    look("a merged record")
    button(page, "Take apart again").click()
    heading(page, "José Núñez")
