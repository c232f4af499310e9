"""Questions about availability, drawn where it is hard: around clock changes and leap days."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from booking.domain.hours import Break, Closed, ExtraOpening, OpenStretch
from booking.domain.rules import Rules, Visit
from booking.domain.time import MINUTE, Span
from tests.domain.oracle import DAY, Oracle

ZONES = (
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "America/Santiago",
    "Asia/Beirut",
    "America/Havana",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/St_Johns",
)
LEAP_DAYS = tuple(date(year, 2, 29) for year in (2012, 2016, 2020, 2024, 2028, 2032))
# Days that never were: islands that crossed the date line.
SKIPPED_DAYS = {"Pacific/Apia": date(2011, 12, 30), "Pacific/Kiritimati": date(1994, 12, 31)}
# A visit ends on the day it began. More than any of these clocks changes at once, so that no change
# at midnight joins the evening to the morning.
APART = 65


@cache
def clock_changes(zone: str) -> list[date]:
    """The days from 2012 to 2035 on which the zone's offset changes, and the skipped ones."""
    days = [date(2012, 1, 1) + n * DAY for n in range(24 * 365 + 6)]
    offsets = [datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset() for day in days]
    changes = [
        day
        for day, before, after in zip(days[1:], offsets, offsets[1:], strict=False)
        if before != after
    ]
    return changes + [day for name, day in SKIPPED_DAYS.items() if name == zone]


def minutes(least: int, most: int, *, by: int = 5) -> st.SearchStrategy[timedelta]:
    return st.integers(least // by, most // by).map(lambda n: n * by * MINUTE)


@st.composite
def anchors(draw: st.DrawFn, zone: str) -> date:
    """A day that is worth a look."""
    changes = clock_changes(zone)
    kinds = [st.sampled_from(LEAP_DAYS), st.dates(date(2012, 1, 2), date(2035, 12, 30))]
    if changes:
        # Twice, since this is where it goes wrong.
        kinds += [st.sampled_from(changes)] * 2
    return draw(st.one_of(kinds)) + draw(st.integers(-1, 1)) * DAY


@st.composite
def weeks(draw: st.DrawFn, anchor: date) -> tuple[OpenStretch, ...]:
    """One or two stretches on some days of the week: apart, touching or overlapping."""
    least, most = draw(st.sampled_from([(0, 1440 - APART), (APART, 1440)]))
    points = st.integers(least // 5, most // 5).map(lambda n: n * 5)
    edges = sorted(draw(st.sets(points, min_size=2, max_size=4)))
    pairs = [(edges[0], edges[-1])]
    if len(edges) == 3:
        pairs = [(edges[0], edges[1]), (edges[1], edges[2])]
    if len(edges) == 4:
        inner = edges[1:3] if draw(st.booleans()) else edges[2:0:-1]
        pairs = [(edges[0], inner[0]), (inner[1], edges[3])]
    days = draw(st.sets(st.integers(0, 6), min_size=4))
    usual = st.just({"since": None, "until": None, "every": 1})
    return tuple(
        OpenStretch(day, *pair, **draw(st.one_of(usual, usual, validity(anchor))))
        for day in days
        for pair in pairs
    )


@st.composite
def breaks(draw: st.DrawFn, anchor: date) -> Break:
    """A break around a day, on a weekday near it."""
    begins, ends = sorted(draw(st.sets(st.integers(0, 288), min_size=2, max_size=2)))
    usual = st.just({"since": None, "until": None, "every": 1})
    weekday = draw(near(anchor, 2)).weekday()
    return Break(weekday, begins * 5, ends * 5, **draw(st.one_of(usual, validity(anchor))))


@st.composite
def validity(draw: st.DrawFn, anchor: date) -> dict[str, Any]:
    """When a weekly stretch holds, around a day."""
    since = draw(st.one_of(st.none(), near(anchor, 40)))
    until = draw(st.one_of(st.none(), near(anchor, 10)))
    return {"since": since, "until": until, "every": draw(st.integers(1, 3)) if since else 1}


def near(anchor: date, days: int) -> st.SearchStrategy[date]:
    return st.integers(-days, days).map(lambda n: anchor + n * DAY)


@st.composite
def closures(draw: st.DrawFn, anchor: date) -> Closed:
    """Something closed around a day, or around its date in another year."""
    yearly = draw(st.booleans())
    first = draw(near(anchor, 3))
    last = first + draw(st.integers(0, 4)) * DAY
    begins, ends = sorted(draw(st.sets(st.integers(0, 288), min_size=2, max_size=2)))
    if first != last:
        begins, ends = draw(st.permutations([begins, ends]))
    if draw(st.booleans()):
        begins, ends = 0, 288
    if yearly:
        first, last = _years_later(first, last, draw(st.integers(-3, 3)))
    return Closed(first, last, begins * 5, ends * 5, yearly)


def _years_later(first: date, last: date, years: int) -> tuple[date, date]:
    try:
        return (
            first.replace(year=first.year + years),
            last.replace(year=last.year + years),
        )
    except ValueError:  # 29 February
        return first, last


@st.composite
def extras(draw: st.DrawFn, anchor: date) -> ExtraOpening:
    opens, closes = sorted(draw(st.sets(st.integers(13, 275), min_size=2, max_size=2)))
    return ExtraOpening(draw(near(anchor, 1)), opens * 5, closes * 5)


@st.composite
def questions(draw: st.DrawFn) -> Oracle:
    """Opening hours, a visit, what is taken, a moment to ask at and the days asked about."""
    zone = draw(st.sampled_from(ZONES))
    visit = Visit(
        length=draw(minutes(5, 180)),
        buffer_before=draw(minutes(0, 45)),
        buffer_after=draw(minutes(0, 45)),
        step=draw(minutes(5, 90)),
        notice=draw(minutes(0, 240)),
        horizon_days=draw(st.integers(0, 5)),
        cap_day=draw(st.sampled_from([None, None, 1, 3])),
        cap_week=draw(st.sampled_from([None, None, None, 2, 5])),
    )
    day = draw(anchors(zone))
    noon = datetime.combine(day, time(12), UTC)
    seconds = timedelta(seconds=draw(st.sampled_from([0, 0, 1, 59])))
    now = noon + draw(minutes(-2 * 1440, 720, by=1)) + seconds
    spans = st.tuples(minutes(-1440, 1440, by=1), minutes(1, 240, by=1).filter(bool))
    taken = [Span(noon + at, noon + at + long) for at, long in draw(st.lists(spans, max_size=6))]
    return Oracle(
        rules=Rules(
            ZoneInfo(zone),
            draw(weeks(day)),
            visit,
            extra=tuple(draw(st.lists(extras(day), max_size=2))),
            closed=tuple(draw(st.one_of(st.just([]), st.lists(closures(day), max_size=2)))),
            breaks=tuple(draw(st.one_of(st.just([]), st.lists(breaks(day), max_size=3)))),
        ),
        taken=taken,
        first=day - draw(st.integers(0, 1)) * DAY,
        last=day + draw(st.integers(0, 1)) * DAY,
        now=now,
        others=[noon + at for at in draw(st.lists(minutes(-10080, 10080), max_size=5))],
    )
