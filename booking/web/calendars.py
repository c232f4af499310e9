"""The doctor's subscribed calendar."""

from datetime import UTC, datetime
from email.utils import format_datetime

from flask import Blueprint, Response, request

from booking.services import calendars
from booking.services.calendars import FeedVersion
from booking.store.engine import Session
from booking.web.installation import here, read, write
from booking.web.limits import READS, limited

blueprint = Blueprint("calendars", __name__)


@blueprint.get("/calendar/<token>.ics")
@limited(READS, "feeds")
def feed(token: str) -> Response:
    """All bookings of one practitioner; 304 while nothing has changed."""
    installation = here()

    def look(session: Session, now: datetime) -> tuple[FeedVersion, bytes | None]:
        rulebook = installation.offers.rulebook(session)
        version = calendars.feed_version(session, rulebook, token, now=now)
        if _is_known(version):
            return version, None
        return version, calendars.render_feed(session, rulebook, installation.links, version)

    version, content = read(look)
    client = request.headers.get("User-Agent", "")
    write(lambda session, now: calendars.note_fetch(session, version.feed_id, client, now=now))
    response = Response(content or b"", status=200 if content is not None else 304)
    response.content_type = "text/calendar; charset=utf-8"
    response.set_etag(version.etag)
    response.headers["Last-Modified"] = format_datetime(version.changed_at, usegmt=True)
    response.headers["Cache-Control"] = "private, no-cache"
    if content is not None:
        response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


def _is_known(version: FeedVersion) -> bool:
    """Whether the client has this version; a tag decides before a date (RFC 9110, 13.2.2)."""
    if request.if_none_match:
        return request.if_none_match.contains_weak(version.etag)
    since = request.if_modified_since
    return since is not None and version.changed_at <= since.astimezone(UTC)
