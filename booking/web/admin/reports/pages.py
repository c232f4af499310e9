"""The pages of reports, and each figure as a file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings
from booking.domain.rates import FEW, Rate
from booking.domain.time import local_day
from booking.formats import tables
from booking.formats.languages import LANGUAGES
from booking.services.admin import offerings, practitioners
from booking.services.reports.scope import Scope
from booking.store.engine import Session
from booking.web import forms, language
from booking.web.admin.blueprint import blueprint
from booking.web.admin.reports import period
from booking.web.admin.reports.answers import Answer, Asked
from booking.web.admin.reports.figures import Figure, percent, side_by_side
from booking.web.admin.reports.topics import TOPIC_OF, TOPICS, Topic
from booking.web.clinic import rulebook
from booking.web.installation import read

_FIRST = next(iter(TOPICS))
# As many as stand beside each other on a desk's screen.
_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was asked for and the answer; neither where something is wrong with what was typed."""

    typed: dict[str, str]
    found: Findings
    practitioners: period.Choice
    services: period.Choice
    scope: Scope | None
    answer: Answer | None


@blueprint.get("/reports")
@blueprint.get("/reports/<topic>")
def reports(topic: str = _FIRST) -> ResponseReturnValue:
    """One topic's figures for some days."""
    if topic not in TOPICS:
        abort(404)
    seen = _look(TOPICS[topic])
    answer = seen.answer
    drawn = [one for one in answer.figures if one.lines] if answer else []
    return forms.shown(
        "admin/reports.html",
        seen.found,
        chosen=topic,
        topics=TOPICS,
        periods=period.PERIODS,
        period=period.named(seen.typed),
        practitioners=seen.practitioners,
        services=seen.services,
        typed=seen.typed,
        asked={name: text for name, text in seen.typed.items() if text},
        scope=seen.scope,
        headline=[_headline(*one, answer.figures[0]) for one in answer.headline] if answer else [],
        columns=[[_shown(one) for one in column] for column in side_by_side(drawn, most=_COLUMNS)],
        has_few=any(one.has_few for one in drawn),
        few=FEW,
    )


@blueprint.get("/reports/<figure>.csv")
def report_file(figure: str) -> ResponseReturnValue:
    """The table of a figure; whoever asks for impossible days is told so on the page."""
    if figure not in TOPIC_OF:
        abort(404)
    seen = _look(TOPICS[TOPIC_OF[figure]])
    if seen.answer is None or seen.scope is None:
        page = url_for("admin.reports", topic=TOPIC_OF[figure])
        return redirect(f"{page}?{urlencode(seen.typed)}", code=303)
    table = next(one for one in seen.answer.figures if one.name == figure)
    text = tables.BOM + tables.write(table.rows())
    answer = Response(text, content_type="text/csv; charset=utf-8")
    name = f"{figure}-{seen.scope.first}-{seen.scope.last}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _look(topic: Topic) -> _Seen:
    typed = {name: request.args.get(name, "")[:80] for name in period.FIELDS}
    found, rules = Findings(), rulebook()

    def look(session: Session, now: datetime) -> _Seen:
        people = {one.slug: (one.id, one.name) for one in practitioners.everybody(session)}
        services = {one.slug: (one.id, one.name) for one in offerings.all_services(session)}
        scope = period.read_scope(
            typed,
            found,
            practitioners=people,
            services=services,
            today=local_day(now, rules.clinic.zone),
        )
        if scope is None:
            return _Seen(typed, found, people, services, None, None)
        asked = Asked(session, rules, scope, dict(people.values()), now)
        return _Seen(typed, found, people, services, scope, topic.read(asked))

    return read(look)


def _headline(words: str, number: Rate | int, like: Figure) -> dict[str, Any]:
    if isinstance(number, int):
        return {"number": f"{number:,}", "words": words, "counts": ""}
    return {
        "number": percent(number),
        "words": words,
        "counts": like.counts(number),
        "few": like.is_few(number),
    }


def _shown(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "title": figure.title,
        "headings": figure.headings,
        "chart": figure.chart(is_rtl=LANGUAGES[language.current()].direction == "rtl"),
        "scale": figure.scale,
        "is_wide": len(figure.headings) > 3,
        "lines": [
            {
                "label": line.label,
                "count": figure.amount(line.rate.count),
                "whole": figure.amount(line.rate.whole),
                "percent": percent(line.rate),
                "more": [f"{number:,}" for number in line.more],
            }
            for line in figure.lines
        ],
        "in_minutes": figure.in_minutes,
    }
