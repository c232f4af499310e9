"""
Busy time from a practitioner's other calendars: it counts as taken, though it claims nothing.

What is read of it for offering and accepting is in `free_time`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, joinedload

from booking.domain.lifecycle import State
from booking.domain.steps import opens_within
from booking.domain.time import Span
from booking.services import audit
from booking.services.audit import Actor
from booking.services.clinic import Rulebook
from booking.services.times import acceptance
from booking.services.times.availability import Offers
from booking.store.base import insert_row, table
from booking.store.bookings import Booking, Hold
from booking.store.busy_times import BusyCalendar, BusyTime
from booking.store.claims import Claim
from booking.store.clinic import Practitioner


@dataclass(frozen=True, slots=True)
class Source:
    """One of a practitioner's other calendars, as it was read last."""

    name: str
    times: int
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Clash:
    """A coming visit that is booked while another calendar says busy."""

    booking: Booking
    source: str
    busy: Span


def replace(
    session: Session, practitioner_id: int, source: str, spans: Collection[Span], *, now: datetime
) -> None:
    """
    Put a calendar's times in the place of those that were read of it before.

    Bookings stay, also where they clash. Holds give way, as they do when hours change: whoever is
    just filling in the form learns at the end of it that the time is gone.
    """
    _lock(session, practitioner_id)
    session.execute(delete(table(BusyCalendar)).where(*_named(practitioner_id, source)))
    calendar_id = insert_row(
        session, BusyCalendar, practitioner_id=practitioner_id, name=source, read_at=now
    )
    rows = [
        {"calendar_id": calendar_id, "start": span.start, "end": span.end}
        for span in sorted(set(spans))
    ]
    if rows:
        session.execute(insert(table(BusyTime)), rows)
        _give_back_holds(session, practitioner_id)


@dataclass(frozen=True, slots=True)
class Preview:
    """What bringing a calendar in would take: of opening hours, and the visits booked within it."""

    in_hours: list[Span]
    bookings: list[tuple[Booking, Span]]


def preview(
    session: Session,
    rulebook: Rulebook,
    practitioner_id: int,
    spans: Collection[Span],
    *,
    now: datetime,
) -> Preview:
    """What `spans`, ascending, would do. It asks and changes nothing."""
    rules = {
        plan.place.id: plan.rules
        for plan in rulebook.plans
        if plan.practitioner_id == practitioner_id
    }
    coming = session.scalars(
        select(Booking)
        .options(joinedload(Booking.patient))
        .where(
            Booking.practitioner_id == practitioner_id,
            Booking.state == State.CONFIRMED,
            Booking.start > now,
        )
        .order_by(Booking.start)
    )
    visits = ((visit, Span(visit.start, visit.end)) for visit in coming)
    met = ((visit, next((s for s in spans if s.overlaps(own)), None)) for visit, own in visits)
    return Preview(
        in_hours=[span for span in spans if any(opens_within(one, span) for one in rules.values())],
        bookings=[(visit, span) for visit, span in met if span is not None],
    )


def bring_in(
    session: Session,
    practitioner_id: int,
    source: str,
    spans: Collection[Span],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The same by hand, which the audit records; not what the times are."""
    replace(session, practitioner_id, source, spans, now=now)
    words = f"{source}: {len(set(spans))} times brought in"
    _record(session, practitioner_id, words, actor, now)


def remove(
    session: Session, practitioner_id: int, source: str, *, actor: Actor, now: datetime
) -> None:
    """Forget a calendar; nothing happens if it is gone already."""
    _lock(session, practitioner_id)
    gone = session.execute(delete(table(BusyCalendar)).where(*_named(practitioner_id, source)))
    if gone.rowcount:  # type: ignore[attr-defined]
        _record(session, practitioner_id, f"{source}: removed", actor, now)


def sources(session: Session, practitioner_id: int) -> list[Source]:
    """The practitioner's other calendars, by name."""
    query = (
        select(BusyCalendar.name, func.count(BusyTime.id), BusyCalendar.read_at)
        .outerjoin(BusyTime, BusyTime.calendar_id == BusyCalendar.id)
        .where(BusyCalendar.practitioner_id == practitioner_id)
        .group_by(BusyCalendar.id, BusyCalendar.name, BusyCalendar.read_at)
        .order_by(BusyCalendar.name)
    )
    return [Source(*row) for row in session.execute(query)]


def clashes(session: Session, practitioner_id: int, *, now: datetime) -> list[Clash]:
    """The coming visits during which another calendar says busy, by start; buffers apart."""
    query = (
        select(Booking, BusyCalendar.name, BusyTime.start, BusyTime.end)
        .join(BusyCalendar, BusyCalendar.practitioner_id == Booking.practitioner_id)
        .join(BusyTime, BusyTime.calendar_id == BusyCalendar.id)
        .options(joinedload(Booking.patient))
        .where(
            Booking.practitioner_id == practitioner_id,
            Booking.state == State.CONFIRMED,
            Booking.start > now,
            BusyTime.start < Booking.end,
            BusyTime.end > Booking.start,
        )
        .order_by(Booking.start, BusyTime.start, BusyCalendar.name)
    )
    return [
        Clash(booking, source, Span(start, end))
        for booking, source, start, end in session.execute(query)
    ]


def _lock(session: Session, practitioner_id: int) -> None:
    acceptance.lock(session, Offers(), [practitioner_id])


def _record(
    session: Session, practitioner_id: int, words: str, actor: Actor, now: datetime
) -> None:
    name = session.get_one(Practitioner, practitioner_id).name
    audit.record(session, actor, "busy_times", now=now, subject=name, reason=words)


def _named(practitioner_id: int, source: str) -> tuple[Any, Any]:
    calendars = table(BusyCalendar).c
    return calendars.practitioner_id == practitioner_id, calendars.name == source


def _give_back_holds(session: Session, practitioner_id: int) -> None:
    overtaken = (
        select(Claim.hold_id)
        .join(BusyTime, (BusyTime.start < Claim.end) & (BusyTime.end > Claim.start))
        .join(BusyCalendar, BusyTime.calendar_id == BusyCalendar.id)
        .where(
            Claim.resource_id == practitioner_id,
            Claim.hold_id.is_not(None),
            BusyCalendar.practitioner_id == practitioner_id,
        )
    )
    session.execute(
        delete(Hold).where(Hold.id.in_(overtaken)).execution_options(synchronize_session=False)
    )
