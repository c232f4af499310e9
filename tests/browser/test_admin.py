"""The administrator's pages: driven in the browser, and looked at from all sides."""

import pytest
from playwright.sync_api import Page, expect

from booking.domain.lifecycle import State
from booking.domain.roles import Role
from tests.browser.live import NewContext
from tests.browser.looking import Look
from tests.browser.patients import button, heading, link
from tests.browser.staff import sit_down
from tests.services.deeds import TUESDAY_9, is_offered, now_is, wall
from tests.support import Clinic


def close_tuesday(page: Page) -> None:
    page.goto("/admin")
    link(page, "Closures and absences").click()
    page.get_by_label("What for").fill("Training course")
    page.get_by_label("First day").fill("2026-01-13")
    button(page, "Save").first.click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_day_is_closed_and_what_it_strands_is_settled(
    new_context: NewContext, clinic: Clinic, scripts: bool
):
    kept, cancelled = clinic.book(TUESDAY_9), clinic.book(wall("01-13 15:00"))
    page = new_context(java_script_enabled=scripts).new_page()
    sit_down(page, clinic, Role.ADMIN)
    close_tuesday(page)
    expect(page.get_by_text("2 bookings do not fit any more")).to_be_visible()
    page.locator(f"#keep-{kept.id}").check()
    page.locator(f"#cancel-{cancelled.id}").check()
    page.get_by_label("Reason").fill("The doctor is at a course")
    button(page, "Save and do this").click()
    expect(page.get_by_text("Saved. What patients see follows it from now on.")).to_be_visible()
    assert now_is(clinic, kept).state is State.CONFIRMED
    assert now_is(clinic, cancelled).state is State.CANCELLED
    assert not is_offered(clinic, wall("01-13 11:00"))


def test_closures_from_all_sides(page: Page, clinic: Clinic, look: Look):
    clinic.book(TUESDAY_9)
    clinic.book(wall("01-13 15:00"))
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin")
    look("the set-up")
    page.goto("/admin/closures")
    look("no closures")
    button(page, "Save").first.click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("closures with errors")
    close_tuesday(page)
    look("bookings that are affected")
    page.get_by_label("Keep them all").check()
    button(page, "Save and do this").click()
    expect(page.get_by_text("Saved. What patients see follows it from now on.")).to_be_visible()
    look("a closure")


def test_hours_from_all_sides(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/hours")
    heading(page, "Hours of Dr. Ahmed")
    look("the week")
    page.locator("#opens-2").fill("11:00")
    page.locator("summary").nth(2).click()
    page.locator("#since-2").fill("2026-01-05")
    page.locator("#every-2").fill("2")
    button(page, "Preview").click()
    look("a preview")
    page.locator("#closes-2").fill("10:00")
    button(page, "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("the week with an error")


def test_services_from_all_sides(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/services")
    look("services")
    link(page, "Micro needling consultation").click()
    look("a service")
    page.get_by_label("Length in minutes").fill("0")
    button(page, "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a service with an error")


def test_holidays_from_all_sides(page: Page, clinic: Clinic, look: Look):
    clinic.book(wall("01-19 10:00"))
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/holidays")
    look("holidays")
    page.locator("#day-2026-01-19").check()
    button(page, "Save").click()
    look("holidays with a booking")


def test_the_audit_log_from_all_sides(page: Page, clinic: Clinic, look: Look):
    clinic.book(TUESDAY_9)
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/audit")
    look("the audit log")
    page.get_by_label("From").fill("2026-02-01")
    button(page, "Show").click()
    look("nothing in the audit log")


def test_practitioners_from_all_sides(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/practitioners")
    look("practitioners")
    link(page, "Another practitioner").click()
    button(page, "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a practitioner with an error")
    page.get_by_label("Name").fill("Dr. Weber")
    button(page, "Save").click()
    heading(page, "Hours of Dr. Weber")
    look("hours of somebody new")


def test_the_clinic_from_all_sides(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/clinic")
    look("the clinic")
    page.get_by_label("Accent colour").fill("#ffee00")
    button(page, "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("the clinic with an error")
    page.get_by_label("Accent colour").fill("#8a1c5b")
    button(page, "Save").click()
    expect(page.get_by_text("Saved. What patients see follows it from now on.")).to_be_visible()
    look("the clinic in its own colour")
    page.goto("/")
    look("the first page in the clinic's own colour")


def test_staff_from_all_sides(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/staff")
    look("staff")
    link(page, "Another account").click()
    button(page, "Add the account").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("an account with an error")
    page.get_by_label("E-mail").fill("maria@clinic.example")
    page.locator("#roles-reception").check()
    button(page, "Add the account").click()
    heading(page, "A link for a new password")
    look("a link for a new password")
    address = page.get_by_label("The link").input_value()
    page.goto("/account")
    look("one's own account")
    page.goto("/password/" + address.rsplit("/", 1)[1])
    look("choosing a password")
    page.goto("/password/none")
    look("a link that is gone")


def test_rooms_from_all_sides(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/rooms")
    look("no rooms")
    link(page, "Another one").click()
    button(page, "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a room with an error")
    page.get_by_label("Name").fill("Room 1")
    button(page, "Save").click()
    link(page, "Room 1").click()
    look("a room")
    page.goto("/admin/services/consultation")
    look("a service that may need a room")


def test_a_patient_who_loses_their_time_takes_another(
    new_context: NewContext, clinic: Clinic, look: Look, page: Page
):
    booking = clinic.book(TUESDAY_9)
    sit_down(page, clinic, Role.ADMIN)
    close_tuesday(page)
    page.locator(f"#offer-{booking.id}").check()
    page.get_by_label("Reason").fill("Dr. Ahmed is ill")
    look("a booking that is offered new times")
    button(page, "Save and do this").click()
    expect(page.get_by_text("Saved. What patients see follows it from now on.")).to_be_visible()
    page.goto("/desk?day=2026-01-13")
    expect(page.get_by_text("1 waiting for an answer")).to_be_visible()
    look("a board with somebody who waits")
    patient = new_context(java_script_enabled=False).new_page()
    patient.goto(f"/manage/{clinic.links.keys.new(booking.uid, 0)}")
    link(patient, "Monday 12 January, 4:00 pm").click()
    button(patient, "Move to this time").click()
    heading(patient, "Your appointment is moved")
    assert now_is(clinic, booking).start == wall("01-12 16:00")


def test_texts_from_all_sides(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/texts")
    look("texts")
    link(page, "The privacy notice").click()
    look("a text")
    page.get_by_label("Heading", exact=True).fill("")
    button(page, "Publish").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a text with an error")
    page.get_by_label("Heading", exact=True).fill("Our privacy notice")
    button(page, "Preview").click()
    heading(page, "Our privacy notice")
    look("a text in its preview")
    button(page, "Publish").click()
    expect(page.get_by_text("Saved. What patients see follows it from now on.")).to_be_visible()


def test_support_lines_from_all_sides(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/support-lines")
    button(page, "Add").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("support lines with an error")
    page.get_by_label("Name", exact=True).fill("Lifeline")
    page.get_by_label("Number").fill("988")
    button(page, "Add").click()
    look("support lines")
    page.goto("/micro-needling")
    look("an article with a support line")
