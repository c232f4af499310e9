"""Running late: said until the day ends, and by e-mail only to those it still helps."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from booking.domain.errors import MoreToTell
from booking.domain.lifecycle import State, Stranding
from booking.domain.messages import MessageKind, MessageState
from booking.domain.people import Person
from booking.formats.mail import compose
from booking.services.bookings import changes
from booking.services.desk.board import lateness
from booking.services.desk.board.lateness import Late
from booking.services.mail import letters, outbox
from booking.store.bookings import Booking
from booking.store.records import AuditEntry, Message
from tests.services.deeds import TUESDAY_9
from tests.support import ANN, RECEPTION, Clinic

AHMED = 1
DAY = date(2026, 1, 13)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def day(clinic: Clinic) -> list[Booking]:
    """Four visits from nine on; the first has begun, and somebody is early for the second."""
    patients = [ANN, ANN, ANN, Person("Bob", ANN.date_of_birth, None, "+12025550143")]
    booked = [
        clinic.book(TUESDAY_9 + number * HALF_HOUR, person)
        for number, person in enumerate(patients)
    ]
    clinic.time.now = TUESDAY_9 + timedelta(minutes=10)
    step(clinic, booked[1], State.ARRIVED)
    return booked


def step(clinic: Clinic, booking: Booking, to: State) -> None:
    clinic.write(
        lambda session, now: changes.advance(
            session,
            clinic.offers,
            clinic.links,
            booking,
            to,
            actor=RECEPTION,
            reason="Asked for.",
            now=now,
        )
    )


def announce(clinic: Clinic, minutes: int, tell: frozenset[int] | None) -> int:
    return clinic.write(
        lambda session, now: lateness.announce(
            session,
            clinic.links,
            clinic.offers.rulebook(session),
            AHMED,
            minutes,
            tell=tell,
            actor=RECEPTION,
            now=now,
        )
    )


def take_back(clinic: Clinic) -> None:
    clinic.write(
        lambda session, now: lateness.on_time_again(
            session, clinic.offers.rulebook(session), AHMED, actor=RECEPTION, now=now
        )
    )


def to_tell(clinic: Clinic) -> frozenset[int]:
    return clinic.read(
        lambda session, now: frozenset(
            one.booking_id
            for one in lateness.still_to_come(
                session, clinic.offers.rulebook(session), AHMED, now=now
            )
        )
    )


def late(clinic: Clinic) -> list[Late]:
    return clinic.read(lambda session, _: list(lateness.now_late(session, DAY)))


def told(clinic: Clinic) -> list[tuple[int, MessageState]]:
    query = select(Message.booking_id, Message.state).where(
        Message.kind == MessageKind.RUNNING_LATE
    )
    return clinic.read(
        lambda session, _: [tuple(one) for one in session.execute(query.order_by(Message.id))]
    )


def send_all(clinic: Clinic) -> list[str]:
    """What a worker would send now: the kinds that leave."""
    sent = []

    def claim(session, now):
        message = outbox.claim_next(session, lease="me", lease_for=HALF_HOUR, now=now)
        if message is None:
            return None
        rules = clinic.offers.rulebook(session)
        letter = letters.letter(message, rules, clinic.links, sender="c@clinic.example", now=now)
        outbox.record_sent(session, message.id, now=now)
        return message.kind, compose(letter)

    while (found := clinic.write(claim)) is not None:
        kind, mail = found
        if kind is MessageKind.RUNNING_LATE:
            sent.append(mail.get_body(("plain",)).get_content())
    return sent


def test_nobody_is_told_unless_somebody_wants_it(clinic: Clinic, day: list[Booking]):
    assert announce(clinic, 20, None) == 0
    assert [(one.minutes, one.told) for one in late(clinic)] == [(20, 0)]
    assert told(clinic) == []


def test_only_those_still_to_come_with_an_address_are_told(clinic: Clinic, day: list[Booking]):
    # The next day's patients are no matter of today.
    clinic.book(TUESDAY_9 + timedelta(days=1))
    assert to_tell(clinic) == {day[2].id}
    assert announce(clinic, 20, to_tell(clinic)) == 1
    (text,) = send_all(clinic)
    assert "about 20 minutes late today" in text
    assert "will probably begin around 10:20" in text


def test_who_was_told_that_the_visit_is_off_is_not_told_that_it_is_late(
    clinic: Clinic, day: list[Booking]
):
    off = update(Booking).where(Booking.id == day[2].id).values(stranding=Stranding.TO_MOVE)
    clinic.write(lambda session, _: session.execute(off) and None)
    assert to_tell(clinic) == frozenset()


def test_each_announcement_is_told_once(clinic: Clinic, day: list[Booking]):
    announce(clinic, 20, to_tell(clinic))
    send_all(clinic)
    announce(clinic, 45, to_tell(clinic))
    assert [(one.minutes, one.told) for one in late(clinic)] == [(45, 1)]
    assert len(send_all(clinic)) == 1
    assert send_all(clinic) == []


def test_who_booked_meanwhile_is_shown_before_they_are_told(clinic: Clinic, day: list[Booking]):
    shown = to_tell(clinic)
    clinic.book(TUESDAY_9 + timedelta(hours=5))
    with pytest.raises(MoreToTell):
        announce(clinic, 20, shown)
    assert (late(clinic), told(clinic)) == ([], [])
    # Whoever cancelled meanwhile is simply not told.
    shown = to_tell(clinic)
    step(clinic, day[2], State.CANCELLED)
    assert announce(clinic, 20, shown) == 1


def test_taken_back_it_is_on_no_board_and_what_had_not_left_stays(
    clinic: Clinic, day: list[Booking]
):
    announce(clinic, 20, to_tell(clinic))
    take_back(clinic)
    take_back(clinic)
    assert late(clinic) == []
    assert told(clinic) == [(day[2].id, MessageState.DROPPED)]
    trail = clinic.read(
        lambda session, _: [
            (one.action, one.to_value, one.reason)
            for one in session.scalars(select(AuditEntry).where(AuditEntry.subject.is_not(None)))
        ]
    )
    assert trail == [
        ("running_late", "20 minutes", "told by e-mail: 1"),
        ("on_time_again", None, ""),
    ]


@pytest.mark.parametrize("what", ["arrived", "cancelled", "begun"])
def test_who_need_not_know_any_more_gets_no_mail(clinic: Clinic, day: list[Booking], what: str):
    announce(clinic, 20, to_tell(clinic))
    if what == "begun":
        clinic.time.now = day[2].start
    else:
        step(clinic, day[2], State(what))
    assert send_all(clinic) == []


def test_the_next_day_begins_on_time(clinic: Clinic, day: list[Booking]):
    announce(clinic, 20, None)
    tomorrow = clinic.read(lambda session, _: lateness.now_late(session, DAY + timedelta(days=1)))
    assert tomorrow == []
