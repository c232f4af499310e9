"""The outbox: a message is a row first, leaves once, and is never lost in silence."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from booking.domain.errors import Refusal
from booking.domain.lifecycle import State
from booking.domain.messages import BACK_OFF, DeliveryFailure, MessageState
from booking.services.mail import outbox
from booking.store.records import Message
from tests.services.deeds import (
    HALF_HOUR,
    TUESDAY_9,
    TUESDAY_10,
    WEDNESDAY_9,
    cancel,
    count,
    messages,
    move,
    step,
    told,
    wall,
)
from tests.support import RECEPTION, Clinic

LEASE = timedelta(minutes=5)
REFUSED = DeliveryFailure("the server said no", retryable=False)
AWAY = DeliveryFailure("the server does not answer", retryable=True)


def claim(clinic: Clinic, lease: str = "worker") -> Message | None:
    return clinic.write(
        lambda session, now: outbox.claim_next(session, lease=lease, lease_for=LEASE, now=now)
    )


def claimed(clinic: Clinic, lease: str = "worker") -> Message:
    message = claim(clinic, lease)
    assert message is not None
    return message


def sent(clinic: Clinic, message: Message) -> None:
    clinic.write(lambda session, now: outbox.record_sent(session, message.id, now=now))


def fail(
    clinic: Clinic, message: Message, failure: DeliveryFailure, lease: str = "worker"
) -> MessageState | None:
    return clinic.write(
        lambda session, now: outbox.record_failure(
            session, message.id, failure, lease=lease, now=now
        )
    )


def counts(clinic: Clinic) -> outbox.Counts:
    return clinic.read(lambda session, now: outbox.counts(session))


def as_it_is(clinic: Clinic, message: Message) -> Message:
    return clinic.read(
        lambda session, now: session.scalars(select(Message).where(Message.id == message.id)).one()
    )


def deliver_all(clinic: Clinic) -> list[tuple[str, int]]:
    """Kind and sequence of all that leaves now."""
    gone = []
    while (message := claim(clinic)) is not None:
        sent(clinic, message)
        gone.append((message.kind.value, message.sequence))
    return gone


def test_a_message_is_written_with_the_change_that_causes_it_or_not_at_all(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    assert count(clinic, Message) == 1
    with pytest.raises(Refusal):
        clinic.book(TUESDAY_9)
    assert count(clinic, Message) == 1


def test_a_message_that_is_claimed_is_not_claimed_again_while_its_lease_lasts(
    clinic: Clinic,
) -> None:
    clinic.book(TUESDAY_9)
    message = claimed(clinic)
    assert (message.state, message.tries) == (MessageState.SENDING, 1)
    assert message.booking.patient.email == message.recipient
    clinic.time.pass_(minutes=4, seconds=59)
    assert claim(clinic, "another") is None


def test_a_message_whose_worker_died_leaves_when_the_lease_has_run_out(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    first = claimed(clinic)
    clinic.time.now += LEASE
    second = claimed(clinic, "another")
    assert (second.id, second.tries, second.message_id) == (first.id, 2, first.message_id)


def test_a_message_that_was_sent_is_done_with(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    message = claimed(clinic)
    clinic.time.pass_(seconds=3)
    sent(clinic, message)
    row = as_it_is(clinic, message)
    assert (row.state, row.sent_at, row.lease) == (MessageState.SENT, clinic.time.now, None)
    clinic.time.pass_(days=2)
    assert claim(clinic) is None


def test_sent_is_sent_even_by_a_worker_whose_lease_ran_out(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    slow = claimed(clinic, "slow")
    clinic.time.now += LEASE
    again = claimed(clinic, "another")
    sent(clinic, slow)
    assert fail(clinic, again, AWAY, "another") is None
    assert as_it_is(clinic, slow).state is MessageState.SENT
    clinic.time.pass_(days=2)
    assert claim(clinic) is None


def test_a_failure_is_no_news_from_a_worker_whose_lease_ran_out(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    slow = claimed(clinic, "slow")
    clinic.time.now += LEASE
    again = claimed(clinic, "another")
    assert fail(clinic, slow, REFUSED, "slow") is None
    sent(clinic, again)
    assert as_it_is(clinic, slow).state is MessageState.SENT


def test_a_server_that_is_away_is_tried_again_after_growing_waits_until_it_is_given_up(
    clinic: Clinic,
) -> None:
    clinic.book(wall("01-20 09:00"))
    began, tries = clinic.time.now, []
    while True:
        message = claimed(clinic)
        tries.append(clinic.time.now)
        if fail(clinic, message, AWAY) is MessageState.FAILED:
            break
        row = as_it_is(clinic, message)
        assert (row.state, row.error) == (MessageState.QUEUED, AWAY.words)
        clinic.time.now = row.next_try_at - timedelta.resolution
        assert claim(clinic) is None
        clinic.time.now = row.next_try_at
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert tuple(waits[: len(BACK_OFF)]) == BACK_OFF
    assert all(shorter <= longer for shorter, longer in pairwise(waits))
    assert tries[-1] - began >= timedelta(hours=48)
    assert counts(clinic).failed == 1
    clinic.time.pass_(days=30)
    assert claim(clinic) is None


def test_the_servers_last_word_is_a_visible_failure_at_once(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    message = claimed(clinic)
    assert fail(clinic, message, REFUSED) is MessageState.FAILED
    assert as_it_is(clinic, message).error == "the server said no"
    assert (counts(clinic).waiting, counts(clinic).failed) == (0, 1)
    clinic.time.pass_(days=2)
    assert claim(clinic) is None


def test_words_that_are_too_long_are_cut_not_lost(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    fail(clinic, message := claimed(clinic), DeliveryFailure("x" * 5_000, retryable=True))
    assert as_it_is(clinic, message).error == "x" * 500


def test_what_is_due_longest_leaves_first_and_a_failing_one_stops_nobody(clinic: Clinic) -> None:
    for start in (TUESDAY_9, TUESDAY_10, WEDNESDAY_9):
        clinic.book(start)
        clinic.time.pass_(seconds=1)
    first = claimed(clinic)
    fail(clinic, first, AWAY)
    order = [first.booking.start]
    while (message := claim(clinic)) is not None:
        sent(clinic, message)
        order.append(message.booking.start)
    assert order == [TUESDAY_9, TUESDAY_10, WEDNESDAY_9]


def test_how_the_outbox_stands_is_told_with_the_oldest_that_waits(clinic: Clinic) -> None:
    assert counts(clinic) == outbox.Counts(0, 0, None)
    began = clinic.time.now
    clinic.book(TUESDAY_9)
    clinic.time.pass_(minutes=7)
    clinic.book(TUESDAY_10)
    assert counts(clinic) == outbox.Counts(2, 0, began)
    claim(clinic)
    assert counts(clinic).waiting == 2


def test_no_confirmation_leaves_after_a_cancellation(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    cancel(clinic, booking)
    assert deliver_all(clinic) == [("cancelled", 1)]
    assert told(clinic, booking)[0] == ("confirmed", 0, "dropped")


def test_no_old_time_leaves_after_a_move(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    move(clinic, booking, TUESDAY_10)
    move(clinic, booking, WEDNESDAY_9)
    assert deliver_all(clinic) == [("moved", 2)]


def test_what_has_lost_its_point_no_longer_waits_from_the_change_on(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    cancel(clinic, booking)
    assert told(clinic, booking) == [("confirmed", 0, "dropped"), ("cancelled", 1, "queued")]
    assert counts(clinic).waiting == 1


def test_a_message_that_waits_to_be_tried_again_is_dropped_by_a_later_change(
    clinic: Clinic,
) -> None:
    booking = clinic.book(TUESDAY_9)
    fail(clinic, claimed(clinic), AWAY)
    cancel(clinic, booking)
    clinic.time.pass_(hours=1)
    assert deliver_all(clinic) == [("cancelled", 1)]


def test_a_message_whose_worker_died_is_dropped_if_the_booking_has_changed(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    claim(clinic)
    cancel(clinic, booking)
    clinic.time.now += LEASE
    assert deliver_all(clinic) == [("cancelled", 1)]
    assert told(clinic, booking)[0] == ("confirmed", 0, "dropped")


def test_a_cancellation_waits_for_the_confirmation_that_is_leaving_just_now(
    clinic: Clinic,
) -> None:
    booking, other = clinic.book(TUESDAY_9), None
    leaving = claimed(clinic)
    cancel(clinic, booking)
    other = clinic.book(TUESDAY_10)
    assert claimed(clinic, "another").booking_id == other.id
    assert claim(clinic, "another") is None
    sent(clinic, leaving)
    assert claimed(clinic, "another").kind.value == "cancelled"


def test_an_ordinary_day_drops_no_message(clinic: Clinic) -> None:
    clinic.time.now = wall("01-13 06:00")
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = TUESDAY_9
    step(clinic, booking, State.ARRIVED)
    assert ("confirmed", 0) in deliver_all(clinic)


def test_the_same_message_cannot_be_queued_twice(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    columns = Message.__table__.columns
    (row,) = clinic.read(lambda session, now: session.execute(select(*columns)).mappings().all())
    copy = {key: value for key, value in row.items() if key != "id"} | {"message_id": "<other@x>"}
    with pytest.raises(IntegrityError):
        clinic.write(lambda session, now: session.execute(insert(Message.__table__), [copy]))


def test_every_message_of_a_booking_has_an_id_of_its_own(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    move(clinic, booking, TUESDAY_10)
    cancel(clinic, booking)
    ids = [message.message_id for message in messages(clinic, booking)]
    assert len(set(ids)) == 3
    assert all(each.startswith("<") and each.endswith("@127.0.0.1>") for each in ids)


def doctor_hears(clinic: Clinic, deed: object) -> list[str]:
    before = count(clinic, Message)
    deed()  # type: ignore[operator]
    new = clinic.read(
        lambda session, now: session.scalars(
            select(Message).order_by(Message.id).offset(before)
        ).all()
    )
    return [m.kind.value for m in new if m.recipient == "dr.ahmed@clinic.example"]


def test_the_doctor_is_mailed_about_today_and_about_nothing_else(clinic: Clinic) -> None:
    today, tomorrow = wall("01-12 15:00"), TUESDAY_9
    made = {}

    def book(start: datetime) -> None:
        made[start] = clinic.book(start)

    assert doctor_hears(clinic, lambda: book(tomorrow)) == []
    assert doctor_hears(clinic, lambda: book(today)) == ["doctor_booked"]
    late = today + HALF_HOUR
    assert doctor_hears(clinic, lambda: move(clinic, made[today], late)) == ["doctor_moved"]
    assert doctor_hears(clinic, lambda: move(clinic, made[tomorrow], WEDNESDAY_9)) == []
    assert doctor_hears(clinic, lambda: move(clinic, made[today], TUESDAY_10)) == ["doctor_moved"]
    assert doctor_hears(clinic, lambda: move(clinic, made[tomorrow], today)) == ["doctor_moved"]
    cancelled = doctor_hears(
        clinic, lambda: cancel(clinic, made[tomorrow], actor=RECEPTION, reason="ill")
    )
    assert cancelled == ["doctor_cancelled"]
    assert doctor_hears(clinic, lambda: cancel(clinic, made[today])) == []


def test_today_is_the_clinics_today(clinic: Clinic) -> None:
    clinic.time.now = wall("01-12 23:59")
    assert doctor_hears(clinic, lambda: clinic.book(wall("01-13 10:00"))) == []
    clinic.time.now = wall("01-13 00:00")
    assert doctor_hears(clinic, lambda: clinic.book(wall("01-13 11:00"))) == ["doctor_booked"]


def test_several_workers_at_once_claim_each_message_once(clinic: Clinic) -> None:
    starts = [slot.start for slot in clinic.slots(TUESDAY_9.date(), WEDNESDAY_9.date())]
    for start in starts:
        clinic.book(start)

    def work(number: int) -> list[int]:
        mine = []
        while (message := claim(clinic, f"worker {number}")) is not None:
            sent(clinic, message)
            mine.append(message.id)
        return mine

    with ThreadPoolExecutor(8) as pool:
        taken = Counter(message for mine in pool.map(work, range(8)) for message in mine)
    assert len(taken) == len(starts)
    assert set(taken.values()) == {1}
    assert counts(clinic).waiting == 0


def test_without_a_lease_the_test_above_would_count_some_twice(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    forget = update(Message).values(next_try_at=clinic.time.now)
    seen = []
    for _ in range(2):
        seen.append(claimed(clinic).id)
        clinic.write(lambda session, now: session.execute(forget) and None)
    assert Counter(seen).most_common(1)[0][1] == 2
