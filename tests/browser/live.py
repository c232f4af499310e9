"""The program on a port of this machine, over the database that a test brings."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from socket import SHUT_RDWR
from threading import Event, Thread
from typing import Any

from flask import Flask
from icalendar import Calendar
from icalendar import Event as CalendarEvent
from playwright.sync_api import BrowserContext
from werkzeug.serving import WSGIRequestHandler, make_server

from booking.app import create_app
from booking.formats.links import Links
from booking.formats.tokens import ManageKeys
from booking.seams.mailbox import Mailbox
from booking.store.engine import Database
from booking.worker import Worker
from config import Settings
from tests.support import SECRET

NewContext = Callable[..., BrowserContext]


class Quiet(WSGIRequestHandler):
    """Requests are the browser's business; here they would only drown a failure."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - theirs
        pass


class Site:
    """One web server for a whole run: its address stays, the app behind it is each test's own."""

    def __init__(self) -> None:
        self._app: Flask | None = None
        self.asked_for: list[str] = []
        self.is_away = False
        # What a test lets through later, by path.
        self.held_back: dict[str, Event] = {}
        self._server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._settings = Settings.from_environment(
            {"SECRET_KEY": SECRET, "PUBLIC_URL": self.url, "INSTANCE_PATH": "/nonexistent"}
        )
        self.links = Links(self.url, ManageKeys(self._settings.secret_keys))
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.is_away:
            # Nothing is answered, as by a machine that is switched off.
            environ["werkzeug.socket"].shutdown(SHUT_RDWR)
            raise ConnectionAbortedError
        assert self._app is not None, "no test has brought an app"
        self.asked_for.append(environ["PATH_INFO"])
        answer = self._app(environ, start_response)
        if environ["PATH_INFO"] in self.held_back:
            self.held_back[environ["PATH_INFO"]].wait(timeout=10)
        return answer

    def open(
        self,
        database: Database,
        folder: Path,
        *,
        allowed_origins: frozenset[str] = frozenset(),
        **chosen: str,
    ) -> "Post":
        """
        Serve this database from now on; its mail goes to a mailbox in the folder.

        Settings that are not as usual can be `chosen`.
        """
        self.asked_for.clear()
        self.is_away = False
        self.held_back.clear()
        settings = replace(
            self._settings,
            instance_path=folder,
            allowed_origins=allowed_origins,
            **chosen,  # type: ignore[arg-type]
        )
        self._app = create_app(settings, database=database)
        mailbox = Mailbox(folder / "mailbox")
        worker = Worker(database, self.links, mailbox.send, sender=settings.mail.sender, timeout=5)
        return Post(worker, mailbox)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Post:
    """The worker and the local mailbox: mail leaves when a test says so."""

    def __init__(self, worker: Worker, mailbox: Mailbox) -> None:
        self._worker = worker
        self._mailbox = mailbox

    def deliver(self) -> list[EmailMessage]:
        """Send what is due; the new mails, oldest first."""
        known = {key for key, _ in self._mailbox.messages()}
        self._worker.deliver_due()
        new = [mail for key, mail in self._mailbox.messages() if key not in known]
        return new[::-1]


def invitation(mail: EmailMessage) -> Calendar:
    """The calendar object that a mail brings: beside its text and, the same, as a file."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    (content,) = {part.get_payload(decode=True) for part in parts}
    return Calendar.from_ical(content)


def only_event(calendar: Calendar) -> CalendarEvent:
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, CalendarEvent)
    return event
