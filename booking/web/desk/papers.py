"""What is printed at the desk, as PDF."""

from datetime import date

from flask import Response
from flask.typing import ResponseReturnValue

from booking.services.desk.board import weeks as books
from booking.web.access import current_staff
from booking.web.clinic import rulebook
from booking.web.desk import sheet, slip, weeks
from booking.web.desk.blueprint import blueprint
from booking.web.installation import write


@blueprint.get("/sheet.pdf")
def sheet_pdf() -> ResponseReturnValue:
    """A day's visits. Looking at it is recorded."""
    # Here and below: the library takes a second and 20 MB, for nothing where nobody prints.
    from booking.formats import pdf  # noqa: PLC0415

    found = sheet.asked()
    return _shown(pdf.sheet(found), f"sheet-{found.day.isoformat()}")


@blueprint.get("/week.pdf")
def week_pdf() -> ResponseReturnValue:
    """A week's visits. Looking at it is recorded."""
    from booking.formats import pdf  # noqa: PLC0415

    person, rules = current_staff(), rulebook()
    first: date = weeks.asked()
    found = write(
        lambda session, now: books.on_paper(
            session,
            rules,
            first,
            practitioner_id=person.only_practitioner,
            actor=person.actor,
            now=now,
        )
    )
    return _shown(pdf.week(found), f"week-{first.isoformat()}")


@blueprint.get(f"{slip.BOOKING}/slip.pdf")
def slip_pdf(booking_id: int) -> ResponseReturnValue:
    """The slip for a patient. Looking at it is recorded."""
    from booking.formats import pdf  # noqa: PLC0415

    found = slip.asked(booking_id)
    if found is None:
        return slip.to_card(booking_id)
    return _shown(pdf.slip(found), f"slip-{found.reference}")


def _shown(content: bytes, name: str) -> Response:
    """Shown and not saved: a file with names would stay among the downloads for years."""
    answer = Response(content, content_type="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"{name}.pdf")
    return answer
