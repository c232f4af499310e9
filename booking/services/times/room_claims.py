"""That each coming visit has the rooms and devices that its service needs."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.errors import NoLongerOffered, SlotUnavailable
from booking.domain.lifecycle import State
from booking.domain.time import Span
from booking.services.clinic import Plan, Rulebook
from booking.services.times import claims
from booking.services.times.free_time import read_busy
from booking.store.bookings import Booking
from booking.store.claims import Claim
from booking.store.clinic import Room


def provide(session: Session, rulebook: Rulebook, *, now: datetime) -> set[int]:
    """
    Give each coming visit the rooms that its service needs by `rulebook`, the earlier one first.

    The ids of the bookings for which none was free. Call it under the locks.
    """
    lacking: set[int] = set()
    coming = session.scalars(
        select(Booking)
        .where(Booking.state == State.CONFIRMED, Booking.start > now)
        .order_by(Booking.start, Booking.id)
    )
    for booking in coming:
        try:
            plan = rulebook.plan_of(booking)
        except NoLongerOffered:
            continue
        if not _provide(session, plan, booking, now=now):
            lacking.add(booking.id)
    return lacking


def _provide(session: Session, plan: Plan, booking: Booking, *, now: datetime) -> bool:
    has = _rooms_of(session, booking.id)
    if all(has & set(kind) for kind in plan.needs) and has <= set(plan.rooms):
        return True
    span = Span(booking.start - plan.rules.visit.buffer_before, booking.end)
    span = Span(span.start, span.end + plan.rules.visit.buffer_after)
    busy = read_busy(session, plan, span, now=now, without_booking=booking.id)
    try:
        chosen = busy.choose_rooms(span)
    except SlotUnavailable:
        return False
    _free_rooms(session, booking.id, has)
    claims.take_all(session, chosen, span, booking_id=booking.id)
    return True


def _rooms_of(session: Session, booking_id: int) -> set[int]:
    query = (
        select(Claim.resource_id)
        .join(Room, Room.id == Claim.resource_id)
        .where(Claim.booking_id == booking_id)
    )
    return set(session.scalars(query))


def _free_rooms(session: Session, booking_id: int, rooms: Iterable[int]) -> None:
    session.execute(
        delete(Claim).where(Claim.booking_id == booking_id, Claim.resource_id.in_(rooms))
    )
