"""
In which language a visitor is spoken to: as a link `?lang=` chose, else as a cookie remembers it,
else as the browser asks for. Staff are spoken to in English.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, request, url_for

from booking.domain.errors import FieldError
from booking.formats import languages
from booking.formats.languages import ENGLISH, LANGUAGES
from booking.web.installation import here

COOKIE = "lang"
_YEAR_SECONDS = 365 * 24 * 60 * 60
# Everything else is for visitors, and so is a page that does not exist.
_IN_ENGLISH = frozenset(
    {"desk", "admin", "staff", "setup", "mailbox", "calendars", "operations", "api", "openapi"}
    | {"look", "assets"}
)


def register(app: Flask) -> None:
    """Teach templates to translate, and answers to say what they depend on."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        _, ngettext, newstyle=True, pgettext=_pgettext, npgettext=_npgettext
    )
    env.filters["said"] = said
    app.context_processor(_context)
    app.after_request(_remember)


def current() -> str:
    """The code of the language that this request is answered in."""
    if "language" not in g:
        g.language = _chosen() if for_visitors() else ENGLISH
    found: str = g.language
    return found


def speak(language: str) -> None:
    """Answer this one request in another language than it would be."""
    g.language = language


def for_visitors() -> bool:
    """Whether this request is answered in the visitor's language."""
    return request.blueprint not in _IN_ENGLISH


def _chosen() -> str:
    remembered = request.cookies.get(here().cookie_name(COOKIE))
    spoken = here().languages
    asked = languages.known(_asked(), spoken) or languages.known(remembered, spoken)
    return asked or languages.first_known(request.accept_languages.values(), spoken)


def _asked() -> str | None:
    return request.args.get("lang", "")[:20] or None


def _remember(response: Response) -> Response:
    if not for_visitors():
        return response
    response.vary.update(("Accept-Language", "Cookie"))
    installation = here()
    asked = languages.known(_asked(), installation.languages)
    name = installation.cookie_name(COOKIE)
    # A frame on another site has no cookies (docs/decisions/0010): its address says the language.
    if asked and request.blueprint != "embed" and request.cookies.get(name) != asked:
        response.set_cookie(
            name,
            asked,
            max_age=_YEAR_SECONDS,
            httponly=True,
            secure=installation.is_https,
            samesite="Lax",
        )
    return response


def _(sentence: str) -> str:
    """A sentence in the language of this request."""
    return languages.catalogue(current()).gettext(sentence)


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence that fits a number, in the language of this request."""
    return languages.catalogue(current()).ngettext(one, many, number)


def _pgettext(context: str, sentence: str) -> str:
    return languages.catalogue(current()).pgettext(context, sentence)


def _npgettext(context: str, one: str, many: str, number: int) -> str:
    return languages.catalogue(current()).npgettext(context, one, many, number)


def said(error: FieldError) -> str:
    """What is wrong with a field, in the language of this request."""
    return languages.translate(current(), error.sentence, **error.values)


def _context() -> dict[str, Any]:
    language = LANGUAGES[current()]
    return {
        "lang": language.code,
        "dir": language.direction,
        "languages": _links() if for_visitors() and len(here().languages) > 1 else [],
    }


def _links() -> list[dict[str, Any]]:
    """This page in each language; forms and errors are answered without an address of their own."""
    rule = request.url_rule
    is_page = rule is not None and "GET" in (rule.methods or ()) and "has_no_address" not in g
    asked = {name: value for name, value in request.args.items() if name != "lang"}
    path, rest = (request.path, asked) if is_page else (url_for("public.home"), {})
    return [
        {"code": one.code, "name": one.name, "address": _address(path, {**rest, "lang": one.code})}
        for one in here().languages.values()
    ]


def _address(path: str, values: dict[str, str]) -> str:
    return f"{path}?{urlencode(values)}"
