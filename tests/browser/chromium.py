"""How Chromium is started here: Debian's, or whichever one there is, talking to nobody else."""

import os
from typing import Any

from tests.needs import require_chromium

# Nothing but the program under test is to be talked to: left alone, Chromium looks up
# hosts of its own at every start, which a closed network answers with errors.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Containers give /dev/shm 64 MB, on which larger screenshots fail.
    "--disable-dev-shm-usage",
)


def launch_options() -> dict[str, Any]:
    """What Playwright needs to start it; the test is skipped where there is none."""
    # Chromium's sandbox refuses to work for root, which is who runs in a container.
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    return {"executable_path": require_chromium(), "args": [*QUIET, *sandbox]}
