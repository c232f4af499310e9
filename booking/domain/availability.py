"""
Availability: what is offered is what is accepted.

Rules are wall time at the clinic, everything else is UTC. An instant is open when the wall clock
shows a time inside opening hours at that instant; a visit fits when all of its instants are open.
So an hour that the clock skips is not offered, and one that it repeats is offered twice.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from booking.domain.errors import (
    BeyondHorizon,
    InPast,
    OutsideHours,
    SlotRefusal,
    SlotUnavailable,
    TooSoon,
)
from booking.domain.time import MINUTE, Span, instant, local_day, midnight, offset_pieces

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OpenStretch:
    """Open every week on `weekday` (Monday is 0), from and to minutes after 00:00."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Visit:
    """What one kind of consultation needs."""

    length: timedelta
    buffer_before: timedelta
    buffer_after: timedelta
    step: timedelta
    notice: timedelta
    horizon_days: int

    def claim(self, start: datetime) -> Span:
        """The time that a visit at `start` takes from the practitioner, buffers included."""
        return Span(start - self.buffer_before, start + self.length + self.buffer_after)


@dataclass(frozen=True, slots=True)
class Rules:
    """All that decides, besides what is taken and what time it is."""

    zone: ZoneInfo
    week: tuple[OpenStretch, ...]
    visit: Visit

    def last_day(self, now: datetime) -> date:
        """The last clinic day that is open for booking."""
        return local_day(now, self.zone) + timedelta(days=self.visit.horizon_days)


def free_starts(
    rules: Rules,
    taken: Sequence[Span],
    *,
    first: date,
    last: date,
    now: datetime,
    notice: timedelta | None = None,
) -> list[datetime]:
    """
    Starts on offer, in UTC and ascending, on the clinic days from `first` to `last` inclusive.

    Days beyond the horizon and days that have passed have none. `taken` are spans with buffers
    included, in any order. `notice` replaces the service's minimum notice: staff on the phone need
    none.
    """
    not_before = now + (rules.visit.notice if notice is None else notice)
    busy = _Taken(taken)
    day = max(first, local_day(now, rules.zone))
    last = min(last, rules.last_day(now))
    starts: list[datetime] = []
    while day <= last:
        starts.extend(
            start
            for start in _steps_of_day(rules, day)
            if start >= not_before and not busy.overlaps(rules.visit.claim(start))
        )
        day += ONE_DAY
    return starts


def require_free(
    rules: Rules,
    taken: Sequence[Span],
    start: datetime,
    *,
    now: datetime,
    notice: timedelta | None = None,
) -> datetime:
    """
    The UTC instant of `start` if it is on offer: exactly if `free_starts` lists it.

    Raises:
        NaiveTime, NonexistentTime: `start` names no instant.
        InPast, TooSoon, BeyondHorizon, OutsideHours, SlotUnavailable: why it is not on offer.
    """
    utc = instant(start)
    day = local_day(utc, rules.zone)
    if utc in free_starts(rules, taken, first=day, last=day, now=now, notice=notice):
        return utc
    raise _why_not(rules, utc, day, now=now, notice=notice)


def _why_not(
    rules: Rules, start: datetime, day: date, *, now: datetime, notice: timedelta | None
) -> SlotRefusal:
    if start < now:
        return InPast(start=start)
    if day > rules.last_day(now):
        return BeyondHorizon(start=start)
    if start not in _steps_of_day(rules, day):
        return OutsideHours(start=start)
    if start < now + (rules.visit.notice if notice is None else notice):
        return TooSoon(start=start)
    return SlotUnavailable(start=start)


def nearest(starts: Iterable[datetime], wanted: datetime, *, limit: int) -> list[datetime]:
    """The `limit` starts closest to `wanted`, ascending; of two equally close the later wins."""
    ranked = sorted(starts, key=lambda start: (abs(start - wanted), start < wanted))
    return sorted(ranked[:limit])


class _Taken:
    """Spans merged and sorted, so that a question costs a bisection."""

    def __init__(self, spans: Iterable[Span]):
        self.starts: list[datetime] = []
        self.ends: list[datetime] = []
        for span in sorted(spans):
            if self.ends and span.start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], span.end)
            else:
                self.starts.append(span.start)
                self.ends.append(span.end)

    def overlaps(self, span: Span) -> bool:
        before = bisect_right(self.starts, span.start)
        if before and self.ends[before - 1] > span.start:
            return True
        return before < len(self.starts) and self.starts[before] < span.end


def _steps_of_day(rules: Rules, day: date) -> list[datetime]:
    """Every start of the day that opening hours allow, taken or not, in UTC and ascending."""
    stretches = _stretches_of(rules.week, day.weekday())
    if not stretches:
        return []
    if _offset_at(day, rules.zone) == _offset_at(day + ONE_DAY, rules.zone):
        return sorted(start for stretch in stretches for start in _plain_steps(rules, day, stretch))
    return sorted(_changing_steps(rules, day, stretches))


def _stretches_of(week: Iterable[OpenStretch], weekday: int) -> list[OpenStretch]:
    """The day's opening hours in order; stretches that touch or overlap are one."""
    joined: list[OpenStretch] = []
    for stretch in sorted(week, key=lambda stretch: stretch.opens):
        if stretch.weekday != weekday:
            continue
        if joined and stretch.opens <= joined[-1].closes:
            closes = max(joined[-1].closes, stretch.closes)
            joined[-1] = OpenStretch(weekday, joined[-1].opens, closes)
        else:
            joined.append(stretch)
    return joined


def _offset_at(day: date, zone: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(), zone).utcoffset()


def _plain_steps(rules: Rules, day: date, stretch: OpenStretch) -> Iterator[datetime]:
    """Starts on a day whose clock does not change."""
    start = _at(day, stretch.opens, rules.zone)
    close = start + (stretch.closes - stretch.opens) * MINUTE
    while start + rules.visit.length <= close:
        yield start
        start += rules.visit.step


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    wall = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone)
    return wall.astimezone(UTC)


def _changing_steps(
    rules: Rules, day: date, stretches: Sequence[OpenStretch]
) -> Iterator[datetime]:
    """
    Starts on a day whose clock changes: step by step on the wall, piece by piece in UTC.

    Where the clock skips just the pause between two stretches, a visit runs on from one to the
    other: all of its instants are open.
    """
    whole = Span(midnight(day, rules.zone), midnight(day + ONE_DAY, rules.zone))
    each = list(product(offset_pieces(whole, rules.zone), stretches))
    parts = (_open_part(piece, day, stretch, rules.zone) for piece, stretch in each)
    opened = _merged(part for part in parts if part is not None)
    for piece, stretch in each:
        for start in _wall_steps(piece, day, stretch, rules):
            end = start + rules.visit.length
            if any(span.start <= start and end <= span.end for span in opened):
                yield start


def _open_part(piece: Span, day: date, stretch: OpenStretch, zone: ZoneInfo) -> Span | None:
    """The instants of `piece`, which has one offset, whose wall time lies in `stretch`."""
    base = _wall_midnight(piece, day, zone)
    start = max(piece.start, base + stretch.opens * MINUTE)
    end = min(piece.end, base + stretch.closes * MINUTE)
    return Span(start, end) if start < end else None


def _wall_steps(piece: Span, day: date, stretch: OpenStretch, rules: Rules) -> Iterator[datetime]:
    base = _wall_midnight(piece, day, rules.zone)
    start = base + stretch.opens * MINUTE
    while start < min(piece.end, base + stretch.closes * MINUTE):
        if start >= piece.start:
            yield start
        start += rules.visit.step


def _wall_midnight(piece: Span, day: date, zone: ZoneInfo) -> datetime:
    """Where 00:00 of `day` would lie if the piece's offset held all day."""
    offset = piece.start.astimezone(zone).utcoffset() or timedelta()
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - offset


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
