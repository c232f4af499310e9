"""Bookings and patients as tables to take away."""

from collections.abc import Iterator

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings
from booking.domain.time import ONE_DAY, midnight
from booking.formats import tables
from booking.services.admin import exports
from booking.services.admin.exports import Export, Period
from booking.store.engine import Database
from booking.web import forms
from booking.web.access import current_staff
from booking.web.admin import reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, local, now
from booking.web.installation import here, write

_DAYS = ("first", "last")


@blueprint.get("/export")
def export() -> ResponseReturnValue:
    """Which period, and the two files of it."""
    typed, found = _typed(), Findings()
    _period(typed, found)
    files = {
        name: url_for(
            "admin.export_file",
            table=name,
            first=typed["first"] or None,
            last=typed["last"] or None,
        )
        for name in exports.EXPORTS
    }
    return forms.shown("admin/export.html", found, typed=typed, files=files)


@blueprint.get("/export/<table>.csv")
def export_file(table: str) -> ResponseReturnValue:
    """One of them, sent while it is read. That it is taken away is recorded."""
    wanted, found = exports.EXPORTS.get(table), Findings()
    if wanted is None:
        abort(404)
    typed = _typed()
    period = _period(typed, found)
    if found.errors:
        return export()
    first, last = (typed[day].strip() or "…" for day in _DAYS)
    words = "all" if first == last == "…" else f"{first} – {last}"
    actor = current_staff().actor
    write(
        lambda session, at: exports.begin(session, wanted, period, words=words, actor=actor, now=at)
    )
    answer = Response(
        _text(here().database, wanted, period), content_type="text/csv; charset=utf-8"
    )
    day = local(now()).date().isoformat()
    answer.headers.set("Content-Disposition", "attachment", filename=f"{wanted.name}-{day}.csv")
    return answer


def _text(database: Database, wanted: Export, period: Period) -> Iterator[str]:
    yield tables.BOM
    for rows in exports.lines(database.read, wanted, period):
        yield tables.write(rows)


def _typed() -> dict[str, str]:
    return {name: request.args.get(name, "")[:40] for name in _DAYS}


def _period(typed: dict[str, str], found: Findings) -> Period:
    """The days that were typed, both included; an end that is left out is none."""
    zone = facts().zone
    first, last = (reading.read_optional_day(typed, name, found) for name in _DAYS)
    if first and last and last < first:
        found.add("last", "before_first", "Enter a day that is not before the first")
    return Period(
        midnight(first, zone) if first else None, midnight(last + ONE_DAY, zone) if last else None
    )
