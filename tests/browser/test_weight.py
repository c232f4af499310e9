"""What a first visit costs: bytes, requests, and lines that jump while somebody reads."""

import pytest
from playwright.sync_api import Page, Request

from tests.browser.live import Site
from tests.browser.patients import choose
from tests.browser.staff import own_page
from tests.support import Clinic, at

MOST_BYTES, MOST_REQUESTS = 60 * 1024, 6
# Of the window's height and width; what Chromium's own rules call good ends at 0.1.
MOST_SHIFT = 0.01
_SHIFT = """() => new Promise((done) => {
  let sum = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  });
  observer.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(sum), 100));
})"""


def transferred(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


@pytest.mark.parametrize("address", ["/", "/book", "/book/times?day=2026-01-13", "/micro-needling"])
def test_a_first_visit_is_light(page: Page, address: str):
    requests: list[Request] = []
    # Playwright wants a function of Python's own here, which `requests.append` is not.
    page.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108
    page.goto(address, wait_until="networkidle")
    assert len(requests) <= MOST_REQUESTS
    assert sum(transferred(request) for request in requests) < MOST_BYTES


def test_a_second_page_fetches_nothing_but_itself(page: Page, site: Site):
    page.goto("/book", wait_until="networkidle")
    assert len(site.asked_for) > 1
    site.asked_for.clear()
    page.goto("/book/times?day=2026-01-13", wait_until="networkidle")
    assert site.asked_for == ["/book/times"]


@pytest.mark.browser_context_args(timezone_id="Asia/Tokyo", viewport={"width": 390, "height": 844})
def test_nothing_jumps_while_a_page_is_read(page: Page, clinic: Clinic):
    own = own_page(clinic, clinic.book(at("2026-01-13T11:00-05:00")))
    for address in ("/", "/book", "/book/times?day=2026-01-13", own):
        page.goto(address)
        assert page.evaluate(_SHIFT) < MOST_SHIFT, address
    choose(page, "10:00 am")
    assert page.evaluate(_SHIFT) < MOST_SHIFT
