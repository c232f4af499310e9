"""
Busy time: when a calendar that somebody hands in (iCalendar, RFC 5545) says that its owner is busy.

Nothing is taken over but beginnings and ends. A small file can repeat an event for ever, so the
work is bounded before it is begun: by the steps that its rules would take, not by a clock.
"""

import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component, Event

from booking.domain.time import ONE_DAY, Span, midnight
from booking.formats import repetition

# As many spans as one calendar may have in the window.
MOST = 2_000
# What all the rules of a calendar may take, see `repetition`.
_MOST_STEPS = 400_000
_PAGE = timedelta(days=28)
# What the libraries raise where a file is not what it should be.
_BROKEN = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


class NotReadable(ValueError):
    """What came is no calendar that can be used; the message says why, for people."""


def read(
    raw: bytes, *, zone: ZoneInfo, window: Span, ours: str | None = None, most: int = MOST
) -> list[Span]:
    """
    The times within `window` that are taken, in UTC and ascending; they may overlap.

    Events that are free (TRANSP:TRANSPARENT) or cancelled are left out, and so are those whose UID
    ends with `ours`: the clinic's own bookings, which somebody's calendar may have from us. Days
    and times without a zone are the clinic's, `zone`.

    Raises:
        NotReadable: it is no calendar, is broken, or has more than `most` times.
    """
    try:
        calendar = Calendar.from_ical(raw.decode("utf-8-sig"))
        if calendar.name != "VCALENDAR":
            raise NotReadable(_NO_CALENDAR)
        found: set[Span] = set()
        for event in _occurrences(calendar, window, ours):
            if (span := _span(event.start, event.end, zone, window)) is not None:
                found.add(span)
            if len(found) > most:
                raise NotReadable(_too_many(most))
    except NotReadable:
        raise
    except _BROKEN as error:
        raise NotReadable(_NO_CALENDAR) from error
    return sorted(found)


_NO_CALENDAR = "Choose a calendar in the format iCalendar (.ics); this one could not be read"
_TOO_OFTEN = "This calendar repeats its events too often to be read. Export one with fewer events"


def _too_many(most: int) -> str:
    return f"This calendar has more than {most:,} times in the coming months. Export one with fewer"


def _occurrences(calendar: Component, window: Span, ours: str | None) -> Iterator[Event]:
    """All that might be busy in the window and around it."""
    by_uid: dict[str, list[Event]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        if isinstance(event, Event):
            by_uid.setdefault(str(event.get("UID", number)), []).append(event)
    repeated: list[Event] = []
    for uid, events in by_uid.items():
        if all(map(_is_free, events)) or (ours and uid.endswith(f"@{ours}")):
            continue
        if any({"RRULE", "RDATE", "RECURRENCE-ID"} & event.keys() for event in events):
            repeated += events
        else:
            yield from (event for event in events if not _is_free(event))
    yield from _repeated(calendar, repeated, window)


def _is_free(event: Event) -> bool:
    return (
        str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("STATUS", "")).upper() == "CANCELLED"
    )


def _repeated(calendar: Component, events: Sequence[Event], window: Span) -> Iterator[Event]:
    """Each occurrence of events that repeat, page by page, so that one can stop in between."""
    _bound(events, window)
    calendar.subcomponents = list(events)
    with warnings.catch_warnings():
        # Of a rule that ends with a COUNT and an UNTIL; it ends with whichever comes first.
        warnings.simplefilter("ignore", DeprecationWarning)
        query = recurring_ical_events.of(calendar)
    # Times without a zone lie up to a day beside those of the window.
    start, end = window.start - ONE_DAY, window.end + ONE_DAY
    while start < end:
        yield from (one for one in query.between(start, start + _PAGE) if not _is_free(one))
        start += _PAGE


def _bound(events: Sequence[Event], window: Span) -> None:
    """Let no rule go on beyond the window, and refuse those that take too many steps until then."""
    steps = 0.0
    end = window.end + 2 * ONE_DAY
    for event in events:
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if all(_day(until) > end.date() for until in rule.get("UNTIL", [])):
                rule["UNTIL"] = [end if isinstance(event.start, datetime) else end.date()]
            steps += repetition.steps(rule, event.start, rule["UNTIL"][0])
    if steps > _MOST_STEPS:
        raise NotReadable(_TOO_OFTEN)


def _day(moment: object) -> date:
    if isinstance(moment, datetime):
        return moment.date()
    if isinstance(moment, date):
        return moment
    raise NotReadable(_NO_CALENDAR)


def _span(start: date, end: date, zone: ZoneInfo, window: Span) -> Span | None:
    """What of an event lies in the window; None if nothing does, or if it takes no time."""
    first, last = _instant(start, zone), _instant(end, zone)
    first, last = max(first, window.start), min(last, window.end)
    return Span(first, last) if first < last else None


def _instant(moment: date, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return midnight(moment, zone)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
