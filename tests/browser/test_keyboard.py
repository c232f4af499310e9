"""The whole way with keys alone."""

from playwright.sync_api import Page, expect

from tests.browser.keyboard import Keyboard, has_focus
from tests.browser.patients import (
    SCHEDULE,
    SIOBHAN,
    TUESDAY,
    button,
    choose,
    fill_in,
    heading,
    link,
)
from tests.browser.staff import own_page
from tests.support import Clinic, at


def problems_have_the_focus(page: Page) -> None:
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is a problem")


def test_the_skip_link_comes_first_and_leads_past_the_header(page: Page):
    page.goto("/")
    keys = Keyboard(page)
    assert "Skip to the main content" in keys.tab().what
    keys.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    keys.tab()
    assert has_focus(page.get_by_role("main").get_by_role("link", name=SCHEDULE).first)


def test_a_patient_books_with_keys_alone(page: Page):
    page.goto("/")
    keys = Keyboard(page)
    keys.activate(page.get_by_role("main").get_by_role("link", name=SCHEDULE).first)
    heading(page, "Choose a day")
    keys.activate(link(page, TUESDAY))
    heading(page, TUESDAY)
    keys.activate(button(page, "10:00 am"))

    heading(page, "About you")
    keys.answer(page.get_by_label("Your name"), SIOBHAN.name)
    for part in ("Day", "Month", "Year"):
        keys.answer(page.get_by_label(part, exact=True), getattr(SIOBHAN, part.lower()))
    keys.answer(page.get_by_label("E-mail"), "siobhan@")
    keys.press("Enter")

    problems_have_the_focus(page)
    keys.tab()
    keys.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    keys.press("Control+A")
    keys.type(SIOBHAN.email)
    keys.activate(button(page, "Continue"))

    for words in ("What did your scar come from?", "Can we make your visit", "Is any of this so"):
        heading(page, words)
        keys.activate(button(page, "Skip these questions"))
    heading(page, "Check and confirm")
    keys.activate(button(page, "Confirm booking"))
    problems_have_the_focus(page)
    keys.tab()
    keys.press("Enter")
    expect(page.get_by_role("checkbox", name="privacy notice")).to_be_focused()
    keys.press("Space")
    keys.activate(button(page, "Confirm booking"))
    heading(page, "Your consultation is booked")


def test_a_patient_moves_and_cancels_with_keys_alone(page: Page, clinic: Clinic):
    page.goto(own_page(clinic, clinic.book(at("2026-01-13T10:00-05:00"))))
    keys = Keyboard(page)
    heading(page, "Your appointment")
    keys.activate(link(page, "Move to another time"))
    heading(page, "Move to another day")
    keys.activate(link(page, "Wednesday 14 January"))
    heading(page, "Wednesday 14 January")
    keys.activate(link(page, "2:30 pm"))
    heading(page, "Move your appointment?")
    keys.activate(button(page, "Move to this time"))
    heading(page, "Your appointment is moved")
    keys.activate(link(page, "Cancel it"))
    heading(page, "Cancel this appointment?")
    keys.answer(page.get_by_label("Is there a reason"), "Travelling.")
    keys.activate(button(page, "Cancel this appointment"))
    heading(page, "Your appointment is cancelled")


def test_each_link_of_the_summary_leads_to_its_field(page: Page):
    choose(page, "10:00 am")
    button(page, "Continue").click()
    problems_have_the_focus(page)
    links = page.get_by_role("alert").get_by_role("link")
    targets = [link.get_attribute("href") for link in links.all()]
    assert targets == ["#name", "#date_of_birth", "#email"]
    for number, target in enumerate(targets):
        links.nth(number).focus()
        page.keyboard.press("Enter")
        expect(page.locator(str(target))).to_be_focused()


def test_every_stop_of_the_longest_pages_is_seen_in_dark_and_on_a_phone(page: Page):
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    keys = Keyboard(page)
    for address in ("/", "/micro-needling", "/book", "/book/times?day=2026-01-13"):
        page.goto(address)
        assert any(keys.tab().is_end for _ in range(100))


def test_enter_in_a_field_continues_and_does_not_keep_the_time_longer(page: Page):
    choose(page, "10:00 am")
    fill_in(page)
    page.get_by_label("Your name").press("Enter")
    heading(page, "What did your scar come from?")
    page.get_by_role("radio", name="Acne").press("Enter")
    heading(page, "Where is it?")
