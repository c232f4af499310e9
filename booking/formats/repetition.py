"""
How much work a recurrence rule (RFC 5545, 3.3.10) makes, known before it is begun.

A few bytes can repeat an event every second, or name a day that never comes, which would be looked
for until the year 9999.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

# A step is a day on which an event may begin. Whole weeks and longer are gone through faster.
_A_DAY = {"HOURLY": 24.0, "DAILY": 1.0, "WEEKLY": 0.25, "MONTHLY": 0.25, "YEARLY": 0.25}
# To the end of the calendar, by days and by more than a day.
_FOR_EVER = {"HOURLY": 10_000_000.0, "DAILY": 10_000_000.0}
_FOR_AGES = 20_000.0
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_OF_THE_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
Rule = Mapping[str, Sequence[Any]]


def steps(rule: Rule, start: date, until: date) -> float:
    """
    What a rule costs from the event's start to its end, at the most.

    Raises:
        ValueError: it makes no sense.
    """
    often = str(rule.get("FREQ", ["none"])[0]).upper()
    if often in {"SECONDLY", "MINUTELY"}:
        return _FOR_EVER["DAILY"]
    if often not in _A_DAY or any(int(every) < 1 for every in rule.get("INTERVAL", ())):
        raise ValueError("a rule of no known frequency, or that stands still")
    if not _surely_comes(rule, often, start):
        return _FOR_EVER.get(often, _FOR_AGES)
    a_day = _A_DAY[often]
    for part in _OF_THE_DAY:
        a_day *= max(1, len(rule.get(part, ())))
    return max(1, (_day(until) - _day(start)).days) * a_day


def _surely_comes(rule: Rule, often: str, start: date) -> bool:
    """Whether it is of a kind that comes again within some years; most rules are."""
    parts = {part for part in rule if part.startswith("BY")} - {*_OF_THE_DAY, "BYMONTH"}
    months = [int(month) for month in rule.get("BYMONTH", range(1, 13))]
    if not all(1 <= month <= 12 for month in months):
        return False
    if not parts:
        return often not in {"MONTHLY", "YEARLY"} or _exists(start.day, months)
    if parts == {"BYMONTHDAY"}:
        return any(_exists(abs(int(day)), months) for day in rule["BYMONTHDAY"])
    if parts == {"BYDAY"}:
        return all(abs(_ordinal(day)) <= 5 for day in rule["BYDAY"])
    return (
        parts == {"BYDAY", "BYSETPOS"}
        and often in {"MONTHLY", "YEARLY"}
        and not any(_ordinal(day) for day in rule["BYDAY"])
        and all(1 <= abs(int(number)) <= 4 for number in rule["BYSETPOS"])
    )


def _exists(day: int, months: Sequence[int]) -> bool:
    return any(1 <= day <= _LONGEST[month - 1] for month in months)


def _ordinal(day: Any) -> int:
    """2 for `2MO`, 0 for `MO`."""
    return int(str(day)[:-2] or 0)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
