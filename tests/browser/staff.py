"""The steps of somebody at the desk."""

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from booking.domain.roles import Role
from booking.formats.tokens import random_token
from booking.services.mail.letters import manage_token
from booking.services.staff import sessions
from booking.store.access import Staff
from booking.store.bookings import Booking
from booking.web.access import STAFF_COOKIE
from tests.browser.patients import CALLER, Answers, button, heading
from tests.support import Clinic
from tests.templates import PASSWORD

RECEPTION = "reception@clinic.example"
DOCTOR = "doctor@clinic.example"


def sign_in(
    page: Page,
    email: str = RECEPTION,
    password: str = PASSWORD,
    *,
    lands_on: str = "Monday 12 January",
) -> None:
    """Fill in the sign-in page, wherever it came up, or go and look for it."""
    if "/login" not in page.url:
        page.goto("/desk")
    heading(page, "Staff sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    button(page, "Sign in").click()
    heading(page, lands_on)


def sit_down(page: Page, clinic: Clinic, role: Role = Role.RECEPTION) -> None:
    """Come to today's board as somebody who has signed in before."""
    email = f"{role.value}@clinic.example"
    token = clinic.write(
        lambda session, now: sessions.start(
            session,
            session.scalars(select(Staff.id).where(Staff.email == email)).one(),
            random_token=random_token,
            now=now,
        )
    )
    page.context.add_cookies(
        [{"name": STAFF_COOKIE, "value": token, "url": clinic.links.public_url}]
    )
    page.goto("/desk")
    expect(page.get_by_text(email)).to_be_visible()


def row(page: Page, words: str) -> Locator:
    """The row of the board that says this: a name, or a time."""
    return page.get_by_role("row").filter(has_text=words)


def act(page: Page, name: str, step: str) -> None:
    """Press a button in somebody's row."""
    row(page, name).get_by_role("button", name=step).click()


def shows(page: Page, name: str, state: str) -> None:
    expect(row(page, name).locator(".pill")).to_have_text(state)


def open_card(page: Page, name: str) -> None:
    row(page, name).get_by_role("link", name=name, exact=True).click()
    heading(page, name)


def write_down(page: Page, time: str, answers: Answers = CALLER) -> None:
    """Fill in the form of a booking by phone."""
    page.get_by_role("radio", name=time).check()
    page.get_by_label("Name").fill(answers.name)
    for part in ("Day", "Month", "Year"):
        page.get_by_label(part, exact=True).fill(getattr(answers, part.lower()))
    page.get_by_label("Phone").fill(answers.phone)
    page.get_by_label("E-mail").fill(answers.email)


def own_page(clinic: Clinic, booking: Booking) -> str:
    """Where a patient sees, moves and cancels this booking."""
    token = manage_token(booking, clinic.links)
    assert token is not None
    return clinic.links.manage(token)
