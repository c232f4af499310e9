"""A time is kept while the form is filled in: counted down, kept longer, or lost without harm."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.live import NewContext
from tests.browser.patients import (
    SIOBHAN,
    TUESDAY,
    button,
    choose,
    confirm,
    fill_in,
    go_on,
    heading,
    link,
    skip_questions,
    to_check,
    typed,
)
from tests.support import Clinic, Time, at

TEN_ON_TUESDAY = at("2026-01-13T10:00-05:00")


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="The time we are keeping")


def left(page: Page) -> int:
    """The seconds that the countdown shows."""
    found = re.search(r"(\d+):(\d\d) left", bar(page).inner_text())
    assert found, bar(page).inner_text()
    return int(found[1]) * 60 + int(found[2])


def pass_time(page: Page, time: Time, minutes: float) -> None:
    """The same time passes at the clinic and in front of the screen."""
    time.pass_(minutes=minutes)
    page.clock.fast_forward(round(minutes * 60_000))


def test_the_time_left_counts_down(page: Page, time: Time):
    choose(page, "10:00 am")
    expect(bar(page)).to_contain_text(f"{TUESDAY}, 10:00 am")
    expect(bar(page)).to_contain_text("until 8:10 am")
    assert 9 * 60 < left(page) <= 10 * 60
    pass_time(page, time, 4)
    assert 5 * 60 < left(page) <= 6 * 60


def test_the_last_two_minutes_are_announced_once(page: Page, time: Time):
    choose(page, "10:00 am")
    says = bar(page).get_by_role("status")
    expect(says).to_be_empty()
    pass_time(page, time, 8.5)
    expect(says).to_contain_text("runs out in under 2 minutes")
    assert left(page) < 2 * 60


def test_one_press_keeps_the_time_longer_and_leaves_the_form_alone(page: Page, time: Time):
    choose(page, "10:00 am")
    fill_in(page)
    pass_time(page, time, 9)
    button(page, "Keep it longer").click()
    expect(bar(page)).to_contain_text("until 8:19 am")
    expect(bar(page).get_by_role("status")).to_contain_text("for longer, until 8:19 am")
    assert 9 * 60 < left(page) <= 10 * 60
    assert typed(page) == SIOBHAN
    go_on(page)
    skip_questions(page)
    pass_time(page, time, 5)
    button(page, "Keep it longer").click()
    expect(bar(page)).to_contain_text("until 8:24 am")
    heading(page, "Check and confirm")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_the_page_says_until_when_and_keeping_longer_keeps_the_answers(
    page: Page, time: Time
):
    choose(page, "10:00 am")
    expect(bar(page)).to_contain_text("until 8:10 am")
    fill_in(page)
    time.pass_(minutes=5)
    button(page, "Keep it longer").click()
    expect(bar(page)).to_contain_text("until 8:15 am")
    assert typed(page) == SIOBHAN


def test_when_the_time_runs_out_on_the_open_page_the_answers_and_times_are_there(
    page: Page, time: Time, clinic: Clinic
):
    to_check(page)
    page.goto("/book/details")
    pass_time(page, time, 11)
    expect(bar(page)).to_contain_text("We could keep this time only until 8:10 am")
    expect(bar(page)).to_contain_text("Your answers are not lost")
    assert typed(page) == SIOBHAN

    clinic.book(TEN_ON_TUESDAY)
    button(page, "Keep it longer").click()
    heading(page, "The time we kept has run out")
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    offered = page.get_by_role("main").locator("button[name=slot]")
    expect(offered).to_have_count(3)
    offered.first.click()
    heading(page, "About you")
    assert typed(page) == SIOBHAN


def test_a_time_that_ran_out_and_is_still_free_can_be_had_again(page: Page, time: Time):
    to_check(page)
    pass_time(page, time, 11)
    page.reload()
    expired = page.get_by_role("region", name="The time we kept")
    expect(expired).to_contain_text("We could not keep Tuesday 13 January, 10:00 am")
    button(page, "Keep it longer").click()
    heading(page, "The time we kept has run out")
    button(page, f"{TUESDAY}, 10:00 am").click()
    heading(page, "About you")
    assert typed(page) == SIOBHAN


def test_confirming_a_moment_too_late_books_the_time_if_nobody_else_did(page: Page, time: Time):
    to_check(page)
    pass_time(page, time, 11)
    confirm(page)
    heading(page, "Your consultation is booked")


def test_confirming_too_late_after_somebody_else_offers_other_times_and_keeps_the_answers(
    page: Page, time: Time, clinic: Clinic
):
    to_check(page)
    pass_time(page, time, 11)
    clinic.book(TEN_ON_TUESDAY)
    confirm(page)
    heading(page, "That time has just been taken")
    expect(page.get_by_role("main").locator("button[name=slot]")).to_have_count(3)
    page.goto("/book/details")
    assert typed(page) == SIOBHAN


def test_back_to_the_times_shows_the_held_one_as_ones_own(page: Page):
    choose(page, "10:00 am")
    page.go_back()
    heading(page, TUESDAY)
    own = page.get_by_role("button", name="10:00 am")
    expect(own).to_contain_text("kept for you")
    own.click()
    heading(page, "About you")


def test_nobody_else_is_offered_a_time_that_is_held(page: Page, new_context: NewContext):
    choose(page, "10:00 am")
    other = new_context().new_page()
    other.goto("/book")
    expect(link(other, TUESDAY)).to_contain_text("13 times")
    link(other, TUESDAY).click()
    heading(other, TUESDAY)
    expect(button(other, "10:00 am")).to_have_count(0)
    expect(button(other, "10:30 am")).to_be_visible()


def test_the_countdown_is_right_on_a_device_whose_clock_is_wrong(new_context: NewContext):
    # The clinic's clock stands in January; this device goes by its own.
    page = new_context(real_time=True).new_page()
    choose(page, "10:00 am")
    assert 9 * 60 < left(page) <= 10 * 60
