"""
The worker: a handful of repeating jobs, each of which asks the database what is due.

A job carries no booking and remembers nothing, so any number of workers may run, and one that is
killed loses nothing.
"""

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from types import FrameType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import Session

from booking.domain.errors import Busy, NotFound, NotSetUp, SlotRefusal
from booking.domain.messages import DeliveryFailure, MessageKind
from booking.domain.retention import Retention
from booking.domain.slots import Slot
from booking.domain.time import local_day
from booking.formats.links import Links
from booking.formats.mail import Letter, compose
from booking.formats.sheets import file_name
from booking.formats.tokens import random_token
from booking.purge import purge
from booking.seams.sheet_folder import SheetFolder
from booking.services import counters, health
from booking.services.bookings import drafts, once, proof_mail
from booking.services.clinic import Rulebook
from booking.services.desk.sheets import nightly
from booking.services.imports import files, running
from booking.services.imports.lines import Line
from booking.services.imports.writing import bring_in
from booking.services.mail import letters, outbox, reminders
from booking.services.staff import one_time_links, sessions
from booking.services.times import claims
from booking.services.times.availability import Offers
from booking.services.times.reading_rules import read_rulebook
from booking.services.waitlist import answers, entries, filling, line
from booking.services.waitlist import mail as waitlist_mail
from booking.store.engine import Database
from booking.store.records import Message

Send = Callable[[EmailMessage], None]
DELIVERIES_AT_ONCE = 4
DELIVER_SECONDS, BEAT_SECONDS, WAITLIST_SECONDS, REMIND_SECONDS, SWEEP_SECONDS = 1, 10, 15, 60, 60
SHEETS_SECONDS, FORGET_SECONDS, TABLES_SECONDS = 120, 600, 1
STOP_SECONDS = 6
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class KeepSheets:
    """Where the sheets of today and tomorrow are saved, and to whom they are mailed, if anybody."""

    folder: SheetFolder
    recipient: str | None = None


class Worker:
    """
    Delivers messages, reminds of visits, passes free times on, sweeps away what has expired and
    forgets what was kept for long enough.
    """

    def __init__(
        self,
        database: Database,
        links: Links,
        send: Send | None,
        *,
        sender: str,
        timeout: float,
        reminder_hours: Sequence[int] = (),
        sheets: KeepSheets | None = None,
        keep: Retention | None = None,
    ):
        self._database = database
        self._links = links
        self._send = send
        self._sender = sender
        self._reminder_hours = reminder_hours
        self._sheets = sheets
        self._keep = keep
        self._purged_on: date | None = None
        self._offers = Offers()
        self._stop = threading.Event()
        # Longer than a delivery may take in all, so that no other worker starts the same one.
        self._lease = timedelta(seconds=timeout * 5 + 30)
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    def deliver_due(self) -> int:
        """Send what is due, one after the other; how many were tried."""
        tried = 0
        while self._send is not None and not self._stop.is_set() and self.deliver_one(self._send):
            tried += 1
        return tried

    def deliver_one(self, send: Send) -> bool:
        """Claim one message, send it with no transaction open, record what became of it."""
        lease = secrets.token_hex(16)
        claimed = self._database.write(lambda session, now: self._claim(session, lease, now))
        if claimed is None:
            return False
        message_id, mail = claimed
        try:
            if isinstance(mail, DeliveryFailure):
                raise mail
            send(mail)
        except DeliveryFailure as failure:
            self._record_failure(message_id, failure, lease)
        else:
            self._database.write(
                lambda session, now: outbox.record_sent(session, message_id, now=now)
            )
            _log.info("message_sent", message=message_id)
        return True

    def _claim(
        self, session: Session, lease: str, now: datetime
    ) -> tuple[int, EmailMessage | DeliveryFailure] | None:
        message = outbox.claim_next(session, lease=lease, lease_for=self._lease, now=now)
        if message is None:
            return None
        return message.id, self._written(session, message, read_rulebook(session), now)

    def _written(
        self, session: Session, message: Message, rulebook: Rulebook, now: datetime
    ) -> EmailMessage | DeliveryFailure:
        """The mail; or why it cannot be written, which must not stop the others."""
        try:
            return compose(self._letter(session, message, rulebook, now))
        except Exception as error:  # noqa: BLE001
            # The error's own words may quote a name.
            kind = type(error).__name__
            _log.error("message_cannot_be_written", message=message.id, error=kind)
            return DeliveryFailure(f"the message could not be written ({kind})", False)

    def _letter(
        self, session: Session, message: Message, rulebook: Rulebook, now: datetime
    ) -> Letter:
        if message.kind is MessageKind.SHEET:
            return nightly.letter(session, message, rulebook, sender=self._sender, now=now)
        written = letters.letter
        if message.kind.is_about_waiting:
            written = waitlist_mail.letter
        elif message.kind is MessageKind.CONFIRM_EMAIL:
            written = proof_mail.letter
        return written(message, rulebook, self._links, sender=self._sender, now=now)

    def _record_failure(self, message_id: int, failure: DeliveryFailure, lease: str) -> None:
        state = self._database.write(
            lambda session, now: outbox.record_failure(
                session, message_id, failure, lease=lease, now=now
            )
        )
        _log.warning("message_not_sent", message=message_id, why=failure.words, state=state)

    def fill_from_waitlist(self) -> None:
        """End offers that are over, then offer what is free to whom it suits, one at a time."""
        offers = self._offers
        for offer_id in self._database.read(lambda s, now: answers.over(s, now=now)):
            self._pass_on(offer_id)
        found = self._database.read(lambda s, now: filling.look(s, offers, now=now))
        if found.known:
            self._database.write(lambda session, _: line.note(session, found.known))
        for slot in found.slots:
            # Somebody else was quicker; what is still free is found next time.
            with suppress(SlotRefusal, NotFound):
                self._offer(slot)

    def _pass_on(self, offer_id: int) -> None:
        self._database.write(
            lambda session, now: answers.pass_on(session, self._offers, offer_id, now=now)
        )

    def _offer(self, slot: Slot) -> None:
        self._database.write(
            lambda session, now: filling.offer_first(
                session, self._offers, self._links, slot, random_token=random_token, now=now
            )
        )

    def remind(self) -> None:
        """Write the reminders that are due; other workers may be at it too."""
        hours = self._reminder_hours
        for booking_id in self._database.read(
            lambda session, now: reminders.due_now(session, hours=hours, now=now)
        ):
            self._remind(booking_id)

    def _remind(self, booking_id: int) -> None:
        self._database.write(
            lambda session, now: reminders.remind(
                session, self._links, booking_id, hours=self._reminder_hours, now=now
            )
        )

    def bring_in_tables(self) -> None:
        """Check the tables that were handed in, and bring in those that stand to be."""
        for import_id in self._database.read(lambda session, _: files.due(session)):
            self._bring_in(import_id)

    def _bring_in(self, import_id: int) -> None:
        try:
            job = self._database.read(lambda s, now: running.begin(s, import_id, now=now))
            if job is not None:
                self._work_on(job)
        except running.DoneAlready:
            return
        except (Busy, NotSetUp):
            raise
        except Exception as error:  # noqa: BLE001
            # It must not be tried for ever; the error's own words may quote a name.
            _log.error("table_cannot_be_brought_in", table=import_id, error=type(error).__name__)
            self._database.write(lambda s, now: files.give_back(s, import_id, now=now))

    def _is_wanted(self, import_id: int, done: int) -> bool:
        return self._database.write(lambda s, now: files.progress(s, import_id, done, now=now))

    def _work_on(self, job: running.Job) -> None:
        file, lines = job.file, list[Line]()
        for part in job.parts():
            lines += part
            if not self._is_wanted(file.id, len(lines)):
                return
        by = running.by(file, self._links, random_token)
        is_overtaken = False
        if not job.is_check:
            try:
                self._database.write(lambda s, now: running.carry_out(s, file, lines, by, now=now))
            except (running.Overtaken, SlotRefusal):
                is_overtaken = True
            else:
                _log.info("table_brought_in", table=file.id)
                return
        # All of it is undone: this is how it would be.
        outcomes = self._database.rehearse(lambda s, now: bring_in(s, lines, by, now=now))
        self._database.write(
            lambda s, now: files.report(s, file.id, outcomes, is_overtaken=is_overtaken, now=now)
        )

    def save_sheets(self) -> None:
        """Once a night at the clinic: the sheets of today and tomorrow."""
        keep = self._sheets
        if keep is None:
            return
        _, tomorrow = self._database.read(lambda s, now: nightly.days(read_rulebook(s), now))
        # With the day that has come, its tomorrow is the one that is missing.
        if keep.folder.has(file_name(tomorrow)):
            return

        def work(session: Session, now: datetime) -> dict[str, str]:
            rulebook = read_rulebook(session)
            if keep.recipient is not None:
                nightly.queue(session, self._links, rulebook, keep.recipient, now=now)
            return nightly.files(session, rulebook, now=now)

        keep.folder.keep(self._database.write(work))
        _log.info("sheets_saved")

    def sweep(self) -> None:
        """Remove what has expired: holds, past claims, drafts, keys, sessions, counters, waits."""

        def work(session: Session, now: datetime) -> None:
            claims.sweep(session, now=now)
            drafts.sweep(session, now=now)
            once.sweep(session, now=now)
            sessions.sweep(session, now=now)
            one_time_links.sweep(session, now=now)
            counters.sweep(session, now=now)
            entries.sweep(session, now=now)
            files.sweep(session, now=now)

        self._database.write(work)

    def forget(self) -> None:
        """Once a day at the clinic: what was kept for long enough."""
        if self._keep is None:
            return
        today = self._database.read(
            lambda session, now: local_day(now, read_rulebook(session).clinic.zone)
        )
        if today != self._purged_on:
            purge(self._database, self._keep, offers=self._offers, is_stopped=self._stop.is_set)
            self._purged_on = today

    def beat(self) -> None:
        """Say that this worker is there."""
        self._database.write(lambda session, now: health.beat(session, self.name, now=now))

    def run(self) -> None:
        """Work until SIGINT or SIGTERM; what is being sent has some seconds to finish."""

        def end(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001
            self._stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        # It would warn each second while all deliveries wait for a mail server.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None}
        )
        for job, seconds, at_once in (
            (self.beat, BEAT_SECONDS, 1),
            (self.deliver_due, DELIVER_SECONDS, DELIVERIES_AT_ONCE),
            (self.fill_from_waitlist, WAITLIST_SECONDS, 1),
            (self.remind, REMIND_SECONDS, 1),
            (self.sweep, SWEEP_SECONDS, 1),
            (self.save_sheets, SHEETS_SECONDS, 1),
            (self.forget, FORGET_SECONDS, 1),
            (self.bring_in_tables, TABLES_SECONDS, 1),
        ):
            scheduler.add_job(_patient(job), "interval", seconds=seconds, max_instances=at_once)
        _patient(self.beat)()
        scheduler.start()
        _log.info("worker_started", worker=self.name)
        self._stop.wait()
        shutdown = threading.Thread(target=scheduler.shutdown, daemon=True)
        shutdown.start()
        shutdown.join(STOP_SECONDS)
        _log.info("worker_stopped", worker=self.name, waiting=shutdown.is_alive())
        if shutdown.is_alive():
            # A mail server hangs. The message's lease runs out, and it is sent after that.
            os._exit(0)


def _patient(job: Callable[[], object]) -> Callable[[], None]:
    """A job that waits for its next turn when the database is away or no clinic is set up."""

    def run() -> None:
        try:
            job()
        except (Busy, NotSetUp) as reason:
            _log.warning("job_postponed", job=job.__name__, why=reason.code)

    return run
