"""Dates and times in words, in clinic time, as a locale writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name
from babel.lists import format_list


@dataclass(frozen=True, slots=True)
class _Patterns:
    """How a language writes days: CLDR's own order and words, day before month in English too."""

    day: str
    day_year: str
    date_year: str
    short_day: str
    # Between a day and a time.
    comma: str = ", "


_ENGLISH = _Patterns("EEEE d MMMM", "EEEE d MMMM y", "d MMMM y", "EEE d MMM")
_PATTERNS = {
    "es": _Patterns(
        "EEEE, d 'de' MMMM", "EEEE, d 'de' MMMM 'de' y", "d 'de' MMMM 'de' y", "EEE, d MMM"
    ),
    "de": _Patterns("EEEE, d. MMMM", "EEEE, d. MMMM y", "d. MMMM y", "EEE, d. MMM"),
    "ar": _Patterns("EEEE، d MMMM", "EEEE، d MMMM y", "d MMMM y", "EEEE، d MMMM", "، "),
    "ur": _Patterns("EEEE، d MMMM", "EEEE، d MMMM y", "d MMMM y", "EEEE، d MMMM", "، "),
}


@lru_cache(maxsize=4096)
def _day_as(day: date, pattern: str, locale: str) -> str:
    """Boards, months and lists name the same days a hundred times."""
    return format_date(day, pattern, locale=locale)


def _patterns(locale: str) -> _Patterns:
    return _PATTERNS.get(locale, _ENGLISH)


def comma(locale: str) -> str:
    """What stands between a day and a time."""
    return _patterns(locale).comma


def _isolated(clock: str, locale: str) -> str:
    """Plain text has no `<bdi>`: here a time is kept whole by the characters that mean the same."""
    return clock if locale not in {"ar", "ur"} else f"\u2068{clock}\u2069"


def show_day(day: date, *, locale: str = "en") -> str:
    """`Tuesday 13 January`."""
    return _day_as(day, _patterns(locale).day, locale)


def show_day_year(day: date, *, locale: str = "en") -> str:
    """`Tuesday 13 January 2026`."""
    return _day_as(day, _patterns(locale).day_year, locale)


def show_date_year(day: date, *, locale: str = "en") -> str:
    """`13 January 2026`."""
    return _day_as(day, _patterns(locale).date_year, locale)


def show_month(day: date, *, locale: str = "en") -> str:
    """`January 2026`."""
    return _day_as(day, "MMMM y", locale)


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
    return _clock_at(moment.hour, moment.minute, locale)


# A board shows a hundred of them, and a day has no more than 1440.
@cache
def _clock_at(hour: int, minute: int, locale: str) -> str:
    moment = time(hour, minute)
    parsed = Locale.parse(locale)
    if "a" in parsed.time_formats["short"].pattern:
        text = format_skeleton("hm", moment, locale=locale)
        # English writes "2:00 PM" with a narrow no-break space; small letters read calmer.
        return text.replace("AM", "am").replace("PM", "pm").replace("\u202f", "\u00a0")
    return format_time(moment, "short", locale=locale)


def show_moment(moment: datetime, *, locale: str = "en") -> str:
    """`Tuesday 13 January, 2:00 pm`."""
    day = show_day(moment.date(), locale=locale)
    return f"{day}{comma(locale)}{_isolated(show_clock(moment, locale=locale), locale)}"


def show_moment_year(moment: datetime, *, locale: str = "en") -> str:
    """`Tuesday 13 January 2026, 2:00 pm`."""
    day = show_day_year(moment.date(), locale=locale)
    return f"{day}{comma(locale)}{_isolated(show_clock(moment, locale=locale), locale)}"


def show_moment_short(moment: datetime, *, locale: str = "en") -> str:
    """`Tue 13 Jan, 2:00 pm`: for subject lines."""
    day = _day_as(moment.date(), _patterns(locale).short_day, locale)
    return f"{day}{comma(locale)}{_isolated(show_clock(moment, locale=locale), locale)}"


def show_weekday(weekday: int, *, locale: str = "en") -> str:
    """`Monday`, which is 0: by itself, so with a capital letter in every language that has them."""
    name = _weekday(weekday, locale)
    return f"{name[:1].upper()}{name[1:]}"


def _weekday(weekday: int, locale: str) -> str:
    return str(Locale.parse(locale).days["stand-alone"]["wide"][weekday])


def show_every(weekday: int, *, locale: str = "en") -> str:
    """`Mondays`; a language with no such word names the day."""
    name = _weekday(weekday, locale)
    return {"en": f"{name}s", "de": f"{name.lower()}s"}.get(locale, name)


def show_list(words: Sequence[str], *, locale: str = "en") -> str:
    """`a, b and c`."""
    return format_list(list(words), locale="en_GB" if locale == "en" else locale)


def show_zone(zone: ZoneInfo, *, locale: str = "en") -> str:
    """`Eastern Time`: the zone's name without winter or summer."""
    return get_timezone_name(zone, locale=locale)
