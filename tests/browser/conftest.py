"""A real Chromium on the demo clinic: the browser, the site, and who looks on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from booking.store.engine import Database
from tests.browser.chromium import launch_options
from tests.browser.live import NewContext, Post, Site
from tests.browser.looking import Look, Looking
from tests.browser.watch import Watch
from tests.support import Clinic, Time
from tests.templates import Stage, Templates

HERE = Path(__file__).parent
# Longer than any page here takes, and shorter than the patience of whoever waits for a failure.
WAIT_MS = 8_000
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, or whichever one tests.needs finds, instead of Playwright's own."""
    return browser_type_launch_args | launch_options()


@pytest.fixture(scope="session")
def axe() -> str:
    """
    The text of axe-core, to be evaluated in a page before `axe.run()`.

    A script tag would be refused by our Content-Security-Policy.
    """
    return (HERE / "vendor/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader at a desk in the clinic's own time zone."""
    return browser_context_args | {
        "viewport": {"width": 1280, "height": 900},
        "timezone_id": "America/New_York",
        "locale": "en-US",
    }


@pytest.fixture
def begins_with() -> Stage:
    return Stage.WITH_STAFF


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, templates: Templates, begins_with: Stage, tmp_path: Path
) -> Iterator[str]:
    """SQLite, unless a test asks for `postgresql`: both are compared elsewhere."""
    with templates.copy(getattr(request, "param", "sqlite"), begins_with, tmp_path) as url:
        yield url


@pytest.fixture
def clinic(database: Database, time: Time, site: Site) -> Clinic:
    return Clinic(database, time, links=site.links)


@pytest.fixture(autouse=True)
def post(site: Site, database: Database, tmp_path: Path) -> Post:
    """The site serves this test's database; its mail is here."""
    return site.open(database, tmp_path)


@pytest.fixture(autouse=True)
def watch(site: Site) -> Iterator[Watch]:
    """No test passes with an error in the console, or with a request to another host."""
    watch = Watch(site.url)
    yield watch
    assert not watch.complaints


@pytest.fixture
def new_context(new_context: NewContext, watch: Watch, time: Time) -> NewContext:
    """
    Browsers that are watched, and whose clock agrees with the clinic's.

    With `real_time` a browser keeps its own: the other clock is a script in each frame, which a
    mail's frame has to refuse.
    """

    def make(*, real_time: bool = False, **options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(WAIT_MS)
        if not real_time:
            context.clock.install(time=time.now)
        watch.over(context)
        return context

    return make


@pytest.fixture
def look(page: Page, axe: str) -> Iterator[Look]:
    """Look at the page from all sides, as often as there is something new to see."""
    looking = Looking(page, axe)
    yield looking.look
    looking.require_no_faults()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder is marked, so that `-m 'not browser'` leaves them out."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
