"""Moving a booking at the desk: another time is chosen, looked at with all that follows, saved."""

from flask.typing import ResponseReturnValue

from booking.domain.errors import SlotRefusal, TransitionRefused
from booking.services.bookings import moves_undone
from booking.web.access import current_staff
from booking.web.desk.blueprint import blueprint
from booking.web.desk.day import back_to_day, card, own, seen
from booking.web.installation import here, write

_BOOKING = "/bookings/<int(max=2147483647):booking_id>"


@blueprint.post(f"{_BOOKING}/undo-move")
def undo_move(booking_id: int) -> ResponseReturnValue:
    """Take the latest move back."""
    person, installation = current_staff(), here()
    found, version = own(booking_id, person), seen()
    try:
        moved = write(
            lambda session, now: moves_undone.undo_move(
                session,
                installation.offers,
                installation.links,
                found,
                actor=person.actor,
                now=now,
                seen=version,
            )
        )
    except (TransitionRefused, SlotRefusal) as refusal:
        return card(booking_id, refusal_code=refusal.code)
    return back_to_day(moved, is_news=True)
