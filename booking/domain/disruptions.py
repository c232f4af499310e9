"""What takes visits away at short notice, and how far their patients are with new times."""

from dataclasses import dataclass
from enum import StrEnum

from booking.domain.lifecycle import State, Stranding


class Why(StrEnum):
    """Why nobody can be seen for a while; for staff, patients never read it."""

    ILL = "ill"
    CLOSED = "closed"
    BLOCK = "block"
    OTHER = "other"


class Choice(StrEnum):
    """What becomes of a booking that a change strands."""

    KEEP = "keep"
    OFFER = "offer"
    CANCEL = "cancel"


class Said(StrEnum):
    """What came of the last call to a patient."""

    NO_ANSWER = "no_answer"
    CALLS_BACK = "calls_back"
    TOLD = "told"


class Progress(StrEnum):
    """How far a patient is whose visit was taken away."""

    TO_CALL = "to_call"
    WAITING = "waiting"
    REBOOKED = "rebooked"
    KEPT = "kept"
    CANCELLED = "cancelled"


# There is something left to do or to wait for.
UNSETTLED = frozenset({Progress.TO_CALL, Progress.WAITING})
_GONE = frozenset({State.CANCELLED, State.ENTERED_IN_ERROR})
_AHEAD = frozenset({State.REQUESTED, State.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What decides about it: what was chosen for the booking, and how it stands now.

    `is_moved`: it has another time than the one that was taken away. `reads_mail`: there is an
    address, and no word to it was given up. `has_times`: some are held for it. `has_heard`: its
    patient was talked to on the phone.
    """

    choice: Choice
    state: State
    stranding: Stranding | None
    is_moved: bool
    reads_mail: bool
    has_times: bool
    has_heard: bool
    said: Said | None


def progress(one: Standing) -> Progress:
    """How far its patient is, by how the booking stands."""
    if one.state in _GONE:
        # Whom the clinic cancelled and no mail reaches would come in vain.
        in_the_dark = one.choice is Choice.CANCEL and not one.reads_mail
        return Progress.TO_CALL if in_the_dark and one.said is not Said.TOLD else Progress.CANCELLED
    if one.is_moved:
        return Progress.REBOOKED
    if one.state not in _AHEAD:
        return Progress.KEPT
    if one.stranding is not Stranding.TO_MOVE:
        # The time stands again, and whoever heard on the phone that it is gone knows otherwise.
        is_misled = one.stranding is None and one.has_heard and not one.reads_mail
        return Progress.TO_CALL if is_misled and one.said is not Said.TOLD else Progress.KEPT
    return Progress.WAITING if one.reads_mail and one.has_times else Progress.TO_CALL
