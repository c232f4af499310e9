"""What happens to a booking: moves, cancellations, the steps of the day, and taking them back."""

from datetime import datetime, timedelta

import pytest

from booking.domain.errors import (
    AlreadyCancelled,
    AlreadyOver,
    NaiveTime,
    Outdated,
    OutsideHours,
    ReasonMissing,
    Refusal,
    SlotUnavailable,
    TooSoon,
    TransitionRefused,
)
from booking.domain.lifecycle import State
from booking.services.audit import Actor
from booking.store.bookings import Booking
from tests.services.deeds import (
    HALF_HOUR,
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    WEDNESDAY_9,
    cancel,
    change_service,
    everything,
    history,
    hold,
    is_offered,
    messages,
    move,
    now_is,
    owners,
    step,
    sweep,
    told,
    undo,
    wall,
)
from tests.support import DOCTOR, MONDAY, RECEPTION, Clinic

PATIENT_STEPS = (cancel, lambda clinic, booking: move(clinic, booking, TUESDAY_10))


def stays(clinic: Clinic, booking: Booking) -> None:
    """The booking is as it was, and so is everything around it."""
    now = now_is(clinic, booking)
    for value in ("state", "start", "end", "sequence", "updated_at", "local_start"):
        assert getattr(now, value) == getattr(booking, value)


def test_a_move_keeps_who_and_what_and_changes_only_when(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.pass_(minutes=1)
    moved = move(clinic, booking, WEDNESDAY_9)
    for value in ("id", "reference", "uid", "patient_id", "manage_token_hash", "state"):
        assert getattr(moved, value) == getattr(booking, value)
    assert (moved.start, moved.end) == (WEDNESDAY_9, WEDNESDAY_9 + HALF_HOUR)
    assert (moved.sequence, moved.local_start) == (1, "2026-01-14T09:00:00")
    assert moved.updated_at == clinic.time.now
    assert owners(clinic) == [(WEDNESDAY_9, WEDNESDAY_9 + HALF_HOUR, "booking")]
    assert is_offered(clinic, TUESDAY_9)


def test_a_move_is_audited_and_told_with_the_time_before(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    move(clinic, booking, WEDNESDAY_9, actor=RECEPTION)
    entry = history(clinic, booking)[-1]
    assert (entry.action, entry.actor_kind) == ("moved", "reception")
    assert (entry.from_value, entry.to_value) == (TUESDAY_9.isoformat(), WEDNESDAY_9.isoformat())
    message = messages(clinic, booking)[-1]
    assert (message.kind.value, message.sequence) == ("moved", 1)
    assert message.previous_start == TUESDAY_9


def test_a_move_to_a_time_that_is_taken_keeps_the_old_time(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.book(TUESDAY_10)
    hold(clinic, WEDNESDAY_9)
    before = everything(clinic)
    for start in (TUESDAY_10, WEDNESDAY_9):
        with pytest.raises(SlotUnavailable):
            move(clinic, booking, start)
    stays(clinic, booking)
    assert everything(clinic) == before
    assert (TUESDAY_9, TUESDAY_930, "booking") in owners(clinic)


def test_a_move_needs_a_time_on_offer(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    naive = datetime(2026, 1, 13, 10)  # noqa: DTZ001
    for start, refusal in (
        (wall("01-13 12:00"), OutsideHours),
        (wall("01-12 09:00"), TooSoon),
        (naive, NaiveTime),
    ):
        with pytest.raises(refusal):
            move(clinic, booking, start)
    stays(clinic, booking)


def test_a_visit_may_move_across_its_own_time(clinic: Clinic) -> None:
    change_service(clinic, length_minutes=60, buffer_after_minutes=15)
    booking = clinic.book(TUESDAY_9)
    assert move(clinic, booking, TUESDAY_930).start == TUESDAY_930
    assert owners(clinic) == [(TUESDAY_930, wall("01-13 10:45"), "booking")]


def test_asking_for_the_time_that_one_has_changes_nothing(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    before = everything(clinic)
    move(clinic, booking, TUESDAY_9)
    stays(clinic, booking)
    assert everything(clinic) == before


def test_an_expired_hold_makes_way_for_a_move(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    hold(clinic, TUESDAY_10)
    clinic.time.pass_(minutes=10)
    assert move(clinic, booking, TUESDAY_10).start == TUESDAY_10


def test_reception_gives_a_visit_that_nobody_came_to_another_time(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = wall("01-13 12:00")
    sweep(clinic)
    assert owners(clinic) == []
    move(clinic, booking, WEDNESDAY_9, actor=RECEPTION)
    assert owners(clinic) == [(WEDNESDAY_9, WEDNESDAY_9 + HALF_HOUR, "booking")]


def test_a_cancellation_frees_the_time_and_is_audited_and_told(clinic: Clinic) -> None:
    booking = clinic.book(WEDNESDAY_9)
    clinic.time.pass_(minutes=1)
    cancelled = cancel(clinic, booking, reason="I feel better")
    assert (cancelled.state, cancelled.sequence) == (State.CANCELLED, 1)
    assert owners(clinic) == []
    assert is_offered(clinic, WEDNESDAY_9)
    entry = history(clinic, booking)[-1]
    assert (entry.action, entry.from_value, entry.to_value, entry.actor_kind, entry.reason) == (
        "state",
        "confirmed",
        "cancelled",
        "patient",
        "I feel better",
    )
    message = messages(clinic, booking)[-1]
    assert (message.kind.value, message.sequence) == ("cancelled", 1)


def test_what_a_patient_wrote_is_not_mailed_back_and_what_reception_wrote_is(
    clinic: Clinic,
) -> None:
    one, other = clinic.book(TUESDAY_9), clinic.book(TUESDAY_10)
    cancel(clinic, one, reason="I am ill")
    cancel(clinic, other, actor=RECEPTION, reason="The doctor is ill")
    assert messages(clinic, one)[-1].reason == ""
    assert messages(clinic, other)[-1].reason == "The doctor is ill"


def test_a_patients_cancellation_within_24_hours_is_marked_and_the_clinics_never(
    clinic: Clinic,
) -> None:
    clinic.time.now = TUESDAY_9 - timedelta(hours=24)
    in_time = cancel(clinic, clinic.book(TUESDAY_9))
    clinic.time.pass_(microseconds=1)
    late = cancel(clinic, clinic.book(TUESDAY_9))
    by_clinic = cancel(clinic, clinic.book(TUESDAY_9), actor=RECEPTION, reason="ill")
    assert [b.cancelled_late for b in (in_time, late, by_clinic)] == [False, True, False]


def test_a_cancelled_booking_stays_cancelled(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    cancelled = cancel(clinic, booking)
    before = everything(clinic)
    for again in PATIENT_STEPS:
        with pytest.raises(AlreadyCancelled):
            again(clinic, booking)
    stays(clinic, cancelled)
    assert everything(clinic) == before


def test_a_patient_changes_nothing_once_the_visit_has_begun(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = TUESDAY_9
    for late in PATIENT_STEPS:
        with pytest.raises(AlreadyOver):
            late(clinic, booking)
    stays(clinic, booking)


def test_reception_must_say_why_it_cancels(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    with pytest.raises(ReasonMissing):
        cancel(clinic, booking, actor=RECEPTION, reason=" ")
    stays(clinic, booking)


def test_nobody_is_told_that_a_visit_which_is_over_will_not_take_place(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = wall("01-13 12:00")
    cancel(clinic, booking, actor=RECEPTION, reason="did not take place")
    assert [kind for kind, _, _ in told(clinic, booking)] == ["confirmed"]


@pytest.mark.parametrize(
    "days_work",
    [
        [(State.ARRIVED, RECEPTION), (State.IN_ROOM, DOCTOR), (State.COMPLETED, DOCTOR)],
        [(State.NO_SHOW, RECEPTION), (State.ARRIVED, RECEPTION), (State.LEFT, RECEPTION)],
    ],
)
def test_every_step_of_the_day_is_audited_and_can_be_taken_back(
    clinic: Clinic, days_work: list[tuple[State, Actor]]
) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = TUESDAY_9
    states = [State.CONFIRMED]
    for to, actor in days_work:
        clinic.time.pass_(minutes=1)
        assert step(clinic, booking, to, actor=actor).state is to
        entry = history(clinic, booking)[-1]
        assert (entry.action, entry.at) == ("state", clinic.time.now)
        assert (entry.from_value, entry.to_value) == (states[-1].value, to.value)
        assert entry.actor_kind == actor.kind.value
        states.append(to)
    while len(states) > 1:
        clinic.time.pass_(minutes=1)
        left = states.pop()
        assert undo(clinic, booking).state is states[-1]
        entry = history(clinic, booking)[-1]
        assert (entry.action, entry.from_value, entry.to_value) == (
            "undo",
            left.value,
            states[-1].value,
        )
    with pytest.raises(TransitionRefused):
        undo(clinic, booking)


def test_a_step_that_was_taken_back_can_be_taken_again_and_taken_back_again(
    clinic: Clinic,
) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = TUESDAY_9
    for _ in range(2):
        step(clinic, booking, State.ARRIVED)
        assert undo(clinic, booking).state is State.CONFIRMED
    step(clinic, booking, State.NO_SHOW)
    assert undo(clinic, booking).state is State.CONFIRMED


def test_arriving_changes_nothing_that_a_calendar_shows_and_not_coming_does(
    clinic: Clinic,
) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = TUESDAY_9
    for to, sequence in ((State.ARRIVED, 0), (State.IN_ROOM, 0), (State.COMPLETED, 0)):
        assert step(clinic, booking, to).sequence == sequence
    for sequence in (0, 0, 0):
        assert undo(clinic, booking).sequence == sequence
    assert step(clinic, booking, State.NO_SHOW).sequence == 1


def test_who_acts_on_an_outdated_page_is_told_so(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = TUESDAY_9
    arrived = step(clinic, booking, State.ARRIVED, seen=booking.updated_at)
    with pytest.raises(Outdated):
        step(clinic, booking, State.IN_ROOM, seen=booking.updated_at)
    with pytest.raises(Outdated):
        undo(clinic, booking, seen=booking.updated_at)
    stays(clinic, arrived)
    assert undo(clinic, booking, seen=arrived.updated_at).state is State.CONFIRMED


def test_steps_are_taken_back_on_the_same_day_only(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = TUESDAY_9
    step(clinic, booking, State.COMPLETED)
    clinic.time.now = wall("01-14 00:00")
    with pytest.raises(TransitionRefused):
        undo(clinic, booking)
    clinic.time.now -= timedelta.resolution
    assert undo(clinic, booking).state is State.CONFIRMED


def test_a_cancellation_that_is_taken_back_wins_its_time_again(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.time.now = TUESDAY_9 - timedelta(hours=3)
    cancel(clinic, booking)
    back = undo(clinic, booking)
    assert (back.state, back.sequence, back.cancelled_late) == (State.CONFIRMED, 2, False)
    assert owners(clinic) == [(TUESDAY_9, TUESDAY_930, "booking")]
    assert not is_offered(clinic, TUESDAY_9)


def test_a_cancellation_cannot_be_taken_back_once_somebody_else_has_the_time(
    clinic: Clinic,
) -> None:
    booked, held = clinic.book(TUESDAY_9), clinic.book(WEDNESDAY_9)
    for booking in (booked, held):
        cancel(clinic, booking)
    clinic.book(TUESDAY_9)
    hold(clinic, WEDNESDAY_9)
    before = everything(clinic)
    for booking in (booked, held):
        with pytest.raises(SlotUnavailable) as refusal:
            undo(clinic, booking)
        assert refusal.value.start == booking.start
        assert now_is(clinic, booking).state is State.CANCELLED
    assert everything(clinic) == before


def test_a_cancellation_is_taken_back_over_an_expired_hold(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    cancel(clinic, booking)
    hold(clinic, TUESDAY_9)
    clinic.time.pass_(minutes=10)
    assert undo(clinic, booking).state is State.CONFIRMED


def test_a_mistaken_entry_is_taken_away_and_its_time_is_free(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    step(clinic, booking, State.ENTERED_IN_ERROR, reason="wrong patient")
    assert is_offered(clinic, TUESDAY_9)
    assert told(clinic, booking)[-1][0] == "cancelled"


def test_a_refused_step_writes_nothing(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    before = everything(clinic)
    for to, actor in ((State.NO_SHOW, RECEPTION), (State.ARRIVED, RECEPTION), (State.LEFT, DOCTOR)):
        with pytest.raises(Refusal):
            step(clinic, booking, to, actor=actor)
    stays(clinic, booking)
    assert everything(clinic) == before
    assert booking.updated_at == MONDAY
