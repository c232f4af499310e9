"""Template globals and filters: dates in clinic time, the clinic's facts, assets."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request, url_for

from booking.domain import references
from booking.domain.errors import Refusal
from booking.domain.lifecycle import State
from booking.domain.modes import Patients
from booking.domain.roles import Role
from booking.domain.sentences import to_patients
from booking.formats import dates, web_addresses
from booking.formats.contacts import dial_link, show_phone
from booking.services.clinic import ClinicFacts, LogoFacts
from booking.web import addresses, language, texts
from booking.web.access import current_staff
from booking.web.assets import asset
from booking.web.clinic import facts, local, places_in_use, rulebook
from booking.web.installation import here

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STATE_WORDS = {
    State.REQUESTED: to_patients("Requested"),
    State.CONFIRMED: to_patients("Confirmed"),
    State.ARRIVED: to_patients("Arrived"),
    State.IN_ROOM: to_patients("In room"),
    State.COMPLETED: to_patients("Completed"),
    State.LEFT: to_patients("Left unseen"),
    State.NO_SHOW: to_patients("No-show"),
    State.CANCELLED: to_patients("Cancelled"),
    State.EXPIRED: to_patients("Expired"),
    State.ENTERED_IN_ERROR: to_patients("Entered in error"),
}
STEP_WORDS = STATE_WORDS | {State.LEFT: "Left", State.CONFIRMED: "Back to confirmed"}
ROLE_WORDS = {Role.RECEPTION: "Reception", Role.DOCTOR: "Doctor", Role.ADMIN: "Administrator"}
# To patients; what is for everybody says so only beside what is not.
FOR_WHOM = {
    Patients.NEW: to_patients("For your first visit"),
    Patients.ALL: to_patients("For everybody"),
    Patients.KNOWN: to_patients("If you have been here before"),
}
# Of patients, to staff.
FOR_WHOM_AT_DESK = {
    Patients.NEW: "new patients",
    Patients.ALL: "everybody",
    Patients.KNOWN: "known patients",
}
_KEPT = "clinic_in_words"
# Should the database be away, an error page still has a header.
_UNKNOWN = SimpleNamespace(
    name=to_patients("The clinic"),
    doctor=to_patients("the doctor"),
    phone="",
    phone_href="",
    email="",
    address="",
    places=[],
    time_zone_name="",
)


def register(app: Flask) -> None:
    """Teach templates the project's words."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=lambda value: dates.show_day(_day(value), locale=language.current()),
        day_year=lambda value: dates.show_day_year(_day(value), locale=language.current()),
        month=lambda value: dates.show_month(value, locale=language.current()),
        date_year=lambda value: dates.show_date_year(value, locale=language.current()),
        clock=lambda value: dates.show_clock(_wall(value), locale=language.current()),
        moment=lambda value: dates.show_moment(_wall(value), locale=language.current()),
        reference=references.show,
        phone=lambda value: show_phone(value, facts().country),
        dial=dial_link,
        with_addresses=web_addresses.split,
    )
    app.jinja_env.globals.update(asset=asset, comma=lambda: dates.comma(language.current()))
    addresses.register(app)
    language.register(app)
    texts.register(app)
    app.context_processor(_context)


def _wall(value: datetime) -> datetime:
    """On the wall of the place it was given for; an instant in UTC on the clinic's."""
    return value if isinstance(value.tzinfo, ZoneInfo) else local(value)


def _day(value: date | datetime) -> date:
    return _wall(value).date() if isinstance(value, datetime) else value


def _context() -> dict[str, Any]:
    return {
        "clinic": _clinic(),
        "staff": _staff(),
        "has_mailbox": here().mailbox is not None,
        "preview": g.get("preview_form"),
    }


def _clinic() -> Any:
    if g.get("database_is_away"):
        return _unknown()
    try:
        rules = rulebook()
    except Refusal:
        return _unknown()
    # While the rules are the same ones, so is this.
    key = (language.current(), request.root_path)
    kept: dict[Any, Any] = current_app.extensions.setdefault(_KEPT, {})
    if key not in kept or kept[key][0] is not rules:
        kept[key] = (rules, _said_of(rules.clinic))
    return kept[key][1]


def _said_of(clinic: ClinicFacts) -> Any:
    return SimpleNamespace(
        name=clinic.name,
        phone=show_phone(clinic.phone, clinic.country),
        phone_href=dial_link(clinic.phone),
        email=clinic.email,
        address=clinic.address,
        places=places_in_use(),
        time_zone_name=dates.show_zone(clinic.zone, locale=language.current()),
        theme=url_for("look.theme", v=clinic.accent[1:]) if clinic.accent else None,
        logo=_logo(clinic.logo),
        doctor=texts.doctor(),
    )


def _unknown() -> Any:
    translated = {"name": language._(_UNKNOWN.name), "doctor": language._(_UNKNOWN.doctor)}
    return SimpleNamespace(**{**vars(_UNKNOWN), **translated})


def _logo(logo: LogoFacts | None) -> Any:
    if logo is None:
        return None
    address = url_for("look.logo", v=logo.version)
    return SimpleNamespace(address=address, width=logo.width, height=logo.height)


def _staff() -> Any:
    if g.get("staff") is None:
        return None
    person = current_staff()
    return SimpleNamespace(name=person.email, roles={role.value for role in person.roles})
