"""What people type about themselves, checked: names, dates of birth, reasons."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from booking.domain.errors import FieldError
from booking.domain.sentences import to_patients

NAME_MAX = 200
REASON_MAX = 500
CONTACT_MAX = 254
OLDEST_YEARS = 130
_MARKS_IN_A_ROW = 4
_INCOMPLETE = {
    "day": to_patients("Your date of birth must include a day"),
    "month": to_patients("Your date of birth must include a month"),
    "year": to_patients("Your date of birth must include a year"),
    "day month": to_patients("Your date of birth must include a day and a month"),
    "day year": to_patients("Your date of birth must include a day and a year"),
    "month year": to_patients("Your date of birth must include a month and a year"),
}
# Invisible direction changes and joiners: no name needs them, and they disguise what is shown.
# The zero-width joiner and non-joiner stay: Persian, Urdu and Indic names are spelled with them.
_DISGUISES = frozenset(
    "\u200b\u200e\u200f\u061c\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A patient's own words about who they are, checked. `email` or `phone` is given."""

    name: str
    date_of_birth: date
    email: str | None
    phone: str | None
    locale: str = "en"
    # Who stands for a patient under 18; the office asks, never a form of the patient's.
    guardian: str | None = None


@dataclass
class Findings:
    """Errors gathered while a form is read, so that all of them are shown at once."""

    errors: list[FieldError] = field(default_factory=list)

    def add(self, field_name: str, code: str, sentence: str, **values: object) -> None:
        """Note what is wrong with one field, in a sentence with `values` in it as `{name}`."""
        self.errors.append(FieldError(field_name, code, sentence, values))


def one_line(text: str) -> str | None:
    """
    `text` fit for one line: trimmed, in NFC, without disguises; None if it holds what no line may.

    Line breaks, control characters, surrogates and unassigned code points are refused, not
    removed: a name with a line break is an attempt at something else, or a paste that went wrong.
    """
    text = "".join(c for c in text if c not in _DISGUISES)
    # Blanks around a name come from autofill; a no-break or ideographic blank inside may stay.
    text = text.strip(" \u00a0\u3000")
    if any(unicodedata.category(c) in {"Cc", "Cn", "Cs", "Zl", "Zp"} for c in text):
        return None
    return _cap_marks(unicodedata.normalize("NFC", text))


def many_lines(text: str) -> str | None:
    """`text` fit for a free answer: line breaks stay, other control characters are refused."""
    lines = [one_line(line.expandtabs(4)) for line in text.replace("\r\n", "\n").split("\n")]
    if any(line is None for line in lines):
        return None
    return "\n".join(line for line in lines if line is not None).strip()


def _cap_marks(text: str) -> str:
    """At most four combining marks in a row, which every living orthography respects."""
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def read_name(text: str, found: Findings) -> str:
    """The name as it will be kept; errors go to `found` under `name`."""
    name = one_line(text)
    if name is None:
        found.add(
            "name",
            "control_characters",
            "Enter your name on one line, without special control characters",
        )
    elif not name:
        found.add("name", "missing", "Enter your name")
    elif len(name) > NAME_MAX:
        found.add("name", "too_long", "Your name must be {most} characters or fewer", most=NAME_MAX)
    elif not any(unicodedata.category(c)[0] == "L" for c in name):
        found.add("name", "no_letters", "Enter your name in letters")
    else:
        return name
    return ""


def read_guardian(text: str, found: Findings) -> str | None:
    """Who comes along with somebody under 18; errors go to `found` under `guardian`."""
    inner = Findings()
    name = read_name(text, inner)
    for error in inner.errors:
        words = "For a patient under 18, enter the name of the parent or guardian"
        found.add("guardian", error.code, words)
    return name or None


def read_reason(text: str, found: Findings) -> str:
    """A free reason of up to 500 characters; errors go to `found` under `reason`."""
    reason = many_lines(text)
    if reason is None:
        found.add("reason", "control_characters", "Use letters, digits and punctuation only")
    elif len(reason) > REASON_MAX:
        found.add("reason", "too_long", "Use {most} characters or fewer", most=REASON_MAX)
    else:
        return reason
    return ""


def read_birth_parts(parts: Mapping[str, str], found: Findings, *, today: date) -> date | None:
    """A date of birth from three typed fields; errors go to `found` under `date_of_birth`."""
    day, month, year = (parts.get(part, "").strip() for part in ("day", "month", "year"))
    if not (day or month or year):
        found.add("date_of_birth", "missing", "Enter your date of birth")
        return None
    absent = [name for name, value in (("day", day), ("month", month), ("year", year)) if not value]
    if absent:
        sentence = _INCOMPLETE[" ".join(absent)]
        found.add("date_of_birth", "incomplete", sentence)
        return None
    numbers = [_small_number(value) for value in (year, month, day)]
    if None in numbers or len(year) != 4:
        found.add(
            "date_of_birth",
            "impossible",
            "Enter a date of birth that exists, like 14 3 1990, with the year in four digits",
        )
        return None
    return _birth(*(number or 0 for number in numbers), found=found, today=today)


def read_birth_iso(text: str, found: Findings, *, today: date) -> date | None:
    """A date of birth as `YYYY-MM-DD`; errors go to `found` under `date_of_birth`."""
    parts = text.strip().split("-")
    if not text.strip():
        found.add("date_of_birth", "missing", "Enter a date of birth")
        return None
    numbers = [_small_number(part) for part in parts]
    if [len(part) for part in parts] != [4, 2, 2] or None in numbers:
        found.add("date_of_birth", "impossible", "Give a date of birth that exists, as YYYY-MM-DD")
        return None
    return _birth(*(number or 0 for number in numbers), found=found, today=today)


def _birth(year: int, month: int, day: int, *, found: Findings, today: date) -> date | None:
    try:
        birth = date(year, month, day)
    except ValueError:
        found.add(
            "date_of_birth", "impossible", "Enter a date of birth that exists, like 14 3 1990"
        )
        return None
    if birth > today:
        found.add("date_of_birth", "in_future", "Your date of birth must be in the past")
        return None
    if today.year - birth.year > OLDEST_YEARS:
        found.add("date_of_birth", "too_long_ago", "Check the year of your date of birth")
        return None
    return birth


def age_on(day: date, birth: date) -> int:
    """Full years of age on a day; who was born on 29 February is a year older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _small_number(text: str) -> int | None:
    """The value of up to four digits; a patient may type the digits of their own script."""
    if not 1 <= len(text) <= 4:
        return None
    try:
        return int("".join(str(unicodedata.decimal(character)) for character in text))
    except ValueError:
        return None
