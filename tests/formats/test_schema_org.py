"""The clinic's hours as search engines read them: true, or not said."""

from datetime import date
from typing import Any

from booking.domain.hours import OpenStretch
from booking.formats.schema_org import opening_hours

TODAY = date(2026, 1, 12)
NINE, NOON, FIVE, MIDNIGHT = 540, 720, 1020, 1440


def said(*week: OpenStretch) -> list[dict[str, Any]]:
    found = opening_hours(week, today=TODAY)
    assert all(one.pop("@type") == "OpeningHoursSpecification" for one in found)
    return found


def test_days_with_the_same_hours_are_said_together():
    week = [OpenStretch(day, NINE, NOON) for day in (0, 1, 4)]
    assert said(*week) == [
        {"dayOfWeek": ["Monday", "Tuesday", "Friday"], "opens": "09:00", "closes": "12:00"}
    ]


def test_the_hours_of_two_practitioners_are_one_opening():
    assert said(OpenStretch(0, NINE, NOON), OpenStretch(0, 660, FIVE)) == [
        {"dayOfWeek": ["Monday"], "opens": "09:00", "closes": "17:00"}
    ]


def test_hours_for_some_dates_say_for_which():
    summer = OpenStretch(0, NINE, NOON, since=date(2026, 6, 1), until=date(2026, 8, 31))
    assert said(summer) == [
        {
            "dayOfWeek": ["Monday"],
            "opens": "09:00",
            "closes": "12:00",
            "validFrom": "2026-06-01",
            "validThrough": "2026-08-31",
        }
    ]


def test_hours_that_have_begun_hold_and_those_that_are_over_do_not():
    begun = OpenStretch(0, NINE, NOON, since=date(2025, 6, 1))
    over = OpenStretch(1, NINE, NOON, until=date(2026, 1, 11))
    assert said(begun, over) == [{"dayOfWeek": ["Monday"], "opens": "09:00", "closes": "12:00"}]


def test_every_other_week_is_not_said_as_every_week():
    assert said(OpenStretch(0, NINE, NOON, since=date(2025, 1, 6), every=2)) == []


def test_a_day_that_is_open_until_midnight_ends_on_that_day():
    assert said(OpenStretch(5, FIVE, MIDNIGHT))[0]["closes"] == "23:59"
