"""Visits by phone and by video, looked at from all sides and booked as patients do."""

import pytest
from playwright.sync_api import Page, expect

from booking.domain.roles import Role
from tests.browser.looking import Look
from tests.browser.patients import WANG, button, confirm, fill_in, go_on, heading, skip_questions
from tests.browser.staff import sit_down
from tests.services.deeds import add_service, change_service
from tests.support import Clinic

ROOM = "https://video.example/dr-ahmed/a-room-with-a-name-that-is-longer-than-a-phone-is-wide"


@pytest.fixture(autouse=True)
def services(clinic: Clinic) -> None:
    """The consultation is by phone, beside one for each of the others."""
    change_service(clinic, patients="known", mode="phone", mode_text="We call from a hidden number")
    add_service(clinic, "first", minutes=60, patients="new")
    add_service(clinic, "call", minutes=30, mode="video", mode_text=f"Join here: {ROOM}.")


def test_a_visit_by_phone_is_booked_with_a_number(page: Page, look: Look):
    page.goto("/book")
    look("days with services to choose from")
    page.goto("/book/times?day=2026-01-13&service=consultation")
    look("times of a visit by phone")
    button(page, "10:00 am").click()
    heading(page, "About you")
    fill_in(page, WANG)
    go_on(page)
    expect(page.get_by_role("alert")).to_be_focused()
    look("details without the number")
    page.get_by_label("Phone").fill("202 555 0177")
    go_on(page)
    skip_questions(page)
    look("check of a visit by phone")
    confirm(page)
    expect(page.get_by_text("By phone: we call you on the number you gave")).to_be_visible()
    look("confirmed by phone")


def test_a_visit_by_video_shows_where_to_join(page: Page, look: Look):
    page.goto("/book/times?day=2026-01-13&service=call")
    button(page, "10:00 am").click()
    heading(page, "About you")
    look("details of a visit by video")
    fill_in(page, WANG)
    go_on(page)
    skip_questions(page)
    confirm(page)
    expect(page.get_by_role("link", name=ROOM)).to_have_attribute("href", ROOM)
    look("confirmed by video")


def test_the_desk_and_the_set_up(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/desk/book?day=2026-01-13&service=consultation")
    look("the phone form of a visit by phone")
    page.goto("/admin/services/call")
    page.get_by_label("For visits by phone or video").fill("")
    button(page, "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a service without a text for video")
