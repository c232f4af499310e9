"""Dates and times in words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from booking.formats import dates

NEW_YORK = ZoneInfo("America/New_York")


def at(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo(zone))


def plain(text: str) -> str:
    """Without a difference between blanks: which one stands before "pm" is the locale's affair."""
    return " ".join(text.split())


def test_a_moment_is_written_out() -> None:
    moment = at("2026-01-13T19:00Z")
    assert dates.show_day(moment.date()) == "Tuesday 13 January"
    assert dates.show_day_year(moment.date()) == "Tuesday 13 January 2026"
    assert plain(dates.show_moment(moment)) == "Tuesday 13 January, 2:00 pm"
    assert plain(dates.show_moment_year(moment)) == "Tuesday 13 January 2026, 2:00 pm"
    assert plain(dates.show_moment_short(moment)) == "Tue 13 Jan, 2:00 pm"


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-01-13T05:00Z", "12:00 am"),
        ("2026-01-13T17:00Z", "12:00 pm"),
        ("2026-01-13T14:05Z", "9:05 am"),
    ],
)
def test_midnight_and_noon_are_told_apart(moment: str, shown: str) -> None:
    assert plain(dates.show_clock(at(moment))) == shown


@pytest.mark.parametrize(
    ("zone", "first", "second", "shown"),
    [
        ("America/New_York", "2026-11-01T05:30Z", "2026-11-01T06:30Z", ("EDT", "EST")),
        ("Europe/London", "2026-10-25T00:30Z", "2026-10-25T01:30Z", ("BST", "GMT")),
        ("Europe/Berlin", "2026-10-25T00:30Z", "2026-10-25T01:30Z", ("CEST", "CET")),
        ("Australia/Lord_Howe", "2026-04-04T14:45Z", "2026-04-04T15:15Z", ("+11", "+1030")),
    ],
)
def test_an_hour_that_comes_twice_says_which_one_is_meant(
    zone: str, first: str, second: str, shown: tuple[str, str]
) -> None:
    one, other = dates.show_clock(at(first, zone)), dates.show_clock(at(second, zone))
    assert one.partition(" ")[0] == other.partition(" ")[0]
    assert (one.split(" ")[-1], other.split(" ")[-1]) == shown


@pytest.mark.parametrize(
    "moment", ["2026-03-08T06:30Z", "2026-03-08T07:00Z", "2026-11-01T04:59Z", "2026-11-01T07:00Z"]
)
def test_other_hours_of_a_change_day_carry_no_zone(moment: str) -> None:
    assert "E" not in dates.show_clock(at(moment))


def test_a_locale_writes_times_as_its_people_do() -> None:
    moment = at("2026-01-13T19:00Z")
    assert dates.show_clock(moment, locale="de") == "14:00"
    assert dates.show_day(date(2026, 1, 13), locale="de") == "Dienstag, 13. Januar"
    assert "14:00" in dates.show_moment_short(moment, locale="fr")


def test_the_zones_name_holds_in_summer_and_winter() -> None:
    assert dates.show_zone(NEW_YORK) == "Eastern Time"
    assert "Nepal" in dates.show_zone(ZoneInfo("Asia/Kathmandu"))


def test_a_time_in_utc_needs_no_zone_beside_it() -> None:
    assert plain(dates.show_clock(datetime(2026, 11, 1, 5, 30, tzinfo=UTC))) == "5:30 am"
