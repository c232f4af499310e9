"""Instants, days and pieces of days where clocks change."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.domain.errors import NaiveTime, NonexistentTime
from booking.domain.time import MINUTE, Span, instant, local_day, midnight, offset_pieces
from tests.domain.cases import ZONES, clock_changes

DAY = timedelta(days=1)
CHANGES = [(zone, day) for zone in ZONES for day in clock_changes(zone)]
moments = st.integers(1_325_376_000, 1_893_456_000).map(lambda n: datetime.fromtimestamp(n, UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00Z"),
        # 00:00 does not exist: the day begins at 01:00.
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00Z"),
        ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00Z"),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00Z"),
        # 00:00 comes twice: the day begins at the first.
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00Z"),
        # The hour before midnight comes twice and belongs to the day before.
        ("America/Santiago", date(2026, 4, 5), "2026-04-05T04:00Z"),
        ("Asia/Beirut", date(2026, 10, 25), "2026-10-24T22:00Z"),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00Z"),
        ("Asia/Kathmandu", date(2026, 1, 12), "2026-01-11T18:15Z"),
        ("Pacific/Kiritimati", date(2026, 1, 12), "2026-01-11T10:00Z"),
        # The day that Samoa skipped begins and ends at once.
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00Z"),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00Z"),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, day: date, begins: str) -> None:
    assert midnight(day, ZoneInfo(zone)) == at(begins)


@pytest.mark.parametrize("zone", ZONES)
def test_days_follow_each_other_without_a_gap_through_every_clock_change(zone: str) -> None:
    tz = ZoneInfo(zone)
    for change in clock_changes(zone):
        for day in (change - DAY, change, change + DAY):
            begins, ends = midnight(day, tz), midnight(day + DAY, tz)
            assert local_day(begins - MINUTE, tz) < day
            if begins < ends:
                assert local_day(begins, tz) == local_day(ends - MINUTE, tz) == day


@given(st.sampled_from(CHANGES), st.integers(-1500, 1500), st.integers(1, 3000))
@settings(max_examples=100, deadline=None)
def test_a_span_is_cut_exactly_where_the_offset_changes(
    change: tuple[str, date], begin: int, length: int
) -> None:
    zone, day = ZoneInfo(change[0]), change[1]
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + begin * MINUTE
    whole = Span(start, start + length * MINUTE)
    pieces = offset_pieces(whole, zone)
    assert (pieces[0].start, pieces[-1].end) == (whole.start, whole.end)
    for piece, following in pairwise(pieces):
        assert piece.end == following.start
        assert piece.end.astimezone(zone).utcoffset() != piece.start.astimezone(zone).utcoffset()
    for piece in pieces:
        last = (piece.end - timedelta(seconds=1)).astimezone(zone)
        assert last.utcoffset() == piece.start.astimezone(zone).utcoffset()


def test_a_span_without_length_has_no_pieces() -> None:
    now = at("2026-01-12T13:00Z")
    assert offset_pieces(Span(now, now), ZoneInfo("America/New_York")) == []


def test_a_time_without_an_offset_names_no_instant() -> None:
    with pytest.raises(NaiveTime):
        instant(datetime(2026, 1, 12, 9))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("America/New_York", datetime(2026, 3, 8, 2, 0)),  # noqa: DTZ001
        ("America/New_York", datetime(2026, 3, 8, 2, 59, 59)),  # noqa: DTZ001
        ("Europe/London", datetime(2026, 3, 29, 1, 30)),  # noqa: DTZ001
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 15)),  # noqa: DTZ001
        ("America/Havana", datetime(2026, 3, 8, 0, 0)),  # noqa: DTZ001
        ("Pacific/Apia", datetime(2011, 12, 30, 12, 0)),  # noqa: DTZ001
    ],
)
def test_a_wall_time_that_the_clock_skips_names_no_instant(zone: str, wall: datetime) -> None:
    for fold in (0, 1):
        with pytest.raises(NonexistentTime):
            instant(wall.replace(tzinfo=ZoneInfo(zone), fold=fold))


@given(moments, st.sampled_from(ZONES))
@settings(max_examples=100, deadline=None)
def test_an_instant_is_the_same_from_every_wall(moment: datetime, zone: str) -> None:
    assert instant(moment.astimezone(ZoneInfo(zone))) == moment
    assert instant(moment.astimezone(timezone(timedelta(hours=-3, minutes=-30)))) == moment


@given(moments, moments, moments, moments)
@settings(max_examples=100, deadline=None)
def test_spans_overlap_if_they_share_an_instant(
    a: datetime, b: datetime, c: datetime, d: datetime
) -> None:
    one, other = Span(*sorted((a, b))), Span(*sorted((c, d)))
    assert one.overlaps(other) == other.overlaps(one)
    if a != b and c != d:
        assert one.overlaps(other) == (max(one.start, other.start) < min(one.end, other.end))


def test_spans_that_only_touch_do_not_overlap() -> None:
    now = at("2026-01-12T13:00Z")
    assert not Span(now, now + MINUTE).overlaps(Span(now + MINUTE, now + 2 * MINUTE))
