"""The patient's slip: what is handed over at the desk, or printed for whoever has no e-mail."""

from datetime import datetime

from booking.domain import lifecycle, references
from booking.domain.lifecycle import State
from booking.formats import dates, languages
from booking.formats.contacts import show_phone
from booking.formats.links import Links
from booking.formats.slips import Slip
from booking.services.bookings import whereabouts
from booking.services.clinic import Rulebook
from booking.services.mail.letters import manage_token
from booking.store.bookings import Booking

# What is over has nothing to come to.
GIVEN = lifecycle.OPEN | {State.REQUESTED}


def of(booking: Booking, rulebook: Rulebook, links: Links, *, now: datetime) -> Slip:
    """The slip in the patient's language; patient, service and practitioner are loaded."""
    clinic = rulebook.at(booking.location_id)
    locale = languages.first_known([booking.patient.locale])
    start = booking.start.astimezone(clinic.zone)
    where = whereabouts.of_booking(booking, clinic.where, language=locale)
    token = manage_token(booking, links) if now < booking.start else None
    # Whoever does not come to the clinic may be anywhere.
    is_plain = where.in_person and clinic.zone == rulebook.clinic.zone
    return Slip(
        language=locale,
        clinic=clinic.name,
        day=dates.show_day_year(start.date(), locale=locale),
        clock=dates.show_clock(start, locale=locale),
        zone=None if is_plain else dates.show_zone(clinic.zone, locale=locale),
        where_label=languages.translate(locale, where.label),
        where=where.words,
        practitioner=booking.practitioner.name,
        reference=references.show(booking.reference),
        phone=show_phone(clinic.phone, clinic.country),
        manage_url=links.manage(token, language=locale) if token else None,
        made_at=now.astimezone(clinic.zone),
    )
