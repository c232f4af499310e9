"""The first set-up: one form from an empty database to a page on which patients book."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import Invalid, NotFound
from booking.domain.people import Findings
from booking.domain.slugs import free_slug
from booking.formats import places
from booking.services.admin import first_setup
from booking.services.admin.first_setup import FirstClinic
from booking.services.staff import accounts, sessions
from booking.web import forms
from booking.web.access import set_staff_cookie
from booking.web.admin import reading, same_hours
from booking.web.admin.clinic import FIELDS as CLINIC_FIELDS
from booking.web.admin.clinic import read_details
from booking.web.installation import here, read, write
from booking.web.limits import READS, limited
from booking.web.wording import WEEKDAYS

_FIELDS = (
    *CLINIC_FIELDS,
    *same_hours.FIELDS,
    "practitioner",
    "practitioner_email",
    "service",
    "minutes",
    "admin_email",
)
_USUAL = {
    "hold_minutes": "10",
    "opens": "09:00",
    "break_from": "12:00",
    "break_until": "13:00",
    "closes": "17:00",
    "service": "Consultation",
    "minutes": "30",
}
_MONDAY_TO_FRIDAY = {"0", "1", "2", "3", "4"}

blueprint = Blueprint("setup", __name__, url_prefix="/setup")


@blueprint.route("/<token>", methods=["GET", "POST"])
@limited(READS, "pages")
def first(token: str) -> ResponseReturnValue:
    """All that is asked; saved at once or not at all. Looking at it does not use the link up."""
    try:
        read(lambda session_, now: first_setup.require_link(session_, token, now=now))
    except NotFound:
        return render_template("setup/gone.html"), 404
    found = Findings()
    values = dict.fromkeys(_FIELDS, "") | _USUAL
    days = _MONDAY_TO_FRIDAY
    if request.method == "POST":
        values = forms.typed(request.form, *_FIELDS)
        days = set(request.form.getlist(same_hours.DAYS_FIELD)[:7])
        clinic = _read(values, days, found)
        done = _found_clinic(token, clinic, values["admin_email"], found) if clinic else None
        if done is not None:
            return done
    return forms.shown(
        "setup/first.html",
        found,
        token=token,
        values=values,
        days=days,
        weekdays=WEEKDAYS,
        countries=places.countries().items(),
        zones=places.time_zones().items(),
    )


def _found_clinic(
    token: str, clinic: FirstClinic, email: str, found: Findings
) -> ResponseReturnValue | None:
    """Save it and sign the administrator in; None when `found` has something to say."""
    password = request.form.get("password", "")
    try:
        staff_id = write(
            lambda session_, now: first_setup.set_up(
                session_, token, clinic, email, password, now=now
            )
        )
    except Invalid as invalid:
        for error in invalid.errors:
            name = "admin_email" if error.field == "email" else error.field
            found.add(name, error.code, error.message)
        return None
    random_token = here().random_token
    signed_in = write(
        lambda session_, now: sessions.start(session_, staff_id, random_token=random_token, now=now)
    )
    session.clear()
    response: Any = redirect(url_for("book.days", ready="1"), code=303)
    set_staff_cookie(response, signed_in)
    return response  # type: ignore[no-any-return]


def _read(values: Mapping[str, str], days: set[str], found: Findings) -> FirstClinic | None:
    details = read_details(values, found)
    practitioner = reading.read_label(values, "practitioner", found, most=200)
    email = reading.read_email_of(values, "practitioner_email", found)
    week = same_hours.read_same_hours(values, days, found)
    service = reading.read_label(values, "service", found, most=200)
    minutes = reading.read_number(values, "minutes", found, least=5, most=480)
    longest = max((one.closes - one.opens for one in week), default=minutes)
    if minutes > longest:
        found.add("minutes", "too_long", f"No opening is longer than {longest} minutes")
    _check_administrator(values, found)
    if found.errors or details is None:
        return None
    return FirstClinic(
        details=details,
        practitioner_slug=free_slug(practitioner, (), otherwise="practitioner"),
        practitioner=practitioner,
        practitioner_email=email,
        week=week,
        service_slug=free_slug(service, (), otherwise="service"),
        service=service,
        minutes=minutes,
    )


def _check_administrator(values: Mapping[str, str], found: Findings) -> None:
    """What the account would be refused for, with all else that is wrong."""
    reading.read_email_of(values, "admin_email", found)
    if not values["admin_email"].strip():
        found.add("admin_email", "missing", "Enter your e-mail address")
    try:
        accounts.require_good(request.form.get("password", ""))
    except Invalid as invalid:
        found.errors += invalid.errors
