"""Reminders: when each is due, nights, clock changes, and who was told only lately."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.domain.reminders import due, leaves_at

NEW_YORK = ZoneInfo("America/New_York")
HOURS = (72, 24)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


FRIDAY_10 = wall("2026-01-16T10:00")


def is_due(
    now: str, *, start: datetime = FRIDAY_10, knows_since: datetime = LONG_AGO
) -> int | None:
    return due(start, NEW_YORK, hours=HOURS, knows_since=knows_since, now=wall(now))


@pytest.mark.parametrize(
    ("now", "which"),
    [
        ("2026-01-13T09:59", None),
        ("2026-01-13T10:00", 72),
        ("2026-01-15T09:59", 72),
        ("2026-01-15T10:00", 24),
        ("2026-01-16T09:30", 24),
        ("2026-01-16T09:31", None),
        ("2026-01-16T10:00", None),
    ],
)
def test_each_is_due_from_its_hour_on_until_the_next_takes_its_place(now: str, which: int | None):
    assert is_due(now) == which


def test_nothing_leaves_at_night():
    early = wall("2026-01-16T07:30")
    assert leaves_at(early, 24, NEW_YORK) == wall("2026-01-15T08:00")
    assert is_due("2026-01-15T07:45", start=early) is None
    assert is_due("2026-01-15T08:00", start=early) == 24
    # Who could not send in the evening does not make up for it at night.
    assert is_due("2026-01-15T21:00") is None
    assert is_due("2026-01-16T08:00") == 24


def test_hours_are_real_ones_across_a_clock_change():
    # The clock goes forward on Sunday 8 March at 2:00.
    monday = wall("2026-03-09T08:30")
    assert leaves_at(monday, 24, NEW_YORK) == wall("2026-03-08T08:30")
    sunday = wall("2026-03-08T10:00")
    assert leaves_at(sunday, 24, NEW_YORK) == wall("2026-03-07T09:00")
    # And back on Sunday 1 November.
    assert leaves_at(wall("2026-11-01T10:00"), 24, NEW_YORK) == wall("2026-10-31T11:00")


@pytest.mark.parametrize(
    ("knows_since", "which"),
    [("2026-01-14T22:00", 24), ("2026-01-14T22:01", None), ("2026-01-15T12:00", None)],
)
def test_who_booked_shortly_before_needs_no_reminder(knows_since: str, which: int | None):
    assert is_due("2026-01-15T10:00", knows_since=wall(knows_since)) == which


def test_who_booked_too_late_for_one_gets_the_next():
    booked = wall("2026-01-13T08:00")
    assert is_due("2026-01-13T10:00", knows_since=booked) is None
    assert is_due("2026-01-15T10:00", knows_since=booked) == 24


def test_without_hours_nobody_is_reminded():
    now = FRIDAY_10 - timedelta(hours=1)
    assert due(FRIDAY_10, NEW_YORK, hours=(), knows_since=LONG_AGO, now=now) is None
