"""What clients ask for, read into values that services take."""

import re
from collections.abc import Callable
from datetime import date

from booking.domain.came_from import HANDLE_MAX, CameFrom, read_handle
from booking.domain.errors import UnknownPractitioner, UnknownService
from booking.domain.intake import ADULT_AT
from booking.domain.people import Findings, Person, age_on, read_birth_iso, read_name
from booking.formats import languages
from booking.formats.contacts import read_contacts, show_phone
from booking.formats.languages import ENGLISH
from booking.services.bookings.intakes import Given
from booking.services.clinic import ClinicFacts, Rulebook
from booking.web.api import intake
from booking.web.api.answers import Wanted
from booking.web.api.bodies import Body
from booking.web.api.times import read_time
from booking.web.errors import ANSWERS
from booking.web.installation import here

_LOCALE = re.compile(r"([A-Za-z]{2,8})(-[A-Za-z0-9]{1,8})*", re.ASCII)


def read_wanted(body: Body, rulebook: Rulebook) -> Wanted | None:
    """The slot asked for; errors go to `body`, and then there may be none."""
    found = Findings()
    service, practitioner = body.text("service"), body.text("practitioner")
    start = body.read("start", read_time)
    try:
        if service is not None:
            rulebook.plans_for(service, practitioner)
    except UnknownService as unknown:
        found.add("service", unknown.code, ANSWERS[unknown.code].words)
    except UnknownPractitioner as unknown:
        found.add("practitioner", unknown.code, ANSWERS[unknown.code].words)
    body.add_all(found)
    if service is None or practitioner is None or start is None:
        return None
    return Wanted(service, practitioner, start)


def read_person(body: Body, rulebook: Rulebook, *, today: date) -> Person | None:
    """Who comes; errors go to `body`, and then there may be nobody."""
    if not isinstance(body.given.get("patient"), dict):
        return None
    # Without one fitting field there is no patient among what fits.
    given = body.fitting.get("patient", {})
    found = Findings()
    name = read_name(given.get("name", ""), found)
    birth = read_birth_iso(given.get("date_of_birth", ""), found, today=today)
    email, phone = read_contacts(
        given.get("email") or "",
        given.get("phone") or "",
        found,
        country=rulebook.clinic.country,
        by_phone=rulebook.is_by_phone(body.text("service")),
    )
    body.add_all(found, below="patient.")
    if birth is None:
        return None
    return Person(name, birth, email, phone, read_locale(given.get("locale")))


def read_locale(text: str | None) -> str:
    """The language to write to the patient in: theirs if we know it, English otherwise."""
    matched = _LOCALE.fullmatch(text or "")
    return languages.known(matched[1], here().languages) or ENGLISH if matched else ENGLISH


def check_notice(body: Body, *, current: str) -> str:
    """The acknowledged privacy notice must be the one that is shown now."""
    version = body.text("privacy_notice")
    found = Findings()
    if not version:
        found.add("privacy_notice", "missing", "Give the version of the notice that was read")
    elif version != current:
        found.add(
            "privacy_notice",
            "outdated",
            f"The privacy notice is now version {current}: show it and give its version",
        )
    body.add_all(found)
    return current


def read_intake(body: Body, *, version: int) -> Given:
    """The answers to the questions; errors go to `body`."""
    found = Findings()
    answers = intake.read(body.fitting.get("intake"), found)
    body.add_all(found, below="intake.")
    return Given(answers, version)


def check_age(body: Body, person: Person, day: date, *, clinic: ClinicFacts) -> None:
    """For somebody who is under 18 on `day` the office books, with a guardian's name."""
    if age_on(day, person.date_of_birth) < ADULT_AT:
        found, phone = Findings(), show_phone(clinic.phone, clinic.country)
        words = f"For a patient under 18 the office books, on the phone: {phone}"
        found.add("date_of_birth", "under_18", words)
        body.add_all(found, below="patient.")


def read_came_from(body: Body) -> CameFrom:
    """Who led the patient here, where the client says so; errors go to `body`."""
    source, referral = (body.read(field, _reader(field)) for field in ("source", "referral"))
    return CameFrom(source, referral)


def _reader(field: str) -> Callable[[str, Findings], str | None]:
    def read(text: str, found: Findings) -> str | None:
        handle = read_handle(text)
        if text and handle is None:
            words = f"Use up to {HANDLE_MAX} letters, digits and ._~:/+- without blanks"
            found.add(field, "impossible", words)
        return handle

    return read
