"""
What is on offer, worked out slowly: every minute is looked at by itself.

It shares no step with the program: no days, no pieces of days, no merged spans, only the wall
clock at each minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from booking.domain.hours import Closed, WeeklyStretch
from booking.domain.rules import Rules
from booking.domain.time import MINUTE, Span

DAY = timedelta(days=1)


@dataclass
class Oracle:
    """The answer for one question, and the reason why a start is not in it."""

    rules: Rules
    taken: Sequence[Span]
    first: date
    last: date
    now: datetime
    others: Sequence[datetime] = ()
    # What is taken of each room, if a visit needs one.
    rooms: Sequence[Sequence[Span]] = ()
    # What was found out before, so that minutes are looked at one by one, but once.
    _open_at: dict[datetime, bool] = field(default_factory=dict)
    _opened_of: dict[date, dict[int, int]] = field(default_factory=dict)
    _paused_of: dict[date, set[int]] = field(default_factory=dict)
    _closures_of: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)

    @cached_property
    def offered(self) -> list[datetime]:
        asked = (minute for minute in self._minutes if self._is_asked_about(minute))
        return [minute for minute in asked if self.why_not(minute) is None]

    def _is_asked_about(self, start: datetime) -> bool:
        return self.first <= start.astimezone(self.rules.zone).date() <= self.last

    def why_not(self, start: datetime) -> str | None:
        """The code of the refusal that `start` should meet; None when it is on offer."""
        visit = self.rules.visit
        wall = start.astimezone(self.rules.zone)
        if start < self.now:
            return "in_past"
        if wall.date() > self._last_day:
            return "beyond_horizon"
        if not self._begins_on_a_step(wall) or not self.is_open_throughout(start):
            return "outside_hours"
        if start < self.now + visit.notice:
            return "too_soon"
        if self._is_taken(self.taken, start) or self._is_full(wall.date()):
            return "slot_unavailable"
        if self.rooms and all(self._is_taken(room, start) for room in self.rooms):
            return "slot_unavailable"
        return None if self._is_asked_about(start) else "not_asked"

    @cached_property
    def _last_day(self) -> date:
        today = self.now.astimezone(self.rules.zone).date()
        return today + timedelta(days=self.rules.visit.horizon_days)

    @cached_property
    def _minutes(self) -> list[datetime]:
        begin = datetime.combine(self.first, time(), UTC) - DAY
        end = datetime.combine(self.last, time(), UTC) + 2 * DAY
        return [begin + n * MINUTE for n in range((end - begin) // MINUTE)]

    def _begins_on_a_step(self, wall: datetime) -> bool:
        opened = self._opened(wall.date()).get(_minute(wall))
        step = self.rules.visit.step // MINUTE
        return (
            wall.second == wall.microsecond == 0
            and opened is not None
            and (_minute(wall) - opened) % step == 0
        )

    def is_open_throughout(self, start: datetime) -> bool:
        """Whether each minute of a visit at `start` is open."""
        minutes = range(self.rules.visit.length // MINUTE)
        return all(self._is_open_at(start + n * MINUTE) for n in minutes)

    def _is_open_at(self, moment: datetime) -> bool:
        if moment not in self._open_at:
            wall = moment.astimezone(self.rules.zone)
            opened = _minute(wall) in self._opened(wall.date())
            self._open_at[moment] = opened and not self._is_closed(wall)
        return self._open_at[moment]

    def _opened(self, day: date) -> dict[int, int]:
        """Each open minute of the date, with the one since when it has been open."""
        if day not in self._opened_of:
            stretches = [
                (one.opens, one.closes)
                for one in self.rules.week
                if one.weekday == day.weekday() and _holds(one, day)
            ] + [(one.opens, one.closes) for one in self.rules.extra if one.day == day]
            minutes = {n for opens, closes in stretches for n in range(opens, closes)}
            found = self._opened_of[day] = {}
            for minute in sorted(minutes):
                found[minute] = found.get(minute - 1, minute)
        return self._opened_of[day]

    def _is_closed(self, wall: datetime) -> bool:
        if wall.year not in self._closures_of:
            self._closures_of[wall.year] = [
                (_midnight(first) + one.begins * MINUTE, _midnight(last) + one.ends * MINUTE)
                for one in self.rules.closed
                for first, last in _times_it_comes(one, wall.year)
            ]
        moment = wall.replace(tzinfo=None)
        return any(
            begins <= moment < ends for begins, ends in self._closures_of[wall.year]
        ) or _minute(wall) in self._paused(wall.date())

    def _paused(self, day: date) -> set[int]:
        """Each minute of the date that lies in a break."""
        if day not in self._paused_of:
            self._paused_of[day] = {
                minute
                for one in self.rules.breaks
                if one.weekday == day.weekday() and _holds(one, day)
                for minute in range(one.opens, one.closes)
            }
        return self._paused_of[day]

    def _is_full(self, day: date) -> bool:
        days = [other.astimezone(self.rules.zone).date() for other in self.others]
        week = [day + (n - day.weekday()) * DAY for n in range(7)]
        visit = self.rules.visit
        return (visit.cap_day is not None and days.count(day) >= visit.cap_day) or (
            visit.cap_week is not None and sum(days.count(one) for one in week) >= visit.cap_week
        )

    def _is_taken(self, taken: Sequence[Span], start: datetime) -> bool:
        return any(self._shares_an_instant(span, start) for span in taken)

    def _shares_an_instant(self, span: Span, start: datetime) -> bool:
        visit = self.rules.visit
        begins, ends = start - visit.buffer_before, start + visit.length + visit.buffer_after
        return max(span.start, begins) < min(span.end, ends)


def _minute(wall: datetime) -> int:
    return wall.hour * 60 + wall.minute


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _holds(stretch: WeeklyStretch, day: date) -> bool:
    """Whether a weekly stretch holds in the week of `day`, found by going from week to week."""
    if stretch.since is not None and day < stretch.since:
        return False
    if stretch.until is not None and day > stretch.until:
        return False
    if stretch.every == 1 or stretch.since is None:
        return True
    week = stretch.since
    while week.weekday() != 0:
        week -= DAY
    while week + 7 * stretch.every * DAY <= day:
        week += 7 * stretch.every * DAY
    return week <= day < week + 7 * DAY


def _times_it_comes(closed: Closed, year: int) -> list[tuple[date, date]]:
    """First and last date of each time around `year` that something is closed."""
    if not closed.yearly:
        return [(closed.first, closed.last)]
    crosses = (closed.last.month, closed.last.day) < (closed.first.month, closed.first.day)
    return [
        (_first_from(closed.first, one), _last_until(closed.last, one + crosses))
        for one in range(year - 2, year + 2)
    ]


def _first_from(day: date, year: int) -> date:
    """That day of the year, or the one after it."""
    found = date(year, day.month, 1)
    while (found.month, found.day) < (day.month, day.day):
        found += DAY
    return found


def _last_until(day: date, year: int) -> date:
    """That day of the year, or the one before it."""
    found = date(year, day.month, 28) + 3 * DAY
    while (found.month, found.day) > (day.month, day.day) or found.month != day.month:
        found -= DAY
    return found
