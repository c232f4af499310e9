"""Answers after booking, as people meet them: on the own page, looked at from all sides."""

from playwright.sync_api import Page, expect

from booking.domain.roles import Role
from booking.services.bookings.intakes import Given
from tests.browser.live import NewContext
from tests.browser.looking import Look
from tests.browser.patients import button, heading, link
from tests.browser.staff import own_page, sit_down
from tests.browser.test_patient import with_and_without_scripts
from tests.services.test_new_answers import FIRST, read
from tests.support import Clinic, at

TEN_ON_TUESDAY = at("2026-01-13T10:00-05:00")


@with_and_without_scripts
def test_an_answer_is_changed_and_the_doctor_reads_of_it(
    page: Page, new_context: NewContext, clinic: Clinic, scripts: str
):
    booked = clinic.book(TEN_ON_TUESDAY, given=Given(read(FIRST), 1))
    desk = new_context().new_page()
    sit_down(desk, clinic, Role.DOCTOR)
    desk.goto(f"/desk/bookings/{booked.id}")
    page.goto(own_page(clinic, booked))
    link(page, "Change your answers to our questions").click()
    heading(page, "Help the doctor to prepare")
    link(page, "Is any of this so for you?").click()
    heading(page, "Is any of this so for you?")
    page.get_by_label("A mole that is changing").check()
    button(page, "Save").click()
    heading(page, "Your answers are saved")
    expect(page.get_by_role("main")).to_contain_text("Please call us before you come")
    link(page, "Continue").click()
    expect(page.get_by_role("status")).to_contain_text("Your answers are saved")
    desk.reload()
    expect(desk.get_by_role("main")).to_contain_text("changed answers after they were read")


def test_the_pages_from_all_sides(page: Page, clinic: Clinic, look: Look):
    own = own_page(clinic, clinic.book(TEN_ON_TUESDAY))
    page.goto(own)
    expect(page.get_by_role("main")).to_contain_text("Help the doctor to prepare")
    look("the own page with reminders and questions")
    page.goto(f"{own}/answers")
    look("all questions")
    page.goto(f"{own}/answers/health?all=1")
    page.get_by_label("None of these").check()
    page.evaluate("document.querySelector('[value=keloid]').checked = true")
    button(page, "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("health questions with an error")
    page.get_by_label("None of these").uncheck()
    page.get_by_label("A mole that is changing").check()
    button(page, "Save").click()
    heading(page, "Your answers are saved")
    look("saved")
    page.goto("/book?part=evening")
    heading(page, "Choose a day")
    look("no evenings")
    page.goto(f"{own}/move?part=morning&day=2026-01-13")
    look("mornings to move to")
