"""Weeks and months of the book: what is taken, and how much of a day that is."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.lifecycle import State
from booking.domain.slots import Slot
from booking.domain.time import ONE_DAY, local_day, midnight
from booking.formats.weeks import Visit, Week
from booking.services import audit
from booking.services.audit import Actor
from booking.services.clinic import Rulebook
from booking.services.times import free_time
from booking.store.bookings import Booking, Patient
from booking.store.clinic import Practitioner

# What fills a day: also who came in vain or did not come took up its time.
_TAKES_TIME = (
    State.REQUESTED,
    State.CONFIRMED,
    State.ARRIVED,
    State.IN_ROOM,
    State.COMPLETED,
    State.LEFT,
    State.NO_SHOW,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A booking in the grid; `version` is its `updated_at`."""

    id: int
    name: str
    state: State
    start: datetime
    end: datetime
    practitioner_id: int
    practitioner: str
    location_id: int
    version: datetime


@dataclass(frozen=True, slots=True)
class Load:
    """How many visits a day has, and how many more would fit."""

    day: date
    booked: int
    free: int


def blocks(
    session: Session,
    rulebook: Rulebook,
    first: date,
    last: date,
    *,
    practitioner_id: int | None = None,
) -> Sequence[Block]:
    """The bookings that take time on the clinic days from `first` to `last`, by start."""
    query = (
        select(
            Booking.id,
            Patient.name,
            Booking.state,
            Booking.start,
            Booking.end,
            Booking.practitioner_id,
            Practitioner.name,
            Booking.location_id,
            Booking.updated_at,
        )
        .join(Patient, Patient.id == Booking.patient_id)
        .join(Practitioner, Practitioner.id == Booking.practitioner_id)
        .order_by(Booking.start, Booking.id)
    )
    found: Any = session.execute(_taken(query, rulebook, first, last, practitioner_id))
    return [Block(*one) for one in found]


def on_paper(
    session: Session,
    rulebook: Rulebook,
    first: date,
    *,
    practitioner_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Week:
    """The week from a Monday on, for paper. That it was read is recorded."""
    audit.record(session, actor, "viewed", now=now, subject=f"week {first.isoformat()}")
    days = [first + number * ONE_DAY for number in range(7)]
    booked = defaultdict(list)
    for one in blocks(session, rulebook, days[0], days[-1], practitioner_id=practitioner_id):
        visit = _visit(one, rulebook)
        booked[visit.start.date()].append(visit)
    return Week(
        clinic=rulebook.clinic.name,
        # A weekend on which nobody comes is no column.
        days=[(day, booked[day]) for day in days if day.weekday() < 5 or booked[day]],
        made_at=now.astimezone(rulebook.clinic.zone),
    )


def _visit(one: Block, rulebook: Rulebook) -> Visit:
    clinic = rulebook.at(one.location_id)
    several = len({plan.practitioner for plan in rulebook.plans}) > 1
    notes = [one.practitioner] if several else []
    if not clinic.is_one_place:
        notes.append(clinic.place.name)
    return Visit(one.start.astimezone(clinic.zone), one.name, notes)


def free(
    session: Session,
    rulebook: Rulebook,
    first: date,
    last: date,
    *,
    practitioner_id: int | None = None,
    now: datetime,
) -> list[Slot]:
    """The free times of the first service on these days, by start; none of the past."""
    plans = [
        plan
        for plan in next(iter(rulebook.services.values()), [])
        if practitioner_id in {None, plan.practitioner_id}
    ]
    today = local_day(now, rulebook.clinic.zone)
    if last < today:
        return []
    return free_time.staff_slots(session, plans, first=max(first, today), last=last, now=now)


def loads(
    session: Session,
    rulebook: Rulebook,
    first: date,
    last: date,
    *,
    practitioner_id: int | None = None,
    now: datetime,
) -> list[Load]:
    """The load of each day from `first` to `last`."""
    zone = rulebook.clinic.zone
    starts = session.scalars(_taken(select(Booking.start), rulebook, first, last, practitioner_id))
    booked = Counter(local_day(start, zone) for start in starts)
    slots = free(session, rulebook, first, last, practitioner_id=practitioner_id, now=now)
    open_ = Counter(local_day(slot.start, zone) for slot in slots)
    days = [first + number * ONE_DAY for number in range((last - first).days + 1)]
    return [Load(day, booked[day], open_[day]) for day in days]


def _taken(
    query: Any, rulebook: Rulebook, first: date, last: date, practitioner_id: int | None
) -> Any:
    zone = rulebook.clinic.zone
    query = query.where(
        Booking.start >= midnight(first, zone),
        Booking.start < midnight(last + ONE_DAY, zone),
        Booking.state.in_(_TAKES_TIME),
    )
    return (
        query
        if practitioner_id is None
        else query.where(Booking.practitioner_id == practitioner_id)
    )
