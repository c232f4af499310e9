"""The doctor's pages, looked at from all sides, and a visit from its card to the next one."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from booking.domain.intake import read_intake
from booking.domain.people import Findings
from booking.domain.roles import Role
from booking.services.bookings.intakes import Given
from tests.browser.looking import Look
from tests.browser.patients import button
from tests.browser.staff import sit_down
from tests.services.deeds import TUESDAY_9
from tests.support import Clinic
from tests.web.test_answers_at_the_desk import ANSWERS


def shows(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=words)).to_be_visible()


def test_a_visit_from_its_card_to_the_next_ones(page: Page, clinic: Clinic, look: Look):
    clinic.book(TUESDAY_9, given=Given(read_intake(ANSWERS, Findings()), 1))
    clinic.book(TUESDAY_9 + timedelta(minutes=30))
    clinic.time.now = TUESDAY_9
    sit_down(page, clinic, Role.DOCTOR)
    page.goto("/doctor")
    look("the doctor's day")
    page.goto("/doctor?day=2026-01-18")
    look("a day without anybody")
    page.goto("/doctor")
    button(page, "Mark reviewed").click()
    page.get_by_label("Next visit in how many weeks").fill("x")
    button(page, "Complete the visit").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a card with an error")
    page.get_by_label("Next visit in how many weeks").fill("6")
    button(page, "Complete the visit").click()
    shows(page, "The next visit")
    button(page, "Add the note").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("New note").fill("Deeper than it looks")
    button(page, "Add the note").click()
    expect(page.get_by_text("Deeper than it looks")).to_be_visible()
    look("a completed visit")
    page.get_by_role("link", name="Plan several visits").click()
    button(page, "Propose times").click()
    shows(page, "3 visits, not booked yet")
    look("a series")
    button(page, "Book all 3").click()
    shows(page, "Coming")
    page.goto("/doctor/absences")
    button(page, "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("absences with an error")
    page.get_by_label("What for").fill("Course")
    page.get_by_label("First day").fill("2026-02-24")
    button(page, "Save").click()
    shows(page, "1 booking does not fit any more")
    look("an absence that strands a visit")
