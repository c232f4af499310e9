"""
The waitlist fills itself: what is free and suits somebody is offered to them, in a fair order.

Nothing tells the list that a time came free. The worker asks what is free and whom it suits, so
that a cancellation, a move, a hold that ran out and new opening hours are all the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound, UnknownService
from booking.domain.slots import Slot
from booking.domain.waitlist import ALIVE, Outcome, Waiting, first_for, kept_until, still_known
from booking.formats.links import Links
from booking.formats.tokens import RandomToken
from booking.services.audit import SYSTEM, Actor
from booking.services.times import availability
from booking.services.times.availability import Offers, Timetable
from booking.services.waitlist import entries
from booking.services.waitlist import line as waitlist_line
from booking.services.waitlist import offers as waitlist_offers
from booking.services.waitlist.line import InLine
from booking.store.bookings import Hold
from booking.store.waitlist import WaitlistOffer


@dataclass(frozen=True, slots=True)
class Findings:
    """What the worker has to write: slots to offer, and what entries know of from now on."""

    slots: list[Slot]
    known: dict[int, Iterable[datetime]]


def look(session: Session, offers: Offers, *, now: datetime) -> Findings:
    """What is free and suits somebody; one slot for each of them at most. Changes nothing."""
    found = Findings([], {})
    by_service: dict[str, list[InLine]] = {}
    for one in waitlist_line.line(session, now=now):
        by_service.setdefault(one.entry.service.slug, []).append(one)
    if not by_service:
        return found
    rows = session.execute(select(Hold.start, Hold.end).where(Hold.expires_at > now))
    held = [(start, end) for start, end in rows]
    for service, line in by_service.items():
        try:
            tables = offers.timetables(session, service, now=now)
        except UnknownService:
            # No longer offered; the office can still help those who wait for it.
            continue
        found.known.update(_news(tables, [one.waiting for one in line], held))
        able = [one.waiting for one in line if one.can_be_asked]
        found.slots.extend(_worth_offering(tables, able, now=now))
    return found


def _news(
    tables: list[Timetable], line: list[Waiting], held: list[tuple[datetime, datetime]]
) -> dict[int, Iterable[datetime]]:
    """For entries whose knowledge has changed, what they know of now."""
    free = frozenset(start for table in tables for start in table.starts)
    visit = tables[0].plan.rules.visit
    margin = visit.length + visit.buffer_before + visit.buffer_after
    spans = [(start - margin, end + margin) for start, end in held]
    news: dict[int, Iterable[datetime]] = {}
    for one in line:
        known = free if one.known is None else still_known(one.known, free, spans)
        if known != one.known:
            news[one.id] = known
    return news


def _worth_offering(tables: list[Timetable], line: list[Waiting], *, now: datetime) -> list[Slot]:
    plans = {(table.plan.practitioner, table.plan.place.slug): table.plan for table in tables}
    left, found = {one.id: one for one in line}, []
    for slot in availability.listed(tables, date.min, date.max):
        if not left:
            break
        plan = plans[slot.practitioner, slot.location]
        zone = plan.rules.zone
        who = first_for(slot, zone, left.values())
        if who is None:
            continue
        if kept_until(slot.start, zone, notice=plan.rules.visit.notice, now=now) is not None:
            found.append(slot)
            del left[who.id]
    return found


def can_be_offered(tables: list[Timetable], *, most: int, now: datetime) -> list[Slot]:
    """The next free slots that leave somebody time to answer."""
    plans = {(table.plan.practitioner, table.plan.place.slug): table.plan for table in tables}
    found = []
    for slot in availability.listed(tables, date.min, date.max):
        rules = plans[slot.practitioner, slot.location].rules
        if kept_until(slot.start, rules.zone, notice=rules.visit.notice, now=now) is not None:
            found.append(slot)
        if len(found) == most:
            break
    return found


def offer_first(
    session: Session,
    offers: Offers,
    links: Links,
    slot: Slot,
    *,
    random_token: RandomToken,
    now: datetime,
) -> WaitlistOffer | None:
    """
    Offer a slot to whoever is first in the fair order, as it stands under the lock; None if it
    suits nobody any more.

    Raises:
        SlotRefusal: the slot is not free any more, or too little time is left to answer.
    """
    rulebook = waitlist_offers.lock(session, offers, slot.service)
    zone = rulebook.plan_at(slot.service, slot.practitioner, slot.start).rules.zone
    line = waitlist_line.line(session, service=slot.service, now=now)
    able = {one.waiting: one.entry for one in line if one.can_be_asked}
    first = first_for(slot, zone, able)
    if first is None:
        return None
    entry = able[first]
    return waitlist_offers.make(
        session, links, rulebook, entry, slot, actor=SYSTEM, random_token=random_token, now=now
    )


def offer_by_hand(
    session: Session,
    offers: Offers,
    links: Links,
    entry_id: int,
    slot: Slot,
    *,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
) -> WaitlistOffer:
    """
    Offer a free slot of their service to somebody whose turn it is not; an earlier offer of theirs
    that is open is withdrawn.

    Raises:
        NotFound: nobody waits there, or not for this service.
        SlotRefusal: the slot is not free, or too little time is left to answer.
    """
    rulebook = waitlist_offers.lock(session, offers, slot.service)
    entry = entries.get(session, entry_id)
    if entry.service.slug != slot.service or entry.state not in ALIVE:
        raise NotFound
    earlier = entries.open_offer(session, entry.id)
    if earlier is not None:
        waitlist_offers.end(session, earlier, Outcome.WITHDRAWN, actor=actor, now=now)
        session.flush()
    return waitlist_offers.make(
        session, links, rulebook, entry, slot, actor=actor, random_token=random_token, now=now
    )
