"""
iCalendar (RFC 5545) and invitations (RFC 5546): appointments in, bytes out.

All times are UTC, so that no reader needs a zone's rules. DTSTAMP and LAST-MODIFIED come from the
booking, never from the clock, so that the same booking always gives the same bytes.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

_PRODID = "-//Booking//Consultations//EN"
_REFRESH = timedelta(minutes=15)


class Method(StrEnum):
    """What a calendar object in a mail asks its reader to do (RFC 5546, 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Status(StrEnum):
    """How firm an appointment is (RFC 5545, 3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Appointment:
    """One booking as a calendar sees it; instants are aware and in UTC."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    updated_at: datetime
    summary: str
    location: str
    description: str
    status: Status = Status.CONFIRMED
    is_free: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Organizer:
    """The clinic's one address (equal to the mail's From), with the doctor's name."""

    address: str
    name: str


def invitation(
    appointment: Appointment, *, method: Method, organizer: Organizer, attendee: str
) -> bytes:
    """
    The calendar part of a mail: REQUEST to book or move, CANCEL to cancel.

    `attendee` is the address that it goes to. No name stands beside it: what somebody typed must
    not travel to an address that may be another's. A reply is not read, so none is asked for
    (RSVP=FALSE).
    """
    event = _event(appointment)
    host = vCalAddress(f"mailto:{organizer.address}")
    # A quotation mark cannot stand in a parameter at all (RFC 5545, 3.2).
    host.params["CN"] = vText(_text(organizer.name).replace('"', "'").replace("\n", " "))
    event["organizer"] = host
    guest = vCalAddress(f"mailto:{attendee}")
    guest.params.update(
        {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    )
    event.add("attendee", guest, encode=False)
    calendar = _calendar()
    calendar.add("method", method.value)
    calendar.add_component(event)
    return _bytes(calendar)


def download(appointment: Appointment) -> bytes:
    """A file for "add to calendar": the same UID as in the mail, so that both become one event."""
    calendar = _calendar()
    calendar.add_component(_event(appointment))
    return _bytes(calendar)


def feed(name: str, appointments: Iterable[Appointment]) -> bytes:
    """A calendar to subscribe to; the caller leaves out what was cancelled (RFC 7986 names)."""
    calendar = _calendar()
    calendar.add("name", vText(_text(name)))
    calendar.add("x-wr-calname", vText(_text(name)))
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    for appointment in appointments:
        calendar.add_component(_event(appointment))
    return _bytes(calendar)


def _bytes(calendar: Calendar) -> bytes:
    content: bytes = calendar.to_ical()
    return content


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODID)
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(appointment: Appointment) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.updated_at.replace(microsecond=0))
    event.add("last-modified", appointment.updated_at.replace(microsecond=0))
    event.add("dtstart", appointment.start)
    event.add("dtend", appointment.end)
    event.add("summary", _text(appointment.summary))
    event.add("class", "PRIVATE")
    event.add("status", appointment.status.value)
    event.add("transp", "TRANSPARENT" if appointment.is_free else "OPAQUE")
    for key, value in (
        ("location", appointment.location),
        ("description", appointment.description),
    ):
        if value:
            event.add(key, _text(value))
    if appointment.url:
        event.add("url", appointment.url)
    return event


def _text(text: str) -> str:
    """Text without control characters; the library escapes the rest, but lets these through."""
    return "".join(
        character
        for character in text
        if character == "\n" or unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
    )
