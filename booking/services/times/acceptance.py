"""
Accepting a start: under the locks of the practitioner and of the rooms, by the same rules that
offered it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, update
from sqlalchemy.orm import Session

from booking.domain.availability import require_free
from booking.domain.errors import SlotRefusal
from booking.domain.slots import Slot
from booking.domain.time import Span, instant, local_day
from booking.services.clinic import Plan, Rulebook, open_first
from booking.services.times import caps, claims
from booking.services.times.availability import Offers
from booking.services.times.free_time import Busy, read_busy, slot_of, window
from booking.store.base import table
from booking.store.clinic import Resource

# Made once, since making them costs more than running them.
_resources = table(Resource).c
_LOCK = (
    update(table(Resource))
    .where(_resources.id == bindparam("resource"))
    .values(version=_resources.version + 1)
)
_LOCK_CALENDAR = _LOCK.values(
    calendar_version=_resources.calendar_version + 1,
    # Transactions may commit in another order than they took the time: it only ever rises.
    calendar_second=case(
        (_resources.calendar_second >= bindparam("second"), _resources.calendar_second + 1),
        else_=bindparam("second"),
    ),
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """
    A slot, by which plan, and what it takes: `span` of the practitioner, who comes first, and of
    rooms.
    """

    plan: Plan
    slot: Slot
    resources: tuple[int, ...]
    span: Span


def lock(
    session: Session,
    offers: Offers,
    practitioner_ids: Sequence[int],
    *,
    calendar_changed: datetime | None = None,
) -> Rulebook:
    """
    Take the lock of each practitioner and of the rooms they use, and read the rules under it.

    `calendar_changed` is given when a booking changes, so that feeds notice.

    Raising the version is the lock: the row stays locked until the transaction ends, and every
    remembered answer about it ends with it. Taken in sorted order, so that two transactions that
    need the same two never wait for each other.
    """
    wanted = set(practitioner_ids)
    rooms = _rooms(offers.known_rulebook(session), wanted)
    _raise(session, wanted | rooms, calendar_changed)
    # A statement of its own: it sees what was committed while the lock was waited for.
    rulebook = offers.rulebook(session)
    # Rooms that came with rules made meanwhile.
    _raise(session, _rooms(rulebook, wanted) - rooms, calendar_changed)
    return rulebook


def _rooms(rulebook: Rulebook, practitioner_ids: set[int]) -> set[int]:
    plans = (plan for plan in rulebook.plans if plan.practitioner_id in practitioner_ids)
    return {room for plan in plans for room in plan.rooms}


def _raise(session: Session, resource_ids: Iterable[int], changed: datetime | None) -> None:
    for resource_id in sorted(resource_ids):
        if changed is None:
            session.execute(_LOCK, {"resource": resource_id})
        else:
            second = int(changed.timestamp())
            session.execute(_LOCK_CALENDAR, {"resource": resource_id, "second": second})


def require_slot(
    session: Session,
    plans: Sequence[Plan],
    start: datetime,
    *,
    now: datetime,
    notice: timedelta | None = None,
    without_booking: int | None = None,
) -> Accepted:
    """
    The slot at `start`, if it is on offer by one of a practitioner's plans for a service: one for
    each place where they are. Call it under the locks.

    Holds of the day that ran out make way for it. `without_booking` leaves out the claims of a
    booking that is about to move.

    Raises:
        SlotRefusal: why it is not on offer, with what was asked for.
    """
    refusals: list[SlotRefusal] = []
    # Where several refuse, those who are there at that time know why.
    for plan in open_first(plans, instant(start)):
        try:
            return _require(
                session, plan, start, now=now, notice=notice, without_booking=without_booking
            )
        except SlotRefusal as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _require(
    session: Session,
    plan: Plan,
    start: datetime,
    *,
    now: datetime,
    notice: timedelta | None,
    without_booking: int | None,
) -> Accepted:
    busy, free = look(session, plan, start, now=now, notice=notice, without_booking=without_booking)
    claims.release(session, busy.expired)
    return accept(plan, free, busy.choose_rooms(plan.rules.visit.claim(free)))


def look(
    session: Session,
    plan: Plan,
    start: datetime,
    *,
    now: datetime,
    notice: timedelta | None = None,
    without_booking: int | None = None,
) -> tuple[Busy, datetime]:
    """
    What is taken around `start`, and the instant of it, if the plan offers it now.

    Raises:
        SlotRefusal: why it is not on offer.
    """
    day = local_day(instant(start), plan.rules.zone)
    busy = read_busy(
        session, plan, window(plan, day, day), now=now, without_booking=without_booking
    )
    others = caps.visits(
        session, [plan], first=day, last=day, now=now, without_booking=without_booking
    )
    free = require_free(
        plan.rules,
        busy.taken,
        start,
        now=now,
        notice=notice,
        others=others[plan.key],
        needs=busy.needs,
    )
    return busy, free


def require_room(
    session: Session,
    plan: Plan,
    start: datetime,
    *,
    now: datetime,
    without_booking: int | None = None,
) -> Accepted:
    """
    What a visit at `start` takes, whatever the rules say: where the practitioner is not free the
    database refuses it. Call it under the locks.

    Holds that ran out make way for it. `without_booking` is as for `require_slot`.

    Raises:
        SlotRefusal: it needs a room, and none is free.
    """
    span = plan.rules.visit.claim(start)
    busy = read_busy(session, plan, span, now=now, without_booking=without_booking)
    claims.release(session, busy.expired)
    return accept(plan, start, busy.choose_rooms(span))


def accept(plan: Plan, start: datetime, rooms: Sequence[int]) -> Accepted:
    """What a visit at `start` in these rooms takes."""
    span = plan.rules.visit.claim(start)
    return Accepted(plan, slot_of(plan, start), (plan.practitioner_id, *rooms), span)
