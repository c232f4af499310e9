"""Today's board on a device: there when the server is not, and gone when it should be."""

from datetime import datetime
from threading import Event

import pytest
from playwright.sync_api import Page, Worker, expect

from tests.browser.days import on_the_day
from tests.browser.live import Site
from tests.browser.looking import Look
from tests.browser.patients import button, heading
from tests.browser.staff import sign_in, sit_down
from tests.browser.watch import Watch
from tests.support import ANN, Clinic

KEEP = "Keep today’s board on this device"
KEPT = "Monday 12 January 2026, as it was at 8:00 am"


@pytest.fixture
def board(page: Page, clinic: Clinic, site: Site, watch: Watch) -> Page:
    """Today's board with one who comes, before a browser that may lose its server."""
    clinic.book(on_the_day(clinic, 10))
    watch.expects_silence = True
    sit_down(page, clinic)
    return page


def keep(page: Page, now: datetime) -> Worker:
    """Ask for it, and wait until the sheet is there; the worker lives at the clinic's time."""
    with page.context.expect_event("serviceworker") as started:
        button(page, KEEP).click()
    expect(page.get_by_text("is kept on this device and renewed")).to_be_visible()
    worker: Worker = started.value
    worker.evaluate(f"Date.now = () => {now.timestamp() * 1000}")
    page.evaluate("navigator.serviceWorker.controller?.postMessage('renew')")
    page.wait_for_function("async () => (await caches.match('/desk/kept')) !== undefined")
    return worker


def is_kept(page: Page) -> bool:
    return bool(page.evaluate("async () => (await caches.match('/desk/kept')) !== undefined"))


def test_it_is_off_until_somebody_asks_for_it(board: Page, look: Look):
    expect(button(board, KEEP)).to_be_visible()
    look("the board, with the offer to keep it")
    assert not is_kept(board)
    assert not board.context.service_workers


def test_without_the_server_it_is_read_dated_and_goes_with_the_day(
    board: Page, clinic: Clinic, site: Site, look: Look
):
    worker = keep(board, clinic.time.now)
    site.is_away = True
    for address in ("/desk", "/desk/week"):
        board.goto(address)
        heading(board, KEPT)
        expect(
            board.get_by_text("As it was at 8:00 am. The server cannot be reached.")
        ).to_be_visible()
        expect(board.get_by_text(ANN.name)).to_be_visible()
    look("what was kept")
    site.is_away = False
    board.get_by_role("link", name="Try again").click()
    heading(board, "Monday 12 January")
    # The next morning, with the server still away, there is nothing left of today.
    site.is_away = True
    worker.evaluate(f"Date.now = () => {(clinic.time.now.timestamp() + 24 * 3600) * 1000}")
    with pytest.raises(Exception, match="ERR_"):
        board.goto("/desk")
    assert worker.evaluate("async () => (await caches.match('/desk/kept')) === undefined")


def test_what_is_just_being_fetched_is_not_kept_after_all(board: Page, clinic: Clinic, site: Site):
    keep(board, clinic.time.now)
    arrives, asked = Event(), site.asked_for.count("/desk/kept")
    site.held_back["/desk/kept"] = arrives
    board.evaluate("navigator.serviceWorker.controller.postMessage('renew')")
    while site.asked_for.count("/desk/kept") == asked:
        board.wait_for_timeout(20)
    button(board, "Stop and delete it").click()
    expect(board.get_by_text("Deleted from this device.")).to_be_visible()
    arrives.set()
    # There is nothing to wait for where nothing happens.
    board.wait_for_timeout(500)
    assert not is_kept(board)


def test_signing_out_deletes_it(board: Page, clinic: Clinic, site: Site):
    keep(board, clinic.time.now)
    button(board, "Sign out").click()
    heading(board, "Staff sign-in")
    assert not is_kept(board)
    site.is_away = True
    with pytest.raises(Exception, match="ERR_"):
        board.goto("/desk")


def test_it_goes_with_a_session_that_has_ended(board: Page, clinic: Clinic, site: Site):
    keep(board, clinic.time.now)
    clinic.time.pass_(minutes=16)
    board.goto("/desk")
    heading(board, "Staff sign-in")
    board.wait_for_function("async () => (await caches.match('/desk/kept')) === undefined")
    # The choice is the device's: for whoever signs in next it is kept anew, and is theirs.
    sign_in(board, "doctor@clinic.example")
    expect(button(board, "Stop and delete it")).to_be_visible()
    button(board, "Stop and delete it").click()
    expect(board.get_by_text("Deleted from this device.")).to_be_visible()
    # A sheet that arrived in that moment goes right after.
    board.wait_for_function("async () => (await caches.match('/desk/kept')) === undefined")
