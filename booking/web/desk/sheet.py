"""The day's sheet: to print, and as a file for when the server is down."""

from datetime import date, datetime

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from booking.domain.time import local_day
from booking.formats import sheets
from booking.services.desk.sheets import sheet as days
from booking.store.engine import Session
from booking.web import times
from booking.web.access import current_staff
from booking.web.desk.blueprint import blueprint
from booking.web.installation import here, write


@blueprint.get("/sheet")
def sheet() -> ResponseReturnValue:
    """A day's visits on one page of paper. Looking at it is recorded."""
    found = asked()
    return render_template("desk/sheet.html", chosen=found.day, **sheets.shown(found))


@blueprint.get("/sheet.html")
def sheet_file() -> ResponseReturnValue:
    """The same as a file that needs nothing beside itself."""
    found = asked()
    answer = Response(sheets.html(found), content_type="text/html; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=sheets.file_name(found.day))
    return answer


def asked() -> sheets.Sheet:
    """The sheet of the day in the address, today's without one. Looking at it is recorded."""
    person, wanted = current_staff(), times.parse_day(request.args.get("day"))
    offers = here().offers

    def look(session: Session, now: datetime) -> sheets.Sheet:
        rulebook = offers.rulebook(session)
        chosen: date = wanted or local_day(now, rulebook.clinic.zone)
        return days.read(
            session,
            rulebook,
            chosen,
            practitioner_id=person.only_practitioner,
            actor=person.actor,
            now=now,
        )

    return write(look)
