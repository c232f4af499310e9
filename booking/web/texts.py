"""The clinic's texts as pages show them: the version in force, or the one that is previewed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import Flask, g
from markupsafe import Markup

from booking.domain.sentences import to_patients
from booking.formats import languages, prose
from booking.formats import names as in_a_row
from booking.formats.contacts import dial_link, show_phone
from booking.services.texts import Published
from booking.web import language
from booking.web.clinic import facts, rulebook

# Sentences go on in the singular: "… tells you".
_SOMEBODY, _ONE_OF_MANY = to_patients("the doctor"), to_patients("one of our doctors")
# More names than these nobody reads.
NAMED = 5
_PHONE = Markup('<a href="{}"><bdi class="nowrap">{}</bdi></a>')
_EMAIL = Markup('<a class="wrap-anywhere" href="mailto:{0}"><bdi>{0}</bdi></a>')


@dataclass(frozen=True)
class ShownText:
    """A document's words by part, with the clinic's own facts in the places kept for them."""

    words: Mapping[str, str]
    reviewed_on: date | None
    version: int

    def line(self, name: str) -> Markup:
        """A line, as plain text."""
        return prose.fill(self.words[name], _plain())

    def prose(self, name: str) -> Markup:
        """A piece of prose; phone and e-mail are links in it."""
        return prose.fill(prose.render(self.words[name]).html, _linked())

    def headings(self, name: str) -> tuple[tuple[str, str], ...]:
        """The ids and the words of the sections in a piece of prose."""
        return prose.render(self.words[name]).headings


def register(app: Flask) -> None:
    """Teach templates `text(name)`."""
    app.jinja_env.globals.update(text=text)


def text(name: str) -> ShownText:
    """A document as this request shows it, in the language of this request."""
    preview: dict[str, ShownText] = g.get("preview", {})
    return preview.get(name) or shown(rulebook().texts[language.current()][name])


def shown(published: Published) -> ShownText:
    """A version for showing."""
    return ShownText(published.words, published.reviewed_on, published.version)


def preview(typed: Published, *, here: str, form: Mapping[str, str]) -> None:
    """Let this one request show other words, and the form with which `here` publishes them."""
    language.speak(typed.locale)
    g.preview = {typed.document: shown(typed)}
    g.preview_form = {"here": here, "typed": form}


def doctor(*, spoken: str | None = None) -> str:
    """Whom patients come to see, in a sentence in the language of this request or in another."""
    return one_of((plan.practitioner_name for plan in rulebook().plans), spoken=spoken)


def one_of(practitioners: Iterable[str], *, spoken: str | None = None) -> str:
    """Whom a visit would be with, where any of these may be free."""
    names = list(dict.fromkeys(practitioners))
    speaking = spoken or language.current()
    if 0 < len(names) <= NAMED:
        return in_a_row.one_of(names, locale=speaking)
    return languages.translate(speaking, _ONE_OF_MANY if names else _SOMEBODY)


def _plain() -> dict[str, str | Markup]:
    clinic = facts()
    return {
        "clinic": clinic.name,
        "address": clinic.address,
        "doctor": doctor(),
        "phone": show_phone(clinic.phone, clinic.country),
        "email": clinic.email,
        "version": clinic.privacy_notice,
    }


def _linked() -> dict[str, str | Markup]:
    plain = _plain()
    return {
        **plain,
        "phone": _PHONE.format(dial_link(facts().phone), plain["phone"]),
        "email": _EMAIL.format(plain["email"]),
    }
