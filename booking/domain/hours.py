"""
Hours: on which dates and at which wall times somebody is open, before anything is booked.

Everything here is wall time: dates, and minutes after 00:00. What the clock does with them is
`availability`'s affair.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import lcm

DAY_MINUTES = 24 * 60
_WEEK = timedelta(days=7)
_ANY_MONDAY = date(2024, 1, 1)

# From and to, in minutes after 00:00; half-open.
Minutes = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WeeklyStretch:
    """
    A stretch of `weekday` (Monday is 0), from and to minutes after 00:00.

    `since` and `until` are the first and the last date it holds for. With `every` 2 it holds every
    other week, counted from the week of `since`.
    """

    weekday: int
    opens: int
    closes: int
    since: date | None = None
    until: date | None = None
    every: int = 1

    def is_on(self, day: date) -> bool:
        """Whether it holds on this date."""
        if day.weekday() != self.weekday:
            return False
        if (self.since and day < self.since) or (self.until and day > self.until):
            return False
        if self.every == 1 or self.since is None:
            return True
        return (_monday(day) - _monday(self.since)) // _WEEK % self.every == 0


@dataclass(frozen=True, slots=True)
class OpenStretch(WeeklyStretch):
    """Open every week."""


@dataclass(frozen=True, slots=True)
class Break(WeeklyStretch):
    """Closed every week for a while, from `opens` to `closes`, also within an extra opening."""


@dataclass(frozen=True, slots=True)
class ExtraOpening:
    """Open on one date besides the weekly hours."""

    day: date
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Closed:
    """
    Closed from `begins` on the `first` date to `ends` on the `last`, without a pause.

    A closure of the clinic, a practitioner's absence, a public holiday. `yearly` ones come again on
    the same dates each year; where there is no 29 February, 1 March stands for it as a beginning
    and 28 February as an end.
    """

    first: date
    last: date
    begins: int = 0
    ends: int = DAY_MINUTES
    yearly: bool = False

    def on(self, day: date) -> Minutes | None:
        """What is closed of this date; None if nothing is."""
        if not self.yearly:
            return self._within(self.first, self.last, day)
        # One that began last year may reach into this one.
        for year in (day.year, day.year - 1):
            shift = self.last.year - self.first.year
            first, last = _in_year(self.first, year), _in_year(self.last, year + shift, end=True)
            if (found := self._within(first, last, day)) is not None:
                return found
        return None

    def _within(self, first: date, last: date, day: date) -> Minutes | None:
        if not first <= day <= last:
            return None
        return (
            self.begins if day == first else 0,
            self.ends if day == last else DAY_MINUTES,
        )


def open_on(week: Iterable[OpenStretch], extra: Iterable[ExtraOpening], day: date) -> list[Minutes]:
    """The date's opening hours in order; stretches that touch or overlap are one."""
    stretches = [(one.opens, one.closes) for one in week if one.is_on(day)]
    stretches += [(one.opens, one.closes) for one in extra if one.day == day]
    joined: list[Minutes] = []
    for opens, closes in sorted(stretches):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined


def closed_on(closed: Iterable[Closed], day: date) -> list[Minutes]:
    """What is closed of the date, in any order."""
    return [found for one in closed if (found := one.on(day)) is not None]


def minutes_left(opened: Iterable[Minutes], closed: Iterable[Minutes]) -> int:
    """How many minutes are open once what is closed is taken away; `opened` as of `open_on`."""
    shut = sorted(closed)
    left = 0
    for begins, ends in opened:
        since = begins
        for closes, reopens in shut:
            left += max(0, min(closes, ends) - since)
            since = max(since, reopens)
        left += max(0, ends - since)
    return left


def meetings(one: WeeklyStretch, other: WeeklyStretch) -> float:
    """In which part of all weeks both hold on one date, as long as both hold at all."""
    first = max((day for day in (one.since, other.since) if day), default=_ANY_MONDAY)
    first += timedelta(days=(one.weekday - first.weekday()) % 7)
    weeks = lcm(one.every, other.every)
    days = [first + n * _WEEK for n in range(weeks)]
    endless = [replace(stretch, until=None) for stretch in (one, other)]
    return sum(all(stretch.is_on(day) for stretch in endless) for day in days) / weeks


def breaks_on(breaks: Iterable[Break], day: date) -> list[Minutes]:
    """The date's breaks, in any order."""
    return [(one.opens, one.closes) for one in breaks if one.is_on(day)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _in_year(day: date, year: int, *, end: bool = False) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28) if end else date(year, 3, 1)


def show_clock(minutes: int) -> str:
    """`09:30` for minutes after 00:00, as fields for times and the audit write it."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
