"""For the clinic's own site: a button, or a frame with free times. Neither needs a cookie."""

from typing import Any

from flask import Blueprint, Response, abort, json, make_response, render_template, request

from booking.domain import colours
from booking.formats.languages import ENGLISH
from booking.services.times import availability
from booking.web import findable, texts, times
from booking.web.assets import STATIC
from booking.web.clinic import facts
from booking.web.installation import here
from booking.web.limits import READS, limited
from booking.web.patients import came_from, choosing
from booking.web.protection import let_frame

DAYS_SHOWN = 5
_SCRIPT = (STATIC / "embed.js").read_text(encoding="utf-8").strip()
blueprint = Blueprint("embed", __name__)


@blueprint.get("/embed.js")
def script() -> Response:
    """
    What the clinic puts on its own site. Its address stays the same for good, so that browsers
    may keep it for an hour only.
    """
    shades = colours.light(facts().accent or findable.USUAL_ACCENT)
    words = f"Schedule your consultation with {texts.doctor(spoken=ENGLISH)}"
    own = {"colour": shades.brand, "ink": shades.brand_ink, "words": words}
    response = Response(
        f"{_SCRIPT}({json.dumps(own)});\n", content_type="text/javascript; charset=utf-8"
    )
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/embed", endpoint="times")
@limited(READS, "pages")
def free_times() -> Response:
    """Free times in a frame; choosing one opens it in the whole window. There only if allowed."""
    origins = here().allowed_origins
    if not origins:
        abort(404)
    page = render_template(
        "embed/times.html",
        **_days(),
        **choosing.choices(),
        carried=came_from.carried,
        origins=sorted(origins),
    )
    return let_frame(make_response(page), origins)


def _days() -> dict[str, Any]:
    """The next days with their free times, and where the later ones begin."""
    tables = choosing.offered()
    after = times.parse_day(request.args.get("after"))
    page = times.days_page(tables, after=after, limit=DAYS_SHOWN)
    days = [entry["date"] for entry in page["days"]]
    slots = availability.whoever_is_free(tables, days[0], days[-1]) if days else []
    shown = times.shown(slots)
    return page | {
        "days": [
            {"date": day, "slots": [slot for slot in shown if slot["start"].date() == day]}
            for day in days
        ]
    }
