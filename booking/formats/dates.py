"""Dates and times in words, in clinic time, as a locale writes them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name

# Without a choice of language yet; day before month, as the clinic's own pages write it.
_DAY = "EEEE d MMMM"
_DAY_YEAR = "EEEE d MMMM y"
_DATE_YEAR = "d MMMM y"
_SHORT_DAY = "EEE d MMM"


def show_day(day: date, *, locale: str = "en") -> str:
    """`Tuesday 13 January`."""
    return format_date(day, _DAY, locale=locale)


def show_day_year(day: date, *, locale: str = "en") -> str:
    """`Tuesday 13 January 2026`."""
    return format_date(day, _DAY_YEAR, locale=locale)


def show_date_year(day: date, *, locale: str = "en") -> str:
    """`13 January 2026`."""
    return format_date(day, _DATE_YEAR, locale=locale)


def show_clock(moment: datetime, *, locale: str = "en") -> str:
    """
    `2:00 pm`: the wall time of an aware datetime in its own zone.

    In an hour that comes twice the zone's abbreviation is added, so that the two differ.
    """
    text = _clock(moment, locale)
    wall = moment.replace(tzinfo=None)
    if moment.tzinfo is not None:
        both = {wall.replace(tzinfo=moment.tzinfo, fold=fold).utcoffset() for fold in (0, 1)}
        if len(both) == 2:
            return f"{text} {moment.tzname()}"
    return text


def _clock(moment: datetime, locale: str) -> str:
    parsed = Locale.parse(locale)
    if "a" in parsed.time_formats["short"].pattern:
        text = format_skeleton("hm", moment.replace(tzinfo=None), locale=locale)
        # English writes "2:00 PM" with a narrow no-break space; small letters read calmer.
        return text.replace("AM", "am").replace("PM", "pm").replace("\u202f", "\u00a0")
    return format_time(moment.replace(tzinfo=None), "short", locale=locale)


def show_moment(moment: datetime, *, locale: str = "en") -> str:
    """`Tuesday 13 January, 2:00 pm`."""
    return f"{show_day(moment.date(), locale=locale)}, {show_clock(moment, locale=locale)}"


def show_moment_year(moment: datetime, *, locale: str = "en") -> str:
    """`Tuesday 13 January 2026, 2:00 pm`."""
    return f"{show_day_year(moment.date(), locale=locale)}, {show_clock(moment, locale=locale)}"


def show_moment_short(moment: datetime, *, locale: str = "en") -> str:
    """`Tue 13 Jan, 2:00 pm`: for subject lines."""
    day = format_date(moment.date(), _SHORT_DAY, locale=locale)
    return f"{day}, {show_clock(moment, locale=locale)}"


def show_zone(zone: ZoneInfo, *, locale: str = "en") -> str:
    """`Eastern Time`: the zone's name without winter or summer."""
    return get_timezone_name(zone, locale=locale)
