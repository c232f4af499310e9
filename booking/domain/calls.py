"""Calls that the desk has to make: what they are about, how a try can end, and what is open."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

NOTE_MOST = 500
# Who missed a visit longer ago is not run after any more.
CHASED_FOR = timedelta(days=30)
# Somebody who wants to call back later than that is not waited for.
CALL_AGAIN_WITHIN = timedelta(days=365)
# What staff send leaves a little later, so that they can take it back.
GRACE = timedelta(minutes=1)


class Cause(StrEnum):
    """Why somebody is called: an answer that asks for it, or a visit that they missed."""

    CAUTION = "caution"
    NO_SHOW = "no_show"


class Outcome(StrEnum):
    """How a try ended."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    LEFT_MESSAGE = "left_message"
    CALL_AGAIN = "call_again"
    SENT = "sent"
    REBOOKS = "rebooks"
    DECLINED = "declined"
    CLOSED = "closed"


OUTCOMES: dict[Cause, tuple[Outcome, ...]] = {
    Cause.CAUTION: (
        Outcome.REACHED,
        Outcome.NO_ANSWER,
        Outcome.LEFT_MESSAGE,
        Outcome.CALL_AGAIN,
    ),
    Cause.NO_SHOW: (
        Outcome.SENT,
        Outcome.REBOOKS,
        Outcome.NO_ANSWER,
        Outcome.DECLINED,
        Outcome.CLOSED,
    ),
}
# After these nobody has to call any more.
SETTLED = frozenset({Outcome.REACHED, Outcome.DECLINED, Outcome.CLOSED})
# Somebody called, and it takes another call.
IN_VAIN = frozenset({Outcome.NO_ANSWER, Outcome.LEFT_MESSAGE, Outcome.CALL_AGAIN})


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try ended, until which day of the clinic it can wait, and what the desk should know."""

    outcome: Outcome
    call_again_on: date | None = None
    note: str = ""


def fits(cause: Cause, outcome: Outcome) -> bool:
    """Whether a try about this can end so."""
    return outcome in OUTCOMES[cause]


def is_put_off(call_again_on: date | None, *, today: date) -> bool:
    """Whether a call waits for a later day."""
    return call_again_on is not None and call_again_on > today
