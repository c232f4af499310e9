"""What patients may change about themselves by their link: name and phone, nothing else."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain import lifecycle
from booking.services import audit
from booking.services.bookings.bookings import locked, standing
from booking.services.patients import search
from booking.services.times.availability import Offers
from booking.store.bookings import Booking


@dataclass(frozen=True, slots=True)
class NewDetails:
    """What is to be different, checked; None stays as it is."""

    name: str | None = None
    phone: str | None = None


def change(
    session: Session, offers: Offers, booking: Booking, new: NewDetails, *, now: datetime
) -> list[str]:
    """
    Change them while the visit lies ahead; the names of the fields that are different now.

    The audit keeps these names, never what stands in the fields.

    Raises:
        AlreadyCancelled, AlreadyOver, TransitionRefused: there is no visit ahead.
    """
    # A calendar shows the name, so it must notice.
    booking, _ = locked(session, offers, booking, now=now)
    lifecycle.require_ahead(standing(booking), now=now)
    patient = booking.patient
    given = {name: value for name, value in asdict(new).items() if value is not None}
    changed = [name for name, value in given.items() if getattr(patient, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(patient, name, given[name])
    search.keep_words(session, patient.id, name=patient.name, phone=patient.phone)
    booking.updated_at = now
    audit.record(
        session,
        audit.PATIENT,
        "details_changed",
        now=now,
        booking_id=booking.id,
        to_value=", ".join(changed),
    )
    return changed
