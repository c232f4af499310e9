"""Addresses that leave the program: in mails, in calendars, on the confirmation page."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

from booking.formats.languages import ENGLISH
from booking.formats.tokens import ManageKeys

_GOOGLE = "https://calendar.google.com/calendar/render"
_STAMP = "%Y%m%dT%H%M%SZ"
_OUTLOOK = "/calendar/0/deeplink/compose"
# The same page serves private accounts and those of an employer or a school.
_OUTLOOK_HOSTS = {"outlook": "outlook.live.com", "office": "outlook.office.com"}


@dataclass(frozen=True, slots=True)
class CalendarLinks:
    """Pages of online calendars that open an appointment, ready to be saved."""

    google: str
    outlook: str
    office: str


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
        return f"{self.public_url}/manage/{token}{_in(language)}"

    def move_to(self, token: str, slot: str) -> str:
        """Where the patient moves the booking to one slot, after looking at it."""
        return f"{self.manage(token)}/move?{urlencode({'slot': slot})}"

    def download(self, token: str) -> str:
        """The booking as a calendar file."""
        return f"{self.public_url}/manage/{token}/appointment.ics"

    @property
    def waitlist_keys(self) -> ManageKeys:
        """What the links of waitlist entries are made with."""
        return self.keys.of("waitlist")

    @property
    def offer_keys(self) -> ManageKeys:
        """What the links of the waitlist's offers are made with."""
        return self.keys.of("offer")

    def waitlist(self, token: str, *, language: str = ENGLISH) -> str:
        """Where somebody sees, changes or leaves their place on the waitlist."""
        return f"{self.public_url}/waitlist/{token}{_in(language)}"

    def offer(self, token: str, *, language: str = ENGLISH) -> str:
        """Where a time that the waitlist offers is taken or declined."""
        return f"{self.public_url}/offer/{token}{_in(language)}"

    @property
    def proof_keys(self) -> ManageKeys:
        """What the links that prove an e-mail address are made with."""
        return self.keys.of("proof")

    def take(self, slot: str) -> str:
        """Where one slot is shown, ready to be taken."""
        return f"{self.public_url}/book?{urlencode({'slot': slot})}"

    def book(
        self,
        service: str | None = None,
        practitioner: str | None = None,
        *,
        language: str = ENGLISH,
    ) -> str:
        """Where somebody finds a time: of a service with a practitioner, as far as it is said."""
        asked = {"service": service, "practitioner": practitioner}
        asked["lang"] = None if language == ENGLISH else language
        query = urlencode({key: value for key, value in asked.items() if value is not None})
        return f"{self.public_url}/book{'?' if query else ''}{query}"

    def proof(self, token: str, *, language: str = ENGLISH) -> str:
        """Where a booking is confirmed whose address had to be proven."""
        chosen = "" if language == ENGLISH else f"?{urlencode({'lang': language})}"
        return f"{self.public_url}/book/proof/{token}{chosen}"

    def feed(self, token: str) -> str:
        """A subscribed calendar."""
        return f"{self.public_url}/calendar/{token}.ics"

    def desk(self, booking_id: int) -> str:
        """The booking's card, behind the staff's login."""
        return f"{self.public_url}/desk/bookings/{booking_id}"


def online_calendars(
    *, title: str, start: datetime, end: datetime, place: str, details: str
) -> CalendarLinks:
    """Links that open the appointment in online calendars, ready to be saved."""
    dates = "/".join(moment.astimezone(UTC).strftime(_STAMP) for moment in (start, end))
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": dates,
        "location": place,
        "details": details,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": _iso(start),
        "enddt": _iso(end),
        "location": place,
        "body": details,
    }
    # Outlook shows a plus sign as it stands, so blanks must be written as %20.
    query = urlencode(outlook, quote_via=quote)
    others = {name: f"https://{host}{_OUTLOOK}?{query}" for name, host in _OUTLOOK_HOSTS.items()}
    return CalendarLinks(google=f"{_GOOGLE}?{urlencode(google)}", **others)


def _in(language: str) -> str:
    return "" if language == ENGLISH else f"?{urlencode({'lang': language})}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
