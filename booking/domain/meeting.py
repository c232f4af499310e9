"""Whether somebody would be at two places at once: weekly hours on the clocks of two zones."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from booking.domain.hours import Minutes, WeeklyStretch
from booking.domain.steps import spans_of
from booking.domain.time import ONE_DAY, Span

_WEEK = timedelta(days=7)
# Hours that take turns, and weeks in which two zones are an hour nearer to each other, may meet in
# one year and not in the next.
_WEEKS_LOOKED_AT = 10 * 53
# Between the easternmost and the westernmost clock lie up to two dates.
_DATES_APART = 2
# What two clocks may change against each other in the course of the years.
_CHANGES_AT_MOST = timedelta(hours=6)


def first_meeting(
    one: WeeklyStretch, here: ZoneInfo, other: WeeklyStretch, there: ZoneInfo, *, since: date
) -> date | None:
    """
    The first date, that of `one`, on which both are on at one instant; None if that never happens.

    Looked at are ten years from `since`, or from when both hold.
    """
    apart = (other.weekday - one.weekday + 3) % 7 - 3
    if abs(apart) > _DATES_APART or (here == there and (apart or not _share(one, other))):
        return None
    shift = apart * ONE_DAY
    day = max(day for day in (since, one.since, other.since) if day)
    day += ((one.weekday - day.weekday()) % 7) * ONE_DAY
    if not _are_near(one, here, other, there, day=day, shift=shift):
        return None
    for _ in range(_WEEKS_LOOKED_AT):
        if (
            one.is_on(day)
            and other.is_on(day + shift)
            and meet(day, _wall(one), here, day + shift, _wall(other), there)
        ):
            return day
        day += _WEEK
    return None


def meet(
    day: date, wall: Minutes, here: ZoneInfo, other_day: date, other_wall: Minutes, there: ZoneInfo
) -> bool:
    """Whether two stretches, each of a date on the clock of its zone, share an instant."""
    others = spans_of(other_day, [other_wall], there)
    return any(one.overlaps(other) for one in spans_of(day, [wall], here) for other in others)


def _are_near(
    one: WeeklyStretch,
    here: ZoneInfo,
    other: WeeklyStretch,
    there: ZoneInfo,
    *,
    day: date,
    shift: timedelta,
) -> bool:
    """Whether they could meet in any week, as far as one tells from the clocks of this one."""
    wide = [
        Span(span.start - _CHANGES_AT_MOST, span.end + _CHANGES_AT_MOST)
        for span in spans_of(day, [_wall(one)], here)
    ]
    others = spans_of(day + shift, [_wall(other)], there)
    return any(span.overlaps(each) for span in wide for each in others)


def _wall(stretch: WeeklyStretch) -> Minutes:
    return stretch.opens, stretch.closes


def _share(one: WeeklyStretch, other: WeeklyStretch) -> bool:
    return one.opens < other.closes and other.opens < one.closes
