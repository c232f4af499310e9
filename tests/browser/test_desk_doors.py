"""Who comes to the desk: signing in and out, and what a doctor sees of it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.days import on_the_day
from tests.browser.live import NewContext
from tests.browser.patients import button, heading
from tests.browser.staff import DOCTOR, RECEPTION, row, shows, sign_in
from tests.support import ANN, Clinic


def test_a_doctor_sees_the_day_and_no_booking_form(page: Page, clinic: Clinic):
    clinic.book(on_the_day(clinic, 10))
    sign_in(page, DOCTOR)
    shows(page, ANN.name, "Confirmed")
    expect(page.get_by_role("link", name=re.compile("^(New booking|Book)"))).to_have_count(0)
    steps = row(page, ANN.name).get_by_role("button")
    assert [words.split("\n")[0] for words in steps.all_inner_texts()] == ["In room", "Completed"]
    assert page.goto("/desk/book").status == 403  # type: ignore[union-attr]
    heading(page, "This is not open to you")


def test_signing_out_ends_it_here_and_on_the_server(page: Page, new_context: NewContext):
    sign_in(page)
    cookies = page.context.cookies()
    button(page, "Sign out").click()
    heading(page, "Staff sign-in")
    page.go_back()
    heading(page, "Staff sign-in")
    copied = new_context()
    copied.add_cookies(cookies)  # type: ignore[arg-type]
    thief = copied.new_page()
    thief.goto("/desk")
    heading(thief, "Staff sign-in")


def test_after_a_quiet_quarter_of_an_hour_the_desk_asks_who_is_there(page: Page, clinic: Clinic):
    sign_in(page)
    clinic.time.pass_(minutes=16)
    page.goto("/desk?day=2026-01-14")
    heading(page, "Staff sign-in")
    expect(page.get_by_text("nothing had happened for a while")).to_be_visible()
    sign_in(page, lands_on="Wednesday 14 January")


def test_a_wrong_password_keeps_the_address_and_says_no_more_than_it_must(page: Page):
    page.goto("/login")
    page.get_by_label("E-mail").fill(RECEPTION)
    page.get_by_label("Password").fill("wrong")
    button(page, "Sign in").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("The e-mail address or the password is not right")
    expect(page.get_by_label("E-mail")).to_have_value(RECEPTION)
    expect(page.get_by_label("Password")).to_be_empty()


def test_on_a_phone_the_header_is_one_row_and_a_menu(page: Page):
    page.set_viewport_size({"width": 320, "height": 700})
    sign_in(page)
    header = page.get_by_role("banner")
    box = header.bounding_box()
    assert box is not None
    assert box["height"] < 64
    expect(header.get_by_role("link", name="Waitlist")).not_to_be_visible()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(header.get_by_role("link", name="Waitlist")).to_be_visible()
    expect(button(page, "Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(header.get_by_role("link", name="Waitlist")).not_to_be_visible()
