"""Holds: a slot kept for minutes while the form is filled in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.errors import HoldExpired
from booking.domain.slots import Slot
from booking.formats.tokens import RandomToken, token_hash
from booking.services.times import acceptance, claims
from booking.services.times.acceptance import Accepted
from booking.services.times.availability import Offers
from booking.store.bookings import Hold

LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A new hold; the token is told once, the row keeps its hash."""

    id: int
    token: str
    slot: Slot
    expires_at: datetime


def hold(
    session: Session,
    offers: Offers,
    *,
    service: str,
    practitioner: str,
    start: datetime,
    random_token: RandomToken,
    now: datetime,
    replaces: int | None = None,
) -> Held:
    """
    Hold the slot at `start` for the clinic's usual minutes.

    `replaces` is the id of the same visitor's earlier hold: it is given back in the same
    transaction, and kept when the new slot is not won.

    Raises:
        NotFound: no such service or practitioner.
        SlotRefusal: the start is not on offer.
    """
    practitioner_id = offers.practitioner_id(session, service, practitioner)
    rulebook = acceptance.lock(session, offers, _resources(session, practitioner_id, replaces))
    plans = rulebook.plans_for(service, practitioner)
    if replaces is not None:
        session.execute(delete(Hold).where(Hold.id == replaces))
    accepted = acceptance.require_slot(session, plans, start, now=now)
    return keep(
        session, accepted, until=now + rulebook.clinic.hold, random_token=random_token, now=now
    )


def keep(
    session: Session,
    accepted: Accepted,
    *,
    until: datetime,
    random_token: RandomToken,
    now: datetime,
) -> Held:
    """
    Hold an accepted slot. Call it under the locks that it was accepted under.

    Raises:
        SlotUnavailable: the database refused; the transaction must not be committed.
    """
    slot, plan = accepted.slot, accepted.plan
    token = random_token()
    row = Hold(
        token_hash=token_hash(token),
        practitioner_id=plan.practitioner_id,
        service_id=plan.service_id,
        location_id=plan.place.id,
        start=slot.start,
        end=slot.end,
        expires_at=until,
        created_at=now,
    )
    session.add(row)
    session.flush()
    claims.take_all(session, accepted.resources, accepted.span, hold_id=row.id)
    return Held(row.id, token, slot, row.expires_at)


def _resources(session: Session, practitioner_id: int, replaces: int | None) -> list[int]:
    if replaces is None:
        return [practitioner_id]
    earlier = session.scalar(select(Hold.practitioner_id).where(Hold.id == replaces))
    return [practitioner_id] if earlier is None else [practitioner_id, earlier]


def extend(session: Session, offers: Offers, hold_id: int, *, now: datetime) -> datetime:
    """
    Keep a hold for the full time again, an hour at most from its beginning; when it expires now.

    Raises:
        HoldExpired: it ran out before.
    """
    row = session.get(Hold, hold_id)
    if row is None:
        raise HoldExpired
    rulebook = acceptance.lock(session, offers, [row.practitioner_id])
    row = session.get(Hold, hold_id, populate_existing=True)
    if row is None or row.expires_at <= now:
        raise HoldExpired
    row.expires_at = max(row.expires_at, min(now + rulebook.clinic.hold, row.created_at + LONGEST))
    return row.expires_at


def find(session: Session, token: str) -> Hold | None:
    """The hold that a token stands for, expired or not."""
    return session.scalar(select(Hold).where(Hold.token_hash == token_hash(token)))
