"""Public holidays by country and region, as the `holidays` library knows them."""

from datetime import date
from functools import cache

import holidays


@cache
def _supported() -> dict[str, list[str]]:
    return dict(holidays.list_supported_countries())


def regions(country: str) -> list[str]:
    """The codes of the regions whose holidays differ; empty for an unknown country too."""
    return sorted(_supported().get(country, []))


def region_names(country: str) -> dict[str, str]:
    """The regions' names by their codes, by name; the code where the library knows no name."""
    if not regions(country):
        return {}
    aliases = holidays.country_holidays(country).get_subdivision_aliases()
    # Among the names are short forms, like GP for Guadeloupe.
    found = {
        code: max(aliases.get(code, [code]), key=len, default=code) for code in regions(country)
    }
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def of_any_region(country: str, year: int) -> frozenset[tuple[date, str]]:
    """The holidays of a year in any region of the country."""
    return frozenset(one for region in regions(country) for one in of_year(country, region, year))


def of_year(country: str, region: str | None, year: int) -> list[tuple[date, str]]:
    """
    The holidays of a year with their names in English, by date.

    Empty for a country that the library does not know; an unknown region counts as none.
    """
    if country not in _supported():
        return []
    subdivision = region if region in regions(country) else None
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    except NotImplementedError:
        return []
    return sorted(found.items())
