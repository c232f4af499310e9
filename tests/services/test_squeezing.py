"""Visits where nothing is on offer: walk-ins, outside of hours, beside another visit."""

from datetime import datetime, timedelta

import pytest

from booking.domain.errors import (
    BeingBooked,
    BeyondHorizon,
    InPast,
    OutsideHours,
    SlotRefusal,
    SlotUnavailable,
    Unexplained,
)
from booking.domain.lifecycle import Exceptional, State
from tests.services.deeds import (
    HALF_HOUR,
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    WEDNESDAY_9,
    cancel,
    history,
    hold,
    is_offered,
    move,
    move_undone,
    now_is,
    owners,
    told,
    undo,
    wall,
)
from tests.services.squeezed import squeeze
from tests.support import RECEPTION, Clinic

QUARTER = timedelta(minutes=15)
TUESDAY_915, TUESDAY_7 = TUESDAY_9 + QUARTER, wall("01-13 07:00")


def taken(clinic: Clinic) -> list[tuple[datetime, datetime]]:
    return [(start, end) for start, end, _ in owners(clinic)]


def test_outside_of_hours_needs_a_reason_and_is_marked(clinic: Clinic) -> None:
    with pytest.raises(Unexplained) as refusal:
        squeeze(clinic, TUESDAY_7, reason="")
    assert not refusal.value.is_overbooked
    booking = now_is(clinic, squeeze(clinic, TUESDAY_7, reason="works until eight"))
    assert booking.exceptional is Exceptional.OUTSIDE_HOURS
    assert booking.exceptional_reason == "works until eight"
    assert history(clinic, booking)[0].reason == "works until eight"
    assert taken(clinic) == [(TUESDAY_7, TUESDAY_7 + HALF_HOUR)]


def test_a_free_minute_within_hours_needs_no_reason(clinic: Clinic) -> None:
    booking = now_is(clinic, squeeze(clinic, TUESDAY_9 + timedelta(minutes=7), reason=""))
    assert booking.exceptional is None
    assert booking.exceptional_reason is None
    assert not is_offered(clinic, TUESDAY_9)
    assert not is_offered(clinic, TUESDAY_930)


def test_beside_another_visit_needs_a_reason_and_says_beside_whom(clinic: Clinic) -> None:
    first = clinic.book(TUESDAY_9)
    with pytest.raises(Unexplained) as refusal:
        squeeze(clinic, TUESDAY_915, reason="")
    assert refusal.value.is_overbooked
    assert refusal.value.overbooks == (first.id,)
    booking = now_is(clinic, squeeze(clinic, TUESDAY_915))
    assert booking.exceptional is Exceptional.OVERBOOKED
    assert (booking.start, booking.end) == (TUESDAY_915, TUESDAY_915 + HALF_HOUR)
    # Both have their time whole, and no instant is claimed twice.
    assert taken(clinic) == [
        (TUESDAY_9, TUESDAY_930),
        (TUESDAY_930, TUESDAY_915 + HALF_HOUR),
    ]
    assert not is_offered(clinic, TUESDAY_930)


@pytest.mark.parametrize("gives_way", ["cancelled", "moved"])
def test_the_visit_beside_closes_up_when_the_first_gives_way(
    clinic: Clinic, gives_way: str
) -> None:
    first = clinic.book(TUESDAY_9)
    squeeze(clinic, TUESDAY_9)
    if gives_way == "cancelled":
        cancel(clinic, first)
    else:
        move(clinic, first, WEDNESDAY_9)
    assert (TUESDAY_9, TUESDAY_930) in taken(clinic)
    assert not is_offered(clinic, TUESDAY_9)
    with pytest.raises(SlotUnavailable):
        clinic.book(TUESDAY_9)


def test_of_two_beside_it_the_earlier_made_one_closes_up(clinic: Clinic) -> None:
    first, *others = clinic.book(TUESDAY_9), squeeze(clinic, TUESDAY_9), squeeze(clinic, TUESDAY_9)
    cancel(clinic, first)
    cancel(clinic, others[0], actor=RECEPTION, reason="asked for")
    # The third has it now, so it is still nobody else's.
    assert not is_offered(clinic, TUESDAY_9)
    cancel(clinic, others[1], actor=RECEPTION, reason="asked for")
    assert is_offered(clinic, TUESDAY_9)
    assert taken(clinic) == []


def test_who_gave_way_cannot_take_the_time_back(clinic: Clinic) -> None:
    first = clinic.book(TUESDAY_9)
    squeeze(clinic, TUESDAY_9)
    cancel(clinic, first, actor=RECEPTION, reason="asked for")
    with pytest.raises(SlotRefusal):
        undo(clinic, first)


def test_a_cancelled_visit_beside_another_comes_back_beside_it(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    beside = squeeze(clinic, TUESDAY_915)
    cancel(clinic, beside, actor=RECEPTION, reason="asked for")
    assert is_offered(clinic, TUESDAY_930)
    assert undo(clinic, beside).state is State.CONFIRMED
    assert not is_offered(clinic, TUESDAY_930)


def test_a_visit_beside_another_moves_to_a_time_of_its_own(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    beside = squeeze(clinic, TUESDAY_915)
    moved = now_is(clinic, move(clinic, beside, TUESDAY_10, actor=RECEPTION))
    assert moved.exceptional is None
    assert moved.exceptional_reason is None
    assert taken(clinic) == [
        (TUESDAY_9, TUESDAY_930),
        (TUESDAY_10, TUESDAY_10 + HALF_HOUR),
    ]


def test_a_move_that_is_taken_back_leads_outside_of_hours_again(clinic: Clinic) -> None:
    early = squeeze(clinic, TUESDAY_7, reason="works until eight")
    move(clinic, early, TUESDAY_10, actor=RECEPTION)
    back = now_is(clinic, move_undone(clinic, early))
    assert (back.start, back.stranding) == (TUESDAY_7, None)
    assert back.exceptional is Exceptional.OUTSIDE_HOURS
    assert back.exceptional_reason == "works until eight"


def test_a_visit_is_moved_outside_of_hours_with_a_reason(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_10)
    with pytest.raises(OutsideHours):
        move(clinic, booking, TUESDAY_7, actor=RECEPTION)
    with pytest.raises(Unexplained):
        move(clinic, booking, TUESDAY_7, actor=RECEPTION, reason="")
    moved = now_is(clinic, move(clinic, booking, TUESDAY_7, actor=RECEPTION, reason="night shift"))
    assert (moved.start, moved.sequence) == (TUESDAY_7, 1)
    assert moved.exceptional is Exceptional.OUTSIDE_HOURS
    assert moved.exceptional_reason == history(clinic, booking)[-1].reason == "night shift"
    assert taken(clinic) == [(TUESDAY_7, TUESDAY_7 + HALF_HOUR)]
    back = now_is(clinic, move_undone(clinic, booking))
    assert (back.start, back.exceptional) == (TUESDAY_10, None)


def test_a_visit_is_moved_beside_another_and_back_with_its_pieces(clinic: Clinic) -> None:
    first, booking = clinic.book(TUESDAY_9), clinic.book(TUESDAY_10)
    moved = now_is(clinic, move(clinic, booking, TUESDAY_915, actor=RECEPTION, reason="in pain"))
    assert moved.exceptional is Exceptional.OVERBOOKED
    assert taken(clinic) == [(TUESDAY_9, TUESDAY_930), (TUESDAY_930, TUESDAY_915 + HALF_HOUR)]
    assert is_offered(clinic, TUESDAY_10)
    # It closes up like any visit beside another, and gives all of it back when it leaves.
    cancel(clinic, first, actor=RECEPTION, reason="asked for")
    assert not is_offered(clinic, TUESDAY_9)
    assert now_is(clinic, move_undone(clinic, booking)).exceptional is None
    assert taken(clinic) == [(TUESDAY_10, TUESDAY_10 + HALF_HOUR)]


def test_a_free_time_needs_no_mark_though_a_reason_was_given(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    to = TUESDAY_10 + timedelta(minutes=7)
    moved = now_is(clinic, move(clinic, booking, to, actor=RECEPTION, reason="the bus"))
    assert (moved.exceptional, moved.exceptional_reason) == (None, None)
    assert history(clinic, booking)[-1].reason == ""


def test_a_move_that_is_taken_back_leads_beside_the_other_again(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    beside = squeeze(clinic, TUESDAY_915, reason="in pain")
    move(clinic, beside, TUESDAY_10, actor=RECEPTION)
    back = now_is(clinic, move_undone(clinic, beside))
    assert (back.start, back.exceptional) == (TUESDAY_915, Exceptional.OVERBOOKED)
    assert back.exceptional_reason == "in pain"
    assert taken(clinic) == [(TUESDAY_9, TUESDAY_930), (TUESDAY_930, TUESDAY_915 + HALF_HOUR)]


def test_each_move_that_is_taken_back_brings_its_own_reason(clinic: Clinic) -> None:
    booking = squeeze(clinic, TUESDAY_7, reason="works until eight")
    early = TUESDAY_7 + timedelta(minutes=30)
    move(clinic, booking, early, actor=RECEPTION, reason="the bus")
    move(clinic, booking, TUESDAY_10, actor=RECEPTION)
    back = now_is(clinic, move_undone(clinic, booking))
    assert (back.start, back.exceptional_reason) == (early, "the bus")


def test_a_time_that_somebody_holds_is_not_overbooked(clinic: Clinic) -> None:
    hold(clinic, TUESDAY_9)
    with pytest.raises(BeingBooked):
        squeeze(clinic, TUESDAY_915)
    clinic.time.pass_(minutes=11)
    booking = now_is(clinic, squeeze(clinic, TUESDAY_915))
    assert booking.exceptional is None


def test_a_visit_cannot_be_put_into_the_past_or_into_another_year(clinic: Clinic) -> None:
    with pytest.raises(InPast):
        squeeze(clinic, clinic.time.now - timedelta(minutes=1))
    with pytest.raises(BeyondHorizon):
        squeeze(clinic, clinic.time.now + timedelta(days=500))


def test_patients_are_held_to_what_is_on_offer(clinic: Clinic) -> None:
    with pytest.raises(OutsideHours):
        clinic.book(TUESDAY_7)


def test_a_walk_in_is_here_at_once_and_gets_no_mail(clinic: Clinic) -> None:
    clinic.time.now = TUESDAY_9 + timedelta(minutes=5, seconds=20)
    booking = squeeze(clinic, TUESDAY_9 + timedelta(minutes=5), reason="", walk_in=True)
    assert booking.state is State.ARRIVED
    assert [kind for kind, _, _ in told(clinic, booking)] == ["doctor_booked"]
    assert [entry.to_value for entry in history(clinic, booking)] == ["confirmed", "arrived"]
