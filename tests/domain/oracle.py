"""
What is on offer, worked out slowly: every minute is looked at by itself.

It shares no step with the program: no days, no pieces of days, no merged spans, only the wall
clock at each minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from booking.domain.availability import Rules
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

    @cached_property
    def offered(self) -> list[datetime]:
        return [minute for minute in self._minutes if self.why_not(minute) is None]

    def why_not(self, start: datetime) -> str | None:
        """The code of the refusal that `start` should meet; None when it is on offer."""
        visit = self.rules.visit
        wall = start.astimezone(self.rules.zone)
        if start < self.now:
            return "in_past"
        if wall.date() > self._last_day:
            return "beyond_horizon"
        if not self._begins_on_a_step(wall) or not self._is_open_throughout(start):
            return "outside_hours"
        if start < self.now + visit.notice:
            return "too_soon"
        if any(self._shares_an_instant(span, start) for span in self.taken):
            return "slot_unavailable"
        return None if self.first <= wall.date() <= self.last else "not_asked"

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
        minute, step = _minute(wall), self.rules.visit.step // MINUTE
        if wall.second or wall.microsecond or not self._is_open(wall.weekday(), minute):
            return False
        opened = minute
        while self._is_open(wall.weekday(), opened - 1):
            opened -= 1
        return (minute - opened) % step == 0

    def _is_open_throughout(self, start: datetime) -> bool:
        walls = (
            (start + n * MINUTE).astimezone(self.rules.zone)
            for n in range(self.rules.visit.length // MINUTE)
        )
        return all(self._is_open(wall.weekday(), _minute(wall)) for wall in walls)

    def _is_open(self, weekday: int, minute: int) -> bool:
        return any(
            stretch.weekday == weekday and stretch.opens <= minute < stretch.closes
            for stretch in self.rules.week
        )

    def _shares_an_instant(self, span: Span, start: datetime) -> bool:
        visit = self.rules.visit
        begins, ends = start - visit.buffer_before, start + visit.length + visit.buffer_after
        return max(span.start, begins) < min(span.end, ends)


def _minute(wall: datetime) -> int:
    return wall.hour * 60 + wall.minute
