"""For whoever runs the machine: is the process there, can it work?"""

from flask import Blueprint, Response, jsonify

from booking.domain.errors import Busy
from booking.services import health
from booking.web.installation import read

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 only without a database or with another schema; worker and mail are only reported."""
    try:
        found = read(lambda session, now: health.check(session, now=now))
    except Busy:
        return jsonify(status="unavailable", database="unreachable"), 503
    if not found.schema_is_current:
        return jsonify(status="unavailable", database="ok", migrations="outdated"), 503
    late = found.worker_is_late
    return (
        jsonify(
            status="degraded" if late else "ok",
            database="ok",
            migrations="current",
            worker="late" if late else "ok",
            worker_seen_seconds_ago=found.worker_seen_seconds_ago,
            oldest_unsent_message_seconds=found.oldest_unsent_seconds,
            unsent_messages=found.unsent,
            failed_messages=found.failed,
        ),
        200,
    )
