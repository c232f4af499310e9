"""Idempotency keys: the same request twice makes one booking and gets one answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking.domain.errors import IdempotencyKeyReused
from booking.formats.tokens import token_hash
from booking.store.base import insert_row
from booking.store.bookings import IdempotencyKey

KEPT = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Once:
    """A client's key and what was asked for with it; both are kept as hashes."""

    key: str
    request: str


def answered_before(session: Session, once: Once) -> int | None:
    """
    The booking that this key made, or None for a new key.

    Raises:
        IdempotencyKeyReused: the key came with another request.
    """
    row = session.get(IdempotencyKey, token_hash(once.key))
    if row is None:
        return None
    if row.request_hash != token_hash(once.request):
        raise IdempotencyKeyReused
    return row.booking_id


def remember(session: Session, once: Once, booking_id: int, *, now: datetime) -> None:
    """
    Keep the outcome in the booking's own transaction.

    Raises:
        IdempotencyKeyReused: the key was used for another practitioner at this very moment.
    """
    try:
        insert_row(
            session,
            IdempotencyKey,
            key_hash=token_hash(once.key),
            request_hash=token_hash(once.request),
            booking_id=booking_id,
            created_at=now,
        )
    except IntegrityError as error:
        raise IdempotencyKeyReused from error


def sweep(session: Session, *, now: datetime) -> None:
    """Forget keys that no client will come back with."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT))
