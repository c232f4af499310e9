"""Days and times to choose from, as the pages that book and that move both show them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from booking.domain.slots import Slot
from booking.domain.time import FIRST_YEAR, LAST_YEAR
from booking.services import availability
from booking.services.availability import Timetable
from booking.web.clinic import local, rulebook

DAYS_SHOWN = 10
NOON, EVENING = 12, 17


def parse_day(text: str | None) -> date | None:
    """A day from an address; None if there is none in it, or none that a clinic could mean."""
    try:
        day = date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None


def days_page(tables: list[Timetable], *, after: date | None) -> dict[str, Any]:
    """The next ten days that have free times, and where the later ones begin."""
    starts: dict[date, set[datetime]] = {}
    for table in tables:
        for day, start in zip(table.days, table.starts, strict=True):
            if after is None or day > after:
                starts.setdefault(day, set()).add(start)
    days = sorted(starts)
    shown = days[:DAYS_SHOWN]
    return {
        "days": [{"date": day, "count": len(starts[day])} for day in shown],
        "later": shown[-1] if len(days) > DAYS_SHOWN else None,
        "earlier": after is not None,
    }


def times_page(tables: list[Timetable], day: date, *, own: Slot | None = None) -> dict[str, Any]:
    """The free times of a day in parts of the day; the visitor's own held time among them."""
    slots = {slot.start: slot.id for slot in availability.whoever_is_free(tables, day, day)}
    if own is not None and local(own.start).date() == day:
        slots[own.start] = own.id
    entries: list[dict[str, Any]] = [
        {"id": slots[start], "start": local(start), "own": own is not None and own.start == start}
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
    }


def shown(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """Slots as templates want them: with their times on the clinic's wall, and with whom."""
    names = {plan.practitioner: plan.practitioner_name for plan in rulebook().plans}
    return [
        {
            "id": slot.id,
            "start": local(slot.start),
            "end": local(slot.end),
            "practitioner": names.get(slot.practitioner),
        }
        for slot in slots
    ]
