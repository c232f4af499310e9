"""The clinic's texts: written, previewed, published, and taken back to an earlier version."""

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import Outdated
from booking.domain.people import Findings, many_lines, one_line
from booking.domain.time import local_day
from booking.formats import documents
from booking.formats.documents import Document, Part
from booking.formats.languages import ENGLISH, LANGUAGES
from booking.services import texts as published
from booking.services.staff import accounts
from booking.services.texts import Published
from booking.store.engine import Session
from booking.web import forms
from booking.web import texts as shown
from booking.web.access import current_staff
from booking.web.admin import changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, local, now, rulebook
from booking.web.installation import here, read, write
from booking.web.patients import public, questions

_PAGES = {
    "home": public.home,
    "medical": public.home,
    "article": public.article,
    "questions": questions.preview,
    "privacy": public.privacy,
    "accessibility": public.accessibility,
}


@blueprint.get("/texts")
def texts() -> ResponseReturnValue:
    """What can be written, in one language."""
    language, english = _language(), rulebook().texts[ENGLISH]
    listed = [
        {
            "name": name,
            "title": documents.document(name).title,
            "version": one.version,
            "reviewed_on": _reviewed_here(one),
            "behind": one.version < english[name].version,
        }
        for name, one in rulebook().texts[language].items()
    ]
    return render_template(
        "admin/texts.html", texts=listed, saved=changing.saved(), **_switch(language)
    )


@blueprint.route("/texts/<document>", methods=["GET", "POST"])
def text(document: str) -> ResponseReturnValue:
    """One text; `version` fills the form with an earlier one."""
    described, found, language = published.described(document), Findings(), _language()
    latest = rulebook().texts[language][document]
    if request.method == "GET":
        return _form(described, latest, _earlier(document, language) or latest, found)
    words = {part.name: _read(part, found) for part in described.parts}
    reviewed_on = _read_review(found, latest, words)
    typed = Published(document, latest.version, words, reviewed_on, locale=language)
    if found.errors:
        return _form(described, latest, typed, found)
    if request.form.get("go") != "save":
        return _previewed(described, typed)
    try:
        version = _publish(typed)
    except Outdated:
        message = "Somebody published another version meanwhile. Compare it, then save again"
        found.add("", "outdated", message)
        latest = rulebook().texts[language][document]
        return _form(described, latest, typed, found)
    saved = "same" if version == latest.version else "1"
    address = url_for("admin.texts", saved=saved, language=_not_english(language))
    return redirect(address, code=303)


def _language() -> str:
    """The language whose texts are meant; not the one of this page, which is English."""
    code = request.args.get("language", ENGLISH)
    return code if code in here().languages else ENGLISH


def _not_english(language: str) -> str | None:
    return None if language == ENGLISH else language


def _switch(language: str) -> dict[str, Any]:
    return {
        "spoken": LANGUAGES[language],
        "in_address": _not_english(language),
        "all_languages": list(here().languages.values()),
    }


def _publish(typed: Published) -> int:
    """The version that is shown from now on, which may be the one that was."""
    text_seen = request.form.get("seen", "")
    seen = int(text_seen) if text_seen.isdecimal() and len(text_seen) < 8 else 0
    actor = current_staff().actor
    return write(
        lambda session, now: published.publish(
            session,
            typed.document,
            typed.words,
            reviewed_on=typed.reviewed_on,
            seen=seen,
            actor=actor,
            now=now,
            locale=typed.locale,
        )
    )


def _read(part: Part, found: Findings) -> str:
    typed = request.form.get(part.name, "")[: documents.PROSE_MAX * 2]
    words = many_lines(typed) if part.is_prose else one_line(typed)
    most = documents.PROSE_MAX if part.is_prose else documents.LINE_MAX
    if words is None:
        found.add(part.name, "control_characters", "Use letters, digits and punctuation only")
    elif not words:
        found.add(part.name, "missing", "This must not be empty")
    elif len(words) > most:
        found.add(part.name, "too_long", f"Use {most:,} characters or fewer")
    else:
        return words
    return typed


def _read_review(found: Findings, latest: Published, words: dict[str, str]) -> date | None:
    today = local_day(now(), facts().zone)
    values = {"reviewed_on": request.form.get("reviewed_on", "")[:40]}
    day = reading.read_optional_day(values, "reviewed_on", found)
    if request.form.get("reviewed_today") == "1":
        return today
    if day is not None and day != latest.reviewed_on and day > today:
        found.add("reviewed_on", "in_future", "This day has not come yet")
    if day is None and latest.published_at is None and words == latest.words:
        # Its own authors reviewed what came with the program; leaving that open changes nothing.
        return latest.reviewed_on
    return day


def _reviewed_here(text: Published) -> date | None:
    """When somebody of the clinic reviewed it; nobody did while it is as it came."""
    return text.reviewed_on if text.published_at else None


def _earlier(document: str, language: str) -> Published | None:
    number = request.args.get("version", "")
    if not (number.isdecimal() and len(number) < 8):
        return None
    return read(
        lambda session, _: published.version(session, document, int(number), locale=language)
    )


def _previewed(described: Document, typed: Published) -> ResponseReturnValue:
    """The page itself with the new words, and a form in it that publishes them."""
    reviewed_on = typed.reviewed_on.isoformat() if typed.reviewed_on else ""
    seen = request.form.get("seen", "")[:10]
    shown.preview(
        typed,
        here=url_for("admin.text", document=described.name, language=_not_english(typed.locale)),
        form={**typed.words, "reviewed_on": reviewed_on, "seen": seen},
    )
    return _PAGES[described.name]()


def _form(
    described: Document, latest: Published, typed: Published, found: Findings
) -> ResponseReturnValue:
    def look(session: Session, _: object) -> tuple[list[Published], dict[int, str]]:
        return published.history(session, described.name, locale=typed.locale), accounts.names(
            session
        )

    history, names = read(look)
    return forms.shown(
        "admin/text.html",
        found,
        document=described,
        words=typed.words,
        reviewed_on=typed.reviewed_on if request.method == "POST" else _reviewed_here(typed),
        seen=latest.version,
        line_max=documents.LINE_MAX,
        prose_max=documents.PROSE_MAX,
        history=[
            {
                "version": one.version,
                "at": local(one.published_at) if one.published_at else None,
                "who": names.get(one.published_by or 0),
            }
            for one in history
        ],
        **_switch(typed.locale),
    )
