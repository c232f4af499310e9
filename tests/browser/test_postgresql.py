"""The same way as in production: on PostgreSQL, by the database's clock and the browser's own."""

import re

import pytest
from playwright.sync_api import expect

from booking.seams.clock import clock_for
from booking.store.engine import Database
from tests.browser.live import NewContext, Post, Site
from tests.browser.patients import (
    SCHEDULE,
    SIOBHAN,
    button,
    confirm,
    fill_in,
    follow_mail,
    go_on,
    heading,
    link,
    skip_questions,
)


@pytest.fixture
def database(database_url: str):
    database = Database(database_url, clock=clock_for(database_url))
    yield database
    database.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_patient_books_moves_and_cancels(new_context: NewContext, site: Site, post: Post):
    page = new_context(real_time=True).new_page()
    page.goto("/")
    link(page, SCHEDULE).first.click()
    heading(page, "Choose a day")
    # Whatever day it is: the second one that has times is not today.
    page.locator("ul.days a").nth(1).click()
    page.locator("button[name=slot]").first.click()
    heading(page, "About you")
    left = page.get_by_text(re.compile(r"(9|10):\d\d left"))
    expect(left).to_be_visible()
    fill_in(page)
    go_on(page)
    skip_questions(page)
    confirm(page)
    heading(page, "Your consultation is booked")

    (mail,) = post.deliver()
    assert mail["To"] == SIOBHAN.email
    follow_mail(page, str(mail["Subject"]))
    link(page, "Move to another time").click()
    page.locator("ul.days a").nth(2).click()
    page.locator("a.time").first.click()
    heading(page, "Move your appointment?")
    button(page, "Move to this time").click()
    heading(page, "Your appointment is moved")
    link(page, "Cancel it").click()
    button(page, "Cancel this appointment").click()
    heading(page, "Your appointment is cancelled")
    # What the first mail of the two would have said is no longer so.
    (mail,) = post.deliver()
    assert str(mail["Subject"]).endswith("is cancelled")
