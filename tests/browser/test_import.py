"""A table is handed in, mapped, checked and brought in, and each page of it can be used by all."""

from pathlib import Path

from playwright.sync_api import Page, expect

from booking.domain.roles import Role
from booking.worker import Worker
from tests.browser.looking import Look
from tests.browser.patients import button, heading
from tests.browser.staff import sit_down
from tests.support import Clinic
from tests.web.test_admin_imports import CALENDLY


def work(clinic: Clinic) -> None:
    Worker(clinic.database, clinic.links, None, sender="a@b.example", timeout=1).bring_in_tables()


def test_a_table_comes_in(page: Page, clinic: Clinic, look: Look, tmp_path: Path):
    table = tmp_path / "events.csv"
    table.write_bytes(CALENDLY.encode())
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin/export")
    look("the export")
    page.goto("/admin/import")
    button(page, "Continue").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("handing in nothing")
    page.get_by_label("Table", exact=True).set_input_files(table)
    button(page, "Continue").click()
    heading(page, "What the columns mean")
    look("the columns")
    button(page, "Continue").click()
    heading(page, "What the words mean")
    button(page, "Check the table").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("a word without a meaning")
    page.get_by_label("First talk").select_option("consultation")
    button(page, "Check the table").click()
    heading(page, "Checking the table")
    look("a table at work")
    work(clinic)
    # Without a click: the page looks by itself.
    heading(page, "What becomes of each line")
    look("the report")
    page.get_by_label("Leave out the 2 lines").check()
    button(page, "Import").click()
    heading(page, "Importing the table")
    work(clinic)
    heading(page, "Imported")
    look("a table that came in")
    page.goto("/admin/import")
    look("the tables so far")
