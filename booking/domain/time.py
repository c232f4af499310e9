"""Instants, spans and the clinic's wall clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.domain.errors import BeyondHorizon, InPast, NaiveTime, NonexistentTime

MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)
# What a clinic could mean.
FIRST_YEAR, LAST_YEAR = 1970, 2199


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A half-open stretch `[start, end)` of UTC time."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether both share an instant; spans that only touch do not."""
        return self.start < other.end and other.start < self.end


def left_of(span: Span, taken: Iterable[Span]) -> list[Span]:
    """What is left of `span`, ascending, where the spans in `taken`, in any order, are not."""
    left, start = [], span.start
    for one in sorted(taken):
        if start < one.start and start < span.end:
            left.append(Span(start, min(one.start, span.end)))
        start = max(start, one.end)
    return left if start >= span.end else [*left, Span(start, span.end)]


def instant(moment: datetime) -> datetime:
    """
    The UTC instant that `moment` names.

    Raises:
        InPast, BeyondHorizon: so far away that adding an hour to it may not be possible.
        NaiveTime: `moment` carries no offset.
        NonexistentTime: `moment` is a wall time that its zone's clock skips.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise NaiveTime(start=moment)
    if moment.year < FIRST_YEAR:
        raise InPast(start=moment)
    if moment.year > LAST_YEAR:
        raise BeyondHorizon(start=moment)
    utc = moment.astimezone(UTC)
    # A wall time inside the gap comes back as another one.
    if utc.astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise NonexistentTime(start=moment)
    return utc


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The date on the clinic's wall at this instant."""
    return moment.astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """
    The first instant of `day` in `zone`, in UTC.

    Some zones change their clocks at midnight: where 00:00 does not exist the day begins after
    the gap, and where it comes twice the day begins at the first.
    """
    wall = datetime(day.year, day.month, day.day, tzinfo=zone)
    utc = wall.astimezone(UTC)
    if local_day(utc, zone) == day and local_day(utc - MINUTE, zone) != day:
        return utc
    # Bisect from an instant surely on an earlier day to one surely on `day` or later.
    low, high = utc - timedelta(hours=26), utc + timedelta(hours=26)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if local_day(middle, zone) < day:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def offset_pieces(span: Span, zone: ZoneInfo) -> list[Span]:
    """`span` cut where the zone's offset changes, so that each piece has one offset."""
    pieces: list[Span] = []
    start = span.start
    while start < span.end:
        end = min(span.end, start + timedelta(hours=6))
        if _offset(start, zone) != _offset(end - timedelta(seconds=1), zone):
            end = _offset_change(start, end, zone)
        if pieces and _offset(pieces[-1].start, zone) == _offset(start, zone):
            pieces[-1] = Span(pieces[-1].start, end)
        else:
            pieces.append(Span(start, end))
        start = end
    return pieces


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - a ZoneInfo always has one
    return offset


def _offset_change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first second after `low` with another offset than `low`'s."""
    first = _offset(low, zone)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) // 2).replace(microsecond=0)
        if middle <= low:
            break
        if _offset(middle, zone) == first:
            low = middle
        else:
            high = middle
    return high
