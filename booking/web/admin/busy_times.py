"""Busy time from a practitioner's other calendars: what was read, what clashes, reading a file."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings
from booking.domain.time import ONE_DAY, Span, local_day, midnight
from booking.formats import busy
from booking.formats.busy import NotReadable
from booking.services.admin import busy_times, practitioners
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.admin import changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, local, now, rulebook
from booking.web.installation import here, read, write

_FILE_BYTES = 2_000_000
_AHEAD = timedelta(days=400)
_NAME_MAX = 100
# So many stretches tell whether it is the right calendar.
_LISTED = 8
_SPAN = re.compile(r"(\d{1,11})-(\d{1,11})", re.ASCII)


@blueprint.route("/hours/<practitioner>/busy", methods=["GET", "POST"])
def busy_time(practitioner: str) -> ResponseReturnValue:
    """One practitioner's other calendars; a file is looked at before it is brought in."""
    who = read(lambda session, _: practitioners.practitioner(session, practitioner))
    found, name = Findings(), forms.typed(request.form, "source")["source"]
    if request.method == "GET":
        return _page(who, found)
    deed, actor = request.form.get("deed"), current_staff().actor
    done = url_for("admin.busy_time", practitioner=who.slug, saved="1")
    if deed == "remove":
        write(lambda session, at: busy_times.remove(session, who.id, name, actor=actor, now=at))
        return redirect(done, code=303)
    source = reading.read_label({"source": name}, "source", found, most=_NAME_MAX)
    spans = _carried(found) if deed == "save" else _spans(found)
    if found.errors:
        return _page(who, found, name)
    if deed != "save":
        return _page(who, found, source, _previewed(who.id, spans))
    write(
        lambda session, at: busy_times.bring_in(session, who.id, source, spans, actor=actor, now=at)
    )
    return redirect(done, code=303)


def _page(
    who: Any, found: Findings, source: str = "", preview: dict[str, Any] | None = None
) -> ResponseReturnValue:
    return forms.shown(
        "admin/busy_times.html",
        found,
        who={"slug": who.slug, "name": who.name},
        source=source,
        preview=preview,
        saved=changing.saved(),
        **read(lambda session, _: shown(session, who.id)),
    )


def _previewed(practitioner_id: int, spans: list[Span]) -> dict[str, Any]:
    """What would be brought in, as the page shows it and as its form carries it on."""
    rules = rulebook()
    found = read(
        lambda session, at: busy_times.preview(session, rules, practitioner_id, spans, now=at)
    )
    return {
        "count": len(spans),
        "first": local(spans[0].start) if spans else None,
        "last": local(max(span.end for span in spans)) if spans else None,
        "in_hours": [_shown_span(span) for span in found.in_hours[:_LISTED]],
        "more": max(0, len(found.in_hours) - _LISTED),
        "clashes": [
            {"id": visit.id, "start": local(visit.start), "source": "The calendar"}
            | _shown_span(span)
            for visit, span in found.bookings
        ],
        "spans": " ".join(f"{_seconds(span.start)}-{_seconds(span.end)}" for span in spans),
    }


def _shown_span(span: Span) -> dict[str, Any]:
    return {"from": local(span.start), "until": local(span.end)}


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _carried(found: Findings) -> list[Span]:
    """What the page of the preview carried on; a file has to be chosen again if it is garbled."""
    window = _window()
    spans = []
    for text in request.form.get("spans", "").split()[: busy.MOST]:
        matched = _SPAN.fullmatch(text)
        if matched is None:
            found.add("file", "impossible", "Choose a calendar file")
            return []
        span = Span(*(datetime.fromtimestamp(int(part), UTC) for part in matched.groups()))
        if window.start <= span.start < span.end <= window.end:
            spans.append(span)
    return spans


def shown(session: Session, practitioner_id: int) -> dict[str, Any]:
    """What a page says of busy time."""
    clashes = busy_times.clashes(session, practitioner_id, now=now())
    return {
        "sources": [
            {"name": one.name, "times": one.times, "read_at": local(one.read_at)}
            for one in busy_times.sources(session, practitioner_id)
        ],
        "clashes": [
            {
                "id": one.booking.id,
                "start": local(one.booking.start),
                "source": one.source,
                "from": local(one.busy.start),
                "until": local(one.busy.end),
            }
            for one in clashes
        ],
    }


def _spans(found: Findings) -> list[Span]:
    """What the file says, from today on."""
    file = request.files.get("file")
    raw = file.read(_FILE_BYTES + 1) if file else b""
    if not raw:
        found.add("file", "missing", "Choose a calendar file")
    elif len(raw) > _FILE_BYTES:
        found.add("file", "too_large", "Choose a file of less than 2 MB")
    else:
        try:
            return busy.read(raw, zone=facts().zone, window=_window(), ours=here().links.host)
        except NotReadable as error:
            found.add("file", "impossible", str(error))
    return []


def _window() -> Span:
    """Today and the days ahead of which busy time is kept."""
    zone = facts().zone
    today = local_day(now(), zone)
    return Span(midnight(today, zone), midnight(today + _AHEAD + ONE_DAY, zone))
