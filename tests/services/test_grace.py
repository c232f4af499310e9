"""What staff do is told after a grace; a mistake undone within it has been told to nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from booking.domain.errors import SlotUnavailable, TransitionRefused
from booking.domain.messages import MessageKind, Telling
from booking.services.audit import PATIENT
from booking.store.bookings import Booking
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    WEDNESDAY_9,
    cancel,
    change_service,
    everything,
    history,
    messages,
    move,
    move_undone,
    now_is,
    owners,
    told,
    undo,
    wall,
)
from tests.services.test_undoing_messages import delivered
from tests.support import ANN, RECEPTION, Clinic

AFTER_A_GRACE = Telling(grace=timedelta(minutes=2))
IN_SILENCE = Telling(patient=False, grace=timedelta(minutes=2))


def moved(
    clinic: Clinic, booking: Booking, start: datetime, telling: Telling = AFTER_A_GRACE
) -> Booking:
    """As reception moves it."""
    return move(clinic, booking, start, actor=RECEPTION, telling=telling)


def cancelled(clinic: Clinic, booking: Booking, telling: Telling = AFTER_A_GRACE) -> Booking:
    """As reception cancels it."""
    return cancel(clinic, booking, actor=RECEPTION, reason="by mistake", telling=telling)


def known(clinic: Clinic, start: datetime) -> Booking:
    """A booking of which everybody has heard."""
    booking = clinic.book(start)
    delivered(clinic)
    return booking


def test_what_reception_did_is_told_when_its_grace_is_over(clinic: Clinic) -> None:
    one, other = known(clinic, TUESDAY_9), known(clinic, TUESDAY_10)
    moved(clinic, one, WEDNESDAY_9)
    cancelled(clinic, other)
    clinic.time.pass_(seconds=119)
    assert delivered(clinic) == []
    clinic.time.pass_(seconds=1)
    assert sorted(delivered(clinic)) == [("cancelled", 1), ("moved", 1)]


def test_the_doctor_hears_of_today_after_the_same_grace(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, wall("01-12 14:00"))
    assert delivered(clinic) == []
    clinic.time.pass_(minutes=2)
    assert sorted(delivered(clinic)) == [("doctor_moved", 1), ("moved", 1)]


def test_what_patients_do_is_told_at_once(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    move(clinic, booking, WEDNESDAY_9, actor=PATIENT)
    assert delivered(clinic) == [("moved", 1)]


def test_a_cancellation_undone_within_its_grace_sends_nothing(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    cancelled(clinic, booking)
    undo(clinic, booking)
    cancelled(clinic, booking)
    undo(clinic, booking)
    clinic.time.pass_(hours=1)
    assert delivered(clinic) == []


def test_a_visit_moved_back_within_the_grace_sends_nothing(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, TUESDAY_10)
    moved(clinic, booking, WEDNESDAY_9)
    moved(clinic, booking, TUESDAY_9)
    clinic.time.pass_(hours=1)
    assert delivered(clinic) == []


def test_a_visit_moved_to_today_and_back_is_no_news_for_the_doctor(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, wall("01-12 14:00"))
    moved(clinic, booking, TUESDAY_9)
    clinic.time.pass_(hours=1)
    assert delivered(clinic) == []


def test_a_visit_moved_twice_is_told_once_from_the_time_that_its_patient_knows(
    clinic: Clinic,
) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, TUESDAY_10)
    moved(clinic, booking, WEDNESDAY_9)
    clinic.time.pass_(minutes=2)
    assert delivered(clinic) == [("moved", 2)]
    assert messages(clinic, booking)[-1].previous_start == TUESDAY_9


def test_whoever_never_heard_of_a_visit_hears_where_it_was_moved_back_to(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    moved(clinic, booking, TUESDAY_10)
    moved(clinic, booking, TUESDAY_9)
    clinic.time.pass_(minutes=2)
    assert delivered(clinic) == [("moved", 2)]


def test_a_visit_moved_back_after_the_grace_is_told_again(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, TUESDAY_10)
    clinic.time.pass_(minutes=2)
    delivered(clinic)
    moved(clinic, booking, TUESDAY_9)
    clinic.time.pass_(minutes=2)
    assert delivered(clinic) == [("moved", 2)]


def test_a_patient_whom_staff_told_themselves_gets_no_mail_and_the_audit_says_so(
    clinic: Clinic,
) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, wall("01-12 14:00"), IN_SILENCE)
    cancelled(clinic, booking, IN_SILENCE)
    kinds = [kind for kind, _, state in told(clinic, booking) if state == "queued"]
    assert kinds == [MessageKind.DOCTOR_CANCELLED]
    actions = [entry.action for entry in history(clinic, booking)]
    assert actions == ["state", "moved", "patient_not_told", "state", "patient_not_told"]


def test_a_move_undone_within_its_grace_sends_nothing_and_is_audited(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, WEDNESDAY_9)
    back = move_undone(clinic, booking)
    assert (back.start, back.sequence, owners(clinic)) == (
        TUESDAY_9,
        2,
        [(TUESDAY_9, TUESDAY_930, "booking")],
    )
    clinic.time.pass_(hours=1)
    assert delivered(clinic) == []
    last = history(clinic, booking)[-1]
    assert (last.action, last.from_value, last.to_value) == (
        "move_undone",
        WEDNESDAY_9.isoformat(),
        TUESDAY_9.isoformat(),
    )


def test_whoever_heard_of_the_move_hears_at_once_that_it_was_undone(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, wall("01-12 14:00"))
    clinic.time.pass_(minutes=2)
    delivered(clinic)
    move_undone(clinic, booking)
    assert sorted(delivered(clinic)) == [("doctor_moved", 2), ("moved", 2)]


def test_whoever_was_told_nothing_of_a_move_is_told_nothing_of_its_undoing(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, WEDNESDAY_9, IN_SILENCE)
    clinic.time.pass_(hours=1)
    move_undone(clinic, booking)
    assert delivered(clinic) == []


def test_whoever_never_heard_of_a_visit_still_hears_of_it_once_its_move_is_undone(
    clinic: Clinic,
) -> None:
    booking = clinic.book(TUESDAY_9)
    moved(clinic, booking, WEDNESDAY_9)
    move_undone(clinic, booking)
    assert delivered(clinic) == [("confirmed", 2)]


def test_a_move_across_its_own_old_time_can_be_undone(clinic: Clinic) -> None:
    change_service(clinic, length_minutes=60)
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, TUESDAY_930)
    assert move_undone(clinic, booking).start == TUESDAY_9


def test_a_move_is_not_undone_over_somebody_elses_visit(clinic: Clinic) -> None:
    booking = known(clinic, TUESDAY_9)
    moved(clinic, booking, WEDNESDAY_9)
    clinic.book(TUESDAY_9, replace(ANN, name="Ben"))
    before = everything(clinic)
    with pytest.raises(SlotUnavailable) as refused:
        move_undone(clinic, booking)
    assert refused.value.start == TUESDAY_9
    assert everything(clinic) == before
    assert now_is(clinic, booking).start == WEDNESDAY_9
    clinic.time.pass_(minutes=2)
    assert ("moved", 1) in delivered(clinic)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda clinic, booking: clinic.time.pass_(days=1),
        lambda clinic, booking: move(clinic, booking, TUESDAY_10),
        move_undone,
        cancelled,
    ],
    ids=["another day", "its patient moved it", "undone before", "cancelled"],
)
def test_only_the_latest_move_by_reception_is_undone_on_its_day(
    clinic: Clinic, meanwhile: Callable[[Clinic, Booking], object]
) -> None:
    booking = known(clinic, wall("01-15 09:00"))
    moved(clinic, booking, wall("01-15 10:00"))
    meanwhile(clinic, booking)
    with pytest.raises(TransitionRefused):
        move_undone(clinic, booking)
