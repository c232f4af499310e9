"""
What some tests need beyond Python, a Chromium and a PostgreSQL server: where they are.

A pytest plugin as well: where `CI=true`, a skipped test is a failed one, so that a
machine without a browser cannot look green. `python -m tests.needs` lists what is missing.
"""

import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from tests.postgres import find_binaries

BROWSERS = Path(__file__).parent.parent / ".tools/browsers"
INSTALL = {
    "chromium": "`apt install chromium-headless-shell fonts-dejavu-core libatomic1` or "
    "`.venv/bin/playwright install --with-deps chromium`",
    "postgresql": "`apt install postgresql`; nothing of it need be set up or running",
}

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def find_chromium() -> Path | None:
    """
    A Chromium that starts on this machine: installed, or downloaded by Playwright.

    Debian's shell first: the same Chromium without windows, for a third of the processor's time.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    names += ("google-chrome", "google-chrome-stable")
    installed = [Path(found) for name in names if (found := shutil.which(name))]
    downloads = [
        Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or BROWSERS),
        Path.home() / ".cache/ms-playwright",
    ]
    downloaded = [
        found
        for folder in downloads
        for name in ("chrome", "headless_shell", "chrome-headless-shell")
        for found in sorted(folder.glob(f"chromium*/*/{name}"), reverse=True)
    ]
    return next(filter(_starts, [*installed, *downloaded]), None)


def _starts(program: Path) -> bool:
    # A downloaded browser is there and still useless where its libraries are missing.
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except OSError:
        return False
    return done.returncode == 0


def require_chromium() -> Path:
    """The browser to drive; the test is skipped where there is none."""
    return find_chromium() or _missing("chromium")


def require_postgres() -> Path:
    """The folder with the server's programs; the test is skipped where there is none."""
    return find_binaries() or _missing("postgresql")


def _missing(what: str) -> NoReturn:
    pytest.skip(f"{what} is missing: {INSTALL[what]}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge a test's report last, when xfail has had its say."""
    return _no_skips_in_ci((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module may skip itself as a whole."""
    return _no_skips_in_ci((yield))


def _no_skips_in_ci(report: Report) -> Report:
    expected = hasattr(report, "wasxfail")
    if report.skipped and not expected and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Skipped, which is a failure where CI=true. {reason}"
    return report


if __name__ == "__main__":
    for need, found in (("chromium", find_chromium()), ("postgresql", find_binaries())):
        if found is None:
            print(f"{need}\t{INSTALL[need]}")
