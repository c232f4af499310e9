"""Any number of workers may run; each message leaves once, and one that dies loses nothing."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from booking.domain.errors import Busy
from booking.domain.messages import MessageState
from booking.seams.smtp import SmtpSender
from booking.store.engine import Database
from booking.store.records import Heartbeat, Message
from booking.worker import Worker
from config import ROOT
from tests.support import SECRET, Clinic, at
from tests.web.journeys import book
from tests.web.test_manage import cancel
from tests.web.visitor import Visitor
from tests.worker.conftest import SENDER, mail_settings
from tests.worker.servers import Letterbox, RudeServer, hang, wait_for

MakeWorker = Callable[..., Worker]
NINE = at("2026-01-13T09:00-05:00")


def states(clinic: Clinic) -> list[MessageState]:
    return clinic.read(lambda session, _: list(session.scalars(select(Message.state))))


def test_several_workers_at_once_send_each_message_once(
    clinic: Clinic, make_worker: MakeWorker, post: tuple[int, Letterbox]
):
    port, letterbox = post
    for number in range(12):
        clinic.book(NINE + timedelta(days=1 + number // 6, minutes=30 * (number % 6)))
    workers = [make_worker(port) for _ in range(4)]
    together = threading.Barrier(4)

    def work(worker: Worker) -> None:
        together.wait()
        # As the worker's jobs do: who did not get a turn in time comes again.
        while True:
            with suppress(Busy):
                worker.deliver_due()
                return

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [mail["Message-ID"] for mail in letterbox.mails]
    assert len(ids) == len(set(ids)) == 12
    assert states(clinic) == [MessageState.SENT] * 12


def test_a_second_worker_leaves_alone_what_the_first_is_sending(
    clinic: Clinic, make_worker: MakeWorker
):
    clinic.book(NINE)
    with RudeServer({"DATA": hang}) as server:
        busy = threading.Thread(target=make_worker(server.port, timeout=3).deliver_due)
        busy.start()
        wait_for(lambda: server.connections)
        assert make_worker(server.port).deliver_due() == 0
        assert server.connections == 1
        server.over.set()
        busy.join()


def start_worker(clinic: Clinic, port: int, folder: Path) -> subprocess.Popen[str]:
    """A worker as production runs it, in a process of its own."""
    url = clinic.database.engine.url
    environ = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "SECRET_KEY": SECRET,
        "INSTANCE_PATH": str(folder),
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(port),
        "MAIL_TIMEOUT": "20",
        "MAIL_DEFAULT_SENDER": SENDER,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True)


def after_a_restart(clinic: Clinic, port: int) -> Worker:
    """A worker that starts when the dead one's lease has run out; its clock is the real one's."""
    latest = clinic.read(lambda session, _: session.scalars(select(Message.next_try_at)).one())
    database = Database(
        clinic.database.engine.url.render_as_string(hide_password=False),
        clock=lambda _: latest + timedelta(seconds=1),
    )
    sender = SmtpSender(mail_settings(port))
    return Worker(database, clinic.links, sender.send, sender=SENDER, timeout=5)


@pytest.mark.parametrize("stage", ["connect", "QUIT"])
def test_a_worker_that_is_killed_loses_nothing(clinic: Clinic, tmp_path: Path, stage: str):
    """
    Killed between claiming and sending, or after the server's 250 and before that is recorded:
    at QUIT the server has taken the mail, and the worker still waits for its good-bye.
    """
    clinic.book(NINE)
    reached = threading.Event()

    def stop_here(talk) -> None:
        reached.set()
        hang(talk)

    with RudeServer({stage: stop_here}) as server:
        worker = start_worker(clinic, server.port, tmp_path)
        try:
            assert reached.wait(30)
            assert states(clinic) == [MessageState.SENDING]
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
        taken = len(server.mails)
        assert taken == (1 if stage == "QUIT" else 0)
        # Nobody else takes it up while the lease lasts; then somebody does.
        server.acts.clear()
        early = Worker(
            clinic.database,
            clinic.links,
            SmtpSender(mail_settings(server.port)).send,
            sender=SENDER,
            timeout=5,
        )
        assert early.deliver_due() == 0
        restarted = after_a_restart(clinic, server.port)
        assert restarted.deliver_due() == 1
        restarted._database.dispose()
    assert states(clinic) == [MessageState.SENT]
    assert len(server.mails) == taken + 1
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


def test_what_a_dead_worker_had_claimed_is_not_sent_after_a_cancellation(
    clinic: Clinic, app, make_worker: MakeWorker, post: tuple[int, Letterbox]
):
    port, letterbox = post
    visitor = Visitor(app)
    token = book(visitor)
    worker = make_worker(port)
    claimed = clinic.write(lambda session, now: worker._claim(session, "a lease", now))
    assert claimed is not None
    cancel(visitor, token)
    clinic.time.pass_(minutes=10)
    worker.deliver_due()
    (mail,) = letterbox.mails
    assert "cancelled" in mail["Subject"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_asked_to_stop_finishes_and_goes(
    clinic: Clinic, tmp_path: Path, post: tuple[int, Letterbox], number: signal.Signals
):
    port, letterbox = post
    clinic.book(NINE)
    worker = start_worker(clinic, port, tmp_path)
    try:
        wait_for(lambda: states(clinic) == [MessageState.SENT])
        assert clinic.read(lambda session, _: session.scalars(select(Heartbeat)).all())
        worker.send_signal(number)
        _, log = worker.communicate(timeout=10)
    finally:
        worker.kill()
        worker.wait()
    assert worker.returncode == 0
    assert len(letterbox.mails) == 1
    assert '"worker_stopped"' in log
    assert "Traceback" not in log
    for secret in ("ann@patient.example", "Brien", SECRET):
        assert secret not in log
