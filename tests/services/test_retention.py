"""What was kept for long enough is forgotten, and nothing else is."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from booking.domain.lifecycle import State
from booking.domain.messages import MessageState
from booking.domain.retention import Retention
from booking.purge import count, purge
from booking.services import audit, retention
from booking.services.waitlist import entries
from booking.store.bookings import Booking, Patient
from booking.store.records import AuditEntry, Message
from booking.store.waitlist import WaitlistEntry
from booking.worker import Worker
from tests.services import deeds, waiting
from tests.services.deeds import TUESDAY_9, TUESDAY_10, TUESDAY_930, cancel, now_is, step
from tests.services.zelda import SAID, ZELDA, book_again, leak
from tests.support import RECEPTION, Clinic

KEEP = Retention()
YEAR = timedelta(days=366)


def forget(clinic: Clinic) -> dict[str, int]:
    return purge(clinic.database, KEEP, offers=clinic.offers)


def names(clinic: Clinic, *bookings: Booking) -> list[str]:
    return [now_is(clinic, one).patient.name for one in bookings]


def test_who_never_came_is_forgotten_after_a_year_and_who_came_after_eight(clinic: Clinic):
    came = clinic.book(TUESDAY_9, ZELDA, given=SAID)
    missed, unsaid = clinic.book(TUESDAY_930), clinic.book(TUESDAY_10)
    clinic.time.now = TUESDAY_10 + timedelta(hours=1)
    step(clinic, came, State.COMPLETED, reason="")
    step(clinic, missed, State.NO_SHOW, reason="")
    clinic.time.now = datetime(2027, 1, 13, 14, 29, tzinfo=TUESDAY_9.tzinfo)
    assert forget(clinic)["patients"] == 0
    clinic.time.pass_(days=1)
    assert count(clinic.database, KEEP)["patients"] == 1
    assert forget(clinic)["patients"] == 1
    assert names(clinic, came, missed, unsaid) == [ZELDA.name, "Erased", "Ann O’Brien"]
    clinic.time.now = datetime(2034, 1, 14, tzinfo=TUESDAY_9.tzinfo)
    assert forget(clinic)["patients"] == 2
    assert names(clinic, came, unsaid) == ["Erased", "Erased"]
    assert leak(clinic) == []
    assert now_is(clinic, came).state is State.COMPLETED


def test_one_visit_that_is_not_old_enough_keeps_the_patient(clinic: Clinic):
    missed = clinic.book(TUESDAY_9, ZELDA)
    cancel(clinic, missed, actor=RECEPTION, reason="asked for")
    clinic.time.now = TUESDAY_9 + timedelta(days=300)
    start = clinic.slots(clinic.time.now.date(), (clinic.time.now + timedelta(days=7)).date())[0]
    later = book_again(clinic, missed.patient_id, start.start)
    cancel(clinic, later, actor=RECEPTION, reason="asked for")
    clinic.time.now = TUESDAY_9 + YEAR
    assert forget(clinic)["patients"] == 0
    clinic.time.pass_(days=320)
    assert forget(clinic)["patients"] == 1


def test_a_wait_is_forgotten_a_month_after_it_ended(clinic: Clinic):
    waiting.join(clinic)
    clinic.time.pass_(days=31)
    clinic.write(lambda session, now: entries.sweep(session, now=now))
    clinic.time.pass_(days=29)
    assert forget(clinic)["waitlist"] == 0
    clinic.time.pass_(days=1)
    assert forget(clinic)["waitlist"] == 1
    assert deeds.count(clinic, WaitlistEntry, Message) == 0


def test_after_ninety_days_nobody_knows_to_whom_a_message_went(clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    cancel(clinic, booking, actor=RECEPTION, reason="The doctor is ill")
    first, second = deeds.messages(clinic, booking)

    def end(session, now):
        session.get(Message, first.id).state = MessageState.FAILED

    clinic.write(end)
    clinic.time.pass_(days=91)
    # What still waits is not old, however long it waits.
    assert forget(clinic)["messages"] == 1
    first, second = deeds.messages(clinic, booking)
    assert (first.address, first.state) == (None, MessageState.DROPPED)
    assert (second.address, second.reason) == ("ann@patient.example", "The doctor is ill")
    assert names(clinic, booking) == ["Ann O’Brien"]


def test_audit_entries_go_after_six_years_and_that_is_noted_in_numbers(clinic: Clinic):
    clinic.book(TUESDAY_9, ZELDA)
    clinic.time.now = datetime(2032, 1, 13, tzinfo=TUESDAY_9.tzinfo)
    before = deeds.count(clinic, AuditEntry)
    assert forget(clinic)["audit"] == before
    [entry] = clinic.read(lambda session, _: session.scalars(select(AuditEntry)).all())
    assert (entry.action, entry.actor_kind) == ("retention", "system")
    assert entry.reason == f"patients: 0, waitlist: 0, messages: 0, audit: {before}"
    assert forget(clinic) == dict.fromkeys(("patients", "waitlist", "messages", "audit"), 0)
    assert deeds.count(clinic, AuditEntry) == 1


def test_counting_changes_nothing(clinic: Clinic):
    clinic.book(TUESDAY_9, ZELDA)
    clinic.time.now += 9 * YEAR
    before = deeds.everything(clinic)
    counted = count(clinic.database, KEEP)
    assert counted["patients"] == 1
    assert deeds.everything(clinic) == before
    assert forget(clinic) == counted


def test_several_at_once_forget_everybody_once(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retention, "PAGE", 3)
    monkeypatch.setattr("booking.purge.BATCH", 2)
    day = clinic.slots(TUESDAY_9.date())
    for slot in day[:7]:
        clinic.book(slot.start)
    clinic.time.now += 9 * YEAR
    done: list[dict[str, int]] = []
    threads = [threading.Thread(target=lambda: done.append(forget(clinic))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one["patients"] for one in done) == 7
    left = select(func.count()).select_from(Patient).where(Patient.erased_at.is_(None))
    assert clinic.read(lambda session, _: session.scalar(left)) == 0
    erased = select(func.count()).where(AuditEntry.action == "patient_erased")
    assert clinic.read(lambda session, _: session.scalar(erased)) == 7


def test_the_worker_forgets_once_a_day(clinic: Clinic):
    worker = Worker(clinic.database, clinic.links, None, sender="a@b.example", timeout=1, keep=KEEP)
    old = select(func.count()).where(AuditEntry.action == "viewed")

    def look_long_ago() -> None:
        clinic.write(lambda s, now: audit.record(s, RECEPTION, "viewed", now=now - 9 * YEAR))

    left = []
    for days in (0, 0, 1):
        clinic.time.pass_(days=days)
        look_long_ago()
        worker.forget()
        left.append(clinic.read(lambda session, _: session.scalar(old)))
    assert left == [0, 1, 0]
