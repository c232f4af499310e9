"""Several visits: far enough apart, and at one time of day where that is possible."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.domain.series import planned

ZONE = ZoneInfo("America/New_York")
# Every day at nine and ten, from a Monday on; summer time begins on 8 March.
STARTS = sorted(
    (datetime(2026, 2, 2, hour, tzinfo=ZONE) + timedelta(days=day)).astimezone(UTC)
    for day in range(90)
    for hour in (9, 10)
)


def walls(starts: list[datetime]) -> list[str]:
    return [one.astimezone(ZONE).strftime("%m-%d %H") for one in starts]


def test_visits_are_so_many_weeks_apart_by_the_clock_on_the_wall():
    found = planned(STARTS, count=3, weeks=4, zone=ZONE)
    assert walls(found) == ["02-02 09", "03-02 09", "03-30 09"]


def test_the_same_time_of_day_goes_before_an_earlier_one_of_that_week():
    free = [one for one in STARTS if one.astimezone(ZONE).strftime("%m-%d %H") != "02-09 09"]
    assert walls(planned(free, count=2, weeks=1, zone=ZONE)) == ["02-02 09", "02-10 09"]
    tens = [one for one in STARTS[1:] if one.astimezone(ZONE).hour == 10]
    assert walls(planned([STARTS[0], *tens], count=2, weeks=1, zone=ZONE))[1] == "02-09 10"


def test_what_was_planned_stays_unless_it_is_taken():
    wanted = [STARTS[3], STARTS[17]]
    assert planned(STARTS, count=2, weeks=1, zone=ZONE, wanted=wanted) == wanted
    free = [one for one in STARTS if one != STARTS[17]]
    assert planned(free, count=2, weeks=1, zone=ZONE, wanted=wanted) == [STARTS[3], STARTS[19]]


def test_fewer_come_back_where_no_more_fit():
    assert len(planned(STARTS, count=8, weeks=4, zone=ZONE)) == 4
