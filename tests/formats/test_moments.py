"""Days and times are read as they were meant, and refused where they could mean something else."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.formats.moments import Clock, DayOrder, Writing, guess, times_of

ISO = Writing()
BRITISH = Writing(DayOrder.DAY_FIRST)
AMERICAN = Writing(DayOrder.MONTH_FIRST, Clock.TWELVE)
NEW_YORK = ZoneInfo("America/New_York")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("writing", "text", "shown"),
    [
        (ISO, "2026-01-13 09:00:00", "2026-01-13T09:00"),
        (ISO, "2026-01-13T09:00", "2026-01-13T09:00"),
        (BRITISH, "13/01/2026 9:05", "2026-01-13T09:05"),
        (BRITISH, "3.1.2026, 09:05", "2026-01-03T09:05"),
        (AMERICAN, "1/13/2026 9:00 AM", "2026-01-13T09:00"),
        (AMERICAN, "01/13/2026 12:30pm", "2026-01-13T12:30"),
        (AMERICAN, "01/13/2026 12:30 a.m.", "2026-01-13T00:30"),
        # As Calendly writes it.
        (Writing(clock=Clock.TWELVE), "2025-03-03 11:00 am", "2025-03-03T11:00"),
    ],
)
def test_a_day_and_a_time_are_read(writing: Writing, text: str, shown: str):
    assert writing.wall(text) == (wall(shown), None)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("2026-01-13T09:00:00-05:00", -5), ("2026-01-13 09:00+0100", 1), ("2026-01-13T09:00Z", 0)],
)
def test_an_offset_is_read_where_one_stands(text: str, hours: int):
    assert ISO.wall(text) == (wall("2026-01-13T09:00"), timedelta(hours=hours))


def test_what_was_not_chosen_is_refused_and_never_guessed():
    assert BRITISH.wall("01/13/2026 09:00") is None
    assert AMERICAN.wall("01/13/2026 09:00") is None
    assert BRITISH.wall("13/01/2026 09:00 am") is None
    assert ISO.wall("2026-02-29 09:00") is None
    assert ISO.wall("2026-01-13") is None
    assert ISO.wall("2026-01-13 24:00") is None
    assert ISO.wall("") is None
    assert ISO.time("9") is None
    assert AMERICAN.time("9 pm") == time(21)
    assert BRITISH.day("13.1.26") is None
    assert BRITISH.day("14.3.1990") == date(1990, 3, 14)


def test_a_cell_too_long_for_a_moment_is_not_searched_for_one():
    assert ISO.wall(f"2026-01-13{' ' * 40}09:00") is not None
    assert ISO.wall(f"2026-01-13{' ' * 90}09:00") is None


def test_the_order_is_guessed_by_what_leaves_no_choice():
    assert guess(["2026-01-13 09:00"], month_first=True) == ISO
    assert guess(["01/02/2026 9:00", "13/02/2026 9:00"], month_first=True) == BRITISH
    assert guess(["1/2/2026 9:00 am", "1/13/2026 9:00 pm"], month_first=False) == AMERICAN
    assert guess(["1/2/2026 9:00"], month_first=True).order is DayOrder.MONTH_FIRST
    assert guess(["1/2/2026 9:00"], month_first=False).order is DayOrder.DAY_FIRST
    assert guess(["1.2.2026 9:00"], month_first=True).order is DayOrder.DAY_FIRST
    assert guess([], month_first=True) == ISO


def test_a_wall_clock_shows_some_times_twice_and_some_never():
    plain = times_of(wall("2026-01-13T09:00"), NEW_YORK)
    assert plain == [datetime(2026, 1, 13, 14, tzinfo=UTC)]
    assert times_of(wall("2026-03-08T02:30"), NEW_YORK) == []
    twice = times_of(wall("2026-11-01T01:30"), NEW_YORK)
    assert [one.hour for one in twice] == [5, 6]
