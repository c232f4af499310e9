"""Somebody who works at two places with clocks of their own cannot be at both at one instant."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.domain.hours import OpenStretch
from booking.domain.meeting import first_meeting, meet
from booking.domain.time import ONE_DAY

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
TUESDAY = 1
JANUARY = date(2026, 1, 12)


def tuesday(opens: int, closes: int, **more: object) -> OpenStretch:
    return OpenStretch(TUESDAY, opens * 60, closes * 60, **more)  # type: ignore[arg-type]


def met(here: OpenStretch, there: OpenStretch, since: date = JANUARY) -> date | None:
    """The first meeting of hours in New York and hours in London."""
    return first_meeting(here, NEW_YORK, there, LONDON, since=since)


def test_the_same_wall_times_five_hours_apart_never_meet() -> None:
    assert met(tuesday(9, 12), tuesday(9, 12)) is None


def test_other_wall_times_may_be_one_instant() -> None:
    assert met(tuesday(9, 12), tuesday(15, 18)) == date(2026, 1, 13)


def test_hours_may_meet_only_while_one_of_two_clocks_has_changed() -> None:
    # 9:00 in New York is 14:00 in London, but 13:00 from 8 to 29 March 2026.
    afternoon_there = tuesday(13, 14)
    assert met(tuesday(9, 12), afternoon_there) == date(2026, 3, 10)
    assert met(tuesday(9, 12), tuesday(13, 14, until=date(2026, 3, 8))) is None
    assert met(tuesday(9, 12), afternoon_there, date(2026, 3, 29)) == date(2026, 10, 27)


def test_hours_that_take_turns_may_miss_each_other_in_those_weeks_for_years() -> None:
    every_fourth = tuesday(13, 14, since=date(2026, 3, 3), every=4)
    # 31 March is the next of them, and the clocks in London have changed by then.
    assert met(tuesday(9, 12), every_fourth) == date(2030, 3, 26)


def test_hours_that_take_turns_for_ever_never_meet() -> None:
    odd = tuesday(9, 12, since=date(2026, 1, 13), every=2)
    even = tuesday(14, 17, since=date(2026, 1, 20), every=2)
    assert met(odd, even) is None
    assert first_meeting(odd, LONDON, even, LONDON, since=JANUARY) is None


def test_hours_meet_on_another_date_where_the_clock_is_far_ahead() -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    wednesday = OpenStretch(2, 9 * 60, 12 * 60)
    # Tuesday 16:00 in New York is Wednesday 10:00 in Auckland in January.
    assert first_meeting(tuesday(15, 17), NEW_YORK, wednesday, auckland, since=JANUARY) == date(
        2026, 1, 13
    )


def test_on_one_clock_hours_that_touch_do_not_meet() -> None:
    for other in (tuesday(12, 14), OpenStretch(2, 9 * 60, 12 * 60)):
        assert first_meeting(tuesday(9, 12), LONDON, other, LONDON, since=JANUARY) is None
    other = tuesday(11, 14)
    assert first_meeting(tuesday(9, 12), LONDON, other, LONDON, since=JANUARY) == date(2026, 1, 13)


@pytest.mark.parametrize("opens", range(24))
def test_a_year_of_tuesdays_asked_one_by_one_says_the_same(opens: int) -> None:
    here, there = tuesday(9, 12), tuesday(opens, opens + 1)
    days = [JANUARY + ONE_DAY + timedelta(weeks=n) for n in range(60)]
    meetings = [
        day
        for day in days
        if meet(day, (540, 720), NEW_YORK, day, (opens * 60, opens * 60 + 60), LONDON)
    ]
    assert met(here, there) == (meetings[0] if meetings else None)
