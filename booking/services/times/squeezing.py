"""
Visits that staff put where nothing is on offer: outside of hours, or beside another visit.

The database refuses two claims of one instant, whoever asks. So a visit beside another claims what
is left of its time, and the rest as soon as the other gives it back: nobody else gets in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import BeingBooked, BeyondHorizon, InPast, SlotUnavailable, Unexplained
from booking.domain.lifecycle import CLAIMING, Exceptional
from booking.domain.steps import is_open
from booking.domain.time import MINUTE, Span, instant, left_of
from booking.services.clinic import Plan, open_first
from booking.services.times import claims
from booking.services.times.acceptance import Accepted, accept
from booking.services.times.free_time import Busy, read_busy, slot_of
from booking.store.bookings import Booking

# A year that is mistyped is no plan.
_FURTHEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a visit fits in at a time: what it takes, and what is exceptional about it."""

    accepted: Accepted
    kind: Exceptional | None


def fit(
    session: Session,
    plans: Sequence[Plan],
    start: datetime,
    *,
    reason: str,
    now: datetime,
    without_booking: int | None = None,
) -> Fit:
    """
    How a visit at `start` fits in, to the minute, whatever steps, caps and notice say.

    Call it under the locks; `take` claims the time then. `without_booking` leaves out the claims of
    a booking that is about to move.

    Raises:
        NaiveTime, NonexistentTime: `start` names no instant.
        InPast, BeyondHorizon: it has passed, or lies more than a year ahead.
        BeingBooked: somebody holds this time.
        Unexplained: it is outside of hours or beside another visit, and `reason` is empty.
    """
    found, busy = look(session, plans, start, now=now, without_booking=without_booking)
    claims.release(session, busy.expired)
    if found.kind is not None and not reason:
        overbooks = found.kind is Exceptional.OVERBOOKED
        raise Unexplained(_beside(busy, found.accepted) if overbooks else None)
    return found


def look(
    session: Session,
    plans: Sequence[Plan],
    start: datetime,
    *,
    now: datetime,
    without_booking: int | None = None,
) -> tuple[Fit, Busy]:
    """
    How a visit at `start` would fit in, and what is taken around it; nothing changes.

    Raises:
        NaiveTime, NonexistentTime, InPast, BeyondHorizon, BeingBooked: as for `fit`.
    """
    utc = instant(start)
    # Who stands at the desk came within this minute.
    if utc <= now - MINUTE:
        raise InPast(start=start)
    if utc > now + _FURTHEST:
        raise BeyondHorizon(start=start)
    plan = open_first(plans, utc)[0]
    visit, claim = Span(utc, utc + plan.rules.visit.length), plan.rules.visit.claim(utc)
    busy = read_busy(session, plan, claim, now=now, without_booking=without_booking)
    rooms = _rooms(busy, claim)
    if rooms is not None and not any(span.overlaps(claim) for span in busy.taken):
        kind = None if is_open(plan.rules, visit) else Exceptional.OUTSIDE_HOURS
        accepted = accept(plan, utc, rooms)
    else:
        _require_no_hold(busy, visit, utc)
        kind = Exceptional.OVERBOOKED
        rooms = _rooms(busy, visit) or ()
        accepted = Accepted(plan, slot_of(plan, utc), (plan.practitioner_id, *rooms), visit)
    return Fit(accepted, kind), busy


def _rooms(busy: Busy, span: Span) -> tuple[int, ...] | None:
    """The rooms that are free for it; None where one is lacking."""
    try:
        return busy.choose_rooms(span)
    except SlotUnavailable:
        return None


def _require_no_hold(busy: Busy, visit: Span, start: datetime) -> None:
    # Its time would be free again when it runs out, for somebody else to take.
    if any(one.hold_id is not None and one.span.overlaps(visit) for one in busy.own):
        raise BeingBooked(start=start)


def _beside(busy: Busy, accepted: Accepted) -> list[int]:
    claim = accepted.plan.rules.visit.claim(accepted.slot.start)
    return [
        one.booking_id
        for one in busy.own
        if one.booking_id is not None and one.span.overlaps(claim)
    ]


def take(session: Session, fitting: Fit, booking_id: int, *, now: datetime) -> None:
    """
    Claim for a booking what it fits into.

    Raises:
        SlotUnavailable: the database refused; the transaction must not be committed.
    """
    accepted = fitting.accepted
    if fitting.kind is not Exceptional.OVERBOOKED:
        claims.take_all(session, accepted.resources, accepted.span, booking_id=booking_id)
        return
    practitioner_id, *rooms = accepted.resources
    _take_what_is_left(session, practitioner_id, accepted.span, booking_id, now=now)
    claims.take_all(session, rooms, accepted.span, booking_id=booking_id)


def _take_what_is_left(
    session: Session, practitioner_id: int, span: Span, booking_id: int, *, now: datetime
) -> None:
    found = claims.of_each(session, [practitioner_id], span)[practitioner_id]
    claims.release(session, [one for one in found if not one.counts(now)])
    for left in left_of(span, [one.span for one in found if one.counts(now)]):
        claims.take(session, practitioner_id, left, booking_id=booking_id)


def win_back(session: Session, booking: Booking, busy: Busy, *, now: datetime) -> None:
    """Claim again, for a visit beside another, what is left of its time."""
    span = Span(booking.start, booking.end)
    _take_what_is_left(session, booking.practitioner_id, span, booking.id, now=now)
    claims.take_all(session, _rooms(busy, span) or (), span, booking_id=booking.id)


def close_up(session: Session, practitioner_id: int, *, now: datetime) -> None:
    """
    Time was given back: the visits that were put beside it take it, the first that was made first.

    Call it under the practitioner's lock whenever a booking's time is freed.
    """
    beside = session.execute(
        select(Booking.id, Booking.start, Booking.end)
        .where(
            Booking.practitioner_id == practitioner_id,
            Booking.end > now,
            Booking.exceptional == Exceptional.OVERBOOKED,
            Booking.state.in_(CLAIMING),
        )
        .order_by(Booking.id)
    ).all()
    for booking_id, start, end in beside:
        _take_what_is_left(session, practitioner_id, Span(start, end), booking_id, now=now)
