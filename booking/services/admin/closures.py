"""Closures of the clinic, absences of practitioners, and openings on single dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.disruptions import Why
from booking.domain.hours import show_clock
from booking.domain.meeting import meet
from booking.domain.time import ONE_DAY
from booking.services.admin import disruptions
from booking.services.admin.hours import week_of
from booking.services.admin.rule_changes import Decided, Edit
from booking.services.bookings.new_times import Order
from booking.store.base import insert_row
from booking.store.clinic import Closure, ExtraOpening


@dataclass(frozen=True, slots=True)
class NewClosure:
    """
    Closed in local time from `begins` on the first day to `ends` on the last, in minutes after
    00:00. A practitioner's absence, one location's, or without either the whole clinic's.
    """

    name: str
    practitioner_id: int | None
    first: date
    last: date
    begins: int
    ends: int
    yearly: bool
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewOpening:
    """A practitioner is open on one date besides the weekly hours."""

    practitioner_id: int
    location_id: int
    day: date
    opens: int
    closes: int


def closures(session: Session, *, today: date) -> list[Closure]:
    """Those that are still to come or come every year, by date."""
    query = select(Closure).where((Closure.last_day >= today) | Closure.is_yearly)
    return list(session.scalars(query.order_by(Closure.first_day, Closure.id)))


def openings(session: Session, *, today: date) -> list[ExtraOpening]:
    """Those that are still to come, by date."""
    query = select(ExtraOpening).where(ExtraOpening.day >= today)
    return list(session.scalars(query.order_by(ExtraOpening.day, ExtraOpening.opens)))


def places_at_once(
    session: Session, new: NewOpening, zones: Mapping[int, ZoneInfo]
) -> frozenset[int]:
    """The locations, `new`'s among them, at which its practitioner is at an instant of it."""
    # Where the clock is far ahead or behind, it is another date there.
    days = [new.day + n * ONE_DAY for n in range(-2, 3)]
    extra = session.scalars(
        select(ExtraOpening).where(
            ExtraOpening.practitioner_id == new.practitioner_id, ExtraOpening.day.in_(days)
        )
    )
    hours = [(one.location_id, one.day, (one.opens, one.closes)) for one in extra]
    hours += [
        (where, day, (one.opens, one.closes))
        for where, one in week_of(session, new.practitioner_id)
        for day in days
        if one.is_on(day)
    ]
    here = (new.day, (new.opens, new.closes), zones[new.location_id])
    return frozenset(where for where, day, wall in hours if meet(*here, day, wall, zones[where]))


def find(session: Session, new: NewClosure) -> Closure | None:
    """What is closed at the same times, under whatever name; of several the latest."""
    query = select(Closure).where(
        Closure.practitioner_id == new.practitioner_id,
        Closure.location_id == new.location_id,
        Closure.first_day == new.first,
        Closure.last_day == new.last,
        Closure.begins == new.begins,
        Closure.ends == new.ends,
        Closure.is_yearly == new.yearly,
    )
    return session.scalars(query.order_by(Closure.id.desc()).limit(1)).first()


def close(new: NewClosure, *, why: Why = Why.OTHER, at_short_notice: bool = False) -> Edit:
    """
    Add a closure or an absence; whose visits it takes away is kept in mind.

    `at_short_notice`, their patients are offered the soonest times, and it is kept in mind in any
    case.
    """

    def apply(session: Session) -> str:
        insert_row(
            session,
            Closure,
            practitioner_id=new.practitioner_id,
            location_id=new.location_id,
            name=new.name,
            first_day=new.first,
            last_day=new.last,
            begins=new.begins,
            ends=new.ends,
            is_yearly=new.yearly,
        )
        return f"added: {new.name}, {new.first} to {new.last}"

    def remember(session: Session, decided: Decided) -> None:
        made = find(session, new)
        if made is not None and (decided.stranded or at_short_notice):
            disruptions.keep(session, made, why, decided)

    return Edit(
        "closure" if new.practitioner_id is None else "absence",
        apply,
        order=Order.SOONEST if at_short_notice else Order.NEAREST,
        remember=remember,
    )


def reopen(closure_id: int) -> Edit:
    """Remove a closure or an absence; nothing happens if it is gone already."""

    def apply(session: Session) -> str:
        gone = session.get(Closure, closure_id)
        if gone is None:
            return ""
        session.delete(gone)
        return f"removed: {gone.name}, {gone.first_day} to {gone.last_day}"

    return Edit("closure", apply)


def open_extra(new: NewOpening) -> Edit:
    """Add an opening on one date."""

    def apply(session: Session) -> str:
        insert_row(
            session,
            ExtraOpening,
            practitioner_id=new.practitioner_id,
            location_id=new.location_id,
            day=new.day,
            opens=new.opens,
            closes=new.closes,
        )
        return f"added: {new.day}, {show_clock(new.opens)} to {show_clock(new.closes)}"

    return Edit("opening", apply)


def close_extra(opening_id: int) -> Edit:
    """Remove an opening on one date; nothing happens if it is gone already."""

    def apply(session: Session) -> str:
        gone = session.get(ExtraOpening, opening_id)
        if gone is None:
            return ""
        session.delete(gone)
        return f"removed: {gone.day}, {show_clock(gone.opens)} to {show_clock(gone.closes)}"

    return Edit("opening", apply)
