"""Reception without a mouse: one key a step, and a sheet that says which."""

from playwright.sync_api import Page, expect

from tests.browser.days import on_the_day
from tests.browser.keyboard import Keyboard
from tests.browser.patients import CALLER, button, heading, link
from tests.browser.staff import RECEPTION, row, shows, sit_down
from tests.support import ANN, Clinic
from tests.templates import PASSWORD


def test_reception_signs_in_books_and_signs_out_with_keys_alone(page: Page):
    page.goto("/desk")
    keys = Keyboard(page)
    keys.answer(page.get_by_label("E-mail"), RECEPTION)
    keys.answer(page.get_by_label("Password"), PASSWORD)
    keys.press("Enter")
    heading(page, "Monday 12 January")

    keys.activate(link(page, "New booking"))
    heading(page, "New booking")
    keys.to(page.get_by_role("radio").first)
    keys.press("Space", "ArrowDown")
    keys.answer(page.get_by_label("Name"), CALLER.name)
    for part in ("Day", "Month", "Year"):
        keys.answer(page.get_by_label(part, exact=True), getattr(CALLER, part.lower()))
    keys.answer(page.get_by_label("Phone"), CALLER.phone)
    keys.activate(button(page, "Book"))
    heading(page, "Monday 12 January")
    shows(page, CALLER.name, "Confirmed")

    keys.activate(button(page, "Sign out"))
    heading(page, "Staff sign-in")


def test_a_letter_takes_a_step_and_the_focus_stays_in_the_row(page: Page, clinic: Clinic):
    clinic.book(on_the_day(clinic, 10))
    sit_down(page, clinic)
    keys = Keyboard(page)
    page.get_by_role("link", name=ANN.name, exact=True).focus()
    for letter, state in (("a", "Arrived"), ("r", "In room"), ("c", "Completed")):
        keys.press(letter)
        shows(page, ANN.name, state)
        expect(row(page, ANN.name).locator(":focus")).to_have_count(1)


def test_j_and_k_walk_through_the_rows(page: Page, clinic: Clinic):
    clinic.book(on_the_day(clinic, 10))
    sit_down(page, clinic)
    keys = Keyboard(page)
    rows = page.locator("tbody").get_by_role("row")
    keys.press("j")
    expect(rows.nth(0).locator(":focus")).to_have_count(1)
    keys.press("j", "j", "k")
    expect(rows.nth(1).locator(":focus")).to_have_count(1)


def test_keys_turn_the_days_and_open_the_form(page: Page, clinic: Clinic):
    sit_down(page, clinic)
    keys = Keyboard(page)
    keys.press("ArrowRight")
    heading(page, "Tuesday 13 January")
    keys.press("ArrowLeft")
    heading(page, "Monday 12 January")
    keys.press("ArrowLeft")
    heading(page, "Sunday 11 January")
    keys.press("t")
    heading(page, "Monday 12 January")
    keys.press("n")
    heading(page, "New booking")


def test_keys_mean_letters_where_somebody_types(page: Page, clinic: Clinic):
    sit_down(page, clinic)
    page.goto("/desk/book")
    page.get_by_label("Name").focus()
    Keyboard(page).type("nt?")
    expect(page.get_by_label("Name")).to_have_value("nt?")
    heading(page, "New booking")


def test_the_sheet_of_keys_opens_closes_and_switches_them_off(page: Page, clinic: Clinic):
    sit_down(page, clinic)
    keys = Keyboard(page)
    sheet = page.get_by_role("dialog", name="Keys")
    keys.press("?")
    expect(sheet).to_be_visible()
    keys.press("Escape")
    expect(sheet).to_be_hidden()

    button(page, "Keys ?").or_(button(page, "Keys")).click()
    sheet.get_by_role("checkbox").uncheck()
    button(page, "Close").click()
    keys.press("n")
    page.reload()
    keys.press("n", "?")
    expect(sheet).to_be_hidden()
    heading(page, "Monday 12 January")


def test_a_walk_in_is_here_after_one_form_by_keys_alone(page: Page, clinic: Clinic):
    clinic.book(on_the_day(clinic, 10))
    clinic.time.now = on_the_day(clinic, 10, 10)
    sit_down(page, clinic)
    keys = Keyboard(page)
    keys.press("i")
    heading(page, "Walk-in")
    expect(page.get_by_role("radio").first).to_be_checked()
    keys.answer(page.get_by_label("Name"), CALLER.name)
    for part in ("Day", "Month", "Year"):
        keys.answer(page.get_by_label(part, exact=True), getattr(CALLER, part.lower()))
    keys.answer(page.get_by_label("Phone"), CALLER.phone)
    keys.press("Enter")
    # It is beside Ann's visit, so the form asks why, with all that was typed.
    expect(page.get_by_role("alert")).to_contain_text("That time is taken")
    keys.answer(page.get_by_label("Reason"), "Sent over by the hospital")
    keys.activate(button(page, "Book"))
    heading(page, "Monday 12 January")
    shows(page, CALLER.name, "Arrived")
    expect(row(page, CALLER.name)).to_contain_text("Overbooked")
