"""The clinic itself: name, place, ways to reach it, how it looks, how long a time is kept."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain import colours
from booking.domain.people import Findings
from booking.formats import pictures, places
from booking.formats.contacts import read_email, read_phone
from booking.formats.pictures import NotAPicture
from booking.services.admin import clinic_details
from booking.services.admin.clinic_details import Details
from booking.web import forms
from booking.web.access import current_staff
from booking.web.admin import changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.installation import read, write

FIELDS = (
    "name",
    "address",
    "phone",
    "email",
    "country",
    "time_zone",
    "hold_minutes",
    "accent",
    "move_cut_off_hours",
    "cancel_cut_off_hours",
)
# Further ahead than any clinic opens its book, nobody could change anything.
_CUT_OFF_MOST = 336
_LOGO_BYTES = 1_000_000


@blueprint.route("/clinic", methods=["GET", "POST"])
def clinic() -> ResponseReturnValue:
    """What stands on every page, in every mail and in every calendar entry."""
    found, edit = Findings(), None
    values = _values(read(lambda session, _: clinic_details.as_it_is(session)))
    if request.method == "POST":
        values = forms.typed(request.form, *FIELDS)
        details = read_details(values, found)
        edit = clinic_details.change(details) if details else None
    if edit is None:
        return _page(changing.as_it_is(), found, values)
    return changing.change(
        edit,
        found,
        show=lambda effect: _page(effect, found, values),
        done=lambda saved: url_for("admin.clinic", saved=saved),
    )


@blueprint.post("/clinic/logo")
def logo() -> ResponseReturnValue:
    """Another logo, or none."""
    actor, found = current_staff().actor, Findings()
    if request.form.get("deed") == "remove":
        write(lambda session, now: clinic_details.remove_logo(session, actor=actor, now=now))
        return redirect(url_for("admin.clinic", saved="1"), code=303)
    drawn = _picture(found)
    if drawn is None:
        values = _values(read(lambda session, _: clinic_details.as_it_is(session)))
        return _page(changing.as_it_is(), found, values)
    write(lambda session, now: clinic_details.set_logo(session, drawn, actor=actor, now=now))
    return redirect(url_for("admin.clinic", saved="1"), code=303)


def _picture(found: Findings) -> pictures.Drawn | None:
    file = request.files.get("logo")
    raw = file.read(_LOGO_BYTES + 1) if file else b""
    if not raw:
        found.add("logo", "missing", "Choose a picture")
    elif len(raw) > _LOGO_BYTES:
        found.add("logo", "too_large", "Choose a picture of less than 1 MB")
    else:
        try:
            return pictures.logo(raw)
        except NotAPicture as error:
            found.add("logo", "impossible", str(error))
    return None


def _page(effect: dict[str, Any], found: Findings, values: dict[str, str]) -> ResponseReturnValue:
    return changing.page(
        "admin/clinic.html",
        effect,
        found,
        values=values,
        typed=values,
        countries=places.countries().items(),
        zones=places.time_zones().items(),
    )


def _values(details: Details) -> dict[str, str]:
    found = {name: getattr(details, name) for name in FIELDS}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def read_details(values: Mapping[str, str], found: Findings) -> Details | None:
    """The clinic as it was typed; None when `found` has something to say."""
    name = reading.read_label(values, "name", found, most=200)
    address = reading.read_label(values, "address", found, most=300, words="Enter an address")
    country = values["country"] if values["country"] in places.countries() else ""
    if not country:
        found.add("country", "missing", "Choose a country")
    if values["time_zone"] not in places.time_zones():
        found.add("time_zone", "missing", "Choose a time zone")
    phone = read_phone(values["phone"], found, country=country or "US")
    if not values["phone"].strip():
        found.add("phone", "missing", "Enter the office’s phone number")
    email = read_email(values["email"], found)
    if not values["email"].strip():
        found.add("email", "missing", "Enter the office’s e-mail address")
    hold = reading.read_number(values, "hold_minutes", found, least=3, most=60)
    accent = _read_accent(values["accent"], found)
    move, cancel = (
        reading.read_number(values, name, found, least=0, most=_CUT_OFF_MOST)
        for name in ("move_cut_off_hours", "cancel_cut_off_hours")
    )
    if found.errors:
        return None
    zone = values["time_zone"]
    return Details(
        name, address, phone or "", email or "", country, zone, hold, accent, move, cancel
    )


def _read_accent(text: str, found: Findings) -> str | None:
    if not text.strip():
        return None
    colour = colours.parse(text)
    if colour is None:
        found.add("accent", "impossible", "Enter a colour like #0d635c")
    elif not colours.is_readable(colour):
        shade = colours.readable(colour)
        words = f"This colour is too light to be read. The nearest that works is {shade}"
        found.add("accent", "too_light", words)
    else:
        return colour
    return None
