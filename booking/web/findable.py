"""How search engines and other sites see the public pages: addresses, picture, structured data."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from flask import Flask, url_for
from markupsafe import Markup

from booking.domain import colours
from booking.domain.time import local_day
from booking.formats import schema_org
from booking.formats.languages import ENGLISH
from booking.formats.posters import SIZE, Poster
from booking.formats.schema_org import ClinicCard
from booking.web import language, texts
from booking.web.clinic import facts, now, rulebook
from booking.web.installation import here

# The accent of the style sheet, for clinics that chose none.
USUAL_ACCENT = "#0d635c"
# The public pages, and the documents that each of them shows.
PAGES = {
    "public.home": ("home", "medical"),
    "public.article": ("article", "medical"),
    "book.days": (),
    "public.privacy": ("privacy",),
    "public.accessibility": ("accessibility",),
}
# Sections of the article that answer the question in their heading.
_QUESTIONS = ("how", "evidence", "effects", "sessions", "kit", "consultation")
_END_OF_HEADING = re.compile(r"(?=</h[2-6]>)")


def register(app: Flask) -> None:
    """Teach templates what stands in the head of a public page."""
    app.jinja_env.globals.update(
        public_address=public_address,
        page_address=page_address,
        page_addresses=page_addresses,
        picture_address=picture_address,
        picture_size=SIZE,
        clinic_data=clinic_data,
        questions_data=questions_data,
    )


def public_address(endpoint: str, **values: Any) -> str:
    """Where everybody finds a page, whatever the Host header says."""
    return here().links.public_url + url_for(endpoint, **values)


def page_address(endpoint: str, spoken: str | None = None) -> str:
    """Where everybody finds a page in one language, the language of this request by default."""
    code = spoken or language.current()
    return public_address(endpoint, lang=None if code == ENGLISH else code)


def page_addresses(endpoint: str) -> dict[str, str]:
    """
    The page in each language, by its code; `x-default` goes by what the browser asks for.

    English stands under the address without a language: whoever says nothing gets English.
    """
    addresses = {code: page_address(endpoint, code) for code in here().languages}
    return {**addresses, "x-default": public_address(endpoint)}


def poster() -> Poster:
    """The clinic's picture, before it is drawn: in English, since one address shows it to all."""
    clinic = facts()
    words = f"Schedule your consultation with {texts.doctor(spoken=ENGLISH)}"
    return Poster(clinic.name, words, colours.light(clinic.accent or USUAL_ACCENT))


def picture_version() -> str:
    """Changes with what the picture shows."""
    return sha256(repr(poster()).encode()).hexdigest()[:12]


def picture_address() -> str:
    """The address of the clinic's picture as it is now."""
    return public_address("look.picture", v=picture_version())


def last_changed(endpoint: str, spoken: str = ENGLISH) -> date | None:
    """The clinic day on which the page's words last changed; None if they are as they came."""
    published = [rulebook().texts[spoken][name].published_at for name in PAGES[endpoint]]
    moments: list[datetime] = [moment for moment in published if moment is not None]
    return local_day(max(moments), facts().zone) if moments else None


def clinic_data() -> dict[str, Any]:
    """The clinic, for search engines."""
    clinic, plans = facts(), rulebook().plans
    card = ClinicCard(
        name=clinic.name,
        address=clinic.address,
        country=clinic.country,
        phone=clinic.phone,
        email=clinic.email,
        url=public_address("public.home"),
        book_url=public_address("book.days"),
        picture_url=picture_address(),
        services=list(dict.fromkeys(plan.service_name for plan in plans)),
    )
    here_only = (plan for plan in plans if plan.place == clinic.place)
    week = {stretch for plan in here_only for stretch in plan.rules.week}
    hours = schema_org.opening_hours(week, today=local_day(now(), clinic.zone))
    return schema_org.medical_clinic(card, hours)


def questions_data() -> dict[str, Any]:
    """What the article answers, in the very words that stand on it."""
    article, medical = texts.text("article"), texts.text("medical")
    pieces = {name: [article.prose(name)] for name in _QUESTIONS}
    pieces["how"] = [*(medical.prose(f"how_{number}") for number in (1, 2, 3)), *pieces["how"]]
    pieces["consultation"].append(article.prose("consultation_end"))
    return schema_org.faq_page(
        public_address("public.article"),
        [
            (article.line(f"{name}_heading").striptags(), _plain(found))
            for name, found in pieces.items()
        ],
    )


def _plain(pieces: Iterable[Markup]) -> str:
    """Prose as plain text; what was a heading ends with a colon."""
    html = "\n".join(_END_OF_HEADING.sub(":", piece) for piece in pieces)
    return Markup(html).striptags()  # noqa: S704 - only for taking the tags out
