"""Days and times to choose from, as the pages that book and that move both show them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from booking.domain.slots import Slot
from booking.domain.time import FIRST_YEAR, LAST_YEAR
from booking.domain.waitlist import EVENING, NOON
from booking.formats import dates
from booking.services.times import availability
from booking.services.times.availability import Timetable
from booking.web import language
from booking.web.clinic import facts, local, place, rulebook

DAYS_SHOWN = 10


def parse_day(text: str | None) -> date | None:
    """A day from an address; None if there is none in it, or none that a clinic could mean."""
    try:
        day = date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None


def parse_moment(text: str) -> datetime | None:
    """An instant from a form; None if there is none in it, or none that a clinic could mean."""
    try:
        moment = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    is_one = moment.tzinfo is not None and FIRST_YEAR < moment.year < LAST_YEAR
    return moment.astimezone(UTC) if is_one else None


def days_page(
    tables: list[Timetable], *, after: date | None, limit: int = DAYS_SHOWN
) -> dict[str, Any]:
    """The next days that have free times, and where the later ones begin."""
    starts: dict[date, set[datetime]] = {}
    for table in tables:
        for day, start in zip(table.days, table.starts, strict=True):
            if after is None or day > after:
                starts.setdefault(day, set()).add(start)
    days = sorted(starts)
    shown = days[:limit]
    return {
        "days": [{"date": day, "count": len(starts[day])} for day in shown],
        "later": shown[-1] if len(days) > limit else None,
        "earlier": after is not None,
        **_where(tables),
    }


def times_page(tables: list[Timetable], day: date, *, own: Slot | None = None) -> dict[str, Any]:
    """The free times of a day in parts of the day; the visitor's own held time among them."""
    slots = {slot.start: slot for slot in availability.whoever_is_free(tables, day, day)}
    if own is not None and _local(own).date() == day:
        slots[own.start] = own
    several = len({table.plan.place.id for table in tables}) > 1
    entries: list[dict[str, Any]] = [
        {
            "id": slots[start].id,
            "start": _local(slots[start]),
            "own": own is not None and own.start == start,
            "place": place(slots[start].location).name if several else None,
        }
        for start in sorted(slots)
    ]
    other_days = sorted({table_day for table in tables for table_day in table.days})
    return {
        "day": day,
        "morning": [entry for entry in entries if entry["start"].hour < NOON],
        "afternoon": [entry for entry in entries if NOON <= entry["start"].hour < EVENING],
        "evening": [entry for entry in entries if entry["start"].hour >= EVENING],
        "earlier_day": max((d for d in other_days if d < day), default=None),
        "later_day": min((d for d in other_days if d > day), default=None),
        **_where(tables),
    }


def _where(tables: Iterable[Timetable]) -> dict[str, Any]:
    """The address and the name of the zone, where all of it is at one place or by one clock."""
    places = {table.plan.place.id: table.plan.place for table in tables}
    zones = {place.zone for place in places.values()}
    return {
        "address": next(iter(places.values())).address if len(places) == 1 else None,
        "zone_name": dates.show_zone(zones.pop(), locale=language.current())
        if len(zones) == 1
        else None,
    }


def shown(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """Slots as templates want them: with their times on the wall there, with whom and where."""
    names = {plan.practitioner: plan.practitioner_name for plan in rulebook().plans}
    one_place = facts().is_one_place
    return [
        {
            "id": slot.id,
            "start": _local(slot),
            "end": local(slot.end, place(slot.location).zone),
            "practitioner": names.get(slot.practitioner),
            "place": None if one_place else place(slot.location).name,
            "address": place(slot.location).address,
            "zone_name": dates.show_zone(place(slot.location).zone, locale=language.current()),
        }
        for slot in slots
    ]


def _local(slot: Slot) -> datetime:
    return local(slot.start, place(slot.location).zone)
