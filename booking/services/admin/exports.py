"""
Bookings and patients as rows of text, batch by batch, however many there are.

What is given out is recorded first, with how many rows it is. Answers to health questions are never
in it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from booking.services import audit
from booking.services.audit import Actor
from booking.store.base import table
from booking.store.bookings import Booking, Patient
from booking.store.clinic import Location, Practitioner, Service

BATCH = 2_000
_patients, _bookings = table(Patient).c, table(Booking).c
_services, _practitioners = table(Service).c, table(Practitioner).c
_locations = table(Location).c

Row = Sequence[str]
# Behind which row a batch begins: the instant it is sorted by, and its id.
Place = tuple[datetime, int]
Batch = tuple[list[Row], Place | None]
# What runs a question in a transaction of its own.
Read = Callable[[Callable[[Session, datetime], Batch]], Batch]


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when, half-open; None is without an end on that side."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
        """What a column must fulfil to lie within."""
        found = [] if self.since is None else [moment >= self.since]
        return found if self.until is None else [*found, moment < self.until]


@dataclass(frozen=True, slots=True)
class Export:
    """What is given out: its name, the head of its columns, and where its rows come from."""

    name: str
    head: Row
    query: Select[Any]
    # By which instant a period takes them; rows come in its order.
    moment: ColumnElement[datetime]
    number: ColumnElement[int]
    row: Callable[[Any], Row]

    def within(self, period: Period) -> Select[Any]:
        """The rows of a period, in no order."""
        return self.query.where(*period.holds(self.moment))


def begin(
    session: Session, export: Export, period: Period, *, words: str, actor: Actor, now: datetime
) -> int:
    """How many rows a period has; that they are given out is recorded, with the period's words."""
    counted = select(func.count()).select_from(export.within(period).subquery())
    count = session.scalars(counted).one()
    audit.record(
        session,
        actor,
        "exported",
        now=now,
        subject=export.name,
        to_value=str(count),
        reason=words,
    )
    return count


def batch(session: Session, export: Export, period: Period, after: Place | None) -> Batch:
    """The rows behind `after`, at most `BATCH`, and behind which the next begin; None: no more."""
    query = export.within(period)
    if after is not None:
        moment, number = after
        behind = or_(export.moment > moment, export.number > number)
        query = query.where(export.moment >= moment, behind)
    query = query.order_by(export.moment, export.number).limit(BATCH)
    found = session.execute(query).all()
    last = (found[-1].moment, found[-1].number) if len(found) == BATCH else None
    return [export.row(one) for one in found], last


def lines(read: Read, export: Export, period: Period) -> Iterator[list[Row]]:
    """All of it, each batch in a transaction of its own, so that a slow reader holds none open."""
    yield [export.head]
    after: Place | None = None
    while True:

        def work(session: Session, _: datetime, place: Place | None = after) -> Batch:
            return batch(session, export, period, place)

        rows, after = read(work)
        yield rows
        if after is None:
            return


def _booking_row(one: Any) -> Row:
    zone = ZoneInfo(one.time_zone)
    # Whoever was erased is nobody's any more, though the visit still counts.
    person = ("", "", "", "") if one.erased_at else _person(one)
    return (
        one.reference,
        one.state.value,
        one.start.astimezone(zone).isoformat(),
        one.end.astimezone(zone).isoformat(),
        one.time_zone,
        one.service,
        one.practitioner,
        one.location,
        *person,
        one.source,
        one.came_from or "",
        one.created_at.astimezone(zone).isoformat(),
    )


def _patient_row(one: Any) -> Row:
    return (*_person(one), one.guardian or "", one.locale, one.created_at.isoformat())


def _person(one: Any) -> tuple[str, str, str, str]:
    born = one.date_of_birth.isoformat() if one.date_of_birth else ""
    return one.name, born, one.email or "", one.phone or ""


_PERSON = (_patients.name, _patients.date_of_birth, _patients.email, _patients.phone)
_PERSON_HEAD = ("name", "date_of_birth", "email", "phone")

BOOKINGS = Export(
    "bookings",
    (
        *("reference", "state", "start", "end", "time_zone", "service", "practitioner"),
        *("location", *_PERSON_HEAD, "source", "came_from", "booked_at"),
    ),
    select(
        _bookings.id.label("number"),
        _bookings.start.label("moment"),
        _bookings.reference,
        _bookings.state,
        _bookings.start,
        _bookings.end,
        _bookings.time_zone,
        _services.name.label("service"),
        _practitioners.name.label("practitioner"),
        _locations.name.label("location"),
        *_PERSON,
        _patients.erased_at,
        _bookings.source,
        _bookings.came_from,
        _bookings.created_at,
    )
    .join_from(table(Booking), table(Patient), _bookings.patient_id == _patients.id)
    .join(table(Service), _bookings.service_id == _services.id)
    .join(table(Practitioner), _bookings.practitioner_id == _practitioners.id)
    .outerjoin(table(Location), _bookings.location_id == _locations.id),
    _bookings.start,
    _bookings.id,
    _booking_row,
)
PATIENTS = Export(
    "patients",
    (*_PERSON_HEAD, "guardian", "language", "known_since"),
    select(
        _patients.id.label("number"),
        _patients.created_at.label("moment"),
        *_PERSON,
        _patients.guardian,
        _patients.locale,
        _patients.created_at,
    ).where(_patients.erased_at.is_(None), _patients.merged_into.is_(None)),
    _patients.created_at,
    _patients.id,
    _patient_row,
)
EXPORTS = {export.name: export for export in (BOOKINGS, PATIENTS)}
