"""
Availability: what is offered is what is accepted.

Rules are wall time at the clinic (hours.py), steps turn them into instants (steps.py), from here on
everything is UTC.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter

from booking.domain.errors import (
    BeyondHorizon,
    InPast,
    OutsideHours,
    SlotRefusal,
    SlotUnavailable,
    TooSoon,
)
from booking.domain.rules import Rules
from booking.domain.steps import steps_of_day
from booking.domain.time import ONE_DAY, Span, instant, local_day

# For each kind that a visit needs one of: those there are, and what is taken of each.
Needs = Sequence[Sequence[Sequence[Span]]]


def free_starts(
    rules: Rules,
    taken: Sequence[Span],
    *,
    first: date,
    last: date,
    now: datetime,
    notice: timedelta | None = None,
    others: Iterable[datetime] = (),
    needs: Needs = (),
) -> list[datetime]:
    """
    Starts on offer, in UTC and ascending, on the clinic days from `first` to `last` inclusive.

    Days beyond the horizon and days that have passed have none. `taken` are spans with buffers
    included, in any order. `notice` replaces the service's minimum notice: staff on the phone need
    none. `others` are the starts of such visits that the caps count: all in the weeks asked about.
    `needs` are the rooms and devices: of each kind one must be free as long as the practitioner.
    """
    not_before = now + (rules.visit.notice if notice is None else notice)
    busy, caps, rooms = _Taken(taken), _Caps(rules, others), _Rooms(needs)
    before, after = rules.visit.buffer_before, rules.visit.length + rules.visit.buffer_after
    day = max(first, local_day(now, rules.zone))
    last = min(last, rules.last_day(now))
    starts: list[datetime] = []
    while day <= last:
        if not caps.are_reached_on(day):
            starts.extend(
                start
                for start in steps_of_day(rules, day)
                if start >= not_before
                and busy.is_free(start - before, start + after)
                and rooms.have_all(start - before, start + after)
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
    others: Iterable[datetime] = (),
    needs: Needs = (),
) -> datetime:
    """
    The UTC instant of `start` if it is on offer: exactly if `free_starts` lists it.

    Raises:
        NaiveTime, NonexistentTime: `start` names no instant.
        InPast, TooSoon, BeyondHorizon, OutsideHours, SlotUnavailable: why it is not on offer.
    """
    utc = instant(start)
    day = local_day(utc, rules.zone)
    offered = free_starts(
        rules, taken, first=day, last=day, now=now, notice=notice, others=others, needs=needs
    )
    if utc in offered:
        return utc
    raise _why_not(rules, utc, day, now=now, notice=notice)


def _why_not(
    rules: Rules, start: datetime, day: date, *, now: datetime, notice: timedelta | None
) -> SlotRefusal:
    if start < now:
        return InPast(start=start)
    if day > rules.last_day(now):
        return BeyondHorizon(start=start)
    if start not in steps_of_day(rules, day):
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
        for span in sorted(spans, key=attrgetter("start")):
            if self.ends and span.start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], span.end)
            else:
                self.starts.append(span.start)
                self.ends.append(span.end)

    def is_free(self, start: datetime, end: datetime) -> bool:
        """Whether `[start, end)` shares no instant with any of them."""
        before = bisect_right(self.starts, start)
        if before and self.ends[before - 1] > start:
            return False
        return before == len(self.starts) or self.starts[before] >= end


class _Rooms:
    """The rooms and devices of each kind that is needed."""

    def __init__(self, needs: Needs):
        self._kinds = [[_Taken(taken) for taken in kind] for kind in needs]

    def have_all(self, start: datetime, end: datetime) -> bool:
        """Whether of each kind one is free from `start` to `end`."""
        return not self._kinds or all(
            any(room.is_free(start, end) for room in kind) for kind in self._kinds
        )


class _Caps:
    """Visits counted by clinic day and by week, as far as anything limits them."""

    def __init__(self, rules: Rules, starts: Iterable[datetime]):
        self._most_a_day, self._most_a_week = rules.visit.cap_day, rules.visit.cap_week
        days = [] if self._are_none else [local_day(start, rules.zone) for start in starts]
        self._days, self._weeks = Counter(days), Counter(_week(day) for day in days)

    @property
    def _are_none(self) -> bool:
        return self._most_a_day is None and self._most_a_week is None

    def are_reached_on(self, day: date) -> bool:
        if self._are_none:
            return False
        return (self._most_a_day is not None and self._days[day] >= self._most_a_day) or (
            self._most_a_week is not None and self._weeks[_week(day)] >= self._most_a_week
        )


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]
