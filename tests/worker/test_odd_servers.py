"""Mail servers that say what no server should: no verdict about a message, and no leak."""

import time
from collections.abc import Callable

import pytest

from booking.worker import Worker
from tests.support import Clinic, at
from tests.worker.servers import RudeServer, babble, say
from tests.worker.test_failing_servers import STEP, leaves_later, message, waits

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MakeWorker = Callable[..., Worker]


@pytest.fixture(autouse=True)
def booking(clinic: Clinic) -> None:
    clinic.book(at("2026-01-13T09:00-05:00"))


@pytest.mark.parametrize("stage", ["connect", "EHLO", "RCPT", "sent"])
def test_an_endless_line_is_no_verdict(clinic: Clinic, make_worker: MakeWorker, stage: str):
    # smtplib itself makes a 500 of it, which looks like the server's last word.
    with RudeServer({stage: babble}) as server:
        make_worker(server.port, timeout=STEP).deliver_due()
        waits(clinic, reason="mail server")


@pytest.mark.parametrize("line", [b"454 later", b"500 what", b"502 not here"])
def test_a_refused_starttls_is_about_us_and_waits(clinic: Clinic, make_worker: MakeWorker, line):
    with RudeServer({"STARTTLS": say(line)}, (b"STARTTLS",)) as server:
        make_worker(server.port, timeout=STEP, use_tls=True).deliver_due()
        assert not server.mails
    waits(clinic, reason="mail server")


@pytest.mark.parametrize("how", [{"use_ssl": True}, {"use_tls": True}])
def test_a_handshake_that_trickles_is_cut_off(clinic: Clinic, make_worker: MakeWorker, how):
    # In a handshake the connection has no socket yet that smtplib would know of.

    def go_ahead_and_trickle(talk) -> None:
        talk.say(b"220 go ahead")
        # The head of a TLS record of 16 KB, then a byte now and then.
        talk.socket.sendall(b"\x16\x03\x03\x40\x00")
        trickle_a_while(talk)

    def trickle_a_while(talk) -> None:
        talk.socket.sendall(b"\x16\x03\x03\x40\x00")
        for _ in range(100):
            if talk.server.over.wait(0.1):
                break
            talk.socket.sendall(b"\x02")

    acts = {"connect": trickle_a_while} if "use_ssl" in how else {"STARTTLS": go_ahead_and_trickle}
    with RudeServer(acts, (b"STARTTLS",)) as server:
        began = time.monotonic()
        make_worker(server.port, timeout=STEP, **how).deliver_due()
        # The server would go on for ten seconds.
        assert time.monotonic() - began < 8
    waits(clinic, reason="mail server")


def test_a_server_that_wants_a_password_and_gets_the_wrong_one(
    clinic: Clinic, make_worker: MakeWorker
):
    features = (b"AUTH PLAIN LOGIN",)
    with RudeServer({"AUTH": say(b"535 no")}, features) as server:
        worker = make_worker(server.port, timeout=STEP, username="clinic", password="hunter2")
        worker.deliver_due()
        waits(clinic, reason="refused our user name or password")
        assert "hunter2" not in (message(clinic).error or "")
        server.acts["AUTH"] = say(b"235 welcome")
        leaves_later(clinic, worker)


def test_a_server_that_asks_for_no_password_is_not_told_one(
    clinic: Clinic, make_worker: MakeWorker
):
    with RudeServer() as server:
        worker = make_worker(server.port, timeout=STEP, username="clinic", password="hunter2")
        worker.deliver_due()
        waits(clinic, reason="mail server")
        assert not server.mails


def test_a_number_that_is_no_answer_is_no_verdict(clinic: Clinic, make_worker: MakeWorker):
    # Only 500 to 599 are a last word.
    with RudeServer({"sent": say(b"999 what")}) as server:
        make_worker(server.port, timeout=STEP).deliver_due()
        waits(clinic, reason="mail server")
