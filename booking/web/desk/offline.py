"""
Today's sheet on a device of the clinic, for when the server cannot be reached.

A service worker keeps it (static/offline.js), where somebody asked for it (static/js/keep.js).
"""

from datetime import date, datetime

from flask import Response, current_app, url_for

from booking.domain.time import ONE_DAY, local_day, midnight
from booking.formats import sheets
from booking.formats.sheets import Sheet
from booking.services.desk.sheets import sheet as days
from booking.services.staff.sessions import SignedIn
from booking.store.engine import Session
from booking.web import clinic
from booking.web.access import current_staff
from booking.web.assets import STATIC
from booking.web.desk.blueprint import blueprint
from booking.web.installation import read, write
from booking.web.protection import POLICY

_RECORDED = "desk.kept"
_WORKER = (STATIC / "offline.js").read_bytes()


@blueprint.get("/offline.js")
def offline() -> Response:
    """The worker, at an address that stays, for the desk and no other page."""
    answer = Response(_WORKER, content_type="text/javascript; charset=utf-8")
    answer.headers["Service-Worker-Allowed"] = url_for("desk.day")
    return answer


@blueprint.get("/kept")
def kept() -> Response:
    """
    Today's sheet, dated, and until when it may be shown.

    A device asks each minute, so that only the first time of a day is recorded, as with the live
    board it keeps nobody signed in.
    """
    rules, person = clinic.rulebook(), current_staff()
    today = local_day(clinic.now(), rules.clinic.zone)
    found = _sheet(person, today)
    answer = Response(sheets.kept_html(found, live=url_for("desk.day")), mimetype="text/html")
    policy = POLICY.replace("style-src 'self'", f"style-src '{sheets.style_hash()}'")
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["Booking-Kept-At"] = found.made_at.isoformat()
    until = midnight(today + ONE_DAY, rules.clinic.zone)
    answer.headers["Booking-Kept-Until"] = until.isoformat()
    return answer


def _sheet(person: SignedIn, today: date) -> Sheet:
    rules, only = clinic.rulebook(), person.only_practitioner
    recorded: set[tuple[int, date]] = current_app.extensions.setdefault(_RECORDED, set())
    if (person.id, today) in recorded:
        return read(
            lambda session, now: days.of(session, rules, today, practitioner_id=only, now=now)
        )

    def look(session: Session, now: datetime) -> Sheet:
        return days.read(
            session, rules, today, practitioner_id=only, actor=person.actor, now=now, kept=True
        )

    found = write(look)
    recorded.difference_update({one for one in recorded if one[1] != today})
    recorded.add((person.id, today))
    return found
