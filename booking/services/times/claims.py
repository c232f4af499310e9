"""
The time of a practitioner or of a room: what is taken of it, taking, moving and freeing it, under
its lock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking.domain.errors import SlotUnavailable
from booking.domain.time import Span
from booking.store.base import insert_row, table
from booking.store.bookings import Hold
from booking.store.claims import Claim, is_overlap
from booking.store.clinic import Service

# Made once, since making it costs more than running it.
_claims, _holds = table(Claim).c, table(Hold).c
_EACH_WITHIN = (
    select(
        _claims.resource_id,
        _claims.start,
        _claims.end,
        _claims.booking_id,
        _claims.hold_id,
        _holds.expires_at,
    )
    .select_from(table(Claim).outerjoin(table(Hold), _claims.hold_id == _holds.id))
    .where(
        _claims.resource_id.in_(bindparam("resources", expanding=True)),
        _claims.start < bindparam("window_end"),
        _claims.end > bindparam("window_start"),
    )
)
_LONGEST_BUFFER = select(func.max(Service.buffer_before_minutes))


@dataclass(frozen=True, slots=True)
class Taken:
    """A claim as it stands: of a booking, or of a hold until it expires."""

    span: Span
    booking_id: int | None
    hold_id: int | None
    expires_at: datetime | None

    def counts(self, now: datetime) -> bool:
        """Whether the time is taken; that of a hold that ran out is not."""
        return self.expires_at is None or self.expires_at > now

    def is_of(self, booking_id: int | None) -> bool:
        """Whether it is this booking's; None is no booking."""
        return booking_id is not None and self.booking_id == booking_id


def release(session: Session, expired: Iterable[Taken]) -> None:
    """Remove holds that ran out; their claims go with them."""
    hold_ids = [claim.hold_id for claim in expired]
    if hold_ids:
        session.execute(delete(table(Hold)).where(_holds.id.in_(hold_ids)))


def of_each(session: Session, resource_ids: Sequence[int], window: Span) -> dict[int, list[Taken]]:
    """All claims of resources that overlap `window`, those of expired holds included."""
    found: dict[int, list[Taken]] = {resource_id: [] for resource_id in resource_ids}
    values = {"resources": resource_ids, "window_start": window.start, "window_end": window.end}
    for resource_id, start, end, *owner in session.execute(_EACH_WITHIN, values):
        found[resource_id].append(Taken(Span(start, end), *owner))
    return found


def take_all(
    session: Session,
    resource_ids: Sequence[int],
    span: Span,
    *,
    hold_id: int | None = None,
    booking_id: int | None = None,
) -> None:
    """
    Claim `span` of a practitioner and of the rooms that go with it.

    Raises:
        SlotUnavailable: the database refused one of them; the transaction must not be committed.
    """
    for resource_id in resource_ids:
        take(session, resource_id, span, hold_id=hold_id, booking_id=booking_id)


def take(
    session: Session,
    resource_id: int,
    span: Span,
    *,
    hold_id: int | None = None,
    booking_id: int | None = None,
) -> None:
    """
    Claim `span` for a hold or a booking.

    Raises:
        SlotUnavailable: the database refused, since somebody else has an instant of it.
    """
    try:
        insert_row(
            session,
            Claim,
            resource_id=resource_id,
            start=span.start,
            end=span.end,
            hold_id=hold_id,
            booking_id=booking_id,
        )
    except IntegrityError as error:
        raise _refusal(error) from error


def convert(session: Session, *, hold_id: int, booking_id: int, now: datetime) -> bool:
    """
    Turn a hold's claim into a booking's; False if the hold has run out.

    One conditional statement decides, by the transaction's own time.
    """
    alive = select(Hold.id).where(Hold.id == hold_id, Hold.expires_at > now)
    converted = session.execute(
        update(Claim)
        .where(Claim.hold_id == hold_id, Claim.hold_id.in_(alive))
        .values(hold_id=None, booking_id=booking_id)
        .execution_options(synchronize_session=False)
    )
    return bool(converted.rowcount)  # type: ignore[attr-defined]


def move(session: Session, booking_id: int, resource_ids: Sequence[int], span: Span) -> None:
    """
    Give a booking another time of its practitioner, who comes first, and of rooms.

    The practitioner's claim changes in one statement, so the old time is freed only if the new
    one is won.

    Raises:
        SlotUnavailable: the new time is taken; the booking keeps the old one.
    """
    practitioner_id, *rooms = resource_ids
    try:
        moved = session.execute(
            update(Claim)
            .where(Claim.booking_id == booking_id, Claim.resource_id == practitioner_id)
            .values(start=span.start, end=span.end)
            .execution_options(synchronize_session=False)
        )
    except IntegrityError as error:
        raise _refusal(error) from error
    if not moved.rowcount:  # type: ignore[attr-defined]
        # Its time has passed and the claim was swept away; a new time needs a new claim.
        take(session, practitioner_id, span, booking_id=booking_id)
    session.execute(
        delete(Claim).where(Claim.booking_id == booking_id, Claim.resource_id != practitioner_id)
    )
    take_all(session, rooms, span, booking_id=booking_id)


def free(session: Session, booking_id: int) -> None:
    """Give a booking's time back."""
    session.execute(delete(Claim).where(Claim.booking_id == booking_id))


def sweep(session: Session, *, now: datetime) -> int:
    """
    Remove expired holds and the claims whose end has passed; how many claims went.

    A claim stays as long as the buffer before a coming visit could still reach back to it, so that
    sweeping never changes what is on offer.
    """
    session.execute(delete(Hold).where(Hold.expires_at <= now))
    reach = timedelta(minutes=session.scalar(_LONGEST_BUFFER) or 0)
    swept = session.execute(
        delete(Claim).where(Claim.end <= now - reach, Claim.booking_id.is_not(None))
    )
    return int(swept.rowcount)  # type: ignore[attr-defined]


def _refusal(error: IntegrityError) -> Exception:
    return SlotUnavailable() if is_overlap(error) else error
