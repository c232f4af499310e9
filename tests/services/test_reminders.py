"""Reminders in the outbox: whom, when, once a booking and time, however many workers run."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from booking.domain.intake import Intake
from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind
from booking.domain.people import Person
from booking.formats.mail import compose
from booking.services.bookings import reconfirmations
from booking.services.bookings.intakes import Given
from booking.services.mail import letters, outbox, reminders
from booking.services.times.reading_rules import read_rulebook
from booking.store.base import insert_row
from booking.store.bookings import Booking, Consent
from booking.store.records import AuditEntry, Message
from booking.worker import Worker
from tests.services.deeds import cancel, move, step, wall
from tests.support import ANN, Clinic

HOURS = (72, 24)
PERMITTED = Given(Intake(), 1, may_remind=True)
# A Friday and the Monday after, in the week after the one in which tests begin.
FRIDAY, MONDAY = wall("01-23 10:00"), wall("01-26 10:00")
CALLER = Person("Tom Baker", date(1980, 2, 1), None, "+12025550177")


@pytest.fixture
def booked(clinic: Clinic) -> Booking:
    return clinic.book(FRIDAY, given=PERMITTED)


def work(clinic: Clinic, hours: tuple[int, ...] = HOURS) -> None:
    Worker(
        clinic.database, clinic.links, None, sender="a@b.example", timeout=1, reminder_hours=hours
    ).remind()


def told(clinic: Clinic) -> list[tuple[object, int, int]]:
    """Start, hours before and sequence of each reminder, oldest first."""
    return clinic.read(
        lambda session, _: [
            (one.reminds_of, one.hours_before, one.sequence)
            for one in session.scalars(
                select(Message).where(Message.kind == MessageKind.REMINDER).order_by(Message.id)
            )
        ]
    )


def test_each_reminder_is_written_when_it_is_due_and_once(clinic: Clinic, booked: Booking):
    work(clinic)
    assert told(clinic) == []
    for hours in (71, 70, 30, 24, 23, 1):
        clinic.time.now = FRIDAY - timedelta(hours=hours)
        if hours == 23:
            work(clinic)
        work(clinic)
    assert told(clinic) == [(FRIDAY, 72, 0), (FRIDAY, 24, 0)]


def test_nobody_is_reminded_who_did_not_permit_it(clinic: Clinic):
    clinic.book(FRIDAY)
    clinic.time.now = FRIDAY - timedelta(hours=24)
    work(clinic)
    assert told(clinic) == []


def test_the_latest_word_on_it_counts_and_each_is_a_row_of_the_ledger(
    clinic: Clinic, booked: Booking
):
    def permit(granted: bool) -> None:
        clinic.write(
            lambda session, now: reminders.permit(
                session, booked, granted=granted, version=4, now=now
            )
        )

    permit(granted=True)
    permit(granted=False)
    clinic.time.now = FRIDAY - timedelta(hours=72)
    work(clinic)
    assert told(clinic) == []
    permit(granted=True)
    work(clinic)
    assert told(clinic) == [(FRIDAY, 72, 0)]
    rows = clinic.read(
        lambda session, _: session.execute(
            select(Consent.granted, Consent.text_version)
            .where(Consent.purpose == "email_reminders")
            .order_by(Consent.id)
        ).all()
    )
    assert [tuple(row) for row in rows] == [(True, "1"), (False, "4"), (True, "4")]
    actions = clinic.read(lambda session, _: session.scalars(select(AuditEntry.action)).all())
    assert {"reminders_permitted", "reminders_declined"} <= set(actions)


def test_nobody_is_reminded_of_what_is_cancelled_or_under_way(clinic: Clinic, booked: Booking):
    other = clinic.book(MONDAY, given=PERMITTED)
    cancel(clinic, booked)
    clinic.time.now = FRIDAY - timedelta(hours=24)
    work(clinic)
    assert told(clinic) == []
    clinic.time.now = MONDAY - timedelta(minutes=20)
    step(clinic, other, State.ARRIVED)
    clinic.time.now = MONDAY - timedelta(minutes=31)
    work(clinic)
    assert told(clinic) == []


def test_a_reminder_that_waits_is_dropped_by_a_cancellation(clinic: Clinic, booked: Booking):
    clinic.time.now = FRIDAY - timedelta(hours=72)
    work(clinic)
    cancel(clinic, booked)
    lease = {"lease": "worker", "lease_for": timedelta(minutes=5)}
    left = []
    while message := clinic.write(
        lambda session, now: outbox.claim_next(session, **lease, now=now)
    ):
        left.append(message.kind)
    assert MessageKind.REMINDER not in left


def test_a_reminder_that_is_late_is_not_sent_after_the_start(clinic: Clinic, booked: Booking):
    clinic.time.now = FRIDAY - timedelta(hours=24)
    work(clinic)
    clinic.time.now = FRIDAY
    lease = {"lease": "worker", "lease_for": timedelta(minutes=5)}
    first = clinic.write(lambda session, now: outbox.claim_next(session, **lease, now=now))
    assert first is not None
    assert first.kind is MessageKind.CONFIRMED
    clinic.write(lambda session, now: outbox.record_sent(session, first.id, now=now))
    assert clinic.write(lambda session, now: outbox.claim_next(session, **lease, now=now)) is None


def test_a_moved_visit_has_reminders_of_its_new_time(clinic: Clinic, booked: Booking):
    clinic.time.now = FRIDAY - timedelta(hours=70)
    work(clinic)
    assert told(clinic) == [(FRIDAY, 72, 0)]
    move(clinic, booked, MONDAY)
    clinic.time.now = FRIDAY - timedelta(hours=24)
    work(clinic)
    assert told(clinic) == [(FRIDAY, 72, 0)]
    clinic.time.now = MONDAY - timedelta(hours=24)
    work(clinic)
    assert told(clinic) == [(FRIDAY, 72, 0), (MONDAY, 24, 1)]


def test_who_booked_or_moved_shortly_before_gets_the_next_one_only(clinic: Clinic, booked: Booking):
    clinic.time.now = MONDAY - timedelta(hours=80)
    move(clinic, booked, MONDAY)
    clinic.time.now = MONDAY - timedelta(hours=72)
    work(clinic)
    assert told(clinic) == []
    clinic.time.now = MONDAY - timedelta(hours=24)
    work(clinic)
    assert told(clinic) == [(MONDAY, 24, 1)]


def test_hours_are_real_ones_through_a_clock_change(clinic: Clinic):
    clinic.time.now = wall("02-25 10:00")
    # On Sunday 8 March the clock goes forward in New York: 13:00 is 17:00 in UTC from then on.
    monday = wall("03-09 12:00")
    assert clinic.book(monday, given=PERMITTED).local_start == "2026-03-09T13:00:00"
    clinic.time.now = monday - timedelta(hours=72, minutes=1)
    work(clinic)
    assert told(clinic) == []
    clinic.time.pass_(minutes=1)
    work(clinic)
    assert told(clinic) == [(monday, 72, 0)]


def test_no_address_no_reminder_and_no_hours_none(clinic: Clinic, booked: Booking):
    clinic.book(FRIDAY + timedelta(hours=1), CALLER, given=PERMITTED)
    clinic.time.now = FRIDAY - timedelta(hours=24)
    work(clinic, ())
    assert told(clinic) == []
    work(clinic)
    assert len(told(clinic)) == 1


def test_many_workers_at_once_write_one(clinic: Clinic, booked: Booking):
    clinic.time.now = FRIDAY - timedelta(hours=24)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: work(clinic), range(8)))
    assert len(told(clinic)) == 1


def double(clinic: Clinic, sequence: int) -> None:
    """The same reminder again, as a program that forgot about it would write it."""

    def write(session: object, now: object) -> None:
        first = session.scalars(select(Message).where(Message.kind == MessageKind.REMINDER)).one()
        columns = {c.key: getattr(first, c.key) for c in Message.__mapper__.column_attrs}
        again = {"message_id": f"<{sequence}@again>", "sequence": sequence}
        insert_row(session, Message, **{**{k: v for k, v in columns.items() if k != "id"}, **again})

    clinic.write(write)


def test_the_database_itself_refuses_a_second_reminder_of_a_time(clinic: Clinic, booked: Booking):
    clinic.time.now = FRIDAY - timedelta(hours=24)
    work(clinic)
    with pytest.raises(IntegrityError, match=r"reminded_once|reminds_of"):
        double(clinic, 7)
    assert len(told(clinic)) == 1


def written(clinic: Clinic) -> EmailMessage:
    """The one reminder as it would leave now."""
    return clinic.read(
        lambda session, now: compose(
            letters.letter(
                session.scalars(select(Message).where(Message.kind == MessageKind.REMINDER)).one(),
                read_rulebook(session),
                clinic.links,
                sender="booking@clinic.example",
                now=now,
            )
        )
    )


def test_the_mail_says_when_and_leads_to_the_page_and_brings_no_calendar_entry(
    clinic: Clinic, booked: Booking
):
    clinic.time.now = FRIDAY - timedelta(hours=24)
    work(clinic)
    mail = written(clinic)
    assert mail["Subject"] == "Reminder: your appointment on Fri 23 Jan, 10:00 am"
    assert mail["To"] == ANN.email
    words = mail.get_body(("plain",)).get_content()
    token = clinic.links.keys.new(booked.uid, 0)
    assert f"http://127.0.0.1:8000/manage/{token}#come" in words
    assert "Friday 23 January 2026, 10:00 am" in words
    assert not [part for part in mail.walk() if part.get_content_type() == "text/calendar"]


def test_nobody_is_asked_again_who_said_that_they_will_come(clinic: Clinic, booked: Booking):
    clinic.time.now = FRIDAY - timedelta(hours=24)
    work(clinic)
    assert "Will you come?" in written(clinic).get_body(("plain",)).get_content()
    clinic.write(
        lambda session, now: reconfirmations.reconfirm(session, booked, start=FRIDAY, now=now)
    )
    assert "Will you come?" not in written(clinic).get_body(("plain",)).get_content()


# SQLite takes no constraint away.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_constraint_a_second_one_would_be_there(clinic: Clinic, booked: Booking):
    clinic.time.now = FRIDAY - timedelta(hours=24)
    work(clinic)
    drop = text("ALTER TABLE messages DROP CONSTRAINT uq_messages_reminded_once")
    clinic.write(lambda session, _: session.execute(drop) and None)
    double(clinic, 7)
    assert len(told(clinic)) == 2
