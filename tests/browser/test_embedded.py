"""Free times in a frame on the clinic's own site, which is another origin: another port."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from booking.store.engine import Database
from tests.browser.conftest import WAIT_MS
from tests.browser.live import Quiet, Site
from tests.browser.looking import Looking
from tests.support import Time

_PAGE = """<!doctype html><html lang="en" dir="ltr"><title>Our clinic – Home</title>
<body><h1>Our clinic</h1><p id="button"><script src="{site}/embed.js" async></script></p>
<div id="frame"><script src="{site}/embed.js" data-mode="frame" async></script></div></body></html>
"""


class Host:
    """The clinic's own site: one page."""

    def __init__(self, site: Site) -> None:
        self._page = _PAGE.format(site=site.url).encode()
        self._server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [self._page]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def host(site: Site) -> Iterator[Host]:
    host = Host(site)
    yield host
    host.close()


@pytest.fixture
def visitor(browser: Browser, time: Time) -> Iterator[BrowserContext]:
    """A browser that may go to both sites, which the usual ones may not."""
    context = browser.new_context(viewport={"width": 800, "height": 900}, locale="en-US")
    context.set_default_timeout(WAIT_MS)
    context.clock.install(time=time.now)
    yield context
    context.close()


@pytest.fixture
def page(
    visitor: BrowserContext, host: Host, site: Site, database: Database, tmp_path: Path
) -> Page:
    """The clinic's own page, whose site is allowed to frame ours."""
    site.open(database, tmp_path, allowed_origins=frozenset({host.url}))
    page = visitor.new_page()
    page.goto(host.url)
    return page


def height(page: Page) -> float:
    box = page.locator("iframe").bounding_box()
    assert box is not None
    return box["height"]


def wait_for_height(page: Page) -> None:
    page.wait_for_function("document.querySelector('iframe').offsetHeight > 100")


def inner_height(page: Page) -> float:
    return float(page.frames[1].evaluate("document.body.getBoundingClientRect().height"))


def test_the_frame_is_as_high_as_what_it_shows(page: Page):
    wait_for_height(page)
    first = height(page)
    assert first == pytest.approx(inner_height(page), abs=1)
    inside = page.frame_locator("iframe")
    inside.locator("summary").nth(1).click()
    page.wait_for_function(f"document.querySelector('iframe').offsetHeight > {first + 40}")
    assert height(page) == pytest.approx(inner_height(page), abs=1)
    inside.locator("summary").nth(1).click()
    inside.locator("summary").nth(0).click()
    # It follows downwards too.
    page.wait_for_function(f"document.querySelector('iframe').offsetHeight < {first - 40}")
    inside.get_by_text("Show later days").click()
    expect(inside.get_by_text("Tuesday 20 January")).to_be_visible()
    assert page.url.startswith(page.evaluate("location.origin"))


def test_choosing_a_time_opens_the_booking_in_the_whole_window(
    page: Page, visitor: BrowserContext, site: Site
):
    wait_for_height(page)
    assert visitor.cookies() == []
    page.frame_locator("iframe").locator("a.time").first.click()
    page.wait_for_url(f"{site.url}/book?slot=*")
    expect(page.get_by_role("heading", level=1)).to_have_text("This time is free")
    page.get_by_role("button", name="Take this time").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("About you")


def test_the_button_leads_to_the_booking_page(page: Page, site: Site):
    button = page.locator("#button a")
    expect(button).to_have_text("Schedule your consultation with Dr. Ahmed")
    expect(button).to_have_css("background-color", "rgb(13, 99, 92)")
    button.click()
    page.wait_for_url(f"{site.url}/book?source=127.0.0.1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a day")


def test_a_site_that_is_not_allowed_shows_nothing(
    visitor: BrowserContext, host: Host, site: Site, database: Database, tmp_path: Path
):
    site.open(database, tmp_path, allowed_origins=frozenset({"https://clinic.example"}))
    page = visitor.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    with page.expect_response("**/embed?*"):
        page.goto(host.url)
    page.wait_for_function("document.querySelector('iframe')")
    page.wait_for_timeout(300)
    assert height(page) == 0
    assert any("frame-ancestors" in words for words in refused)
    assert page.frames[1].url.startswith("chrome-error:")


def test_the_frame_does_not_talk_to_strangers_and_its_site_does_not_listen_to_them(page: Page):
    wait_for_height(page)
    before = height(page)
    # Not from the frame: the site's own scripts, or another frame's.
    page.evaluate("postMessage({ booking: 'height', height: 9999 }, '*')")
    page.frames[1].evaluate("parent.postMessage({ booking: 'height', height: '1e9' }, '*')")
    page.frames[1].evaluate("parent.postMessage({ booking: 'other', height: 50 }, '*')")
    page.wait_for_timeout(200)
    assert height(page) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_is_without_faults_in_itself(page: Page, site: Site, axe: str, scheme: Any):
    page.goto(f"{site.url}/embed")
    looking = Looking(page, axe)
    page.emulate_media(color_scheme=scheme)
    looking.look("embed")
    page.set_viewport_size({"width": 280, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 280
    looking.require_no_faults()


def test_the_frame_needs_no_script_inside(
    browser: Browser, site: Site, host: Host, database: Database, tmp_path: Path
):
    site.open(database, tmp_path, allowed_origins=frozenset({host.url}))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/embed")
    page.locator("summary").nth(1).click()
    page.locator("a.time >> visible=true").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This time is free")
    context.close()
