"""Days, times and numbers as an administrator types them; errors stay beside their fields."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from booking.domain.hours import DAY_MINUTES, show_clock
from booking.domain.people import Findings, many_lines, one_line
from booking.formats.contacts import read_email
from booking.services.clinic import Place
from booking.web.times import parse_day

Kind = TypeVar("Kind", bound=StrEnum)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


def read_day(values: Mapping[str, str], name: str, found: Findings) -> date | None:
    """A date that must be given, like `2026-01-13`."""
    if not values[name].strip():
        found.add(name, "missing", "Enter a day")
        return None
    return read_optional_day(values, name, found)


def read_optional_day(values: Mapping[str, str], name: str, found: Findings) -> date | None:
    """The same, or None where nothing was typed."""
    text = values[name].strip()
    day = parse_day(text)
    if text and day is None:
        found.add(name, "impossible", "Enter a day that exists, like 2026-01-13")
    return day


def read_clock(values: Mapping[str, str], name: str, found: Findings, *, default: int) -> int:
    """Minutes after 00:00 of a time like `9:30`; `24:00` is the end of the day (see `read_end`)."""
    text = values[name].strip()
    if not text:
        return default
    matched = _CLOCK.fullmatch(text)
    hour, minute = (int(matched[1]), int(matched[2])) if matched else (99, 0)
    if minute > 59 or hour * 60 + minute > 24 * 60:
        found.add(name, "impossible", "Enter a time like 09:30")
        return default
    return hour * 60 + minute


def read_end(values: Mapping[str, str], name: str, found: Findings) -> int:
    """The same for when something ends: fields for times know no 24:00, so 00:00 stands for it."""
    return read_clock(values, name, found, default=DAY_MINUTES) or DAY_MINUTES


def show_end(minutes: int) -> str:
    """The same the other way round."""
    return show_clock(minutes % DAY_MINUTES)


def read_number(
    values: Mapping[str, str], name: str, found: Findings, *, least: int, most: int
) -> int:
    """A whole number between two bounds."""
    text = values[name].strip()
    number = int(text) if _NUMBER.fullmatch(text) else -1
    if not least <= number <= most:
        found.add(name, "impossible", f"Enter a whole number from {least} to {most}")
        return least
    return number


def read_location(
    values: Mapping[str, str], name: str, found: Findings, choice: Sequence[Place]
) -> int:
    """The id of one of these places; where there is one only, nobody is asked."""
    known = {str(one.id): one.id for one in choice}
    if values[name] in known:
        return known[values[name]]
    if len(choice) != 1 or values[name]:
        found.add(name, "missing", "Choose where")
    return choice[0].id


def choice_of(places: Sequence[Place]) -> list[tuple[str, str]]:
    """Places as a form offers them; nothing where there is no choice."""
    return [(str(one.id), one.name) for one in places] if len(places) > 1 else []


def read_label(
    values: Mapping[str, str],
    name: str,
    found: Findings,
    *,
    most: int,
    words: str = "Enter a name",
) -> str:
    """A name on one line that must be given; `words` ask for it."""
    text = one_line(values[name])
    if text is None:
        found.add(name, "control_characters", "Use letters, digits and punctuation only")
    elif not text:
        found.add(name, "missing", words)
    elif len(text) > most:
        found.add(name, "too_long", f"Use {most} characters or fewer")
    else:
        return text
    return ""


def read_lines(values: Mapping[str, str], name: str, found: Findings, *, most: int) -> str:
    """A text of several lines, which may be empty."""
    text = many_lines(values[name])
    if text is None:
        found.add(name, "control_characters", "Use letters, digits and punctuation only")
    elif len(text) > most:
        found.add(name, "too_long", f"Use {most} characters or fewer")
    else:
        return text
    return ""


def read_choice(
    values: Mapping[str, str], name: str, found: Findings, kinds: type[Kind]
) -> Kind | None:
    """One of the values on a list; None, and an error, for any other."""
    try:
        return kinds(values[name])
    except ValueError:
        found.add(name, "unknown", "Choose one from the list")
        return None


def read_email_of(values: Mapping[str, str], name: str, found: Findings) -> str | None:
    """An e-mail address from a field of any name, or None where nothing was typed."""
    own = Findings()
    address = read_email(values[name], own)
    for error in own.errors:
        found.add(name, error.code, error.message)
    return address
