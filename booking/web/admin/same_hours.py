"""The same hours on several days, with a break or without one, entered at one go."""

from collections.abc import Mapping

from booking.domain.hours import OpenStretch
from booking.domain.people import Findings
from booking.web.admin import reading

FIELDS = ("opens", "closes", "break_from", "break_until")
DAYS_FIELD = "weekday"


def read_same_hours(
    values: Mapping[str, str], days: set[str], found: Findings
) -> list[OpenStretch]:
    """Two stretches for each of the days if there is a break, else one."""
    numbers = sorted(int(day) for day in days if day in {str(n) for n in range(7)})
    if not numbers:
        found.add(DAYS_FIELD, "missing", "Choose at least one day")
    for name in ("opens", "closes"):
        if not values[name].strip():
            found.add(name, "missing", "Enter a time like 09:30")
    opens = reading.read_clock(values, "opens", found, default=0)
    closes = reading.read_end(values, "closes", found)
    begins = reading.read_clock(values, "break_from", found, default=closes)
    ends = reading.read_clock(values, "break_until", found, default=begins)
    if any(error.field in {DAYS_FIELD, *FIELDS} for error in found.errors):
        return []
    if closes <= opens:
        found.add("closes", "before_open", "Enter a time after the one it opens at")
    elif not opens <= begins <= ends <= closes:
        found.add("break_from", "outside", "Enter a break between opening and closing")
    stretches = [(opens, begins), (ends, closes)] if begins < ends else [(opens, closes)]
    return [
        OpenStretch(day, since, until)
        for day in numbers
        for since, until in stretches
        if since < until
    ]
