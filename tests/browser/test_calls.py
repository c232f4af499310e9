"""Calls at the desk with keys alone, and the page looked at from all sides."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import Keyboard
from tests.browser.looking import Look
from tests.browser.patients import heading, link
from tests.browser.staff import sit_down
from tests.services.deeds import WEDNESDAY_9
from tests.services.test_calls import BOB, missed, to_call
from tests.support import ANN, Clinic


def outcome(page: Page, name: str, words: str) -> Locator:
    """The button that says how the call to somebody went."""
    return page.locator(".call").filter(has_text=name).get_by_role("button", name=words)


def test_calls_are_made_noted_and_taken_back_with_keys(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic)
    page.goto("/desk/calls")
    look("nobody to call")
    missed(clinic)
    to_call(clinic, WEDNESDAY_9, BOB)
    sit_down(page, clinic)
    keys = Keyboard(page)
    keys.activate(link(page, "Calls 2 open"))
    heading(page, "Calls")
    look("calls of both kinds")

    # A key pressed in a field says nothing of how the call went.
    keys.to(page.locator("summary").filter(has_text="a day to call back"))
    keys.press("Enter")
    keys.to(page.get_by_label("Will call back on"))
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Press the button that says how")
    look("nothing was said")
    keys.activate(outcome(page, BOB.name, "No answer"))
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text(f"{BOB.name}: No answer")
    look("a try was kept")

    keys.activate(page.get_by_role("status").get_by_role("button"))
    expect(page.get_by_role("status")).to_have_text("It is taken back.")
    keys.activate(outcome(page, ANN.name, "Send the message"))
    expect(page.get_by_role("status")).to_contain_text("Asked by e-mail")
