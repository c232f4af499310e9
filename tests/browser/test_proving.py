"""Confirming by a link in an e-mail, and the work that a browser does under attack."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from booking.store.bookings import Booking
from tests.browser.live import NewContext, Post, Site
from tests.browser.looking import Look, Looking
from tests.browser.patients import CALLER, book, button, confirm, heading, to_check
from tests.browser.test_patient import with_and_without_scripts
from tests.support import Clinic, Time, at
from tests.web.journeys import count

TEN_ON_TUESDAY = at("2026-01-13T10:00-05:00")


def link_of(post: Post) -> str:
    """The address in the mail that has just left."""
    (mail,) = post.deliver()
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://\S+/book/proof/\S+", body.get_content())
    assert found is not None
    return found[0]


@with_and_without_scripts
def test_a_link_in_a_mail_confirms_on_another_device(
    page: Page, new_context: NewContext, site: Site, clinic: Clinic, tmp_path: Path, scripts: str
):
    post = site.open(clinic.database, tmp_path, confirm_email="always")
    to_check(page)
    confirm(page)
    heading(page, "Please confirm by e-mail")
    expect(page.get_by_role("main")).to_contain_text("We keep this time for you until")
    address = link_of(post)
    phone = new_context().new_page()
    phone.goto(address)
    heading(phone, "Confirm your booking")
    assert count(clinic, Booking) == 0
    button(phone, "Confirm booking").click()
    heading(phone, "Your consultation is booked")
    phone.goto(address)
    heading(phone, "Your consultation is booked")
    page.reload()
    heading(page, "Your consultation is booked")
    assert count(clinic, Booking) == 1


def test_the_script_solves_the_work_by_itself(
    page: Page, site: Site, clinic: Clinic, tmp_path: Path
):
    site.open(clinic.database, tmp_path, proof_of_work="always")
    # Without an e-mail address only the work opens the way.
    book(page, answers=CALLER)
    assert count(clinic, Booking) == 1


def test_its_pages_from_all_sides(
    page: Page, axe: str, site: Site, clinic: Clinic, tmp_path: Path, time: Time, look: Look
):
    post = site.open(clinic.database, tmp_path, confirm_email="always", proof_of_work="always")
    to_check(page)
    look("check with work to do")
    confirm(page)
    heading(page, "Please confirm by e-mail")
    look("asked")
    address = link_of(post)
    page.context.clear_cookies()
    page.goto(address)
    look("behind the link")
    time.pass_(minutes=31)
    page.goto(address)
    look("behind the link, late")
    clinic.book(TEN_ON_TUESDAY)
    late = Looking(page, axe)
    page.goto(address)
    heading(page, "That time has just been taken")
    late.look("lost")
    late.require_no_faults()
    page.goto("/book/proof/forged")
    heading(page, "This link does not work any more")
    look("over")
