"""Days and times as other programs write them into tables: read by an order that was chosen."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from booking.domain.time import FIRST_YEAR, LAST_YEAR

_OLDEST_YEAR = 1800
# Longer ones are no moments, and thousands of spaces in a cell would keep `wall` busy for seconds.
_LONGEST = 80
_DAY = re.compile(r"(\d{1,4})[-./](\d{1,2})[-./](\d{1,4})\.?", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2})(?:[.,]\d{1,6})?)?\s*([ap]\.?\s?m\.?)?",
    re.ASCII | re.IGNORECASE,
)
_OFFSET = re.compile(r"\s*(Z|UTC|[+-]\d{2}:?\d{2})$", re.ASCII | re.IGNORECASE)
_BETWEEN = re.compile(r"(?:,\s*|\s+|T)(?=\d)", re.ASCII)


class DayOrder(StrEnum):
    """Which part of a day stands where."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Clock(StrEnum):
    """Whether hours go to 24, or twice to 12 with a word that says which half of the day."""

    TWENTY_FOUR = "24"
    TWELVE = "12"


@dataclass(frozen=True, slots=True)
class Writing:
    """How a table writes days and times."""

    order: DayOrder = DayOrder.YEAR_FIRST
    clock: Clock = Clock.TWENTY_FOUR

    def day(self, text: str) -> date | None:
        """The day that `text` is; None if it is none."""
        matched = _DAY.fullmatch(text.strip())
        return self._day(matched) if matched else None

    def _day(self, matched: re.Match[str]) -> date | None:
        first, second, third = matched.groups()
        if self.order is DayOrder.YEAR_FIRST:
            year, month, day = first, second, third
        elif self.order is DayOrder.DAY_FIRST:
            year, month, day = third, second, first
        else:
            year, month, day = third, first, second
        # Of two digits nobody knows the century.
        if len(year) != 4 or int(year) < _OLDEST_YEAR:
            return None
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            return None

    def time(self, text: str) -> time | None:
        """The time of day that `text` is; None if it is none on this clock."""
        matched = _TIME.fullmatch(text.strip())
        if matched is None:
            return None
        hour, minute, second = (int(part or 0) for part in matched.groups()[:3])
        half = matched[4]
        if (half is not None) != (self.clock is Clock.TWELVE) or (not half and not matched[2]):
            return None
        if half:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if half[0] in "pP" else 0)
        if hour > 23 or minute > 59 or second > 59:
            return None
        return time(hour, minute, second)

    def wall(self, text: str) -> tuple[datetime, timedelta | None] | None:
        """
        A day and a time in one cell, as the wall shows it, and its offset from UTC if one stands
        there; None if it is none.
        """
        text = text.strip()
        if len(text) > _LONGEST:
            return None
        offset: timedelta | None = None
        if (found := _OFFSET.search(text)) and _BETWEEN.search(text):
            offset, text = _offset(found[1]), text[: found.start()]
        parts = _BETWEEN.split(text, maxsplit=1)
        if len(parts) != 2:
            return None
        day, clock = self.day(parts[0]), self.time(parts[1])
        if day is None or clock is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            return None
        return datetime.combine(day, clock), offset


def _offset(text: str) -> timedelta:
    if text.upper() in {"Z", "UTC"}:
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[-2:])
    found = timedelta(hours=hours, minutes=minutes)
    return -found if text[0] == "-" else found


def times_of(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """
    The instants at which the wall clock of `zone` shows this: one, two where the clock goes back,
    none where it goes forward.
    """
    found = []
    for fold in (0, 1):
        moment = wall.replace(tzinfo=zone, fold=fold)
        utc = moment.astimezone(UTC)
        if utc.astimezone(zone).replace(tzinfo=None, fold=0) == wall and utc not in found:
            found.append(utc)
    return found


def guess(cells: Iterable[str], *, month_first: bool) -> Writing:
    """
    How these days and times are written, by those that leave no choice.

    `month_first` says what people of the clinic's country mean where both would do.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    halves = any(re.search(r"\d\s*[ap]\.?\s?m\.?", cell, re.IGNORECASE) for cell in filled)
    days = [matched for cell in filled if (matched := _DAY.match(cell))]
    return Writing(_order(days, month_first), Clock.TWELVE if halves else Clock.TWENTY_FOUR)


def _order(days: list[re.Match[str]], month_first: bool) -> DayOrder:
    if any(len(matched[1]) == 4 for matched in days) or not days:
        return DayOrder.YEAR_FIRST
    if any(int(matched[1]) > 12 for matched in days):
        return DayOrder.DAY_FIRST
    if any(int(matched[2]) > 12 for matched in days):
        return DayOrder.MONTH_FIRST
    # Nobody puts points between month, day and year.
    dotted = any("." in matched[0] for matched in days)
    return DayOrder.MONTH_FIRST if month_first and not dotted else DayOrder.DAY_FIRST
