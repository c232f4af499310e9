"""New times for bookings that lose theirs: found, held, told, taken or given back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from booking.domain.errors import NoLongerOffered, ProposalsGone
from booking.domain.lifecycle import State, Stranding
from booking.domain.messages import Audience, MessageKind, MessageState
from booking.formats.links import Links
from booking.formats.tokens import RandomToken
from booking.services.bookings.free_pool import Pool, Start
from booking.services.clinic import Plan, Rulebook
from booking.services.mail import outbox
from booking.services.times import acceptance, holds
from booking.store.bookings import Booking, Hold, Offer
from booking.store.records import Message

# How long the times are kept, and how many of them.
KEPT = timedelta(hours=24)
MOST = 3
# Whoever is asked in a hurry must have the time to answer before it is too late to take one.
_TO_ANSWER = timedelta(hours=2)


class Order(StrEnum):
    """Which of the free times come first: those around the lost one, or the soonest from now."""

    NEAREST = "nearest"
    SOONEST = "soonest"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A booking whose patient has still to take another time; no offers left: call them."""

    booking: Booking
    offers: list[Hold]
    kept_until: datetime | None


def offer(
    session: Session,
    links: Links,
    rulebook: Rulebook,
    booking: Booking,
    *,
    reason: str,
    random_token: RandomToken,
    now: datetime,
    order: Order = Order.NEAREST,
    only: frozenset[datetime] | None = None,
    pool: Pool | None = None,
) -> None:
    """
    Hold free times instead of the one that was lost, and tell the patient, in their order.

    The booking keeps its old time until another is taken; what was held for it before makes way.
    Call it under all locks, for the earlier booking first: each keeps clear of what was held for
    those before. `only` are the times that somebody saw and decided on; `pool` is shared by all
    bookings of one transaction.

    Raises:
        ProposalsGone: one of `only` is not free any more.
    """
    search = _Search(pool or Pool(), order, only)
    held = _keep(session, rulebook, booking, search, random_token=random_token, now=now)
    if only is not None and {start for _, start in held} != only:
        raise ProposalsGone
    booking.stranding = Stranding.TO_MOVE
    # Another word about the same time would else count as said already.
    booking.sequence += 1
    booking.updated_at = now
    session.flush()
    outbox.tell(
        session,
        links,
        rulebook,
        booking,
        booking.patient,
        MessageKind.NEW_TIMES,
        now=now,
        reason=reason,
        audiences=frozenset({Audience.PATIENT}),
    )


def propose(
    session: Session,
    rulebook: Rulebook,
    booking: Booking,
    *,
    order: Order,
    pool: Pool,
    random_token: RandomToken,
    now: datetime,
) -> list[datetime]:
    """
    The times that `offer` would hold, on the wall there, by start. It holds them, so that the next
    booking keeps clear of them: call it where all is undone afterwards.
    """
    search = _Search(pool, order)
    held = _keep(session, rulebook, booking, search, random_token=random_token, now=now)
    return sorted(start.astimezone(plan.rules.zone) for plan, start in held)


@dataclass(frozen=True, slots=True)
class _Search:
    """Where new times are taken from, which come first, and to which of them it is limited."""

    pool: Pool
    order: Order
    only: frozenset[datetime] | None = None

    def fits(self, plan: Plan, start: datetime, now: datetime) -> bool:
        """Whether a free start is good enough to be offered."""
        if self.only is not None:
            return start in self.only
        is_soonest = self.order is Order.SOONEST
        return not is_soonest or start - plan.rules.visit.notice >= now + _TO_ANSWER


def _keep(
    session: Session,
    rulebook: Rulebook,
    booking: Booking,
    search: _Search,
    *,
    random_token: RandomToken,
    now: datetime,
) -> list[Start]:
    withdraw(session, booking.id)
    chosen = _chosen(session, rulebook, booking, search, now=now)
    for plan, start in chosen:
        _hold(session, plan, booking, start, random_token=random_token, now=now)
        search.pool.give(plan, start)
    return chosen


def _chosen(
    session: Session, rulebook: Rulebook, booking: Booking, search: _Search, *, now: datetime
) -> list[Start]:
    """Up to three free starts that leave each other room, and by which plan."""
    try:
        plans = rulebook.plans_of(booking)
    except NoLongerOffered:
        return []
    free = search.pool.starts(session, plans, now=now)
    starts = [(plan, start) for plan, start in free if search.fits(plan, start, now)]
    chosen: list[Start] = []
    for plan, start in sorted(starts, key=_rank(search.order, booking.start)):
        span = plan.rules.visit.claim(start)
        if not any(other.rules.visit.claim(one).overlaps(span) for other, one in chosen):
            chosen.append((plan, start))
        if len(chosen) == MOST:
            break
    return chosen


def _rank(order: Order, lost: datetime) -> Callable[[Start], Any]:
    if order is Order.SOONEST:
        return lambda one: one[1]
    # Of two equally near the later comes first.
    return lambda one: (abs(one[1] - lost), one[1] < lost)


def _hold(
    session: Session,
    plan: Plan,
    booking: Booking,
    start: datetime,
    *,
    random_token: RandomToken,
    now: datetime,
) -> None:
    accepted = acceptance.require_room(session, plan, start, now=now)
    # Nobody is told the token: these are taken through the booking's own link.
    held = holds.keep(
        session,
        accepted,
        until=min(now + KEPT, start - plan.rules.visit.notice),
        random_token=random_token,
        now=now,
    )
    session.add(Offer(hold_id=held.id, booking_id=booking.id))


def offered(session: Session, booking_id: int, *, now: datetime) -> list[Hold]:
    """The times that are held for a booking, by start."""
    query = (
        select(Hold)
        .join(Offer, Offer.hold_id == Hold.id)
        .where(Offer.booking_id == booking_id, Hold.expires_at > now)
        .order_by(Hold.start)
    )
    return list(session.scalars(query))


def withdraw(session: Session, booking_id: int) -> None:
    """Give back what is held for a booking. Call it under its practitioner's lock."""
    held = select(Offer.hold_id).where(Offer.booking_id == booking_id)
    session.execute(
        delete(Hold).where(Hold.id.in_(held)).execution_options(synchronize_session=False)
    )


def settle(session: Session, booking: Booking) -> None:
    """The booking was moved or cancelled: nothing has to be decided any more."""
    if booking.stranding is not None:
        booking.stranding = None
        withdraw(session, booking.id)


def restore(
    session: Session, links: Links, rulebook: Rulebook, booking: Booking, *, now: datetime
) -> None:
    """The rules allow the old time again: whoever was told otherwise hears that it stands."""
    was_to_move = booking.stranding is Stranding.TO_MOVE
    settle(session, booking)
    if not was_to_move or not _was_told(session, booking):
        return
    booking.sequence += 1
    booking.updated_at = now
    outbox.tell(
        session,
        links,
        rulebook,
        booking,
        booking.patient,
        MessageKind.CONFIRMED,
        now=now,
        audiences=frozenset({Audience.PATIENT}),
    )


def _was_told(session: Session, booking: Booking) -> bool:
    """Drop the word that has not left yet; whether it may have reached them."""
    dropped = session.execute(
        update(Message)
        .where(
            Message.booking_id == booking.id,
            Message.kind == MessageKind.NEW_TIMES,
            Message.state == MessageState.QUEUED,
        )
        .values(state=MessageState.DROPPED)
        .execution_options(synchronize_session=False)
    )
    told = session.scalars(
        select(Message.id).where(
            Message.booking_id == booking.id,
            Message.kind == MessageKind.NEW_TIMES,
            Message.sequence == booking.sequence,
        )
    ).first()
    return told is not None and not dropped.rowcount  # type: ignore[attr-defined]


def waiting(
    session: Session, *, practitioner_id: int | None = None, now: datetime
) -> list[Waiting]:
    """The coming bookings whose patients have still to take another time, by start."""
    query = (
        select(Booking)
        .options(joinedload(Booking.patient), joinedload(Booking.practitioner))
        .where(
            Booking.stranding == Stranding.TO_MOVE,
            Booking.state == State.CONFIRMED,
            Booking.start > now,
        )
        .order_by(Booking.start)
    )
    if practitioner_id is not None:
        query = query.where(Booking.practitioner_id == practitioner_id)
    found = list(session.scalars(query))
    held: dict[int, list[Hold]] = {}
    rows = session.execute(
        select(Offer.booking_id, Hold)
        .join(Hold, Offer.hold_id == Hold.id)
        .where(Offer.booking_id.in_([one.id for one in found]), Hold.expires_at > now)
        .order_by(Hold.start)
    )
    for booking_id, hold in rows:
        held.setdefault(booking_id, []).append(hold)
    return [
        Waiting(
            booking,
            held.get(booking.id, []),
            max((hold.expires_at for hold in held.get(booking.id, [])), default=None),
        )
        for booking in found
    ]
