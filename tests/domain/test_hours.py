"""On which dates somebody is open: weekly hours that begin and end, closures, extra openings."""

from datetime import date, timedelta

import pytest

from booking.domain.hours import (
    Break,
    Closed,
    ExtraOpening,
    OpenStretch,
    closed_on,
    meetings,
    minutes_left,
    open_on,
)

MONDAY = date(2026, 1, 12)
NINE, NOON, FIVE, MIDNIGHT = 9 * 60, 12 * 60, 17 * 60, 24 * 60
WEEK = timedelta(days=7)


def mondays(stretch: OpenStretch, count: int = 6) -> list[bool]:
    return [stretch.is_on(MONDAY + n * WEEK) for n in range(count)]


def test_weekly_hours_hold_from_their_first_to_their_last_date() -> None:
    stretch = OpenStretch(0, NINE, NOON, since=MONDAY + WEEK, until=MONDAY + 3 * WEEK)
    assert mondays(stretch) == [False, True, True, True, False, False]


def test_every_other_week_is_counted_from_the_week_that_hours_begin_in() -> None:
    from_wednesday = OpenStretch(0, NINE, NOON, since=date(2026, 1, 14), every=2)
    # The week of that Wednesday is the first, though its Monday has passed.
    assert mondays(from_wednesday) == [False, False, True, False, True, False]


def test_every_other_week_goes_on_through_years_of_53_weeks() -> None:
    stretch = OpenStretch(3, NINE, NOON, since=date(2026, 12, 17), every=2)
    thursdays = [date(2026, 12, 17) + n * WEEK for n in range(5)]
    assert [stretch.is_on(day) for day in thursdays] == [True, False, True, False, True]


def test_how_often_a_break_meets_hours_that_alternate() -> None:
    other_weeks = OpenStretch(0, NINE, NOON, since=MONDAY, every=2)
    in_these = Break(0, NINE, NOON, since=MONDAY + 2 * WEEK, until=MONDAY + 2 * WEEK, every=2)
    between = Break(0, NINE, NOON, since=MONDAY + WEEK, every=2)
    assert meetings(OpenStretch(0, NINE, NOON), Break(0, NINE, NOON)) == 1
    assert meetings(OpenStretch(0, NINE, NOON), Break(1, NINE, NOON)) == 0
    assert meetings(OpenStretch(0, NINE, NOON), in_these) == 0.5
    assert meetings(other_weeks, in_these) == 0.5
    assert meetings(other_weeks, between) == 0
    assert meetings(OpenStretch(0, NINE, NOON, since=MONDAY, every=3), between) == 1 / 6


def test_stretches_that_touch_or_overlap_are_one() -> None:
    week = [OpenStretch(0, NINE, NOON), OpenStretch(0, NOON, 13 * 60), OpenStretch(0, 600, 700)]
    assert open_on(week, [], MONDAY) == [(NINE, 13 * 60)]


def test_an_extra_opening_is_on_its_date_only() -> None:
    extra = [ExtraOpening(date(2026, 1, 17), NINE, NOON)]
    assert open_on([], extra, date(2026, 1, 17)) == [(NINE, NOON)]
    assert open_on([], extra, date(2026, 1, 24)) == []


def closed_days(closed: Closed, first: date, count: int) -> list[date]:
    days = [first + timedelta(days=n) for n in range(count)]
    return [day for day in days if closed_on([closed], day)]


def test_an_absence_runs_from_a_time_to_a_time_without_a_pause() -> None:
    absence = Closed(MONDAY, MONDAY + timedelta(days=2), begins=NOON, ends=NINE)
    days = [MONDAY + timedelta(days=n) for n in range(4)]
    assert [absence.on(day) for day in days] == [(NOON, MIDNIGHT), (0, MIDNIGHT), (0, NINE), None]


def test_a_closure_that_comes_every_year_reaches_into_the_next() -> None:
    holidays = Closed(date(2020, 12, 30), date(2021, 1, 2), yearly=True)
    expected = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]
    assert closed_days(holidays, date(2026, 12, 20), 20) == expected


@pytest.mark.parametrize(
    ("year", "expected"),
    [(2027, [date(2027, 3, 1)]), (2028, [date(2028, 2, 29), date(2028, 3, 1)])],
)
def test_29_february_gives_way_where_there_is_none(year: int, expected: list[date]) -> None:
    closed = Closed(date(2024, 2, 29), date(2024, 3, 1), yearly=True)
    assert closed_days(closed, date(year, 2, 20), 20) == expected


def test_a_single_29_february_is_nothing_in_other_years() -> None:
    closed = Closed(date(2024, 2, 29), date(2024, 2, 29), yearly=True)
    assert closed_days(closed, date(2027, 2, 20), 20) == []


def test_what_happens_once_happens_once() -> None:
    closed = Closed(date(2026, 12, 25), date(2026, 12, 25))
    assert closed_days(closed, date(2027, 12, 20), 10) == []


def test_what_is_closed_is_taken_from_what_is_open_once() -> None:
    opened = [(NINE, NOON), (NOON + 60, FIVE)]
    assert minutes_left(opened, []) == 7 * 60
    assert minutes_left(opened, [(0, NINE), (NOON, NOON + 60), (FIVE, MIDNIGHT)]) == 7 * 60
    overlapping = [(NINE + 30, NINE + 60), (NINE, NINE + 45), (FIVE - 10, FIVE + 10)]
    assert minutes_left(opened, overlapping) == 7 * 60 - 60 - 10
    assert minutes_left(opened, [(0, MIDNIGHT)]) == 0
    assert minutes_left([], [(NINE, NOON)]) == 0
