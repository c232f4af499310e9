"""Workers over the demo clinic, and where their mail goes."""

from collections.abc import Callable, Iterator

import pytest

from booking.seams.smtp import SmtpSender
from booking.worker import Worker
from config import MailSettings
from tests.support import Clinic
from tests.web.conftest import app, begins_with, make_app, visitor
from tests.worker.servers import Letterbox, mail_server

__all__ = ["app", "begins_with", "make_app", "visitor"]
SENDER = "booking@clinic.example"


def mail_settings(port: int, *, timeout: float = 5, **how: object) -> MailSettings:
    """A server on this machine; `timeout` is what one step may take."""
    plain = {
        "server": "127.0.0.1",
        "username": None,
        "password": None,
        "use_tls": False,
        "use_ssl": False,
        "sender": SENDER,
    }
    return MailSettings(**{**plain, "port": port, "timeout": timeout, **how})  # type: ignore[arg-type]


@pytest.fixture
def make_worker(clinic: Clinic) -> Callable[..., Worker]:
    """A worker that hands its mail to a port."""

    def make(port: int, *, timeout: float = 5, **how: object) -> Worker:
        settings = mail_settings(port, timeout=timeout, **how)
        return Worker(
            clinic.database,
            clinic.links,
            SmtpSender(settings).send,
            sender=SENDER,
            timeout=timeout,
        )

    return make


@pytest.fixture
def post() -> Iterator[tuple[int, Letterbox]]:
    """A mail server that works: its port and its letterbox."""
    with mail_server() as found:
        yield found
