"""What the columns of somebody else's table mean: known programs, and a guess at all others."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from booking.domain.importing import GONE, STANDS, Field

_SPLIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Program:
    """A program whose tables are known: what its columns mean, and by which it is recognised."""

    slug: str
    name: str
    columns: Mapping[str, Field]
    marks: frozenset[str]


def plain(head: str) -> str:
    """`Start Date & Time` and `start_date_time` as `start date time`."""
    letters = unicodedata.normalize("NFKD", head).casefold()
    letters = "".join(one for one in letters if not unicodedata.combining(one))
    return " ".join(_SPLIT.split(letters.replace("ß", "ss"))).strip()


OURS = Program(
    "booking",
    "Booking",
    {
        "name": Field.NAME,
        "date of birth": Field.BORN,
        "email": Field.EMAIL,
        "phone": Field.PHONE,
        # With their offset; the zone need not be read.
        "start": Field.START,
        "end": Field.END,
        "service": Field.SERVICE,
        "practitioner": Field.PRACTITIONER,
        "state": Field.STATE,
    },
    frozenset({"name", "date of birth", "email", "phone"}),
)
# As Calendly exports scheduled events. Its times are on the wall of whoever exports, whatever the
# zone of the invitee; what invitees answered may be about their health.
CALENDLY = Program(
    "calendly",
    "Calendly",
    {
        "invitee name": Field.NAME,
        "invitee email": Field.EMAIL,
        "text reminder number": Field.PHONE,
        "event type name": Field.SERVICE,
        "start date time": Field.START,
        "end date time": Field.END,
        "canceled": Field.STATE,
        "user name": Field.PRACTITIONER,
    },
    frozenset({"invitee email", "start date time", "event type name"}),
)
# Easy!Appointments has no export of its own: these are the names in its database, as a query or its
# interface gives them (docs/import.md). Its times are on the wall of the provider.
EASY_APPOINTMENTS = Program(
    "easyappointments",
    "Easy!Appointments",
    {
        "first name": Field.FIRST_NAME,
        "last name": Field.LAST_NAME,
        "customer first name": Field.FIRST_NAME,
        "customer last name": Field.LAST_NAME,
        "email": Field.EMAIL,
        "customer email": Field.EMAIL,
        "phone number": Field.PHONE,
        "customer phone number": Field.PHONE,
        "start datetime": Field.START,
        "end datetime": Field.END,
        "service": Field.SERVICE,
        "service name": Field.SERVICE,
        "provider": Field.PRACTITIONER,
        "provider name": Field.PRACTITIONER,
        "status": Field.STATE,
    },
    frozenset({"start datetime", "end datetime"}),
)
# Its customers, who come in a table of their own.
EASY_CUSTOMERS = Program(
    EASY_APPOINTMENTS.slug,
    EASY_APPOINTMENTS.name,
    EASY_APPOINTMENTS.columns,
    frozenset({"first name", "last name", "email", "phone number"}),
)
PROGRAMS = (OURS, CALENDLY, EASY_APPOINTMENTS)
_RECOGNISED = (OURS, CALENDLY, EASY_APPOINTMENTS, EASY_CUSTOMERS)
# What others call these, in English and German; notes are left out, since they may be about health.
_CALLED = {
    Field.NAME: "name|full name|patient|patient name|customer|customer name|client|client name"
    "|vollstandiger name",
    Field.FIRST_NAME: "first name|firstname|given name|forename|vorname",
    Field.LAST_NAME: "last name|lastname|surname|family name|nachname|familienname",
    Field.EMAIL: "email|e mail|email address|e mail address|mail|customer email|patient email"
    "|client email|e mail adresse",
    Field.PHONE: "phone|phone number|telephone|tel|mobile|mobile number|mobile phone|cell"
    "|customer phone|telefon|telefonnummer|handy|mobil",
    Field.BORN: "date of birth|birth date|birthdate|birthday|dob|born|geburtsdatum|geboren",
    Field.START: "start|starts|starts at|start time|start datetime|start date time|begin|begins"
    "|beginn|date time|datetime|appointment|appointment start|termin",
    Field.DATE: "date|day|start date|appointment date|datum|tag",
    Field.TIME: "time|start time|appointment time|uhrzeit|zeit",
    Field.END: "end|ends|ends at|end time|end datetime|end date time|ende",
    Field.LENGTH: "length|duration|minutes|duration minutes|dauer|minuten",
    Field.SERVICE: "service|service name|appointment type|type|event type|treatment|leistung"
    "|terminart|behandlung",
    Field.PRACTITIONER: "practitioner|provider|doctor|staff|employee|with|therapist|arzt|behandler",
    Field.STATE: "state|status|canceled|cancelled|storniert",
    Field.ZONE: "time zone|timezone|zeitzone",
}
_GONE_WORDS = (
    "cancelled|canceled|true|yes|1|rejected|declined|deleted|removed|draft|no show|left|completed"
    "|arrived|in room|storniert|abgesagt|abgelehnt|geloscht"
)
_STANDING_WORDS = (
    "|confirmed|booked|active|false|no|0|accepted|approved|scheduled|rescheduled|paid|reserved"
    "|bestatigt|gebucht"
)
_GONE, _STANDS = (frozenset(words.split("|")) for words in (_GONE_WORDS, _STANDING_WORDS))


def program_of(head: Sequence[str]) -> Program | None:
    """Whose table this is, if it is one that is known."""
    names = {plain(one) for one in head}
    return next((one for one in _RECOGNISED if one.marks <= names), None)


def guess(head: Sequence[str], program: Program | None) -> tuple[Field | None, ...]:
    """What each column means: as a program's tables have it, or as most people would say."""
    columns = program.columns if program else _by_name(head)
    found: list[Field | None] = []
    for name in map(plain, head):
        meant = columns.get(name)
        found.append(None if meant in found else meant)
    return tuple(found)


def _by_name(head: Sequence[str]) -> dict[str, Field]:
    names, columns = {plain(one) for one in head}, dict[str, Field]()
    for meant, called in _CALLED.items():
        known = next((one for one in called.split("|") if one in names and one not in columns), "")
        if known and not _is_said(meant, set(columns.values())):
            columns[known] = meant
    # A time alone is half of a start that has its day in a column of its own.
    if columns.get("start time") is Field.START and names & {"date", "start date"}:
        columns |= {"start time": Field.TIME}
        columns |= {next(one for one in ("date", "start date") if one in names): Field.DATE}
    return columns


def _is_said(meant: Field, said: set[Field]) -> bool:
    """Whether another column says it already."""
    return (
        (meant in {Field.FIRST_NAME, Field.LAST_NAME} and Field.NAME in said)
        or (meant in {Field.DATE, Field.TIME} and Field.START in said)
        or (meant is Field.LENGTH and Field.END in said)
    )


def state_of(word: str) -> str | None:
    """Whether a booking in this state stands or is gone; None for a word that is not known."""
    known = plain(word)
    if known in _GONE:
        return GONE
    return STANDS if known in _STANDS else None
