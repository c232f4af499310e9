"""Countries and time zones, as people choose them from a list."""

from functools import cache
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale

# Zones under their places; the rest are old names of the same, or zones of no place.
_AREAS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/")
_MORE_AREAS = ("Indian/", "Pacific/")


@cache
def time_zones() -> dict[str, str]:
    """The zones that can be chosen: their IANA names, and the same easier to read."""
    areas = (*_AREAS, *_MORE_AREAS)
    names = sorted(zone for zone in available_timezones() if zone.startswith(areas))
    return {name: name.replace("_", " ") for name in (*names, "UTC")}


@cache
def countries(locale: str = "en") -> dict[str, str]:
    """The names of all countries that have telephones, by their two letters, in order of name."""
    names = Locale.parse(locale).territories
    known = {code: names.get(code, code) for code in phonenumbers.SUPPORTED_REGIONS}
    return dict(sorted(known.items(), key=lambda item: item[1]))
