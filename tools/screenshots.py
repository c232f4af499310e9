"""
The README's pictures, taken anew: `.venv/bin/python -m tools.screenshots`.

They show a demo clinic in a temporary folder, on a morning in January that is the same each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from booking.domain.roles import Role
from booking.services.admin import demo
from booking.store import schema
from booking.store.engine import Database
from tests.browser import days
from tests.browser.chromium import launch_options
from tests.browser.live import Site
from tests.browser.patients import choose_day
from tests.browser.staff import sign_in
from tests.support import Clinic, Time

PICTURES = Path(__file__).resolve().parents[1] / "docs/screenshots"
WIDE, HIGH = 1280, 860


def main() -> None:
    """Write docs/screenshots/*.png and say how large they are."""
    PICTURES.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        _clinic(Path(folder)) as (site, clinic, password),
        _browser(site) as page,
    ):
        choose_day(page)
        _take(page, "booking")
        days.fill(clinic)
        days.fail_a_mail(clinic)
        sign_in(page, password=password)
        _take(page, "desk")


@contextmanager
def _clinic(folder: Path) -> Iterator[tuple[Site, Clinic, str]]:
    time, site = Time(), Site()
    database = Database(f"sqlite:///{folder / 'booking.db'}", clock=time)
    schema.upgrade(database.engine)
    accounts = database.write(lambda session, now: demo.set_up(session, now=now))
    site.open(database, folder)
    reception = next(account for account in accounts if account.role is Role.RECEPTION)
    yield site, Clinic(database, time, links=site.links), reception.password
    site.close()
    database.dispose()


@contextmanager
def _browser(site: Site) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_page(
            base_url=site.url,
            viewport={"width": WIDE, "height": HIGH},
            timezone_id=demo.ZONE,
            color_scheme="light",
        )
        yield page
        browser.close()


def _take(page: Page, name: str) -> None:
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    print(f"{path}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
