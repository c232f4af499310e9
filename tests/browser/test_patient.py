"""A patient's way: book, get the mail, follow its link, move, cancel. With scripts and without."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.browser.live import NewContext, Post, invitation, only_event
from tests.browser.patients import (
    CALLER,
    SCHEDULE,
    SIOBHAN,
    TUESDAY,
    WANG,
    book,
    button,
    choose,
    confirm,
    fill_in,
    follow_mail,
    go_on,
    heading,
    link,
    reference,
    skip_questions,
    to_check,
)
from tests.support import at

no_scripts = pytest.mark.browser_context_args(java_script_enabled=False)
with_and_without_scripts = pytest.mark.parametrize(
    "scripts", ["on", pytest.param("off", marks=no_scripts)]
)


def patients_mail(post: Post) -> EmailMessage:
    """The one mail that the last step sent."""
    (mail,) = post.deliver()
    assert mail["To"] == SIOBHAN.email
    return mail


@with_and_without_scripts
def test_a_patient_books_moves_and_cancels(
    page: Page, post: Post, new_context: NewContext, scripts: str
):
    page.goto("/")
    link(page, SCHEDULE).first.click()
    heading(page, "Choose a day")
    link(page, TUESDAY).click()
    heading(page, TUESDAY)
    button(page, "10:00 am").click()
    heading(page, "About you")
    fill_in(page)
    go_on(page)
    skip_questions(page)
    for fact in ("Tuesday 13 January 2026, 10:00 am", SIOBHAN.name, "14 March 1990", SIOBHAN.email):
        expect(page.get_by_role("main")).to_contain_text(fact)
    confirm(page)
    heading(page, "Your consultation is booked")
    number = reference(page)
    expect(page.get_by_text("We are sending a confirmation to")).to_contain_text(SIOBHAN.email)

    mail = patients_mail(post)
    assert mail["Subject"].startswith("Your appointment on Tue")
    entry = only_event(invitation(mail))
    assert (invitation(mail)["METHOD"], entry["SEQUENCE"]) == ("REQUEST", 0)
    assert entry.start == at("2026-01-13T10:00-05:00")
    page.reload()
    expect(page.get_by_text("We have sent a confirmation to")).to_contain_text(SIOBHAN.email)

    own = new_context(real_time=True).new_page()
    follow_mail(own, str(mail["Subject"]))
    heading(own, "Your appointment")
    expect(own.get_by_role("main")).to_contain_text(number)
    link(own, "Move to another time").click()
    heading(own, "Move to another day")
    link(own, "Wednesday 14 January").click()
    link(own, "2:30 pm").click()
    heading(own, "Move your appointment?")
    button(own, "Move to this time").click()
    heading(own, "Your appointment is moved")
    expect(own.get_by_role("main")).to_contain_text("Wednesday 14 January 2026, 2:30 pm")

    mail = patients_mail(post)
    moved = only_event(invitation(mail))
    assert mail["Subject"].startswith("Your appointment is now on Wed")
    assert (invitation(mail)["METHOD"], moved["SEQUENCE"]) == ("REQUEST", 1)
    assert (moved["UID"], moved.start) == (entry["UID"], at("2026-01-14T14:30-05:00"))

    follow_mail(own, str(mail["Subject"]))
    link(own, "Cancel it").click()
    heading(own, "Cancel this appointment?")
    own.get_by_label("Is there a reason we should know?").fill("I am travelling that week.")
    button(own, "Cancel this appointment").click()
    heading(own, "Your appointment is cancelled")
    expect(own.get_by_role("main")).to_contain_text("Cancelled")

    mail = patients_mail(post)
    assert mail["Subject"].endswith("is cancelled")
    ended = invitation(mail)
    assert (ended["METHOD"], only_event(ended)["UID"]) == ("CANCEL", entry["UID"])
    assert only_event(ended)["STATUS"] == "CANCELLED"


@with_and_without_scripts
def test_the_booking_is_added_to_a_calendar_as_the_event_of_the_mail(
    page: Page, post: Post, tmp_path: Path, scripts: str
):
    book(page)
    with page.expect_download() as downloaded:
        link(page, "Add to calendar").click()
    assert downloaded.value.suggested_filename == "appointment.ics"
    downloaded.value.save_as(tmp_path / "appointment.ics")
    saved = only_event(Calendar.from_ical((tmp_path / "appointment.ics").read_bytes()))
    mailed = only_event(invitation(patients_mail(post)))
    assert (saved["UID"], saved.start, saved.end) == (mailed["UID"], mailed.start, mailed.end)
    google = link(page, "Google Calendar").get_attribute("href") or ""
    assert google.startswith("https://calendar.google.com/calendar/render?")
    assert "20260113T150000Z%2F20260113T153000Z" in google


def test_back_after_confirming_shows_the_same_booking(page: Page):
    number = book(page)
    page.go_back()
    heading(page, "Your consultation is booked")
    assert reference(page) == number
    page.goto("/book/details")
    heading(page, "Your consultation is booked")
    assert reference(page) == number


def test_back_from_the_check_page_shows_what_was_typed(page: Page):
    to_check(page, answers=WANG)
    for words in ("Is any of this so", "Can we make", "What did your scar", "About you"):
        page.go_back()
        heading(page, words)
    expect(page.get_by_label("Your name")).to_have_value(WANG.name)
    expect(page.get_by_label("E-mail")).to_have_value(WANG.email)


def test_a_change_on_the_check_page_comes_back_to_it(page: Page):
    to_check(page)
    link(page, "Change your e-mail").click()
    heading(page, "About you")
    page.get_by_label("E-mail").fill("siobhan.new@patient.example")
    go_on(page)
    heading(page, "Check and confirm")
    expect(page.get_by_role("main")).to_contain_text("siobhan.new@patient.example")
    expect(page.get_by_role("main")).to_contain_text(SIOBHAN.name)


def test_another_time_is_chosen_without_typing_anything_twice(page: Page):
    to_check(page, "10:00 am")
    link(page, "Change the time").click()
    expect(page.get_by_text("We are keeping")).to_contain_text("Tuesday 13 January, 10:00 am")
    link(page, TUESDAY).click()
    expect(page.get_by_role("button", name="10:00 am")).to_contain_text("kept for you")
    button(page, "11:30 am").click()
    heading(page, "About you")
    expect(page.get_by_label("Your name")).to_have_value(SIOBHAN.name)
    go_on(page)
    heading(page, "Check and confirm")
    expect(page.get_by_role("main")).to_contain_text("11:30 am")


def test_without_an_address_the_reference_is_to_be_kept(page: Page, post: Post):
    number = book(page, answers=CALLER)
    kept = page.get_by_text(f"Please keep your reference, {number}")
    expect(kept).to_be_visible()
    assert post.deliver() == []


def test_a_deep_link_offers_one_time_to_whoever_follows_it(page: Page, new_context: NewContext):
    page.goto("/book/times?day=2026-01-13")
    slot = button(page, "10:00 am").get_attribute("value")
    page.goto(f"/book?slot={slot}")
    heading(page, "This time is free")
    button(page, "Take this time").click()
    heading(page, "About you")
    kept = page.get_by_role("region", name="The time we are keeping")
    expect(kept).to_contain_text("Tuesday 13 January, 10:00 am")
    page.goto(f"/book?slot={slot}")
    heading(page, "About you")

    late = new_context().new_page()
    late.goto(f"/book?slot={slot}")
    heading(late, "That time is not free any more")
    expect(late.get_by_role("main").locator("button[name=slot]")).to_have_count(3)


def test_the_confirmation_works_as_a_bookmark_in_another_browser(
    page: Page, new_context: NewContext
):
    number = book(page)
    elsewhere = new_context().new_page()
    elsewhere.goto(page.url)
    heading(elsewhere, "Your consultation is booked")
    assert reference(elsewhere) == number


@pytest.mark.browser_context_args(timezone_id="Asia/Tokyo")
def test_a_reader_far_away_is_told_their_own_time_beside_the_clinics(page: Page):
    choose(page, "10:00 am")
    fill_in(page)
    go_on(page)
    skip_questions(page)
    when = page.get_by_text("Clinic time (").locator("xpath=..")
    expect(when).to_contain_text("Tuesday 13 January 2026, 10:00 am")
    # Which kind of blank stands before "AM" is for the browser's language data to say.
    expect(when).to_contain_text(re.compile(r"That is Wednesday, 12:00\sAM GMT\+9 where you are"))
