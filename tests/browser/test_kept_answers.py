"""Whatever goes wrong, what was typed stays typed."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import NewContext
from tests.browser.patients import (
    CALLER,
    SIOBHAN,
    WANG,
    Answers,
    book,
    button,
    choose,
    choose_day,
    confirm,
    fill_in,
    go_on,
    heading,
    to_check,
    typed,
)
from tests.browser.staff import own_page
from tests.support import Clinic, at

TEN_ON_TUESDAY = at("2026-01-13T10:00-05:00")
MISTAKES = [
    (Answers(name=""), "name", "Enter your name"),
    (Answers(name="Ann" * 3_400), "name", "200 characters or fewer"),
    (Answers(day="31", month="2"), "date_of_birth", "a date of birth that exists"),
    (Answers(day="", month="xii"), "date_of_birth", "must include a day"),
    (Answers(email="siobhan@"), "email", "mail"),
    (Answers(email="", phone=""), "email", "phone"),
    (replace(CALLER, phone="12"), "phone", "phone"),
]


def test_an_error_stands_beside_its_field_and_everything_stays_typed(page: Page):
    choose(page, "10:00 am")
    for answers, field, words in MISTAKES:
        fill_in(page, answers)
        go_on(page)
        told = page.get_by_role("alert").locator(f"a[href='#{field}']")
        expect(told).to_contain_text(words)
        expect(page.get_by_role("alert")).to_be_focused()
        assert page.title().startswith("Error: ")
        expect(page.locator(f"#{field}-why")).to_have_text(f"Error: {told.inner_text()}")
        assert typed(page) == answers


@pytest.mark.parametrize("answers", [WANG, CALLER], ids=["a short name", "a phone"])
def test_names_and_numbers_of_all_kinds_reach_the_check_page_whole(page: Page, answers: Answers):
    to_check(page, answers=answers)
    expect(page.get_by_role("main").get_by_text(answers.name, exact=True)).to_be_visible()
    page.goto("/book/details")
    assert typed(page) == answers


def test_the_box_that_was_forgotten_is_the_only_thing_asked_again(page: Page):
    to_check(page)
    button(page, "Confirm booking").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text(SIOBHAN.email)
    confirm(page)
    heading(page, "Your consultation is booked")


def test_of_two_patients_who_want_one_time_the_second_keeps_every_answer(
    page: Page, new_context: NewContext
):
    second = new_context().new_page()
    to_check(second, "11:00 am", WANG)
    choose_day(second)
    book(page, "10:00 am")

    button(second, "10:00 am").click()
    heading(second, "That time has just been taken")
    expect(second.get_by_text("What you typed is kept")).to_be_visible()
    offered = second.get_by_role("main").locator("button[name=slot]")
    expect(offered).to_have_count(3)
    assert "10:00 am" not in " ".join(offered.all_inner_texts())

    offered.first.click()
    heading(second, "About you")
    assert typed(second) == WANG
    go_on(second)
    heading(second, "Check and confirm")
    confirm(second)
    heading(second, "Your consultation is booked")


def test_whoever_did_not_get_the_other_time_still_has_their_own(page: Page, clinic: Clinic):
    to_check(page, "11:00 am", WANG)
    choose_day(page)
    clinic.book(TEN_ON_TUESDAY)
    button(page, "10:00 am").click()
    heading(page, "That time has just been taken")
    page.goto("/book/check")
    expect(page.get_by_text("We are keeping")).to_contain_text("11:00 am")


def test_a_cancellation_that_cannot_be_kept_keeps_its_reason(page: Page, clinic: Clinic):
    page.goto(own_page(clinic, clinic.book(TEN_ON_TUESDAY)) + "/cancel")
    heading(page, "Cancel this appointment?")
    reason = page.get_by_label("Is there a reason")
    # Not every browser counts, and none counts as the server does.
    reason.evaluate("field => field.removeAttribute('maxlength')")
    reason.fill("because " * 100)
    button(page, "Cancel this appointment").click()
    expect(page.get_by_role("alert")).to_contain_text("500 characters or fewer")
    assert reason.input_value() == "because " * 100
