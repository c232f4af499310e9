"""Who hears of a cancellation that is taken back: everybody who would otherwise believe it."""

from datetime import timedelta

from sqlalchemy import update

from booking.domain.messages import MessageKind, MessageState
from booking.services.mail import outbox
from booking.store.bookings import Booking
from booking.store.records import Message
from tests.services.deeds import TUESDAY_9, WEDNESDAY_9, cancel, move, told, undo, wall
from tests.support import RECEPTION, Clinic

TODAY_11 = wall("01-12 11:00")


def left(clinic: Clinic, booking: Booking, *kinds: MessageKind) -> None:
    """These messages about the booking were delivered."""
    sent = (
        update(Message)
        .where(Message.booking_id == booking.id, Message.kind.in_(kinds))
        .values(state=MessageState.SENT)
    )
    clinic.write(lambda session, now: session.execute(sent) and None)


def delivered(clinic: Clinic) -> list[tuple[str, int]]:
    """Deliver all that is due: kind and sequence of each mail that left."""
    gone = []
    while True:
        message = clinic.write(
            lambda session, now: outbox.claim_next(
                session, lease="worker", lease_for=timedelta(minutes=5), now=now
            )
        )
        if message is None:
            return gone
        clinic.write(lambda session, now, m=message: outbox.record_sent(session, m.id, now=now))
        gone.append((message.kind.value, message.sequence))


def cancel_and_undo(clinic: Clinic, booking: Booking) -> None:
    cancel(clinic, booking, actor=RECEPTION, reason="by mistake")
    undo(clinic, booking)


def test_a_patient_who_heard_of_the_cancellation_hears_that_it_is_off(clinic: Clinic) -> None:
    booking = clinic.book(WEDNESDAY_9)
    delivered(clinic)
    cancel(clinic, booking, actor=RECEPTION, reason="by mistake")
    delivered(clinic)
    undo(clinic, booking)
    assert delivered(clinic) == [("confirmed", 2)]


def test_a_patient_who_knows_of_the_booking_and_heard_of_no_cancellation_hears_nothing(
    clinic: Clinic,
) -> None:
    booking = clinic.book(WEDNESDAY_9)
    delivered(clinic)
    cancel_and_undo(clinic, booking)
    assert delivered(clinic) == []
    assert ("cancelled", 1, "dropped") in told(clinic, booking)


def test_a_patient_who_heard_of_nothing_at_all_still_hears_of_the_booking(clinic: Clinic) -> None:
    booking = clinic.book(WEDNESDAY_9)
    cancel_and_undo(clinic, booking)
    assert delivered(clinic) == [("confirmed", 2)]


def test_a_cancellation_that_is_being_sent_is_answered_by_a_confirmation(clinic: Clinic) -> None:
    booking = clinic.book(WEDNESDAY_9)
    delivered(clinic)
    cancel(clinic, booking, actor=RECEPTION, reason="by mistake")
    clinic.write(
        lambda session, now: outbox.claim_next(
            session, lease="worker", lease_for=timedelta(minutes=5), now=now
        )
    )
    undo(clinic, booking)
    assert ("confirmed", 2, "queued") in told(clinic, booking)


def test_what_the_doctor_was_told_does_not_count_as_told_to_the_patient(clinic: Clinic) -> None:
    booking = clinic.book(TODAY_11)
    left(clinic, booking, MessageKind.DOCTOR_BOOKED)
    cancel_and_undo(clinic, booking)
    assert ("confirmed", 2) in delivered(clinic)


def test_a_patient_who_was_not_told_of_the_move_before_it_is_told_of_it_now(
    clinic: Clinic,
) -> None:
    booking = clinic.book(TUESDAY_9)
    delivered(clinic)
    move(clinic, booking, WEDNESDAY_9)
    cancel_and_undo(clinic, booking)
    assert delivered(clinic) != []


def test_a_doctor_who_heard_of_the_cancellation_hears_that_it_is_off(clinic: Clinic) -> None:
    booking = clinic.book(TODAY_11)
    left(clinic, booking, MessageKind.CONFIRMED, MessageKind.DOCTOR_BOOKED)
    cancel(clinic, booking, actor=RECEPTION, reason="by mistake")
    left(clinic, booking, MessageKind.DOCTOR_CANCELLED)
    undo(clinic, booking)
    assert ("doctor_booked", 2) in delivered(clinic)
