"""Which visits a report is about, and under which circumstances each was booked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, DateTime, Integer, case, cast, exists, extract, func
from sqlalchemy.orm import Session

from booking.domain.messages import MessageKind, MessageState
from booking.domain.time import ONE_DAY, Span, midnight
from booking.store.bookings import Booking
from booking.store.records import Message

# Lead times by class, each from so many full days of 24 hours on.
LEADS_FROM = (0, 1, 8, 15, 29)
_DAY_SECONDS = 24 * 60 * 60
_AT_ONCE = timedelta(days=366)


class By(StrEnum):
    """What visits are told apart by."""

    LEAD = "lead"
    WEEKDAY = "weekday"
    HOUR = "hour"
    SOURCE = "source"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """
    How visits were booked.

    `lead` counts in `LEADS_FROM`. `weekday` (Monday is 0) and `hour` are on the wall where the
    visit is. `reminder` says whether one was sent of the time that the visit has.
    """

    lead: int
    weekday: int
    hour: int
    source: str
    reminder: bool

    def value(self, by: By) -> Any:
        """The one that visits are told apart by."""
        return getattr(self, by.value)


@dataclass(frozen=True, slots=True)
class Scope:
    """Days on the wall, both included, and perhaps one practitioner's or one service's only."""

    first: date
    last: date
    practitioner_id: int | None = None
    service_id: int | None = None

    def parts(self) -> Iterator["Scope"]:
        """
        The same days, a year at a time.

        What is counted adds up, and no question takes longer than the database allows one.
        """
        first = self.first
        while first <= self.last:
            last = min(self.last, first + _AT_ONCE - ONE_DAY)
            yield replace(self, first=first, last=last)
            first = last + ONE_DAY

    def visits(self) -> list[ColumnElement[bool]]:
        """
        What makes a booking one of these.

        The wall decides; the instants, a day wider than any zone, are there for the index.
        """
        after = self.last + ONE_DAY
        conditions: list[ColumnElement[bool]] = [
            Booking.start >= _utc(self.first - ONE_DAY),
            Booking.start < _utc(after + ONE_DAY),
            Booking.local_start >= self.first.isoformat(),
            Booking.local_start < after.isoformat(),
        ]
        return [
            *conditions,
            *self.of_practitioner(Booking.practitioner_id),
            *self.of_service(Booking.service_id),
        ]

    def span(self, zone: ZoneInfo) -> Span:
        """The days as instants, for what happens at the clinic and not at a visit's place."""
        return Span(midnight(self.first, zone), midnight(self.last + ONE_DAY, zone))

    def of_practitioner(self, column: Any) -> list[ColumnElement[bool]]:
        """Only the wanted practitioner's, if one is wanted."""
        return [] if self.practitioner_id is None else [column == self.practitioner_id]

    def of_service(self, column: Any) -> list[ColumnElement[bool]]:
        """Only those of the wanted service, if one is wanted."""
        return [] if self.service_id is None else [column == self.service_id]


def columns(session: Session) -> list[Any]:
    """What tells a visit's circumstances; `lead` are the seconds from booking to start."""
    return [
        (extract("epoch", Booking.start) - extract("epoch", Booking.created_at)).label("lead"),
        weekday(session).label("weekday"),
        cast(func.substr(Booking.local_start, 12, 2), Integer).label("hour"),
        Booking.source.label("source"),
        _reminded().label("reminder"),
    ]


def kinds(each: Any) -> list[Any]:
    """
    The same of a table that has these columns, in the order in which `circumstances` takes them.

    That table is to be MATERIALIZED: SQLite would work each column out anew wherever it is named.
    """
    columns = each.c
    return [
        _lead_class(columns.lead).label("lead_class"),
        columns.weekday,
        columns.hour,
        columns.source,
        columns.reminder,
    ]


def circumstances(lead: int, weekday: int, hour: int, source: str, reminder: Any) -> Circumstances:
    """The same as they come from the database, which counts weekdays from Sunday."""
    return Circumstances(lead, monday_first(weekday), hour, source, bool(reminder))


def weekday(session: Session) -> Any:
    """The weekday on the wall, Sunday as 0, as both databases count it."""
    wall: Any = Booking.local_start
    if session.get_bind().dialect.name == "postgresql":
        wall = cast(wall, DateTime)
    return extract("dow", wall)


def monday_first(weekday: int) -> int:
    """A weekday with Monday as 0 from one with Sunday as 0."""
    return (int(weekday) + 6) % 7


def _lead_class(seconds: Any) -> Any:
    ends = enumerate(LEADS_FROM[1:])
    steps = [(seconds < days * _DAY_SECONDS, number) for number, days in ends]
    return case(*steps, else_=len(LEADS_FROM) - 1)


def _reminded() -> Any:
    return exists().where(
        Message.booking_id == Booking.id,
        Message.kind == MessageKind.REMINDER,
        Message.state == MessageState.SENT,
        Message.reminds_of == Booking.start,
    )


def _utc(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
