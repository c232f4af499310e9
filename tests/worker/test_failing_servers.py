"""A mail server may fail in any way: messages wait or are given up visibly, and others go on."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import select

from booking.domain.messages import MessageState
from booking.store.records import Message
from booking.worker import Worker
from tests.support import Clinic, at
from tests.worker.servers import (
    Act,
    RudeServer,
    free_port,
    hang,
    hang_up,
    mail_server,
    reset,
    say,
    trickle,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MakeWorker = Callable[..., Worker]
STEP = 0.3
# Four steps are what a delivery may take in all, and these servers hang for 30 s: that tells who
# was left from who was not, also on a machine that is busy for seconds.
LONGEST = 20


@pytest.fixture(autouse=True)
def booking(clinic: Clinic) -> None:
    clinic.book(at("2026-01-13T09:00-05:00"))


def message(clinic: Clinic) -> Message:
    return clinic.read(lambda session, _: session.scalars(select(Message)).one())


def waits(clinic: Clinic, *, reason: str) -> None:
    """The message was not sent, will be tried again soon, and says why."""
    found = message(clinic)
    assert found.state is MessageState.QUEUED
    assert found.sent_at is None
    assert found.tries == 1
    assert found.lease is None
    assert 0 < (found.next_try_at - clinic.time.now).total_seconds() <= 60
    assert reason in (found.error or "")


def leaves_later(clinic: Clinic, worker: Worker) -> None:
    """After its pause the same message goes out, once the server is well again."""
    assert worker.deliver_due() == 0
    clinic.time.pass_(minutes=1)
    assert worker.deliver_due() == 1
    found = message(clinic)
    assert (found.state, found.error, found.tries) == (MessageState.SENT, None, 2)


STAGES = ["connect", "EHLO", "MAIL", "RCPT", "DATA", "sent"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_hangs_is_left_in_time(clinic: Clinic, make_worker: MakeWorker, stage: str):
    with RudeServer({stage: hang}) as server:
        worker = make_worker(server.port, timeout=STEP)
        began = time.monotonic()
        assert worker.deliver_due() == 1
        assert time.monotonic() - began < LONGEST
        waits(clinic, reason="mail server")
        server.acts.clear()
        leaves_later(clinic, worker)
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_trickles_is_cut_off(clinic: Clinic, make_worker: MakeWorker, stage: str):
    with RudeServer({stage: trickle}) as server:
        worker = make_worker(server.port, timeout=STEP)
        began = time.monotonic()
        assert worker.deliver_due() == 1
        assert STEP < time.monotonic() - began < LONGEST
        waits(clinic, reason="mail server")
        server.acts.clear()
        leaves_later(clinic, worker)


@pytest.mark.parametrize("end", [hang_up, reset])
@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_hangs_up_is_tried_again(
    clinic: Clinic, make_worker: MakeWorker, stage: str, end: Act
):
    with RudeServer({stage: end}) as server:
        worker = make_worker(server.port, timeout=STEP)
        worker.deliver_due()
        waits(clinic, reason="could not be reached, or hung up")
        server.acts.clear()
        leaves_later(clinic, worker)
    # After DATA it may have arrived already: then the same id tells that it is the same mail.
    assert len(server.mails) == (2 if stage == "sent" else 1)
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


def test_a_server_that_hangs_up_after_taking_the_mail_has_taken_it(
    clinic: Clinic, make_worker: MakeWorker
):
    with RudeServer({"QUIT": hang_up}) as server:
        make_worker(server.port, timeout=STEP).deliver_due()
    assert message(clinic).state is MessageState.SENT


@pytest.mark.parametrize("stage", STAGES[1:])
@pytest.mark.parametrize("line", [b"421 closing", b"450 later", b"451 error", b"452 full"])
def test_a_passing_refusal_is_tried_again(
    clinic: Clinic, make_worker: MakeWorker, stage: str, line: bytes
):
    with RudeServer({stage: say(line), "HELO": say(line)}) as server:
        worker = make_worker(server.port, timeout=STEP)
        worker.deliver_due()
        waits(clinic, reason=line[:3].decode())
        server.acts.clear()
        leaves_later(clinic, worker)


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "sent"])
@pytest.mark.parametrize("line", [b"550 no such user", b"552 too large", b"554 spam"])
def test_a_final_refusal_is_given_up_and_shown(
    clinic: Clinic, make_worker: MakeWorker, stage: str, line: bytes
):
    with RudeServer({stage: say(line)}) as server:
        worker = make_worker(server.port, timeout=STEP)
        worker.deliver_due()
        found = message(clinic)
        assert (found.state, found.tries) == (MessageState.FAILED, 1)
        assert line[:3].decode() in (found.error or "")
        # What the server said may quote the address, so only the code is kept.
        assert line[4:].decode() not in (found.error or "")
        server.acts.clear()
        clinic.time.pass_(hours=1)
        assert worker.deliver_due() == 0


@pytest.mark.parametrize("stage", ["connect", "EHLO", "MAIL"])
def test_a_refusal_that_is_about_us_waits_until_it_is_mended(
    clinic: Clinic, make_worker: MakeWorker, stage: str
):
    line = say(b"554 we do not know you")
    with RudeServer({stage: line, "HELO": line} if stage != "connect" else {stage: line}) as server:
        if stage == "connect":
            server.acts |= {"EHLO": say(b"503 go away"), "HELO": say(b"503 go away")}
        worker = make_worker(server.port, timeout=STEP)
        worker.deliver_due()
        waits(clinic, reason="mail server")
        server.acts.clear()
        leaves_later(clinic, worker)


@pytest.mark.parametrize(
    "garbage",
    [
        say(b"HTTP/1.1 400 Bad Request"),
        say(b"\xff\xfe\x00\x01"),
        say(b""),
        say(b"2"),
        say(b"+OK POP3 ready"),
        say(b"* OK IMAP4 ready"),
    ],
)
@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "sent"])
def test_garbage_is_no_verdict(clinic: Clinic, make_worker: MakeWorker, stage: str, garbage: Act):
    with RudeServer(
        {stage: garbage, "HELO": garbage} if stage == "EHLO" else {stage: garbage}
    ) as server:
        worker = make_worker(server.port, timeout=STEP)
        worker.deliver_due()
        waits(clinic, reason="mail server")
        server.acts.clear()
        leaves_later(clinic, worker)


def test_a_server_of_another_kind_is_no_verdict(clinic: Clinic, make_worker: MakeWorker):
    line = say(b"HTTP/1.1 400 Bad Request")
    acts = dict.fromkeys(["connect", "EHLO", "HELO", "MAIL", "RCPT", "DATA"], line)
    with RudeServer(acts) as server:
        worker = make_worker(server.port, timeout=STEP)
        worker.deliver_due()
        waits(clinic, reason="mail server")


def test_a_server_that_is_down_is_tried_again(clinic: Clinic, make_worker: MakeWorker):
    port = free_port()
    worker = make_worker(port, timeout=STEP)
    worker.deliver_due()
    waits(clinic, reason="could not be reached")
    assert worker.deliver_due() == 0
    assert message(clinic).tries == 1


def test_a_server_whose_name_is_unknown_is_tried_again(clinic: Clinic, make_worker: MakeWorker):
    worker = make_worker(25, timeout=STEP, server="mail.invalid")
    worker.deliver_due()
    waits(clinic, reason="could not be reached")


def test_one_recipient_who_is_refused_does_not_hold_up_the_others(
    clinic: Clinic, make_worker: MakeWorker
):
    clinic.book(at("2026-01-13T10:00-05:00"))
    clinic.book(at("2026-01-13T11:00-05:00"))
    refusals = iter([b"550 no", b"450 later", b"250 fine"])
    with RudeServer({"RCPT": lambda talk: talk.say(next(refusals))}) as server:
        assert make_worker(server.port, timeout=STEP).deliver_due() == 3
    states = clinic.read(
        lambda session, _: list(session.scalars(select(Message.state).order_by(Message.id)))
    )
    assert states == [MessageState.FAILED, MessageState.QUEUED, MessageState.SENT]


def test_without_a_mail_server_messages_wait(clinic: Clinic):
    worker = Worker(clinic.database, clinic.links, None, sender="a@b.example", timeout=1)
    assert worker.deliver_due() == 0
    assert message(clinic).state is MessageState.QUEUED


def test_the_same_test_server_takes_mail_when_it_behaves(clinic: Clinic, make_worker: MakeWorker):
    with RudeServer() as rude, mail_server() as (port, letterbox):
        assert make_worker(rude.port).deliver_due() == 1
        clinic.book(at("2026-01-13T10:00-05:00"))
        assert make_worker(port).deliver_due() == 1
    assert len(rude.mails) == len(letterbox.mails) == 1
