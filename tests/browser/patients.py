"""The steps of a patient, as one takes them: by what the page calls things."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

SCHEDULE = "Schedule your consultation with Dr. Ahmed"
TUESDAY = "Tuesday 13 January"
TUESDAYS_TIMES = "/book/times?day=2026-01-13"


@dataclass(frozen=True)
class Answers:
    """What somebody types about themselves."""

    name: str = "Siobhán O’Brien-Ñúñez"
    day: str = "14"
    month: str = "3"
    year: str = "1990"
    email: str = "siobhan@patient.example"
    phone: str = ""


SIOBHAN = Answers()
WANG = Answers(name="王小明", day="9", month="11", year="1984", email="wang@patient.example")
CALLER = Answers(name="Tom Baker", day="1", month="2", year="1980", email="", phone="202 555 0177")


def heading(page: Page, words: str) -> None:
    """Wait until the page with this heading is there."""
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{re.escape(words)}"))


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name)


def choose_day(page: Page) -> None:
    """Come to Tuesday's times by the short way."""
    page.goto(TUESDAYS_TIMES)
    heading(page, TUESDAY)


def choose(page: Page, time: str) -> None:
    """Take one of Tuesday's times and come to the details."""
    choose_day(page)
    button(page, time).click()
    heading(page, "About you")


def fill_in(page: Page, answers: Answers = SIOBHAN) -> None:
    page.get_by_label("Your name").fill(answers.name)
    for part in ("Day", "Month", "Year"):
        page.get_by_label(part, exact=True).fill(getattr(answers, part.lower()))
    page.get_by_label("E-mail").fill(answers.email)
    page.get_by_label("Phone").fill(answers.phone)


def typed(page: Page) -> Answers:
    """What stands in the fields."""
    parts = (page.get_by_label(part, exact=True) for part in ("Day", "Month", "Year"))
    return Answers(
        page.get_by_label("Your name").input_value(),
        *(part.input_value() for part in parts),
        page.get_by_label("E-mail").input_value(),
        page.get_by_label("Phone").input_value(),
    )


def go_on(page: Page) -> None:
    button(page, "Continue").click()


def skip_questions(page: Page) -> None:
    """From the first question to the check, without an answer."""
    for words in ("What did your scar come from?", "Can we make your visit", "Is any of this so"):
        heading(page, words)
        button(page, "Skip these questions").click()
    heading(page, "Check and confirm")


def to_check(page: Page, time: str = "10:00 am", answers: Answers = SIOBHAN) -> None:
    """Everything up to the page that asks once more."""
    choose(page, time)
    fill_in(page, answers)
    go_on(page)
    skip_questions(page)


def confirm(page: Page) -> None:
    page.get_by_role("checkbox", name="I have read the privacy notice").check()
    button(page, "Confirm booking").click()


def book(page: Page, time: str = "10:00 am", answers: Answers = SIOBHAN) -> str:
    """The whole way; the reference."""
    to_check(page, time, answers)
    confirm(page)
    heading(page, "Your consultation is booked")
    return reference(page)


def reference(page: Page) -> str:
    return page.locator(".ticket bdi").inner_text()


def follow_mail(reader: Page, subject: str) -> None:
    """Read the newest mail with this subject in the local mailbox and follow its link."""
    reader.goto("/mailbox")
    link(reader, subject).first.click()
    heading(reader, subject)
    with reader.expect_popup() as opened:
        reader.frame_locator("iframe").get_by_role("link", name="See, move or cancel").click()
    address = opened.value.url
    opened.value.close()
    reader.goto(address)
