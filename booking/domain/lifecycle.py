"""
A booking's life as a pure state machine.

Steps may be skipped forward where a clinic does not use them; each step can be taken back on the
same clinic day. Nothing becomes a no-show by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from booking.domain.errors import (
    AlreadyCancelled,
    AlreadyOver,
    ReasonMissing,
    TooLateOnline,
    TransitionRefused,
)
from booking.domain.time import local_day

LATE_CANCELLATION = timedelta(hours=24)


class State(StrEnum):
    """Where a booking stands. A hold ("held") is a row of its own until it becomes a booking."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    IN_ROOM = "in_room"
    COMPLETED = "completed"
    LEFT = "left"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    ENTERED_IN_ERROR = "entered_in_error"


class Stranding(StrEnum):
    """What was decided about a booking that the clinic's rules no longer allow."""

    KEPT = "kept"
    TO_MOVE = "to_move"


class Exceptional(StrEnum):
    """Why a booking is where nothing was on offer; somebody of the staff said what for."""

    OUTSIDE_HOURS = "outside_hours"
    OVERBOOKED = "overbooked"


class ActorKind(StrEnum):
    """Who takes a step."""

    PATIENT = "patient"
    RECEPTION = "reception"
    DOCTOR = "doctor"
    SYSTEM = "system"


S, A = State, ActorKind
_DESK = frozenset({A.RECEPTION})
_CLINIC = frozenset({A.RECEPTION, A.DOCTOR})

# Who may take which step. What is not listed is refused.
TRANSITIONS: dict[tuple[State, State], frozenset[ActorKind]] = {
    (S.REQUESTED, S.CONFIRMED): frozenset({A.PATIENT, A.RECEPTION, A.SYSTEM}),
    (S.REQUESTED, S.CANCELLED): frozenset({A.PATIENT, A.RECEPTION}),
    (S.REQUESTED, S.EXPIRED): frozenset({A.SYSTEM}),
    (S.CONFIRMED, S.CANCELLED): frozenset({A.PATIENT, A.RECEPTION}),
    (S.CONFIRMED, S.ARRIVED): _DESK,
    (S.CONFIRMED, S.IN_ROOM): _CLINIC,
    (S.CONFIRMED, S.COMPLETED): _CLINIC,
    (S.CONFIRMED, S.NO_SHOW): _DESK,
    (S.ARRIVED, S.IN_ROOM): _CLINIC,
    (S.ARRIVED, S.COMPLETED): _CLINIC,
    (S.ARRIVED, S.LEFT): _DESK,
    (S.IN_ROOM, S.COMPLETED): _CLINIC,
    (S.IN_ROOM, S.LEFT): _DESK,
    (S.NO_SHOW, S.ARRIVED): _DESK,
    (S.REQUESTED, S.ENTERED_IN_ERROR): _DESK,
    (S.CONFIRMED, S.ENTERED_IN_ERROR): _DESK,
}
UNDOABLE = frozenset({S.ARRIVED, S.IN_ROOM, S.COMPLETED, S.LEFT, S.NO_SHOW, S.CANCELLED})
# A claim belongs to these states; in the others the time is free (once past, the claim is swept).
CLAIMING = frozenset(
    {S.REQUESTED, S.CONFIRMED, S.ARRIVED, S.IN_ROOM, S.COMPLETED, S.NO_SHOW, S.LEFT}
)
NEEDS_REASON = frozenset({S.CANCELLED, S.ENTERED_IN_ERROR})
# A day in these states still waits for somebody to say how it ended.
OPEN = frozenset({S.CONFIRMED, S.ARRIVED, S.IN_ROOM})
_AHEAD = frozenset({S.REQUESTED, S.CONFIRMED})
# These need the visit to be due: nobody arrives, or fails to, days ahead.
_ON_THE_DAY = frozenset({S.ARRIVED, S.IN_ROOM, S.COMPLETED, S.LEFT})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the state machine must know of a booking; `start` and `end` in UTC."""

    state: State
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class CutOffs:
    """How long before the start of a visit its patient may last move or cancel it online."""

    move: timedelta = timedelta()
    cancel: timedelta = timedelta()


UNTIL_THE_START = CutOffs()


def require_step(
    standing: Standing,
    to: State,
    *,
    by: ActorKind,
    reason: str,
    now: datetime,
    zone: ZoneInfo,
    cut_offs: CutOffs = UNTIL_THE_START,
) -> None:
    """
    Check that `by` may take the booking to `to` now.

    Raises:
        AlreadyCancelled: it was cancelled; that stays.
        AlreadyOver: a patient comes after the visit began.
        TooLateOnline: a patient cancels after the cut-off.
        ReasonMissing: staff must say why.
        TransitionRefused: any other step that the table does not allow.
    """
    if standing.state is S.CANCELLED:
        raise AlreadyCancelled
    if by not in TRANSITIONS.get((standing.state, to), frozenset()):
        raise TransitionRefused
    if by is A.PATIENT and standing.start <= now:
        raise AlreadyOver
    if by is A.PATIENT and to is S.CANCELLED and standing.start - cut_offs.cancel <= now:
        raise TooLateOnline
    if to is S.NO_SHOW and now < standing.start:
        raise TransitionRefused
    if to in _ON_THE_DAY and local_day(now, zone) < local_day(standing.start, zone):
        raise TransitionRefused
    if to in NEEDS_REASON and by is not A.PATIENT and not reason.strip():
        raise ReasonMissing


def require_movable(
    standing: Standing, *, by: ActorKind, now: datetime, cut_offs: CutOffs = UNTIL_THE_START
) -> None:
    """
    Check that the booking may get another time; it stays confirmed.

    Raises:
        AlreadyCancelled, AlreadyOver, TransitionRefused: as for a step.
        TooLateOnline: a patient moves it after the cut-off.
    """
    if standing.state is S.CANCELLED:
        raise AlreadyCancelled
    if by is A.PATIENT and standing.start <= now:
        raise AlreadyOver
    if standing.state not in _AHEAD:
        raise TransitionRefused
    if by is A.PATIENT and standing.start - cut_offs.move <= now:
        raise TooLateOnline


def require_ahead(standing: Standing, *, now: datetime) -> None:
    """
    Check that the visit still lies ahead, so that its patient may say something about it.

    Raises:
        AlreadyCancelled, AlreadyOver, TransitionRefused: as for a step.
    """
    require_movable(standing, by=A.PATIENT, now=now)


def require_undo(
    standing: Standing, *, taken_at: datetime, by: ActorKind, now: datetime, zone: ZoneInfo
) -> None:
    """
    Check that the last step, taken at `taken_at`, may be taken back by `by` now.

    Raises:
        TransitionRefused: another day has begun, or the step cannot be taken back.
    """
    if by not in _CLINIC or standing.state not in UNDOABLE:
        raise TransitionRefused
    if by is A.DOCTOR and standing.state not in {S.IN_ROOM, S.COMPLETED}:
        raise TransitionRefused
    if local_day(taken_at, zone) != local_day(now, zone):
        raise TransitionRefused
    # A visit whose time has passed cannot be won back by undoing its cancellation.
    if standing.state is S.CANCELLED and standing.start <= now:
        raise TransitionRefused


def require_move_undo(
    standing: Standing,
    *,
    back_to: datetime,
    taken_at: datetime,
    by: ActorKind,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """
    Check that reception may take a move back that was made at `taken_at`.

    Raises:
        AlreadyCancelled, TransitionRefused: as for a move; another day has begun, or the time
            before it has.
    """
    require_movable(standing, by=by, now=now)
    if by not in _DESK or local_day(taken_at, zone) != local_day(now, zone) or back_to <= now:
        raise TransitionRefused


def next_steps(standing: Standing, *, by: ActorKind, now: datetime, zone: ZoneInfo) -> list[State]:
    """The steps that `by` could take now, in the order of a visit."""
    steps = []
    for origin, to in TRANSITIONS:
        if origin is not standing.state:
            continue
        try:
            require_step(standing, to, by=by, reason="given later", now=now, zone=zone)
        except TransitionRefused:
            continue
        steps.append(to)
    return steps


def is_unresolved(standing: Standing, *, now: datetime) -> bool:
    """A visit that is over and that nobody has said the outcome of."""
    return standing.state in OPEN and standing.end <= now


def is_late_cancellation(start: datetime, *, now: datetime) -> bool:
    """A cancellation inside the last 24 hours; it is marked as such and is not a no-show."""
    return start - now < LATE_CANCELLATION
