"""Messages and the day's sheet: looked at from all sides, and the way from a failure to a cure."""

from pathlib import Path

from playwright.sync_api import Page, expect

from booking.domain.roles import Role
from tests.browser import days
from tests.browser.looking import Look
from tests.browser.patients import button, heading
from tests.browser.staff import row, sit_down
from tests.support import Clinic


def test_the_messages(page: Page, clinic: Clinic, look: Look):
    sit_down(page, clinic)
    page.goto("/desk/messages?state=sent")
    look("no messages")
    days.fill(clinic)
    days.fail_a_mail(clinic)
    sit_down(page, clinic)
    page.goto("/desk/messages")
    look("messages of every kind")
    row(page, days.UNREACHED).get_by_role("link", name="Edit the address").click()
    look("the form for an address")
    page.get_by_label("E-mail").fill("anna")
    button(page, "Save and send again").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("the form for an address with an error")


def test_what_failed_is_corrected_and_sent_again(page: Page, clinic: Clinic):
    days.fill(clinic)
    days.fail_a_mail(clinic)
    sit_down(page, clinic)
    page.get_by_role("link", name="Messages 1 failed").click()
    row(page, days.UNREACHED).get_by_role("link", name="Edit the address").click()
    page.get_by_label("E-mail").fill("anna@elsewhere.example")
    button(page, "Save and send again").click()
    heading(page, "Messages")
    expect(page.get_by_role("status")).to_contain_text("The new address is kept")
    expect(row(page, "anna@elsewhere.example")).to_contain_text("Waiting")
    expect(page.get_by_role("link", name="Messages", exact=True)).to_be_visible()


def test_the_sheet(page: Page, clinic: Clinic, look: Look):
    days.fill(clinic)
    sit_down(page, clinic, Role.RECEPTION)
    page.goto("/desk/sheet")
    look("a day's sheet")
    page.goto("/desk/sheet?day=2026-01-17")
    look("the sheet of a closed day")


def test_the_sheet_is_one_page_of_paper_without_anything_else(page: Page, clinic: Clinic):
    days.fill(clinic)
    sit_down(page, clinic)
    page.goto("/desk/sheet")
    expect(button(page, "Print")).to_be_visible()
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(button(page, "Print")).to_be_hidden()
    expect(page.get_by_text("Noor Rahman")).to_be_visible()


def test_the_saved_file_opens_without_the_server(page: Page, clinic: Clinic, tmp_path: Path):
    days.fill(clinic)
    sit_down(page, clinic)
    page.goto("/desk/sheet")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Save as a file").click()
    saved = tmp_path / waited.value.suggested_filename
    waited.value.save_as(saved)
    assert saved.name == "sheet-2026-01-12.html"
    page.goto("about:blank")
    page.set_content(saved.read_text(encoding="utf-8"))
    heading(page, "Monday 12 January 2026")
    expect(page.get_by_text("Noor Rahman")).to_be_visible()
