"""Every page and state that a patient can meet, looked at from all sides."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import NewContext, Post
from tests.browser.looking import Look, Looking
from tests.browser.patients import (
    CALLER,
    WANG,
    button,
    choose,
    confirm,
    fill_in,
    go_on,
    heading,
    link,
    skip_questions,
    to_check,
)
from tests.browser.staff import own_page
from tests.support import Clinic, Time, at

TEN_ON_TUESDAY = at("2026-01-13T10:00-05:00")


@pytest.mark.parametrize("address", ["/", "/micro-needling", "/privacy", "/accessibility"])
def test_pages_to_read(page: Page, look: Look, address: str):
    page.goto(address)
    look(address)


def test_days_and_times(page: Page, clinic: Clinic, look: Look):
    page.goto("/book")
    look("days")
    page.goto("/book?after=2026-01-23")
    look("later days")
    page.goto("/book/times?day=2026-01-13")
    look("times")
    slot = button(page, "10:00 am").get_attribute("value")
    page.goto(f"/book?slot={slot}")
    look("a time on offer")
    clinic.book(TEN_ON_TUESDAY)
    page.goto(f"/book?slot={slot}")
    look("a time that is gone")
    page.goto("/book/times?day=2026-01-17")
    look("a day without times")


def test_the_form_and_its_errors(page: Page, look: Look):
    choose(page, "10:00 am")
    look("details")
    go_on(page)
    expect(page.get_by_role("alert")).to_be_focused()
    look("details with errors")
    fill_in(page, WANG)
    go_on(page)
    skip_questions(page)
    look("check")
    button(page, "Confirm booking").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("check with an error")
    confirm(page)
    heading(page, "Your consultation is booked")
    look("confirmed")
    page.goto("/book/times?day=2026-01-13")
    button(page, "11:00 am").click()
    fill_in(page, CALLER)
    go_on(page)
    skip_questions(page)
    look("check without an address")
    confirm(page)
    heading(page, "Your consultation is booked")
    look("confirmed without an address")


def test_what_becomes_of_a_time_that_is_kept(page: Page, clinic: Clinic, time: Time, look: Look):
    to_check(page)
    page.goto("/book")
    look("days with a time of one's own")
    link(page, "Go on with this time").click()
    time.pass_(minutes=9)
    page.clock.fast_forward(9 * 60_000)
    look("details with little time left")
    time.pass_(minutes=2)
    page.clock.fast_forward(2 * 60_000)
    look("details as the time runs out")
    page.goto("/book/check")
    look("check after the time ran out")
    button(page, "Keep it longer").click()
    heading(page, "The time we kept has run out")
    look("the time ran out")
    clinic.book(TEN_ON_TUESDAY)
    page.goto("/book/check")
    confirm(page)
    heading(page, "That time has just been taken")
    look("the time was taken")


def test_an_appointment_of_ones_own(page: Page, clinic: Clinic, look: Look):
    own = own_page(clinic, clinic.book(TEN_ON_TUESDAY))
    page.goto(own)
    look("the appointment")
    link(page, "Move to another time").click()
    heading(page, "Move to another day")
    look("days to move to")
    link(page, "Wednesday 14 January").click()
    heading(page, "Wednesday 14 January")
    look("times to move to")
    link(page, "2:30 pm").click()
    heading(page, "Move your appointment?")
    look("before it is moved")
    clinic.book(at("2026-01-14T14:30-05:00"))
    button(page, "Move to this time").click()
    heading(page, "That time has just been taken")
    look("the time to move to was taken")
    page.goto(f"{own}?notice=moved")
    heading(page, "Your appointment is moved")
    look("moved")
    link(page, "Cancel it").click()
    heading(page, "Cancel this appointment?")
    look("before it is cancelled")
    reason = page.get_by_label("Is there a reason")
    reason.evaluate("field => field.removeAttribute('maxlength')")
    reason.fill("because " * 100)
    button(page, "Cancel this appointment").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a reason that is too long")
    reason.fill("")
    button(page, "Cancel this appointment").click()
    heading(page, "Your appointment is cancelled")
    look("cancelled")


def test_an_appointment_that_is_over(page: Page, clinic: Clinic, time: Time, look: Look):
    own = own_page(clinic, clinic.book(TEN_ON_TUESDAY))
    time.pass_(days=2)
    page.goto(own)
    look("over")
    page.goto(f"{own}/cancel")
    look("too late")


def test_pages_that_say_no(page: Page, look: Look):
    page.goto("/nothing/here")
    look("404")
    page.goto("/manage/unknown")
    look("404 for a link that is wrong")


def test_the_mailbox_and_the_mail_in_it(
    new_context: NewContext, axe: str, clinic: Clinic, post: Post
):
    page = new_context(real_time=True).new_page()
    looking = Looking(page, axe)
    page.goto("/mailbox")
    looking.look("an empty mailbox")
    clinic.book(TEN_ON_TUESDAY)
    (mail,) = post.deliver()
    page.goto("/mailbox")
    looking.look("a mailbox")
    link(page, str(mail["Subject"])).click()
    heading(page, str(mail["Subject"]))
    looking.look("a mail in the mailbox")
    part = mail.get_body(("html",))
    assert part is not None
    # On a page of its own, since scripts have no way into the mailbox's frame.
    page.goto("about:blank")
    page.set_content(part.get_content())
    looking.look("a mail")
    looking.require_no_faults()
