"""Busy time from a practitioner's other calendars: what was read, what clashes, reading a file."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings
from booking.domain.time import ONE_DAY, Span, local_day, midnight
from booking.formats import busy
from booking.formats.busy import NotReadable
from booking.services.admin import busy_times, practitioners
from booking.store.engine import Session
from booking.web import forms
from booking.web.access import current_staff
from booking.web.admin import reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, local, now
from booking.web.installation import here, read, write

_FILE_BYTES = 2_000_000
_AHEAD = timedelta(days=400)
_NAME_MAX = 100


@blueprint.route("/hours/<practitioner>/busy", methods=["GET", "POST"])
def busy_time(practitioner: str) -> ResponseReturnValue:
    """One practitioner's other calendars."""
    who = read(lambda session, _: practitioners.practitioner(session, practitioner))
    actor, found = current_staff().actor, Findings()
    name = forms.typed(request.form, "source")["source"]
    done = url_for("admin.busy_time", practitioner=who.slug, saved="1")
    if request.form.get("deed") == "remove":
        write(lambda session, at: busy_times.remove(session, who.id, name, actor=actor, now=at))
        return redirect(done, code=303)
    if request.method == "POST":
        source = reading.read_label({"source": name}, "source", found, most=_NAME_MAX)
        spans = _spans(found)
        if not found.errors:
            write(
                lambda session, at: busy_times.bring_in(
                    session, who.id, source, spans, actor=actor, now=at
                )
            )
            return redirect(done, code=303)
    page = render_template(
        "admin/busy_times.html",
        who={"slug": who.slug, "name": who.name},
        errors=found.errors,
        source=name,
        saved=request.args.get("saved") == "1",
        **read(lambda session, _: shown(session, who.id)),
    )
    return page, 422 if found.errors else 200


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
        zone = facts().zone
        today = local_day(now(), zone)
        window = Span(midnight(today, zone), midnight(today + _AHEAD + ONE_DAY, zone))
        try:
            return busy.read(raw, zone=zone, window=window, ours=here().links.host)
        except NotReadable as error:
            found.add("file", "impossible", str(error))
    return []
