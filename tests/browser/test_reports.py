"""Reports: found from the set-up, filtered by days, and looked at from all sides."""

from playwright.sync_api import Page, expect

from booking.domain.lifecycle import State
from booking.domain.roles import Role
from tests.browser.looking import Look
from tests.browser.patients import button, heading, link
from tests.browser.staff import sit_down
from tests.services.visits import visit
from tests.support import Clinic


def test_reports_from_all_sides(page: Page, clinic: Clinic, look: Look):
    for hour in range(1, 22):
        visit(clinic, f"01-05 {hour:02}:00")
    visit(clinic, "01-06 09:00", State.NO_SHOW)
    sit_down(page, clinic, Role.ADMIN)
    page.goto("/admin")
    link(page, "Reports").click()
    heading(page, "Reports: no-shows")
    expect(page.get_by_text("4.5% no-shows (1 of 22)")).to_be_visible()
    page.get_by_text("Table: No-shows by weekday").click()
    expect(page.get_by_role("row", name="Tuesday 1 1 100.0%")).to_be_visible()
    look("no-shows, with a table open")
    link(page, "Utilisation").click()
    heading(page, "Reports: utilisation")
    look("utilisation")
    page.get_by_label("From").fill("2026-01-07")
    page.get_by_label("Until").fill("2026-01-06")
    button(page, "Show").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("reports with an error")
