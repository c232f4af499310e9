"""The own booking, found again without its link: everything that a patient can do with it."""

import re

import pytest
from playwright.sync_api import Page, expect

from booking.domain import references
from tests.browser.keyboard import Keyboard
from tests.browser.live import NewContext
from tests.browser.looking import Look
from tests.browser.patients import SIOBHAN, book, button, heading, link
from tests.browser.staff import own_page, row, sit_down
from tests.browser.test_patient import with_and_without_scripts
from tests.services.deeds import set_cut_offs
from tests.support import ANN, Clinic, Time, at

TEN_ON_TUESDAY = at("2026-01-13T10:00-05:00")


def type_birth(page: Page, year: str = SIOBHAN.year) -> None:
    for part, value in (("Day", SIOBHAN.day), ("Month", SIOBHAN.month), ("Year", year)):
        page.get_by_label(part, exact=True).fill(value)


@with_and_without_scripts
def test_who_lost_the_link_finds_changes_moves_cancels_and_books_again(
    page: Page, new_context: NewContext, clinic: Clinic, scripts: str
):
    number = book(page)
    elsewhere = new_context().new_page()
    elsewhere.goto("/")
    link(elsewhere, "Find your appointment").click()
    heading(elsewhere, "Find your appointment")
    elsewhere.get_by_label("Your reference").fill(number.replace("-", " ").lower())
    type_birth(elsewhere)
    button(elsewhere, "Find my appointment").click()
    heading(elsewhere, "Your appointment")
    expect(elsewhere.get_by_role("main")).to_contain_text("Tuesday 13 January 2026, 10:00 am")

    link(elsewhere, "Change your name or phone number").click()
    heading(elsewhere, "Change your details")
    elsewhere.get_by_label("New phone number").fill("202 555 0177")
    button(elsewhere, "Save").click()
    expect(elsewhere.get_by_role("status")).to_contain_text("What you changed is saved")

    button(elsewhere, "I will come").click()
    expect(elsewhere.locator("#come")).to_contain_text("You told us that you will come")
    desk = new_context().new_page()
    sit_down(desk, clinic)
    desk.goto("/desk?day=2026-01-13")
    expect(row(desk, SIOBHAN.name)).to_contain_text("says they will come")

    link(elsewhere, "Move to another time").click()
    link(elsewhere, "Wednesday 14 January").click()
    link(elsewhere, "2:30 pm").click()
    button(elsewhere, "Move to this time").click()
    heading(elsewhere, "Your appointment is moved")
    # What was said of the old time is not said of the new one.
    expect(button(elsewhere, "I will come")).to_be_visible()

    link(elsewhere, "Cancel it").click()
    button(elsewhere, "Cancel this appointment").click()
    heading(elsewhere, "Your appointment is cancelled")
    elsewhere.get_by_role("main").get_by_role("link", name="Schedule your consultation").click()
    heading(elsewhere, "Choose a day")
    expect(elsewhere).to_have_url(re.compile("practitioner=dr-ahmed"))


def test_the_way_back_from_all_sides(page: Page, look: Look):
    page.goto("/find")
    look("find")
    button(page, "Find my appointment").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("find with errors")
    page.get_by_label("Your reference").fill("7777-7777")
    type_birth(page)
    button(page, "Find my appointment").click()
    expect(page.get_by_role("alert")).to_contain_text("We find no appointment")
    look("found nothing")


def test_the_own_word_from_all_sides(page: Page, clinic: Clinic, time: Time, look: Look):
    set_cut_offs(clinic, move=24, cancel=12)
    own = own_page(clinic, clinic.book(TEN_ON_TUESDAY))
    page.goto(own)
    expect(page.get_by_text("You can move it online until")).to_be_visible()
    look("until when it can be changed")
    button(page, "I will come").click()
    look("will come")
    link(page, "Change your name or phone number").click()
    look("details to change")
    page.get_by_label("New phone number").fill("12")
    button(page, "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("details with an error")
    time.now = TEN_ON_TUESDAY.replace(hour=4)
    page.goto(f"{own}/move")
    expect(page.get_by_text("too close to your visit")).to_be_visible()
    look("too close to the visit")


def test_the_way_back_with_keys_alone(page: Page, clinic: Clinic):
    booking = clinic.book(TEN_ON_TUESDAY)
    page.goto("/find")
    keys = Keyboard(page)
    keys.answer(page.get_by_label("Your reference"), references.show(booking.reference))
    born = ANN.date_of_birth
    for part in ("day", "month", "year"):
        keys.answer(page.get_by_label(part.title(), exact=True), str(getattr(born, part)))
    keys.press("Enter")
    heading(page, "Your appointment")
    keys.activate(button(page, "I will come"))
    expect(page.locator("#come")).to_contain_text("You told us that you will come")
    keys.activate(link(page, "Change your name or phone number"))
    heading(page, "Change your details")
    keys.answer(page.get_by_label("New name"), "Ann Other")
    keys.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("What you changed is saved")


@pytest.mark.parametrize("paper", ["A4", "A5"])
def test_the_sheet_for_the_pocket_is_one_page_and_opens_nothing(
    page: Page, clinic: Clinic, paper: str
):
    book(page)
    own = page.url.replace("/book/confirmed/", "/manage/")
    for address in (page.url, own):
        page.goto(address)
        page.emulate_media(media="print")
        main = page.get_by_role("main")
        expect(main.get_by_text("To see, move or cancel it:")).to_be_visible()
        for hidden in ("Add to calendar", "Move to another time", "Google Calendar"):
            expect(main.get_by_text(hidden)).to_be_hidden()
        token = address.rsplit("/", 1)[1]
        assert token not in main.inner_text()
        sheet = page.pdf(format=paper)
        assert sheet.count(b"/Type /Page\n") == 1
        page.emulate_media(media="screen")


def test_guessing_at_the_way_back_is_stopped_and_told_kindly(page: Page):
    for _ in range(12):
        page.goto("/find")
        page.get_by_label("Your reference").fill("K7QM-34DX")
        type_birth(page)
        button(page, "Find my appointment").click()
        title = page.get_by_role("heading", level=1)
        if title.inner_text() == "Too many tries":
            break
        expect(title).to_have_text("Find your appointment")
    expect(title).to_have_text("Too many tries")
    expect(page.get_by_role("main")).to_contain_text("(202) 555-0142")
