"""A new installation, set up by hand in a browser."""

from datetime import datetime

from playwright.sync_api import Page, expect
from sqlalchemy import delete
from sqlalchemy.orm import Session

from booking.services.admin import first_setup
from booking.store.models import metadata
from tests.browser.live import NewContext
from tests.browser.looking import Look
from tests.browser.patients import button, heading, link
from tests.support import Clinic


def set_up_link(clinic: Clinic) -> str:
    """The link that a start prints, after taking the demo clinic out of the database."""

    def work(session: Session, now: datetime) -> str | None:
        for table in reversed(metadata.sorted_tables):
            session.execute(delete(table))
        return first_setup.make_link(session, random_token=clinic.random_token, now=now)

    return f"/setup/{clinic.write(work)}"


def test_a_clinic_is_set_up_without_scripts(new_context: NewContext, clinic: Clinic):
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(set_up_link(clinic))
    heading(page, "Set up your clinic")
    for name, value in {
        "name": "Klinik am Park",
        "address": "Parkstraße 1, 10115 Berlin",
        "phone": "030 1234567",
        "email": "praxis@klinik.example",
        "practitioner": "Dr. Weber",
        "admin_email": "admin@klinik.example",
        "password": "correct horse battery",
    }.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#country").select_option("DE")
    page.locator("#time_zone").select_option("Europe/Berlin")
    button(page, "Open the clinic").click()
    expect(page.get_by_text("Your clinic is open.")).to_be_visible()
    button(page, "Take this time").click()
    heading(page, "About you")


def test_the_first_set_up_from_all_sides(page: Page, clinic: Clinic, look: Look):
    page.goto(set_up_link(clinic))
    look("the first set-up")
    button(page, "Open the clinic").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("the first set-up with errors")
    page.goto("/setup/no-such-link")
    look("a link that does not work any more")
    link(page, "sign in").click()
