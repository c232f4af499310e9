"""How staff look for a patient: by words of the name, phone, date of birth or reference."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from booking.domain import references

WORD_MAX = 60
QUERY_MAX = 200
# Fewer digits than this are the end of too many numbers.
_DIGITS_LEAST = 4
_WORDS_MOST = 6
_APOSTROPHES = re.compile(r"['’ʼ‘`´]")
# Letters that are no other letter with a mark, as people without them on the keyboard type them.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Sought:
    """What a query can mean; a patient who fits one of the meanings is found."""

    words: tuple[str, ...] = ()
    digits: str = ""
    births: tuple[date, ...] = ()
    reference: str | None = None


def plain(text: str) -> str:
    """`text` without accents and case: `Ñúñez` as `nunez`."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in parted if unicodedata.category(c) not in {"Mn", "Me", "Cf"})
    return unicodedata.normalize("NFC", bare).translate(_PLAIN)


def _split(text: str) -> list[str]:
    return ["".join(run)[:WORD_MAX] for run in re.findall(r"[^\W_]+", text)]


def name_words(name: str) -> frozenset[str]:
    """The words by which a name is found: `O’Brien` by `obrien`, and by `o` and `brien`."""
    bare = plain(name)
    return frozenset(_split(_APOSTROPHES.sub("", bare)) + _split(_APOSTROPHES.sub(" ", bare)))


def phone_word(digits: str) -> str:
    """
    Digits from the last to the first, so that the end of a number is found as a beginning.

    The mark in front belongs to no name.
    """
    return "#" + digits[::-1][: WORD_MAX - 1]


def only_digits(text: str) -> str:
    """The digits of a typed number, those of other scripts as 0 to 9."""
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def read_query(text: str, *, today: date) -> Sought:
    """What may be meant by `text`; nothing by what is too short to find somebody."""
    text = text.strip()[:QUERY_MAX]
    births = read_births(text, today=today)
    if births:
        # Eight digits may also be the end of a number.
        return Sought(births=births, digits=_as_phone(text))
    reference = references.normalise(text)
    digits = _as_phone(text)
    if digits:
        return Sought(digits=digits, reference=reference)
    words = tuple(_split(_APOSTROPHES.sub("", plain(text))))[:_WORDS_MOST]
    return Sought(words=words if _says_enough(words) else (), reference=reference)


def _as_phone(text: str) -> str:
    """The digits of what has no letters and is long enough; else nothing."""
    digits = only_digits(text)
    letters = any(unicodedata.category(c)[0] == "L" for c in text)
    return digits if not letters and len(digits) >= _DIGITS_LEAST else ""


def _says_enough(words: tuple[str, ...]) -> bool:
    """One letter fits half of all people; one character of a Chinese name does not."""
    return any(not word.isdecimal() and (len(word) > 1 or not word.isascii()) for word in words)


def read_births(text: str, *, today: date) -> tuple[date, ...]:
    """
    The dates of birth that `text` can mean: `14 3 1990`, `14.03.90`, `3/14/1990`, `1990-03-14`,
    `14 March 1990`, `14031990`. Both ways round where day and month cannot be told apart.
    """
    parts = _split(plain(text))
    if len(parts) == 1 and len(parts[0]) == 8 and parts[0].isdecimal():
        whole = only_digits(parts[0])
        found = [
            _date(whole[4:], whole[2:4], whole[:2], today),
            _date(whole[:4], whole[4:6], whole[6:], today),
        ]
    elif len(parts) != 3:
        return ()
    elif len(parts[0]) == 4:
        found = [_date(parts[0], parts[1], parts[2], today)]
    else:
        first, second, year = parts
        found = [_date(year, second, first, today), _date(year, first, second, today)]
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _date(year: str, month: str, day: str, today: date) -> date | None:
    if month[:3] in _MONTHS:
        month = str(_MONTHS.index(month[:3]) + 1)
    numbers = [only_digits(part) for part in (year, month, day)]
    if [len(n) for n in numbers] != [len(p) for p in (year, month, day)] or len(year) not in {2, 4}:
        return None
    full = int(numbers[0])
    if len(year) == 2:
        full += 1900 if full > today.year % 100 else 2000
    try:
        birth = date(full, int(numbers[1]), int(numbers[2]))
    except ValueError:
        return None
    return birth if date(today.year - 131, 1, 1) < birth <= today else None


def looks_the_same(
    name: str, phone: str | None, *, other_name: str, other_phone: str | None
) -> bool:
    """Whether two people born on the same day are likely one: by their number or their name."""
    if phone and other_phone and only_digits(phone) == only_digits(other_phone):
        return True
    return name_words(name) == name_words(other_name)
