"""Who may take which step of a booking's life, and when."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from booking.domain import lifecycle
from booking.domain.errors import (
    AlreadyCancelled,
    AlreadyOver,
    ReasonMissing,
    TooLateOnline,
    TransitionRefused,
)
from booking.domain.lifecycle import ActorKind, CutOffs, Standing, State

ZONE = ZoneInfo("America/New_York")
# 09:00 to 09:30 on a Wednesday in New York.
START = datetime(2026, 1, 14, 14, 0, tzinfo=UTC)
END = START + timedelta(minutes=30)
HOUR = timedelta(hours=1)
SAME_MORNING = START - HOUR
DURING = START + timedelta(minutes=1)
AFTER = END + HOUR
DAY_BEFORE = START - timedelta(days=1)

PATIENT, RECEPTION, DOCTOR, SYSTEM = (
    ActorKind.PATIENT,
    ActorKind.RECEPTION,
    ActorKind.DOCTOR,
    ActorKind.SYSTEM,
)

# Each line: from, to, and the initials of who may: patient, reception, doctor, system.
ALLOWED = """
    requested  confirmed         P R - S
    requested  cancelled         P R - -
    requested  expired           - - - S
    requested  entered_in_error  - R - -
    confirmed  cancelled         P R - -
    confirmed  arrived           - R - -
    confirmed  in_room           - R D -
    confirmed  completed         - R D -
    confirmed  no_show           - R - -
    confirmed  entered_in_error  - R - -
    arrived    in_room           - R D -
    arrived    completed         - R D -
    arrived    left              - R - -
    in_room    completed         - R D -
    in_room    left              - R - -
    no_show    arrived           - R - -
"""
INITIALS = dict(zip("PRDS", (PATIENT, RECEPTION, DOCTOR, SYSTEM), strict=True))
TABLE = {
    (State(line.split()[0]), State(line.split()[1]), INITIALS[initial])
    for line in ALLOWED.strip().splitlines()
    for initial in line.split()[2:]
    if initial != "-"
}


def standing(state: State) -> Standing:
    return Standing(state, START, END)


def step(
    state: State, to: State, by: ActorKind, *, reason: str = "asked for", now: datetime = DURING
) -> None:
    lifecycle.require_step(standing(state), to, by=by, reason=reason, now=now, zone=ZONE)


def is_allowed(state: State, to: State, by: ActorKind, now: datetime) -> bool:
    try:
        step(state, to, by, now=now)
    except TransitionRefused:
        return False
    return True


def undo(
    state: State, by: ActorKind, *, taken_at: datetime = DURING, now: datetime = AFTER
) -> None:
    lifecycle.require_undo(standing(state), taken_at=taken_at, by=by, now=now, zone=ZONE)


@pytest.mark.parametrize("state", State)
def test_a_step_is_allowed_exactly_if_the_table_of_the_clinic_says_so(state: State) -> None:
    for to, by in product(State, ActorKind):
        # A patient's steps end when the visit begins; a no-show begins there.
        now = SAME_MORNING if by is PATIENT else DURING
        assert is_allowed(state, to, by, now) is ((state, to, by) in TABLE), (to, by)


@pytest.mark.parametrize("to", State)
@pytest.mark.parametrize("by", ActorKind)
def test_a_cancelled_booking_stays_cancelled(to: State, by: ActorKind) -> None:
    with pytest.raises(AlreadyCancelled):
        step(State.CANCELLED, to, by)


@pytest.mark.parametrize("now", [START, DURING, AFTER])
def test_a_patient_changes_nothing_once_the_visit_has_begun(now: datetime) -> None:
    with pytest.raises(AlreadyOver):
        step(State.CONFIRMED, State.CANCELLED, PATIENT, now=now)
    with pytest.raises(AlreadyOver):
        lifecycle.require_movable(standing(State.CONFIRMED), by=PATIENT, now=now)


def test_reception_may_still_cancel_a_visit_that_is_over() -> None:
    step(State.CONFIRMED, State.CANCELLED, RECEPTION, now=AFTER)


def test_nobody_fails_to_show_before_the_visit_begins() -> None:
    with pytest.raises(TransitionRefused):
        step(State.CONFIRMED, State.NO_SHOW, RECEPTION, now=START - timedelta(seconds=1))
    step(State.CONFIRMED, State.NO_SHOW, RECEPTION, now=START)


@pytest.mark.parametrize("to", [State.ARRIVED, State.IN_ROOM, State.COMPLETED])
def test_nobody_arrives_before_the_day_of_the_visit(to: State) -> None:
    with pytest.raises(TransitionRefused):
        step(State.CONFIRMED, to, RECEPTION, now=DAY_BEFORE)
    early = datetime(2026, 1, 14, 5, 0, tzinfo=UTC)
    step(State.CONFIRMED, to, RECEPTION, now=early)
    with pytest.raises(TransitionRefused):
        step(State.CONFIRMED, to, RECEPTION, now=early - timedelta(seconds=1))


def test_a_late_patient_can_arrive_after_being_marked_as_missing() -> None:
    step(State.NO_SHOW, State.ARRIVED, RECEPTION, now=AFTER)


@pytest.mark.parametrize("to", [State.CANCELLED, State.ENTERED_IN_ERROR])
@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_staff_must_say_why_they_take_a_visit_away(to: State, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        step(State.CONFIRMED, to, RECEPTION, reason=reason)


def test_a_patient_need_not_say_why() -> None:
    step(State.CONFIRMED, State.CANCELLED, PATIENT, reason="", now=SAME_MORNING)


@pytest.mark.parametrize("to", [State.ARRIVED, State.IN_ROOM, State.COMPLETED, State.NO_SHOW])
def test_the_steps_of_an_ordinary_day_need_no_reason(to: State) -> None:
    step(State.CONFIRMED, to, RECEPTION, reason="")


def test_who_may_not_take_a_step_is_not_told_that_a_reason_is_missing() -> None:
    with pytest.raises(TransitionRefused):
        step(State.CONFIRMED, State.ENTERED_IN_ERROR, PATIENT, reason="")


@pytest.mark.parametrize("state", State)
def test_only_what_has_not_begun_can_be_moved(state: State) -> None:
    if state in {State.REQUESTED, State.CONFIRMED}:
        lifecycle.require_movable(standing(state), by=RECEPTION, now=AFTER)
        lifecycle.require_movable(standing(state), by=PATIENT, now=SAME_MORNING)
        return
    refusal = AlreadyCancelled if state is State.CANCELLED else TransitionRefused
    for by in (PATIENT, RECEPTION):
        with pytest.raises(refusal):
            lifecycle.require_movable(standing(state), by=by, now=SAME_MORNING)


RECEPTION_UNDOES = {
    State.ARRIVED,
    State.IN_ROOM,
    State.COMPLETED,
    State.LEFT,
    State.NO_SHOW,
    State.CANCELLED,
}
DOCTOR_UNDOES = {State.IN_ROOM, State.COMPLETED}


@pytest.mark.parametrize("by", ActorKind)
@pytest.mark.parametrize("state", State)
def test_a_step_is_taken_back_by_those_who_may_take_it(state: State, by: ActorKind) -> None:
    may = {RECEPTION: RECEPTION_UNDOES, DOCTOR: DOCTOR_UNDOES}.get(by, set())
    now = SAME_MORNING + timedelta(minutes=5)
    if state in may:
        undo(state, by, taken_at=SAME_MORNING, now=now)
    else:
        with pytest.raises(TransitionRefused):
            undo(state, by, taken_at=SAME_MORNING, now=now)


def test_a_step_is_taken_back_on_the_same_clinic_day_only() -> None:
    taken_at = datetime(2026, 1, 14, 22, 0, tzinfo=UTC)
    before_midnight = datetime(2026, 1, 15, 4, 59, 59, tzinfo=UTC)
    undo(State.COMPLETED, DOCTOR, taken_at=taken_at, now=before_midnight)
    with pytest.raises(TransitionRefused):
        undo(
            State.COMPLETED,
            DOCTOR,
            taken_at=taken_at,
            now=before_midnight + timedelta(seconds=1),
        )


def test_a_cancellation_cannot_be_taken_back_once_its_time_has_passed() -> None:
    undo(State.CANCELLED, RECEPTION, taken_at=SAME_MORNING, now=START - timedelta(seconds=1))
    with pytest.raises(TransitionRefused):
        undo(State.CANCELLED, RECEPTION, taken_at=SAME_MORNING, now=START)


@pytest.mark.parametrize("now", [DAY_BEFORE, SAME_MORNING, DURING, AFTER])
@pytest.mark.parametrize("by", ActorKind)
@pytest.mark.parametrize("state", State)
def test_the_steps_on_show_are_those_that_are_allowed(
    state: State, by: ActorKind, now: datetime
) -> None:
    shown = lifecycle.next_steps(standing(state), by=by, now=now, zone=ZONE)
    assert len(shown) == len(set(shown))
    assert set(shown) == {to for to in State if is_allowed(state, to, by, now)}


@pytest.mark.parametrize("state", State)
def test_a_past_visit_without_an_outcome_is_unresolved(state: State) -> None:
    waits = state in {State.CONFIRMED, State.ARRIVED, State.IN_ROOM}
    assert lifecycle.is_unresolved(standing(state), now=END) is waits
    assert not lifecycle.is_unresolved(standing(state), now=END - timedelta(seconds=1))


def test_a_cancellation_within_24_hours_is_late() -> None:
    assert not lifecycle.is_late_cancellation(START, now=START - timedelta(hours=24))
    assert lifecycle.is_late_cancellation(
        START, now=START - timedelta(hours=24) + timedelta.resolution
    )
    assert lifecycle.is_late_cancellation(START, now=START)


CUT_OFFS = CutOffs(move=timedelta(hours=48), cancel=timedelta(hours=24))
A_SECOND = timedelta(seconds=1)


def test_a_patient_may_move_and_cancel_up_to_the_cut_off_and_not_from_it_on() -> None:
    booked = standing(State.CONFIRMED)

    def moves(now: datetime) -> None:
        lifecycle.require_movable(booked, by=PATIENT, now=now, cut_offs=CUT_OFFS)

    def cancels(now: datetime) -> None:
        lifecycle.require_step(
            booked,
            State.CANCELLED,
            by=PATIENT,
            reason="",
            now=now,
            zone=ZONE,
            cut_offs=CUT_OFFS,
        )

    for deed, cut_off in ((moves, CUT_OFFS.move), (cancels, CUT_OFFS.cancel)):
        deed(START - cut_off - A_SECOND)
        with pytest.raises(TooLateOnline):
            deed(START - cut_off)
        with pytest.raises(AlreadyOver):
            deed(START)


def test_no_cut_off_holds_for_staff() -> None:
    booked = standing(State.CONFIRMED)
    lifecycle.require_movable(booked, by=RECEPTION, now=SAME_MORNING, cut_offs=CUT_OFFS)
    lifecycle.require_step(
        booked,
        State.CANCELLED,
        by=RECEPTION,
        reason="asked for",
        now=SAME_MORNING,
        zone=ZONE,
        cut_offs=CUT_OFFS,
    )


def test_a_cut_off_is_no_answer_to_a_booking_that_is_cancelled() -> None:
    with pytest.raises(AlreadyCancelled):
        lifecycle.require_movable(
            standing(State.CANCELLED), by=PATIENT, now=SAME_MORNING, cut_offs=CUT_OFFS
        )
