"""Which days, whose and which service a report is asked for."""

from collections.abc import Mapping
from datetime import date, timedelta

from booking.domain.people import Findings
from booking.domain.time import ONE_DAY
from booking.services.reports.scope import Scope
from booking.web.admin import reading

FIELDS = ("period", "first", "last", "practitioner", "service")
PERIODS = {
    "7": "Last 7 days",
    "28": "Last 28 days",
    "90": "Last 90 days",
    "this-year": "This year",
    "last-year": "Last year",
}
_USUAL = "28"
# So much is still counted while somebody waits, where there are 100,000 visits a year.
_MOST_DAYS = 5 * 366

# What somebody chooses from: by slug, the id and the name.
Choice = Mapping[str, tuple[int, str]]


def read_scope(
    values: Mapping[str, str],
    found: Findings,
    *,
    practitioners: Choice,
    services: Choice,
    today: date,
) -> Scope | None:
    """What is asked for; None when `found` has something to say. The last 28 days by themselves."""
    days = _days(values, found, today=today)
    practitioner = _chosen(values, "practitioner", practitioners, found)
    service = _chosen(values, "service", services, found)
    return None if days is None or found.errors else Scope(*days, practitioner, service)


def preset(period: str, *, today: date) -> tuple[date, date]:
    """The first and the last day of one of the periods; each ends today at the latest."""
    if period == "this-year":
        return today.replace(month=1, day=1), today
    if period == "last-year":
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return today - timedelta(days=int(period) - 1), today


def named(values: Mapping[str, str]) -> str | None:
    """Which of the periods is asked for; None where days were typed."""
    if values["first"].strip() or values["last"].strip():
        return None
    return values["period"] if values["period"] in PERIODS else _USUAL


def _days(values: Mapping[str, str], found: Findings, *, today: date) -> tuple[date, date] | None:
    period = named(values)
    if period is not None:
        return preset(period, today=today)
    first = reading.read_day(values, "first", found)
    last = reading.read_day(values, "last", found)
    if first is None or last is None:
        return None
    if last < first:
        found.add("last", "before_first", "Enter a day that is not before the first")
    elif last - first >= _MOST_DAYS * ONE_DAY:
        found.add("last", "too_long", "Choose five years or less at once")
    return first, last


def _chosen(values: Mapping[str, str], name: str, choice: Choice, found: Findings) -> int | None:
    slug = values[name]
    if slug and slug not in choice:
        found.add(name, "unknown", "Choose one from the list")
    return choice[slug][0] if slug in choice else None
