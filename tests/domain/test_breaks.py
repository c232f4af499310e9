"""A break closes part of what is open, week by week, and shifts no step."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.domain.availability import free_starts
from booking.domain.hours import Break, ExtraOpening, OpenStretch, breaks_on
from booking.domain.rules import Rules, Visit
from booking.domain.steps import is_open
from booking.domain.time import MINUTE, Span, midnight

NEW_YORK = ZoneInfo("America/New_York")
WEDNESDAY = date(2026, 1, 14)
NINE, NOON, ONE, FIVE = 9 * 60, 12 * 60, 13 * 60, 17 * 60
VISIT = Visit(
    length=45 * MINUTE,
    buffer_before=0 * MINUTE,
    buffer_after=0 * MINUTE,
    step=30 * MINUTE,
    notice=0 * MINUTE,
    horizon_days=28,
)


def clocks(rules: Rules, day: date = WEDNESDAY) -> list[str]:
    now = midnight(day, rules.zone) - timedelta(days=1)
    starts = free_starts(rules, [], first=day, last=day, now=now)
    return [start.astimezone(rules.zone).strftime("%H:%M") for start in starts]


def with_breaks(*breaks: Break, opens: int = NINE, closes: int = 15 * 60) -> Rules:
    return Rules(NEW_YORK, (OpenStretch(2, opens, closes),), VISIT, breaks=breaks)


def test_no_visit_reaches_into_a_break_and_those_after_it_keep_their_steps() -> None:
    lunch = with_breaks(Break(2, 11 * 60 + 40, 12 * 60 + 20))
    expected = ["09:00", "09:30", "10:00", "10:30", "12:30", "13:00", "13:30", "14:00"]
    assert clocks(lunch) == expected


def test_a_visit_may_end_when_the_break_begins_and_start_when_it_ends() -> None:
    assert clocks(with_breaks(Break(2, 10 * 60 + 15, 11 * 60), closes=NOON)) == [
        "09:00",
        "09:30",
        "11:00",
    ]


def test_a_break_is_on_its_weekday_only() -> None:
    assert len(clocks(with_breaks(Break(3, NINE, FIVE)))) == len(clocks(with_breaks()))


def test_breaks_may_take_turns_and_end() -> None:
    lunch = Break(2, NOON, ONE, since=WEDNESDAY, until=WEDNESDAY + timedelta(days=28), every=2)
    days = [WEDNESDAY + timedelta(days=7 * n) for n in range(6)]
    assert [bool(breaks_on([lunch], day)) for day in days] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]


def test_an_extra_opening_has_its_weekdays_break_too() -> None:
    saturday = date(2026, 1, 17)
    rules = Rules(
        NEW_YORK,
        (),
        VISIT,
        extra=(ExtraOpening(saturday, NINE, 11 * 60),),
        breaks=(Break(5, NINE, 10 * 60),),
    )
    assert clocks(rules, saturday) == ["10:00"]


def test_a_booking_within_a_new_break_is_no_longer_within_hours() -> None:
    start = datetime(2026, 1, 14, 17, 0, tzinfo=UTC)
    visit = Span(start, start + VISIT.length)
    assert is_open(with_breaks(), visit)
    assert not is_open(with_breaks(Break(2, NOON + 30, ONE)), visit)
