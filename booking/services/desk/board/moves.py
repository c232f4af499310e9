"""What moving a booking would mean: where it could go, what stands in the way, who hears of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from booking.domain.availability import nearest
from booking.domain.errors import SlotRefusal
from booking.domain.slots import Slot, by_start
from booking.domain.time import Span, instant, local_day
from booking.services.bookings import new_times
from booking.services.clinic import Plan, Rulebook, open_first
from booking.services.mail import outbox, reminders
from booking.services.times import acceptance, free_time, squeezing
from booking.services.times.claims import Taken
from booking.services.times.free_time import slot_of
from booking.services.times.squeezing import Fit
from booking.store.bookings import Booking, Hold, Offer

ALTERNATIVES = 3
_NEAR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Taker:
    """
    What has the time that is wanted: a visit, a hold until it expires (`is_kept`: one that a
    patient was offered), or neither: then it is from the practitioner's other calendar.
    """

    span: Span
    visit: Booking | None = None
    held_until: datetime | None = None
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """
    What a move would mean: why nothing is on offer there (a code, with the takers), how it fits in
    all the same (if at all), what is free near it, and who hears of it.
    """

    slot: Slot
    refusal: str | None
    anyway: Fit | None
    takers: list[Taker]
    alternatives: list[Slot]
    too_soon_online: bool
    doctor: str | None
    reminds: bool


def free(session: Session, rulebook: Rulebook, booking: Booking, *, now: datetime) -> list[Slot]:
    """
    All times that a booking could move to, by start: those that are kept for it among them.

    Raises:
        NoLongerOffered: its practitioner no longer offers its service.
    """
    plans = rulebook.plans_of(booking)
    found = free_time.staff_slots(
        session,
        plans,
        first=min(local_day(now, plan.rules.zone) for plan in plans),
        last=max(plan.rules.last_day(now) for plan in plans),
        now=now,
        without_booking=booking.id,
    )
    kept = [
        slot_of(plan, hold.start)
        for hold in new_times.offered(session, booking.id, now=now)
        for plan in plans
        if plan.place.id == hold.location_id
    ]
    slots = {slot.id: slot for slot in (*found, *kept) if slot.start != booking.start}
    return sorted(slots.values(), key=by_start)


def outlook(
    session: Session, rulebook: Rulebook, booking: Booking, start: datetime, *, now: datetime
) -> Outlook:
    """
    What moving a booking to `start` would mean now.

    Raises:
        SlotRefusal: `start` is no instant at which anything could be.
        NoLongerOffered: its practitioner no longer offers its service.
    """
    utc = instant(start)
    plans = open_first(rulebook.plans_of(booking), utc)
    refusal = _refusal(session, plans, booking, utc, now=now)
    visit = plans[0].rules.visit
    moments = (booking.start, utc)
    return Outlook(
        slot=slot_of(plans[0], utc),
        refusal=refusal,
        anyway=_anyway(session, plans, booking, utc, now=now) if refusal else None,
        takers=_takers(session, plans[0], booking, utc, now=now) if refusal else [],
        alternatives=_near(session, rulebook, booking, utc, now=now) if refusal else [],
        too_soon_online=refusal is None and utc < now + visit.notice,
        doctor=outbox.doctors_address(session, rulebook, booking, moments, now=now),
        reminds=reminders.may_remind(session, booking.patient_id),
    )


def _refusal(
    session: Session, plans: Iterable[Plan], booking: Booking, start: datetime, *, now: datetime
) -> str | None:
    if any(hold.start == start for hold in new_times.offered(session, booking.id, now=now)):
        return None
    codes = []
    for plan in plans:
        try:
            acceptance.look(
                session, plan, start, now=now, notice=timedelta(), without_booking=booking.id
            )
        except SlotRefusal as refusal:
            codes.append(refusal.code)
        else:
            return None
    return codes[0]


def _anyway(
    session: Session, plans: Sequence[Plan], booking: Booking, start: datetime, *, now: datetime
) -> Fit | None:
    try:
        found, _ = squeezing.look(session, plans, start, now=now, without_booking=booking.id)
    except SlotRefusal:
        return None
    return found


def _takers(
    session: Session, plan: Plan, booking: Booking, start: datetime, *, now: datetime
) -> list[Taker]:
    """Who has the practitioner's time; else who has the rooms that are needed."""
    span = plan.rules.visit.claim(start)
    busy = free_time.read_busy(session, plan, span, now=now, without_booking=booking.id)
    elsewhere = [Taker(one) for one in busy.elsewhere if one.overlaps(span)]
    own = [claim for claim in busy.own if claim.span.overlaps(span)]
    rooms = {claim for claims in busy.rooms.values() for claim in claims}
    in_rooms = [claim for claim in rooms if claim.span.overlaps(span)]
    found = _named(session, own if own or elsewhere else in_rooms)
    return sorted([*found, *elsewhere], key=lambda one: one.span)


def _named(session: Session, claims: Iterable[Taken]) -> list[Taker]:
    claims = list(claims)
    visits = {
        one.id: one
        for one in session.scalars(
            select(Booking)
            .options(joinedload(Booking.patient))
            .where(Booking.id.in_([claim.booking_id for claim in claims]))
        )
    }
    holds = [claim.hold_id for claim in claims]
    kept = set(session.scalars(select(Offer.hold_id).where(Offer.hold_id.in_(holds))))
    spans = {
        hold.id: Span(hold.start, hold.end)
        for hold in session.scalars(select(Hold).where(Hold.id.in_(holds)))
    }
    found = []
    for claim in claims:
        visit = visits.get(claim.booking_id or 0)
        span = Span(visit.start, visit.end) if visit else spans.get(claim.hold_id or 0, claim.span)
        found.append(Taker(span, visit, claim.expires_at, claim.hold_id in kept))
    return found


def _near(
    session: Session, rulebook: Rulebook, booking: Booking, start: datetime, *, now: datetime
) -> list[Slot]:
    slots = {
        slot.start: slot
        for slot in free(session, rulebook, booking, now=now)
        if abs(slot.start - start) < _NEAR
    }
    found = nearest(sorted(slots), start, limit=ALTERNATIVES)
    return [slots[one] for one in sorted(found)]
