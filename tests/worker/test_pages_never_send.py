"""The web process never talks to a mail server: what it wants to say becomes a row."""

import ast
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.messages import MessageState
from booking.seams.smtp import SmtpSender
from booking.store.records import Message
from booking.worker import Worker
from config import ROOT
from tests.support import Clinic
from tests.web.journeys import book
from tests.web.test_manage import cancel, move
from tests.web.visitor import Visitor
from tests.worker.conftest import mail_settings
from tests.worker.servers import RudeServer, hang, wait_for

MAIL = {"smtplib", "aiosmtplib", "flask_mail", "booking.seams.smtp", "socket", "imaplib"}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def reachable(start: Path) -> dict[Path, set[str]]:
    """Every file of ours that importing `start` brings along, with what each imports."""
    seen: dict[Path, set[str]] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.exists():
            continue
        seen[path] = imported(path)
        for name in seen[path]:
            if name.split(".")[0] in {"booking", "config"}:
                base = ROOT.joinpath(*name.split("."))
                waiting += [base.with_suffix(".py"), base / "__init__.py"]
    return seen


def test_nothing_that_serves_pages_knows_how_to_send():
    files = reachable(ROOT / "booking/app.py")
    assert len(files) > 40
    assert {path: names & MAIL for path, names in files.items() if names & MAIL} == {}


def test_the_same_look_finds_the_sender_behind_the_worker_command():
    files = reachable(ROOT / "booking/cli.py")
    assert any(names & MAIL for names in files.values())


def test_no_page_connects_to_the_mail_server(make_app: Callable[..., Flask], clinic: Clinic):
    with RudeServer({"connect": hang}) as server:
        app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(server.port))
        visitor = Visitor(app)
        token = book(visitor)
        move(visitor, token)
        cancel(visitor, token)
        visitor.get("/readyz")
        assert server.connections == 0
    states = clinic.read(lambda session, _: list(session.scalars(select(Message.state))))
    assert states[-1] is MessageState.QUEUED
    assert MessageState.SENT not in states


def test_booking_is_as_quick_as_ever_while_the_mail_server_hangs(
    app: Flask, clinic: Clinic, make_worker: Callable[..., Worker]
):
    def time_a_booking(number: int) -> float:
        visitor = Visitor(app)
        began = time.monotonic()
        book(visitor, number=number)
        return time.monotonic() - began

    time_a_booking(0)
    usual = min(time_a_booking(number) for number in (1, 2, 3))
    with RudeServer({"EHLO": hang}) as server:
        send = SmtpSender(mail_settings(server.port, timeout=60)).send
        worker = threading.Thread(target=make_worker(server.port).deliver_one, args=(send,))
        worker.start()
        wait_for(lambda: server.connections == 1)
        hindered = min(time_a_booking(number) for number in (4, 5, 6))
        assert server.connections == 1, "it waited for the mail, or the mail did not hang"
        server.over.set()
        worker.join()
    # A page that waited for the mail server would take seconds.
    assert hindered < usual * 3 + 0.5


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_confirmation_says_no_more_than_is_so(
    app: Flask, clinic: Clinic, make_worker: Callable[..., Worker]
):
    visitor = Visitor(app)
    token = book(visitor)
    path = f"/book/confirmed/{token}"
    assert "We are sending a confirmation" in visitor.get(path).words
    with RudeServer({"RCPT": lambda talk: talk.say(b"550 no")}) as server:
        make_worker(server.port).deliver_due()
    page = visitor.get(path)
    assert "We could not send the confirmation" in page.words
    assert "booked all the same" in page.words
    other = Visitor(app)
    token = book(other, number=1)
    with RudeServer() as server:
        make_worker(server.port).deliver_due()
    assert "We have sent a confirmation" in other.get(f"/book/confirmed/{token}").words
