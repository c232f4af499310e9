"""The steps of a visit as buttons: which can be taken now, and on which key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking.domain import lifecycle
from booking.domain.errors import TransitionRefused
from booking.domain.lifecycle import ActorKind, Standing, State
from booking.web.wording import STEP_WORDS

KEYS = {
    State.ARRIVED: "a",
    State.IN_ROOM: "r",
    State.COMPLETED: "c",
    State.NO_SHOW: "x",
    State.LEFT: "l",
}
# Cancelling needs a reason and has a form of its own on the card.
_NOT_BUTTONS = {State.CANCELLED, State.ENTERED_IN_ERROR, State.EXPIRED}
# How a visit of an earlier day can have ended.
OUTCOMES = frozenset({State.COMPLETED, State.NO_SHOW, State.LEFT})


def buttons(
    standing: Standing, *, by: ActorKind, now: datetime, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """The steps that `by` can take now, the likeliest first."""
    found = lifecycle.next_steps(standing, by=by, now=now, zone=zone)
    return _shown([step for step in found if step not in _NOT_BUTTONS])


def outcomes(
    standing: Standing, *, by: ActorKind, now: datetime, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Those that say how a visit ended."""
    found = lifecycle.next_steps(standing, by=by, now=now, zone=zone)
    return _shown([step for step in found if step in OUTCOMES])


def _shown(found: Sequence[State]) -> list[dict[str, Any]]:
    return [
        {
            "key": KEYS.get(step, ""),
            "label": STEP_WORDS[step],
            "to": step.value,
            "endpoint": "desk.advance",
            "primary": index == 0,
        }
        for index, step in enumerate(found)
    ]


def can_move(standing: Standing, *, by: ActorKind, now: datetime) -> bool:
    """Whether the booking can be moved at the desk now, which is reception's business."""
    try:
        lifecycle.require_movable(standing, by=by, now=now)
    except TransitionRefused:
        return False
    return by is ActorKind.RECEPTION


def can_undo(
    standing: Standing, *, taken_at: datetime, by: ActorKind, now: datetime, zone: ZoneInfo
) -> bool:
    """Whether the step that was taken then can be taken back by `by` now."""
    try:
        lifecycle.require_undo(standing, taken_at=taken_at, by=by, now=now, zone=zone)
    except TransitionRefused:
        return False
    return True
