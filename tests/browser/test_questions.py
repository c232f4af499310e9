"""The questions as people meet them: by keyboard, without scripts on a phone, looked at."""

import pytest
from playwright.sync_api import Page, expect

from booking.domain.intake import read_intake
from booking.domain.people import Findings
from booking.domain.roles import Role
from booking.services.bookings.intakes import Given
from tests.browser.keyboard import Keyboard, has_focus
from tests.browser.looking import Look
from tests.browser.patients import (
    SIOBHAN,
    Answers,
    button,
    choose,
    confirm,
    fill_in,
    go_on,
    heading,
    link,
)
from tests.browser.staff import open_card, sit_down
from tests.support import ANN, Clinic, at

on_a_phone_without_scripts = pytest.mark.browser_context_args(
    java_script_enabled=False, viewport={"width": 390, "height": 844}
)
HEADINGS = (
    *("What did your scar come from?", "Where is it?", "How is your scar?"),
    *("What have you tried so far?", "What do you hope for?", "What does your skin do in the sun"),
    *("Can we make your visit easier?", "Is any of this so for you?"),
)
ISOTRETINOIN = "I take or took isotretinoin"


def to_questions(page: Page, answers: Answers = SIOBHAN) -> None:
    choose(page, "10:00 am")
    fill_in(page, answers)
    go_on(page)


def to_health(page: Page) -> None:
    to_questions(page)
    heading(page, HEADINGS[0])
    page.goto("/book/questions/health")
    heading(page, HEADINGS[-1])


def test_questions_are_answered_with_keys_alone(page: Page):
    to_questions(page)
    keys = Keyboard(page)
    heading(page, HEADINGS[0])
    keys.to(page.get_by_role("radio", name="Acne"))
    keys.press("Space", "Enter")
    heading(page, HEADINGS[1])
    keys.to(page.get_by_role("checkbox", name="Cheeks"))
    keys.press("Space")
    keys.activate(button(page, "Continue"))
    heading(page, HEADINGS[2])
    keys.activate(button(page, "Skip these questions"))
    heading(page, HEADINGS[6])
    keys.activate(button(page, "Continue"))
    heading(page, HEADINGS[7])
    keys.to(page.get_by_role("checkbox", name="Chemotherapy"))
    keys.press("Space")
    # What follows from the tick is the next stop.
    keys.tab()
    when = page.get_by_label("When was that?: Chemotherapy")
    assert has_focus(when)
    keys.press("ArrowDown")
    keys.to(page.get_by_role("checkbox", name="None of these"))
    keys.activate(button(page, "Continue"))
    heading(page, "Check and confirm")
    for words in ("Acne", "Cheeks", "Chemotherapy or radiotherapy, now or lately – Now"):
        expect(page.get_by_role("main")).to_contain_text(words)
    expect(page.get_by_text("Please call us before you come")).to_be_visible()


@on_a_phone_without_scripts
def test_without_scripts_everything_is_there_from_the_start(page: Page):
    to_health(page)
    when = page.get_by_label(f"When was that?: {ISOTRETINOIN}")
    expect(when).to_be_visible()
    when.select_option("Now")
    page.get_by_role("checkbox", name="None of these").check()
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("something else")
    expect(page.get_by_role("checkbox", name="None of these")).to_be_checked()
    page.get_by_role("checkbox", name="None of these").uncheck()
    go_on(page)
    heading(page, "Check and confirm")
    expect(page.get_by_role("main")).to_contain_text("Accutane or Roaccutane – Now")
    link(page, "Answer them").first.click()
    heading(page, HEADINGS[0])
    page.get_by_label("They are stretch marks").check()
    go_on(page)
    heading(page, "Check and confirm")
    expect(page.get_by_role("main")).to_contain_text("They are stretch marks")
    confirm(page)
    heading(page, "Your consultation is booked")


def test_what_follows_from_a_tick_comes_and_goes_with_it(page: Page):
    to_health(page)
    box = page.get_by_role("checkbox", name=ISOTRETINOIN)
    when = page.get_by_label(f"When was that?: {ISOTRETINOIN}")
    expect(when).to_be_hidden()
    box.check()
    when.select_option("Now")
    box.uncheck()
    expect(when).to_be_hidden()
    go_on(page)
    heading(page, "Check and confirm")
    expect(page.get_by_role("main")).not_to_contain_text("Accutane")


def test_none_of_these_unticks_the_rest_and_the_rest_none(page: Page):
    to_health(page)
    none = page.get_by_role("checkbox", name="None of these")
    sores = page.get_by_role("checkbox", name="I get cold sores")
    sores.check()
    none.check()
    expect(sores).not_to_be_checked()
    sores.check()
    expect(none).not_to_be_checked()


def test_keeping_the_time_longer_leaves_the_answers_where_they_are(page: Page):
    to_questions(page)
    page.get_by_role("radio", name="Acne").check()
    button(page, "Keep it longer").click()
    expect(page.get_by_role("status")).to_contain_text("for longer")
    expect(page.get_by_role("radio", name="Acne")).to_be_checked()
    page.goto("/book/questions/cause")
    expect(page.get_by_role("radio", name="Acne")).to_be_checked()


def test_every_page_of_questions_from_all_sides(page: Page, look: Look):
    to_questions(page)
    for words in HEADINGS[:-1]:
        heading(page, words)
        look(words)
        if words.startswith("What have you tried"):
            page.goto("/book/questions/hopes")
            text = page.get_by_label("in your own words")
            text.evaluate("field => field.removeAttribute('maxlength')")
            text.fill("x " * 300)
            go_on(page)
            expect(page.get_by_role("alert")).to_be_focused()
            look("hopes that are too long")
            text.fill("")
            continue
        go_on(page)
    heading(page, HEADINGS[-1])
    look("health")
    for words in ("Sore, infected", ISOTRETINOIN, "I feel very low", "A mole"):
        page.get_by_role("checkbox", name=words).check()
    look("health, ticked")
    page.get_by_role("checkbox", name="None of these").evaluate("box => box.checked = true")
    go_on(page)
    expect(page.get_by_role("alert")).to_be_focused()
    look("health with an error")
    page.get_by_role("checkbox", name="None of these").uncheck()
    go_on(page)
    heading(page, "Check and confirm")
    look("check with answers")
    confirm(page)
    heading(page, "Your consultation is booked")
    look("booked, please call")


def test_the_page_for_those_under_18_from_all_sides(page: Page, look: Look):
    to_questions(page, Answers(year="2015"))
    heading(page, "Please call us to book")
    look("under 18")


def test_answers_at_the_desk_from_all_sides(page: Page, clinic: Clinic, look: Look):
    answers = {
        "cause": "acne",
        "where": ["cheeks", "chin"],
        "hopes_words": "To go out\nwithout make-up.",
        "health": ["active_infection", "keloid"],
        "help": ["interpreter", "step_free"],
        "language": "العربية",
    }
    given = Given(read_intake(answers, Findings()))
    clinic.book(at("2026-01-12T10:00-05:00"), given=given)
    sit_down(page, clinic, Role.RECEPTION)
    expect(page.get_by_text("2 to review")).to_be_visible()
    look("a board with what visits need")
    open_card(page, ANN.name)
    look("reception's card")
    sit_down(page, clinic, Role.DOCTOR)
    open_card(page, ANN.name)
    look("the doctor's card")
    button(page, "Mark reviewed").click()
    expect(page.get_by_text("Reviewed Monday")).to_have_count(2)
    look("the doctor's card, reviewed")


def test_the_questions_are_written_and_previewed(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/texts/questions")
    heading(page, "The questions before a visit")
    look("the form")
    button(page, "Preview").click()
    heading(page, "The questions, page by page")
    look("the preview")
