"""Which messages there are, when one is tried again, and when one has lost its point."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from booking.domain.lifecycle import State

# Quick at first, since most failures pass within a minute; then patient.
BACK_OFF = tuple(
    timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)
)
GIVE_UP_AFTER = timedelta(hours=60)
# A sheet is of the day on which it was made and the next; by then there is another.
SHEET_SERVES = timedelta(days=1)


class Audience(StrEnum):
    """Whom a message is for."""

    PATIENT = "patient"
    DOCTOR = "doctor"
    RECEPTION = "reception"


EVERYBODY = frozenset(Audience)


@dataclass(frozen=True, slots=True)
class Telling:
    """
    How word of a change leaves: whether the patient gets any, and after what grace.

    The grace is for what staff do: a mistake that is undone within it has been told to nobody.
    """

    patient: bool = True
    grace: timedelta = timedelta()


AT_ONCE = Telling()


class MessageKind(StrEnum):
    """Why a message was written."""

    CONFIRMED = "confirmed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    NEW_TIMES = "new_times"
    REMINDER = "reminder"
    RUNNING_LATE = "running_late"
    MISSED = "missed"
    WAITLIST_JOINED = "waitlist_joined"
    WAITLIST_OFFER = "waitlist_offer"
    CONFIRM_EMAIL = "confirm_email"
    DOCTOR_BOOKED = "doctor_booked"
    DOCTOR_MOVED = "doctor_moved"
    DOCTOR_CANCELLED = "doctor_cancelled"
    SHEET = "sheet"

    @property
    def audience(self) -> Audience:
        """Whom it goes to."""
        if self is MessageKind.SHEET:
            return Audience.RECEPTION
        return Audience.DOCTOR if self.value.startswith("doctor_") else Audience.PATIENT

    @property
    def invites(self) -> bool:
        """It brings the visit as a calendar entry."""
        # A reminder is no news: the visit stands in the calendar as it is.
        if self in _NO_INVITATIONS or self.is_about_waiting:
            return False
        return self.audience is Audience.PATIENT

    @property
    def is_about_waiting(self) -> bool:
        """It is about a waitlist entry, not about a booking."""
        return self in {MessageKind.WAITLIST_JOINED, MessageKind.WAITLIST_OFFER}

    @property
    def tells_of_cancellation(self) -> bool:
        """It says that the visit will not take place."""
        return self in {MessageKind.CANCELLED, MessageKind.DOCTOR_CANCELLED}


_NO_INVITATIONS = frozenset(
    {
        MessageKind.NEW_TIMES,
        MessageKind.REMINDER,
        MessageKind.RUNNING_LATE,
        MessageKind.MISSED,
        MessageKind.CONFIRM_EMAIL,
    }
)


class MessageState(StrEnum):
    """Where a message stands; `failed` and `dropped` are final and visible to reception."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class DeliveryFailure(Exception):
    """
    The mail server did not take a message.

    `retryable` failures pass by themselves or once somebody mends the set-up; the others are the
    server's last word about this recipient. `words` are for reception and name no patient.
    """

    words: str
    retryable: bool

    def __str__(self) -> str:
        return self.words


def next_try(tries: int, *, created: datetime, now: datetime) -> datetime | None:
    """
    When to try again after `tries` failed tries; None once it is time to give up.

    A mail server that is away for two days (RFC 5321, 4.5.4.1 advises four to five) loses nothing.
    """
    moment = now + BACK_OFF[min(tries, len(BACK_OFF)) - 1]
    return None if moment - created > GIVE_UP_AFTER else moment


def has_lost_its_point(
    kind: MessageKind, sequence: int, *, state: State, current_sequence: int
) -> bool:
    """
    Whether a message no longer says what is so.

    An earlier confirmation must not arrive after the cancellation, nor an old time after a move;
    the later change has a message of its own.
    """
    if sequence != current_sequence:
        return True
    return kind.tells_of_cancellation != (state in {State.CANCELLED, State.ENTERED_IN_ERROR})
