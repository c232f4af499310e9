"""
The languages that patients are spoken to in, and what is said to them, from `translations/`.

A sentence's English words are its id. What has no translation stays English; a test sees to it that
everything has one.
"""

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.core import negotiate_locale

FOLDER = Path(__file__).resolve().parents[2] / "translations"
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its code (BCP 47), its own name for itself, and the way it is written."""

    code: str
    name: str
    direction: str = "ltr"


# In the order in which visitors see them.
LANGUAGES = {
    one.code: one
    for one in (
        Language("en", "English"),
        Language("es", "Español"),
        Language("fr", "Français"),
        Language("de", "Deutsch"),
        Language("ar", "العربية", "rtl"),
        Language("ur", "اردو", "rtl"),
    )
}


def known(text: str | None, among: Iterable[str] = LANGUAGES) -> str | None:
    """The language of a tag like `es` or `es-MX`, if it is among those that are spoken."""
    return negotiate_locale([text], list(among), sep="-") if text else None


def first_known(wanted: Iterable[str], among: Iterable[str] = LANGUAGES) -> str:
    """The first of these tags that is spoken, English if there is none."""
    return negotiate_locale(list(wanted), list(among), sep="-") or ENGLISH


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations into one of `LANGUAGES`; English needs none."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    with (FOLDER / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def left_to_right(language: str, text: str) -> str:
    """A number or an address for plain text: isolated, where the rest runs from right to left."""
    return text if LANGUAGES[language].direction == "ltr" else f"\u2066{text}\u2069"


def translate(language: str, sentence: str, **values: object) -> str:
    """A sentence in a language, with values in the place of `{name}` (of `%(name)s` in pages)."""
    words = catalogue(language).gettext(sentence)
    return words.format(**values) if values else words
