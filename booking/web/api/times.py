"""Times and days as the API reads and writes them: RFC 3339, in and out with an offset."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from booking.domain.people import Findings
from booking.web.errors import ANSWERS

DAYS_AT_MOST = 62
# Calendar arithmetic overflows at the ends of time. What lies beyond these is far outside of what
# any clinic offers, so moving it here changes no answer.
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
# Seconds may be left out; everything else is RFC 3339, 5.6. Python's own reader takes much more.
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"([Zz]|([+-])(\d\d):([0-5]\d))?",
    re.ASCII,
)


def show_time(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-01-13T14:00:00-05:00`: an instant on the clinic's wall, with its offset."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def read_time(text: str, found: Findings, *, field: str = "start") -> datetime | None:
    """The UTC instant of a date-time with an offset; errors go to `found` under `field`."""
    matched = _TIME.fullmatch(text)
    if matched is None:
        found.add(field, "garbled_time", "Give the time like 2026-01-13T14:00:00-05:00")
        return None
    if matched[8] is None:
        found.add(field, "naive_time", ANSWERS["naive_time"].words)
        return None
    try:
        return _instant(matched)
    except ValueError:
        found.add(field, "garbled_time", "Give a date and a time that exist")
        return None


def _instant(matched: re.Match[str]) -> datetime:
    year, month, day, hour, minute = (int(matched[group]) for group in range(1, 6))
    moment = datetime(
        year,
        month,
        day,
        hour,
        minute,
        int(matched[6] or 0),
        int((matched[7] or "")[:6].ljust(6, "0")),
        tzinfo=_offset(matched),
    )
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        utc = _EARLIEST if year == 1 else _LATEST
    return min(max(utc, _EARLIEST), _LATEST)


def _offset(matched: re.Match[str]) -> timezone:
    if matched[9] is None:
        return UTC
    size = timedelta(hours=int(matched[10]), minutes=int(matched[11]))
    return timezone(-size if matched[9] == "-" else size)


def read_day(text: str | None, found: Findings, *, field: str) -> date | None:
    """The clinic day in `YYYY-MM-DD`; errors go to `found` under `field`."""
    if not text:
        found.add(field, "missing", "Give a day, as YYYY-MM-DD")
        return None
    matched = _DAY.fullmatch(text)
    try:
        if matched is not None:
            return date(int(matched[1]), int(matched[2]), int(matched[3]))
    except ValueError:
        pass
    found.add(field, "garbled_day", "Give a day that exists, as YYYY-MM-DD")
    return None


def check_days(first: date, last: date, found: Findings) -> None:
    """`from` and `to` as a stretch of days, both included; errors go to `found` under `to`."""
    if last < first:
        found.add("to", "before_from", "Give a last day that is not before the first")
    elif (last - first).days >= DAYS_AT_MOST:
        found.add("to", "too_many_days", f"Ask for {DAYS_AT_MOST} days at most")
