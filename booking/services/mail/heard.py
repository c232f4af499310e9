"""Who has heard what of a booking, as far as its messages tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.messages import Audience, MessageKind, MessageState
from booking.store.bookings import Booking
from booking.store.records import Message

# They tell nobody of another time than they know.
_NO_NEWS = (MessageKind.RUNNING_LATE, MessageKind.MISSED)
# After these nobody counts on the time that they have.
_UNSETTLING = frozenset(
    {MessageKind.CANCELLED, MessageKind.DOCTOR_CANCELLED, MessageKind.NEW_TIMES}
)
_NEVER_LEFT = frozenset({MessageState.QUEUED, MessageState.DROPPED})


@dataclass(frozen=True, slots=True)
class Heard:
    """
    How word of a step that is taken back stands: whom it may have reached, and who is still owed
    word of the visit as it was before.
    """

    of_it: frozenset[Audience]
    owed: frozenset[Audience]


def of_cancellation(session: Session, booking: Booking) -> Heard:
    """Who heard that a booking is cancelled; asked before its sequence is raised."""
    return _heard(
        session,
        booking,
        booking.start,
        lambda one: one.kind.tells_of_cancellation and one.sequence == booking.sequence,
    )


def of_move(session: Session, booking: Booking, *, before: datetime) -> Heard:
    """Who heard of the time that a booking has now, and not of the one it had `before`."""
    return _heard(session, booking, before, lambda one: _start(one) == booking.start)


def _heard(
    session: Session, booking: Booking, start: datetime, is_about: Callable[[Message], bool]
) -> Heard:
    told = _by_audience(session, booking)
    return Heard(
        frozenset(
            who for who, all_ in told.items() if any(_may_have_left(m) for m in all_ if is_about(m))
        ),
        frozenset(who for who, all_ in told.items() if _is_owed(all_, start)),
    )


def believed(session: Session, booking: Booking) -> dict[Audience, datetime]:
    """
    The start that those believe in whose word of another still waits: dropped, it was never said.

    Asked before the booking changes again.
    """
    found = {who: _believed(all_) for who, all_ in _by_audience(session, booking).items()}
    return {who: start for who, start in found.items() if start is not None}


def _believed(messages: Sequence[Message]) -> datetime | None:
    if not messages or not _waits(messages[-1]):
        return None
    reached = [number for number, one in enumerate(messages) if _may_have_left(one)]
    if not reached:
        # Nobody wrote to them before, so they go by what stands in the calendar.
        return messages[0].previous_start
    last = messages[reached[-1]]
    is_sure = last.state is MessageState.SENT and last.kind not in _UNSETTLING
    return _start(last) if is_sure else None


def _by_audience(session: Session, booking: Booking) -> dict[Audience, list[Message]]:
    messages = session.scalars(
        select(Message)
        .where(Message.booking_id == booking.id, Message.kind.not_in(_NO_NEWS))
        .order_by(Message.sequence, Message.id)
        .with_for_update()
    ).all()
    found: dict[Audience, list[Message]] = {audience: [] for audience in Audience}
    for message in messages:
        found[message.kind.audience].append(message)
    return found


def _start(message: Message) -> datetime | None:
    return message.start or message.reminds_of


def _waits(message: Message) -> bool:
    return message.state is MessageState.QUEUED and message.tries == 0


def _may_have_left(message: Message) -> bool:
    return message.tries > 0 or message.state not in _NEVER_LEFT


def _is_owed(messages: Sequence[Message], start: datetime) -> bool:
    """Whether the latest word of this start did not leave; who was never sent one needs none."""
    told = [one for one in messages if one.start == start and not one.kind.tells_of_cancellation]
    return bool(told) and told[-1].state is not MessageState.SENT
