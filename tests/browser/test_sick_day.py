"""The doctor is ill: from the board to the patient's new time, with keys alone; and its pages."""

from playwright.sync_api import Page, expect

from tests.browser.days import on_the_day
from tests.browser.keyboard import Keyboard
from tests.browser.live import NewContext, Post
from tests.browser.looking import Look
from tests.browser.patients import button, heading
from tests.browser.staff import sit_down
from tests.services.sick_days import BY_PHONE
from tests.support import Clinic


def test_a_sick_day_ends_with_a_new_time_for_everybody(
    page: Page, clinic: Clinic, post: Post, new_context: NewContext
):
    clinic.book(on_the_day(clinic, 14))
    clinic.book(on_the_day(clinic, 15), BY_PHONE)
    post.deliver()
    sit_down(page, clinic)
    keys = Keyboard(page)
    keys.press("s")
    heading(page, "Doctor ill or closed")
    expect(page.get_by_label("The rest of today")).to_be_checked()
    keys.activate(button(page, "Continue"))
    expect(page.get_by_text("2 bookings do not fit any more")).to_be_visible()
    keys.activate(button(page, "Save and do this"))
    heading(page, "Dr. Ahmed: Ill")

    (mail,) = post.deliver()
    assert mail["To"] == "ann@patient.example"
    patient = new_context(real_time=True).new_page()
    patient.goto("/mailbox")
    patient.get_by_role("link", name="New times for your appointment").click()
    with patient.expect_popup() as opened:
        patient.frame_locator("iframe").get_by_role("link", name="Tuesday 13 January").first.click()
    patient.goto(opened.value.url)
    heading(patient, "Move your appointment?")
    Keyboard(patient).activate(button(patient, "Move to this time"))
    heading(patient, "Your appointment is moved")

    page.goto("/desk")
    closing = page.locator("[data-part=closings]")
    expect(closing).to_contain_text("1 to call · 1 rebooked")
    keys.activate(closing.get_by_role("link", name="See who"))
    heading(page, "Dr. Ahmed: Ill")
    keys.activate(page.get_by_role("button", name="No answer"))
    expect(page.get_by_text("Called 1 time")).to_be_visible()
    keys.activate(page.get_by_role("button", name="Takes").first)
    expect(page.get_by_text("Nobody is left to call or to wait for.")).to_be_visible()
    expect(page.locator(".strip")).to_have_text("2 rebooked")


def test_its_pages(page: Page, clinic: Clinic, look: Look):
    first, second = (clinic.book(on_the_day(clinic, hour)) for hour in (14, 15))
    clinic.book(on_the_day(clinic, 16), BY_PHONE)
    sit_down(page, clinic)
    page.get_by_role("link", name="Block time").click()
    page.get_by_label("First day").fill("")
    button(page, "Block it").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("blocking time, with an error")
    page.goto("/desk/closing")
    look("the doctor is ill")
    button(page, "Continue").click()
    look("who is affected")
    page.locator(f"#keep-{first.id}").check()
    button(page, "Save and do this").click()
    heading(page, "Dr. Ahmed: Ill")
    page.locator(f"#booking-{second.id} summary").click()
    page.locator(f"#reason-{second.id}").fill("")
    button(page, f"Cancel the visit of {'Ann O’Brien'}").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("how far everybody is, with an error")
    page.goto("/desk")
    look("the board of a sick day")
