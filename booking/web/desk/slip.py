"""The patient's slip: a small page to print and hand over."""

from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.formats import slips
from booking.formats.slips import Slip
from booking.services import audit
from booking.services.desk.sheets import slip as texts
from booking.store.engine import Session
from booking.web.access import current_staff
from booking.web.clinic import rulebook
from booking.web.desk import own
from booking.web.desk.blueprint import blueprint
from booking.web.installation import here, write

BOOKING = "/bookings/<int(max=2147483647):booking_id>"


@blueprint.get(f"{BOOKING}/slip")
def slip(booking_id: int) -> ResponseReturnValue:
    """The slip, in the patient's language. Looking at it is recorded."""
    found = asked(booking_id)
    if found is None:
        return to_card(booking_id)
    return render_template("desk/slip.html", booking_id=booking_id, slip=slips.html(found))


def asked(booking_id: int) -> Slip | None:
    """The slip; None for a visit that nobody has to come to any more."""
    booking, rules = own.booking(booking_id), rulebook()
    if booking.state not in texts.GIVEN:
        return None

    def look(session: Session, now: datetime) -> Slip:
        audit.record(session, current_staff().actor, "viewed", now=now, booking_id=booking_id)
        return texts.of(booking, rules, here().links, now=now)

    return write(look)


def to_card(booking_id: int) -> ResponseReturnValue:
    """There it says what became of the appointment."""
    return redirect(url_for("desk.booking", booking_id=booking_id), code=303)
