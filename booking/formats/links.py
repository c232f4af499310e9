"""Addresses that leave the program: in mails, in calendars, on the confirmation page."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from booking.formats.languages import ENGLISH
from booking.formats.tokens import ManageKeys

_GOOGLE = "https://calendar.google.com/calendar/render"
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Links:
    """Built from the public address alone, never from a request's Host header."""

    public_url: str
    keys: ManageKeys

    @property
    def host(self) -> str:
        """The public host name, for UIDs and Message-IDs."""
        return urlsplit(self.public_url).hostname or "localhost"

    def set_up(self, token: str) -> str:
        """The first set-up of an empty installation."""
        return f"{self.public_url}/setup/{token}"

    def password(self, token: str) -> str:
        """Where a member of staff chooses a password."""
        return f"{self.public_url}/password/{token}"

    def manage(self, token: str, *, language: str = ENGLISH) -> str:
        """Where the patient sees, moves or cancels the booking, in the language of the mail."""
        chosen = "" if language == ENGLISH else f"?{urlencode({'lang': language})}"
        return f"{self.public_url}/manage/{token}{chosen}"

    def move_to(self, token: str, slot: str) -> str:
        """Where the patient moves the booking to one slot, after looking at it."""
        return f"{self.manage(token)}/move?{urlencode({'slot': slot})}"

    def download(self, token: str) -> str:
        """The booking as a calendar file."""
        return f"{self.public_url}/manage/{token}/appointment.ics"

    def feed(self, token: str) -> str:
        """A subscribed calendar."""
        return f"{self.public_url}/calendar/{token}.ics"

    def desk(self, booking_id: int) -> str:
        """The booking's card, behind the staff's login."""
        return f"{self.public_url}/desk/bookings/{booking_id}"


def google_calendar(*, title: str, start: datetime, end: datetime, place: str, details: str) -> str:
    """A link that opens the appointment in Google Calendar, ready to be saved."""
    dates = "/".join(moment.astimezone(UTC).strftime(_STAMP) for moment in (start, end))
    query = {
        "action": "TEMPLATE",
        "text": title,
        "dates": dates,
        "location": place,
        "details": details,
    }
    return f"{_GOOGLE}?{urlencode(query)}"
