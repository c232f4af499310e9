"""What is offered is what is accepted, and it is what the clinic's wall clock says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from booking.domain.availability import free_starts, nearest, require_free
from booking.domain.errors import (
    BeyondHorizon,
    InPast,
    NaiveTime,
    NonexistentTime,
    OutsideHours,
    SlotRefusal,
    SlotUnavailable,
    TooSoon,
)
from booking.domain.hours import Break, OpenStretch
from booking.domain.rules import Rules, Visit
from booking.domain.steps import is_open
from booking.domain.time import MINUTE, Span, local_day
from tests.domain.cases import ZONES, clock_changes, questions
from tests.domain.oracle import Oracle

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
# 2026-01-12 is a Monday; 08:00 in New York.
NOW = datetime(2026, 1, 12, 13, 0, tzinfo=UTC)
MONDAY = date(2026, 1, 12)
CHANGES = [(zone, day) for zone in ZONES for day in clock_changes(zone)]


def visit(**changes: object) -> Visit:
    usual: dict[str, object] = {
        "length": 30 * MINUTE,
        "buffer_before": 0 * MINUTE,
        "buffer_after": 0 * MINUTE,
        "step": 30 * MINUTE,
        "notice": 2 * HOUR,
        "horizon_days": 28,
    }
    return Visit(**(usual | changes))  # type: ignore[arg-type]


def rules(*hours: tuple[int, int], zone: ZoneInfo = NEW_YORK, **changes: object) -> Rules:
    """Open on every day of the week from the first to the second hour of each pair."""
    week = tuple(
        OpenStretch(weekday, opens * 60, closes * 60)
        for weekday in range(7)
        for opens, closes in hours or ((9, 12), (13, 17))
    )
    return Rules(zone, week, visit(**changes))


def wall(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def clocks(starts: list[datetime], zone: ZoneInfo = NEW_YORK) -> list[str]:
    return [start.astimezone(zone).strftime("%H:%M") for start in starts]


def span(start: str, end: str) -> Span:
    return Span(wall(start).astimezone(UTC), wall(end).astimezone(UTC))


def day_of(rules: Rules, day: date, taken: list[Span] | None = None) -> list[datetime]:
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    return free_starts(rules, taken or [], first=day, last=day, now=now)


def check(question: Oracle, probes: list[int]) -> None:
    rules, taken, now = question.rules, question.taken, question.now
    listed = free_starts(
        rules, taken, first=question.first, last=question.last, now=now, others=question.others
    )
    assert listed == question.offered

    middle = datetime(question.last.year, question.last.month, question.last.day, tzinfo=UTC)
    around = [start + n * MINUTE for start in listed[:20] for n in (-1, 1)]
    for start in {*listed, *around, *(middle + n * MINUTE for n in probes)}:
        reason = question.why_not(start)
        if reason in {None, "not_asked"}:
            assert require_free(rules, taken, start, now=now, others=question.others) == start
            assert (
                require_free(
                    rules, taken, start.astimezone(rules.zone), now=now, others=question.others
                )
                == start
            )
        else:
            with pytest.raises(SlotRefusal) as refusal:
                require_free(rules, taken, start, now=now, others=question.others)
            assert refusal.value.code == reason
        wall = Span(start, start + rules.visit.length)
        if local_day(wall.start, rules.zone) == local_day(wall.end, rules.zone):
            assert is_open(rules, wall) is question.is_open_throughout(start)


PROBES = st.lists(st.integers(-2880, 2880), min_size=15, max_size=15)


# In two halves, so that two processors share the longest of these proofs.
@pytest.mark.parametrize("half", ["one", "other"])
@given(question=questions(), probes=PROBES)
@settings(max_examples=350, deadline=None)
def test_what_is_offered_is_what_the_wall_clock_allows_and_is_what_is_accepted(
    half: str,
    question: Oracle,
    probes: list[int],
) -> None:
    check(question, probes)


@pytest.mark.soak
@given(questions(), PROBES)
@settings(max_examples=5_000, deadline=None)
def test_what_is_offered_is_what_is_accepted_in_very_many_cases(
    question: Oracle, probes: list[int]
) -> None:
    check(question, probes)


@given(st.sampled_from(CHANGES), st.sampled_from([15, 20, 30, 45, 60, 90]))
@settings(max_examples=60, deadline=None)
@example(("America/Havana", date(2026, 3, 8)), 30)
@example(("America/Havana", date(2026, 11, 1)), 30)
@example(("Pacific/Apia", date(2011, 12, 30)), 30)
def test_a_night_clinic_offers_every_open_minute_through_every_clock_change(
    change: tuple[str, date], minutes: int
) -> None:
    zone, day = change
    night = rules((0, 8), zone=ZoneInfo(zone), step=15 * MINUTE, length=minutes * MINUTE)
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
    question = Oracle(night, [], day - timedelta(days=1), day + timedelta(days=1), now)
    assert (
        free_starts(night, [], first=question.first, last=question.last, now=now)
        == question.offered
    )


@pytest.mark.parametrize("zone", ZONES)
def test_through_every_clock_change_of_2020_to_2035_what_is_offered_is_what_the_wall_shows(
    zone: str,
) -> None:
    changes = [day for day in clock_changes(zone) if 2020 <= day.year <= 2035]
    days = [*changes, *(date(year, 2, 29) for year in (2020, 2024, 2028, 2032))]
    for day, minutes, pauses in product(days, (15, 45), ((), ((65, 140), (700, 760)))):
        open_late = replace(
            rules((0, 6), (7, 22), zone=ZoneInfo(zone), length=minutes * MINUTE),
            breaks=tuple(Break(day.weekday(), *pause) for pause in pauses),
        )
        now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
        question = Oracle(open_late, [], day, day, now)
        assert free_starts(open_late, [], first=day, last=day, now=now) == question.offered, day


def test_a_day_is_offered_in_steps_from_opening_with_the_lunch_break_left_out() -> None:
    offered = day_of(rules(), date(2026, 1, 14))
    morning = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    afternoon = [f"{hour}:{minute}" for hour in (13, 14, 15, 16) for minute in ("00", "30")]
    assert clocks(offered) == morning + afternoon


def test_a_visit_that_would_end_after_closing_is_not_offered() -> None:
    offered = day_of(rules((9, 12), length=50 * MINUTE), date(2026, 1, 14))
    assert clocks(offered) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_a_visit_may_start_the_moment_another_ends() -> None:
    taken = [span("2026-01-14T09:30", "2026-01-14T10:00")]
    assert clocks(day_of(rules((9, 11)), date(2026, 1, 14), taken)) == ["09:00", "10:00", "10:30"]


def test_buffers_keep_visits_apart_and_may_reach_beyond_opening_hours() -> None:
    careful = rules((9, 11), buffer_before=10 * MINUTE, buffer_after=10 * MINUTE)
    taken = [careful.visit.claim(wall("2026-01-14T10:00").astimezone(UTC))]
    assert clocks(day_of(careful, date(2026, 1, 14))) == ["09:00", "09:30", "10:00", "10:30"]
    assert clocks(day_of(careful, date(2026, 1, 14), taken)) == ["09:00"]


def test_the_hour_that_the_clock_skips_is_not_offered() -> None:
    offered = day_of(rules((1, 5)), date(2026, 3, 8))
    assert clocks(offered) == ["01:00", "01:30", "03:00", "03:30", "04:00", "04:30"]
    assert offered[2] - offered[1] == 30 * MINUTE


def test_the_hour_that_the_clock_repeats_is_offered_twice() -> None:
    offered = day_of(rules((1, 3)), date(2026, 11, 1))
    assert clocks(offered) == ["01:00", "01:30", "01:00", "01:30", "02:00", "02:30"]
    assert len(set(offered)) == 6


def test_a_leap_day_is_a_day_like_others() -> None:
    assert len(day_of(rules(), date(2028, 2, 29))) == 14


def test_a_day_that_a_zone_skipped_offers_nothing() -> None:
    assert day_of(rules(zone=ZoneInfo("Pacific/Apia")), date(2011, 12, 30)) == []


def test_the_minimum_notice_counts_to_the_second() -> None:
    at_the_edge = wall("2026-01-12T10:00").astimezone(UTC)
    listed = free_starts(rules(), [], first=MONDAY, last=MONDAY, now=NOW)
    later = free_starts(rules(), [], first=MONDAY, last=MONDAY, now=NOW + timedelta(microseconds=1))
    assert at_the_edge in listed
    assert at_the_edge not in later


def test_staff_need_no_notice() -> None:
    start = wall("2026-01-12T09:00")
    now = wall("2026-01-12T08:59").astimezone(UTC)
    assert require_free(rules(), [], start, now=now, notice=timedelta()) == start
    with pytest.raises(TooSoon):
        require_free(rules(), [], start, now=now)


def test_the_horizon_is_counted_in_clinic_days_and_its_last_day_is_on_offer() -> None:
    last = MONDAY + timedelta(days=28)
    listed = free_starts(rules(), [], first=last, last=last + timedelta(days=9), now=NOW)
    assert {start.astimezone(NEW_YORK).date() for start in listed} == {last}


def test_the_horizon_moves_on_at_the_clinics_midnight_not_at_utcs() -> None:
    start = wall("2026-02-10T09:00")
    before_midnight = datetime(2026, 1, 13, 4, 59, 59, tzinfo=UTC)
    with pytest.raises(BeyondHorizon):
        require_free(rules(), [], start, now=before_midnight)
    assert require_free(rules(), [], start, now=before_midnight + timedelta(seconds=1)) == start


def test_days_that_have_passed_offer_nothing() -> None:
    yesterday = MONDAY - timedelta(days=1)
    assert free_starts(rules(), [], first=yesterday, last=yesterday, now=NOW) == []


def test_a_start_without_an_offset_is_refused() -> None:
    with pytest.raises(NaiveTime) as refusal:
        require_free(rules(), [], datetime(2026, 1, 14, 9), now=NOW)  # noqa: DTZ001
    assert refusal.value.code == "naive_time"


def test_a_wall_time_that_the_clock_skips_is_refused() -> None:
    with pytest.raises(NonexistentTime) as refusal:
        require_free(rules((0, 24)), [], wall("2026-03-08T02:30"), now=NOW)
    assert refusal.value.code == "nonexistent_time"


def test_a_wall_time_that_comes_twice_names_its_first_or_second_coming() -> None:
    twice = wall("2026-11-01T01:30")
    now = datetime(2026, 10, 20, tzinfo=UTC)
    first = require_free(rules((1, 3)), [], twice, now=now)
    second = require_free(rules((1, 3)), [], twice.replace(fold=1), now=now)
    assert second - first == HOUR


def test_a_start_that_has_passed_is_refused() -> None:
    with pytest.raises(InPast) as refusal:
        require_free(rules(), [], wall("2026-01-12T07:30"), now=NOW)
    assert refusal.value.code == "in_past"


def test_a_start_beyond_the_horizon_is_refused_even_at_night() -> None:
    with pytest.raises(BeyondHorizon) as refusal:
        require_free(rules(), [], wall("2026-07-14T03:00"), now=NOW)
    assert refusal.value.code == "beyond_horizon"


@pytest.mark.parametrize(
    "start",
    [
        "2026-01-14T08:30",
        "2026-01-14T12:00",
        "2026-01-14T16:45",
        "2026-01-14T17:00",
        "2026-01-14T09:15",
        "2026-01-14T09:00:01",
        "2026-01-14T09:00:00.000001",
    ],
)
def test_a_start_outside_hours_or_between_the_steps_is_refused(start: str) -> None:
    with pytest.raises(OutsideHours) as refusal:
        require_free(rules(), [], wall(start), now=NOW)
    assert refusal.value.code == "outside_hours"


def test_a_start_within_the_notice_is_refused() -> None:
    with pytest.raises(TooSoon) as refusal:
        require_free(rules(), [], wall("2026-01-12T09:30"), now=NOW)
    assert refusal.value.code == "too_soon"


def test_a_taken_start_is_refused() -> None:
    taken = [span("2026-01-14T09:15", "2026-01-14T09:20")]
    with pytest.raises(SlotUnavailable) as refusal:
        require_free(rules(), taken, wall("2026-01-14T09:00"), now=NOW)
    assert refusal.value.code == "slot_unavailable"


FAR_AWAY = ["9999-12-31T23:30-05:00", "9999-12-31T23:30+00:00", "0001-01-01T00:30+05:00"]


@pytest.mark.parametrize("start", FAR_AWAY)
def test_a_start_at_the_end_of_the_calendar_is_refused(start: str) -> None:
    kiritimati = rules(zone=ZoneInfo("Pacific/Kiritimati"))
    with pytest.raises(SlotRefusal):
        require_free(kiritimati, [], datetime.fromisoformat(start), now=NOW)


def test_a_start_is_listed_once_where_opening_hours_overlap() -> None:
    offered = day_of(rules((9, 12), (10, 13)), date(2026, 1, 14))
    assert clocks(offered) == [
        "09:00",
        "09:30",
        "10:00",
        "10:30",
        "11:00",
        "11:30",
        "12:00",
        "12:30",
    ]


def test_a_visit_may_run_from_one_stretch_of_opening_hours_into_the_next() -> None:
    offered = day_of(rules((9, 10), (10, 11), length=60 * MINUTE), date(2026, 1, 14))
    assert clocks(offered) == ["09:00", "09:30", "10:00"]


def test_a_clinic_without_opening_hours_offers_nothing() -> None:
    closed = Rules(NEW_YORK, (), visit())
    assert free_starts(closed, [], first=MONDAY, last=MONDAY + timedelta(days=20), now=NOW) == []


def test_of_two_equally_near_starts_the_later_is_proposed() -> None:
    starts = [NOW - HOUR, NOW + HOUR]
    assert nearest(starts, NOW, limit=1) == [NOW + HOUR]


@given(
    st.lists(st.integers(-500, 500), unique=True),
    st.integers(-500, 500),
    st.integers(0, 5),
)
@settings(max_examples=50, deadline=None)
def test_the_nearest_starts_are_as_near_as_can_be_and_in_order(
    offsets: list[int], wanted: int, limit: int
) -> None:
    starts = sorted(NOW + n * MINUTE for n in offsets)
    target = NOW + wanted * MINUTE
    found = nearest(starts, target, limit=limit)
    assert found == sorted(set(found) & set(starts))
    assert len(found) == min(limit, len(starts))
    farthest = max((abs(start - target) for start in found), default=timedelta())
    assert all(abs(start - target) >= farthest for start in set(starts) - set(found))
