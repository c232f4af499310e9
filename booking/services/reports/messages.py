"""What became of messages, kind by kind."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.domain.messages import MessageKind, MessageState
from booking.domain.rates import Rate
from booking.services.reports.scope import Scope
from booking.store.bookings import Booking
from booking.store.records import Message


@dataclass(frozen=True, slots=True)
class Sending:
    """The messages of one kind: sent, given up, still waiting, and dropped as pointless."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    dropped: int = 0

    @property
    def failures(self) -> Rate:
        """Those that were given up, of those that are done with."""
        return Rate(self.failed, self.sent + self.failed)


def read(session: Session, scope: Scope, zone: ZoneInfo) -> dict[MessageKind, Sending]:
    """
    What was written on the days, by the clinic's clock; only kinds of which there are any.

    Of one practitioner or service: those that are about a booking.
    """
    span = scope.span(zone)
    query = select(Message.kind, Message.state, func.count()).where(
        Message.created_at >= span.start, Message.created_at < span.end
    )
    whose = [
        *scope.of_practitioner(Booking.practitioner_id),
        *scope.of_service(Booking.service_id),
    ]
    if whose:
        query = query.join(Booking, Booking.id == Message.booking_id).where(*whose)
    counted: dict[MessageKind, dict[MessageState, int]] = {}
    for kind, state, number in session.execute(query.group_by(Message.kind, Message.state)):
        counted.setdefault(kind, {})[state] = number
    return {kind: _sending(counted[kind]) for kind in MessageKind if kind in counted}


def _sending(by_state: dict[MessageState, int]) -> Sending:
    S = MessageState  # noqa: N806 - as in the state machine
    return Sending(
        sent=by_state.get(S.SENT, 0),
        failed=by_state.get(S.FAILED, 0),
        waiting=by_state.get(S.QUEUED, 0) + by_state.get(S.SENDING, 0),
        dropped=by_state.get(S.DROPPED, 0),
    )
