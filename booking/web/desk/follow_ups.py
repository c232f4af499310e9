"""Another visit that the doctor suggests, at the desk: in words, and on to the phone form."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import NotFound
from booking.domain.time import ONE_DAY
from booking.services.bookings import bookings
from booking.services.desk import follow_ups
from booking.services.desk.follow_ups import Wanted
from booking.store.bookings import Booking
from booking.store.engine import Session
from booking.web.clinic import rulebook
from booking.web.desk.blueprint import blueprint
from booking.web.desk.trail import weeks
from booking.web.installation import read


def in_weeks(number: int) -> str:
    """When the patient should come again."""
    return f"Follow-up in {weeks(number)}"


@blueprint.get("/bookings/<int(max=2147483647):booking_id>/follow-up")
def follow_up(booking_id: int) -> ResponseReturnValue:
    """On to the form that books it: for this patient, on the first day that has times then."""
    rules = rulebook()

    def look(session: Session, _: object) -> tuple[Booking, Wanted | None]:
        found = bookings.get(session, booking_id)
        return found, follow_ups.wanted(session, found, rules)

    booking, wanted = read(look)
    if wanted is None:
        raise NotFound
    return redirect(
        url_for(
            "desk.new",
            patient=booking.patient_id,
            service=wanted.plan.service if wanted.plan else None,
            after=(wanted.day - ONE_DAY).isoformat(),
        ),
        code=303,
    )
