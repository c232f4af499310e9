"""Whom a free time is offered to, in which order, and for how long."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain.slots import Slot
from booking.domain.waitlist import (
    OFFER_LASTS,
    OFFER_LASTS_AT_LEAST,
    SLEEPS,
    WAKES,
    Part,
    Waiting,
    Wishes,
    first_for,
    in_order,
    kept_until,
    still_known,
    told_at,
)

ZONE = ZoneInfo("America/New_York")
NOTICE = timedelta(hours=2)


def wall(text: str) -> datetime:
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


def slot(start: datetime, *, practitioner: str = "dr-ahmed", location: str = "main") -> Slot:
    return Slot("consultation", practitioner, location, start, start + timedelta(minutes=30))


TUESDAY_9 = slot(wall("01-13 09:00"))


def waits(number: int = 1, since: str = "01-01 12:00", **facts: object) -> Waiting:
    facts = {"wishes": Wishes(), "known": frozenset()} | facts
    return Waiting(id=number, since=wall(since), **facts)


@pytest.mark.parametrize(
    ("wishes", "suits"),
    [
        (Wishes(), True),
        (Wishes(weekdays=frozenset({1, 2})), True),
        (Wishes(weekdays=frozenset({0})), False),
        (Wishes(parts=frozenset({Part.MORNING})), True),
        (Wishes(parts=frozenset({Part.AFTERNOON, Part.EVENING})), False),
        (Wishes(earliest=date(2026, 1, 13), latest=date(2026, 1, 13)), True),
        (Wishes(earliest=date(2026, 1, 14)), False),
        (Wishes(latest=date(2026, 1, 12)), False),
        (Wishes(practitioner="dr-ahmed", location="main"), True),
        (Wishes(practitioner="dr-weber"), False),
        (Wishes(location="north"), False),
    ],
)
def test_a_time_suits_whom_all_of_it_suits(wishes: Wishes, suits: bool):
    assert wishes.fit(TUESDAY_9, ZONE) is suits


@pytest.mark.parametrize(
    ("clock", "part"),
    [("11:59", Part.MORNING), ("12:00", Part.AFTERNOON), ("17:00", Part.EVENING)],
)
def test_noon_is_afternoon_and_five_is_evening(clock: str, part: Part):
    start = slot(wall(f"01-13 {clock}"))
    assert {p for p in Part if Wishes(parts=frozenset({p})).fit(start, ZONE)} == {part}


def test_days_and_parts_are_those_on_the_wall_where_the_visit_is():
    late = slot(datetime(2026, 1, 14, 1, 0, tzinfo=UTC))
    assert Wishes(weekdays=frozenset({1}), parts=frozenset({Part.EVENING})).fit(late, ZONE)


def test_who_waits_longest_is_asked_first_with_a_visit_or_without():
    early = waits(1, "01-02 09:00", before=wall("01-20 09:00"))
    first, late = waits(2, "01-01 09:00"), waits(3, "01-03 09:00")
    assert [one.id for one in in_order([late, early, first])] == [2, 1, 3]
    assert first_for(TUESDAY_9, ZONE, [late, early]) == early


def test_who_has_an_earlier_visit_already_is_not_asked():
    assert not waits(before=wall("01-13 09:00")).wants(TUESDAY_9, ZONE)
    assert waits(before=wall("01-13 09:30")).wants(TUESDAY_9, ZONE)


def test_who_declined_this_very_time_is_passed_over():
    first = waits(1, passed=frozenset({TUESDAY_9.start}))
    second = waits(2)
    assert first_for(TUESDAY_9, ZONE, [first, second]) == second
    assert first_for(TUESDAY_9, ZONE, [first]) is None


def test_what_was_free_already_is_no_news():
    assert not waits(known=frozenset({TUESDAY_9.start})).wants(TUESDAY_9, ZONE)
    assert not waits(known=None).wants(TUESDAY_9, ZONE)


def test_what_was_taken_meanwhile_is_news_when_it_comes_free_but_not_what_was_only_held():
    nine, ten = wall("01-13 09:00"), wall("01-13 10:00")
    known = frozenset({nine, ten})
    assert still_known(known, [ten], []) == {ten}
    assert still_known(known, [ten], [(nine, ten)]) == known


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("01-12 10:00", "01-12 12:00"),
        # The night does not count.
        ("01-12 20:00", "01-13 09:00"),
        ("01-12 21:00", "01-13 10:00"),
        ("01-12 23:30", "01-13 10:00"),
        ("01-13 07:59", "01-13 10:00"),
        ("01-12 19:00", "01-12 21:00"),
    ],
)
def test_an_offer_lasts_two_hours_of_the_day(now: str, until: str):
    found = kept_until(wall("01-20 09:00"), ZONE, notice=NOTICE, now=wall(now))
    assert found == wall(until)


@pytest.mark.parametrize(
    ("now", "start", "until"),
    [
        ("01-12 10:00", "01-12 13:00", "01-12 11:00"),
        ("01-12 10:00", "01-12 12:30", "01-12 10:30"),
        ("01-12 10:00", "01-12 12:29", None),
        # In the morning it would be too late, and at night nobody is asked.
        ("01-12 22:00", "01-13 09:00", None),
        ("01-12 20:50", "01-13 09:00", None),
        ("01-12 22:00", "01-13 11:00", "01-13 09:00"),
    ],
)
def test_an_offer_never_reaches_into_the_minimum_notice(now: str, start: str, until: str | None):
    found = kept_until(wall(start), ZONE, notice=NOTICE, now=wall(now))
    assert found == (wall(until) if until else None)


def test_at_night_nobody_is_told():
    assert told_at(wall("01-12 20:59"), ZONE) == wall("01-12 20:59")
    assert told_at(wall("01-12 21:00"), ZONE) == wall("01-13 08:00")
    assert told_at(wall("01-13 03:00"), ZONE) == wall("01-13 08:00")


instants = st.integers(0, 365 * 24 * 4).map(
    lambda quarter: datetime(2026, 1, 1, tzinfo=UTC) + quarter * timedelta(minutes=15)
)
zones = st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC"])


@given(now=instants, ahead=st.integers(0, 400), zone=zones)
def test_whenever_somebody_is_asked_they_are_awake_and_have_time(now, ahead, zone):
    place, start = ZoneInfo(zone), now + ahead * timedelta(minutes=15)
    told = told_at(now, place)
    assert WAKES <= told.astimezone(place).time() < SLEEPS
    until = kept_until(start, place, notice=NOTICE, now=now)
    if until is not None:
        assert now <= told < until <= start - NOTICE
        assert until - told >= OFFER_LASTS_AT_LEAST
        assert WAKES <= until.astimezone(place).time() <= SLEEPS
        # The night may lie in between, and a clock that changes in it.
        assert until - told <= OFFER_LASTS + timedelta(hours=12)
