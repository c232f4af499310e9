"""The doctor's subscribed calendar, fetched as a calendar program fetches it."""

from datetime import datetime

import pytest
from icalendar import Calendar
from playwright.sync_api import APIRequestContext, Page, Playwright

from booking.domain.roles import FeedPrivacy
from booking.services import calendars
from tests.browser.patients import book, button, heading, link
from tests.support import Clinic, at


@pytest.fixture
def phone(playwright: Playwright):
    """A phone that knows nothing but an address."""
    request = playwright.request.new_context()
    yield request
    request.dispose()


def subscribe(clinic: Clinic) -> str:
    token = clinic.write(
        lambda session, now: calendars.add_feed(
            session,
            practitioner="dr-ahmed",
            name="Phone",
            privacy=FeedPrivacy.INITIALS,
            random_token=clinic.random_token,
            now=now,
        )
    )
    return clinic.links.feed(token)


def entries(phone: APIRequestContext, address: str) -> list[tuple[str, datetime]]:
    """What the calendar shows: summary and start."""
    answer = phone.get(address)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.body()).walk("VEVENT")
    return [(str(event["SUMMARY"]), event.start) for event in events]


def test_a_booking_a_move_and_a_cancellation_show_at_the_next_fetch(
    page: Page, clinic: Clinic, phone: APIRequestContext
):
    address = subscribe(clinic)
    assert entries(phone, address) == []

    book(page, "10:00 am")
    assert entries(phone, address) == [("S. O.", at("2026-01-13T10:00-05:00"))]

    tag = phone.get(address).headers["etag"]
    assert phone.get(address, headers={"If-None-Match": tag}).status == 304

    link(page, "move or cancel your appointment").click()
    link(page, "Move to another time").click()
    link(page, "Wednesday 14 January").click()
    link(page, "2:30 pm").click()
    button(page, "Move to this time").click()
    heading(page, "Your appointment is moved")
    assert phone.get(address, headers={"If-None-Match": tag}).status == 200
    assert entries(phone, address) == [("S. O.", at("2026-01-14T14:30-05:00"))]

    link(page, "Cancel it").click()
    button(page, "Cancel this appointment").click()
    heading(page, "Your appointment is cancelled")
    assert entries(phone, address) == []
