"""Names in a row, as a language writes them."""

from collections.abc import Sequence

from babel.lists import format_list

from booking.formats.languages import ENGLISH

# Without a comma before the last, as the rest of our English.
_LOCALES = {ENGLISH: "en_GB"}


def one_of(names: Sequence[str], *, locale: str) -> str:
    """`Dr. Ahmed, Dr. Lee or Dr. Weber`; of one name the name itself."""
    return format_list(names, style="or", locale=_LOCALES.get(locale, locale))
