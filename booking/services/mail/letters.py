"""What a message says: the row, its booking and the clinic turned into a letter."""

import logging
from datetime import datetime, timedelta

from booking.domain import references
from booking.domain.lifecycle import State
from booking.domain.messages import Audience, MessageKind
from booking.domain.slots import slot_id
from booking.formats import dates, ics, languages
from booking.formats.contacts import show_phone
from booking.formats.deadlines import show_deadlines
from booking.formats.ics import Appointment, Method, Organizer
from booking.formats.languages import ENGLISH
from booking.formats.links import CalendarLinks, Links, online_calendars
from booking.formats.mail import Invitation, Letter
from booking.services import clinic as clinics
from booking.services.bookings import whereabouts
from booking.services.calendars import initials, patient_appointment
from booking.services.clinic import ClinicFacts, Rulebook
from booking.store.bookings import Booking
from booking.store.records import Message

_DOCTOR_WORDS = {
    MessageKind.DOCTOR_BOOKED: "booked",
    MessageKind.DOCTOR_MOVED: "moved",
    MessageKind.DOCTOR_CANCELLED: "cancelled",
}
_log = logging.getLogger(__name__)


def letter(
    message: Message, rulebook: Rulebook, links: Links, *, sender: str, now: datetime
) -> Letter:
    """The letter for a message whose booking, patient and practitioner are loaded."""
    doctor = message.kind.audience is Audience.DOCTOR
    clinic = rulebook.at(message.booking.location_id)
    return Letter(
        template="doctor" if doctor else message.kind.value,
        facts=_facts(message, rulebook, clinic, links, now=now),
        sender=sender,
        sender_name=clinic.name,
        reply_to=clinic.email,
        recipient=message.recipient,
        language=_language(message),
        message_id=message.message_id,
        date=now,
        invitation=_invitation(message, clinic, sender) if message.kind.invites else None,
    )


def _language(message: Message) -> str:
    """The patient's, for the patient; doctors are staff and read English."""
    doctor = message.kind.audience is Audience.DOCTOR
    return ENGLISH if doctor else languages.first_known([message.booking.patient.locale])


def _facts(
    message: Message, rulebook: Rulebook, clinic: ClinicFacts, links: Links, *, now: datetime
) -> dict[str, object]:
    booking = message.booking
    locale = _language(message)
    start = booking.start.astimezone(clinic.zone)
    old = message.previous_start
    appointment = patient_appointment(booking, clinic)
    token = manage_token(booking, links)
    return {
        "clinic_name": clinic.name,
        "practitioner": booking.practitioner.name,
        "service": booking.service.name,
        "when": dates.show_moment_year(start, locale=locale),
        "when_short": dates.show_moment_short(start, locale=locale),
        "zone_name": dates.show_zone(clinic.zone, locale=locale),
        "minutes": int((booking.end - booking.start).total_seconds() // 60),
        "place": clinic.where,
        "where": whereabouts.of_booking(booking, clinic.where, language=locale),
        "phone": languages.left_to_right(locale, show_phone(clinic.phone, clinic.country)),
        "email": clinic.email,
        "reference": references.show(booking.reference),
        "deadlines": _deadlines(booking, clinic, locale, now=now),
        "manage_url": links.manage(token, language=locale) if token else None,
        "come_url": f"{links.manage(token, language=locale)}#come" if token else None,
        "will_come": booking.reconfirmed_at is not None,
        "ics_url": links.download(token) if token else None,
        "online": online_links(appointment),
        "reason": message.reason or None,
        "old_when": dates.show_moment_year(old.astimezone(clinic.zone), locale=locale)
        if old
        else None,
        **_lateness(message, start, locale),
        "what": _DOCTOR_WORDS.get(message.kind),
        **_offered(message, rulebook, links, token, locale),
        "book_url": _book_again(message, rulebook, links, locale),
        "initials": initials(booking.patient.name),
        "desk_url": links.desk(booking.id),
    }


def _lateness(message: Message, start: datetime, locale: str) -> dict[str, object]:
    """By how many minutes the practitioner runs late, and when the visit will begin."""
    if message.late is None:
        return {"late_minutes": None, "expected": None}
    minutes = message.late.minutes
    clock = dates.show_clock(start + timedelta(minutes=minutes), locale=locale)
    return {"late_minutes": minutes, "expected": languages.left_to_right(locale, clock)}


def _book_again(message: Message, rulebook: Rulebook, links: Links, locale: str) -> str | None:
    """Where whoever missed a visit finds another like it, as far as it is still offered."""
    if message.kind is not MessageKind.MISSED:
        return None
    booking = message.booking
    offered = [plan for plan in rulebook.plans if plan.service_id == booking.service_id]
    same = [plan for plan in offered if plan.practitioner_id == booking.practitioner_id]
    return links.book(
        offered[0].service if offered else None,
        same[0].practitioner if same else None,
        language=locale,
    )


def _deadlines(booking: Booking, clinic: ClinicFacts, locale: str, *, now: datetime) -> str | None:
    cut_offs = clinics.cut_offs(booking, clinic)
    return show_deadlines(booking.start, cut_offs, now=now, zone=clinic.zone, locale=locale)


def _offered(
    message: Message, rulebook: Rulebook, links: Links, token: str | None, locale: str
) -> dict[str, object]:
    """The times that are held for the patient, each with its link, and until when."""
    if message.kind is not MessageKind.NEW_TIMES or token is None:
        return {"offers": [], "kept_until": None}
    booking = message.booking
    held = booking.offered
    shown = [
        {
            "when": dates.show_moment_year(
                hold.start.astimezone(rulebook.at(hold.location_id).zone), locale=locale
            ),
            "place": rulebook.at(hold.location_id).where
            if hold.location_id != booking.location_id
            else None,
            "url": links.move_to(
                token, slot_id(booking.service.slug, booking.practitioner.slug, hold.start)
            ),
        }
        for hold in held
    ]
    until = min((hold.expires_at for hold in held), default=None)
    zone = rulebook.at(booking.location_id).zone
    words = dates.show_moment(until.astimezone(zone), locale=locale) if until else None
    return {"offers": shown, "kept_until": words}


def manage_token(booking: Booking, links: Links) -> str | None:
    """The booking's manage token; None if the key that made it is gone."""
    return links.keys.again(booking.uid, booking.manage_generation, booking.manage_token_hash)


def online_links(appointment: Appointment) -> CalendarLinks:
    """The appointment ready to be saved in an online calendar."""
    return online_calendars(
        title=appointment.summary,
        start=appointment.start,
        end=appointment.end,
        place=appointment.location,
        details=appointment.description,
    )


def _invitation(message: Message, clinic: ClinicFacts, sender: str) -> Invitation | None:
    booking = message.booking
    cancelled = booking.state in {State.CANCELLED, State.ENTERED_IN_ERROR}
    method = Method.CANCEL if cancelled else Method.REQUEST
    try:
        content = ics.invitation(
            patient_appointment(booking, clinic),
            method=method,
            organizer=Organizer(sender, booking.practitioner.name),
            attendee=message.recipient,
        )
    except Exception as error:  # noqa: BLE001 - whatever it runs into, the mail must leave
        # The error's own words may quote a name.
        _log.error("calendar part of message %s failed: %s", message.id, type(error).__name__)
        return None
    return Invitation(content, method.value)
