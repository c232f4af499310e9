"""The engine alone: what a question to it costs, without database and web server."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

from booking.domain.availability import free_starts, require_free
from booking.domain.hours import OpenStretch
from booking.domain.rules import Rules, Visit
from booking.domain.time import MINUTE

_DAYS, _BOOKINGS, _RUNS = 28, 200, 500
_FIRST = date(2026, 1, 12)
_NOW = datetime(2026, 1, 12, 13, tzinfo=UTC)
_RULES = Rules(
    zone=ZoneInfo("America/New_York"),
    week=tuple(
        OpenStretch(day, opens, closes)
        for day in range(5)
        for opens, closes in ((540, 720), (780, 1020))
    ),
    visit=Visit(
        length=30 * MINUTE,
        buffer_before=0 * MINUTE,
        buffer_after=0 * MINUTE,
        step=30 * MINUTE,
        notice=120 * MINUTE,
        horizon_days=_DAYS,
    ),
)


def print_engine() -> None:
    """Microseconds, the median of many runs, for a month that is mostly taken."""
    last = _FIRST + timedelta(days=_DAYS - 1)
    everything = free_starts(_RULES, [], first=_FIRST, last=last, now=_NOW)
    taken = [_RULES.visit.claim(start) for start in Random(1).sample(everything, _BOOKINGS)]
    free = free_starts(_RULES, taken, first=_FIRST, last=last, now=_NOW)
    offered = _microseconds(lambda: free_starts(_RULES, taken, first=_FIRST, last=last, now=_NOW))
    accepted = _microseconds(lambda: require_free(_RULES, [], free[0], now=_NOW))
    print(
        f"\nThe engine alone, median of {_RUNS} runs: "
        f"{offered:.0f} µs for {_DAYS} days of one practitioner with {_BOOKINGS} bookings, "
        f"{accepted:.0f} µs to accept one start.",
        flush=True,
    )


def _microseconds(question: Callable[[], object]) -> float:
    spent = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        question()
        spent.append(time.perf_counter() - began)
    return median(spent) * 1e6
