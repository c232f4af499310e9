"""Telephone lines for people who feel very low: named by the clinic, shown in its country."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings, one_line
from booking.formats import places
from booking.services import support_lines as lines
from booking.web import forms
from booking.web.access import current_staff
from booking.web.admin import changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts
from booking.web.installation import read, write

_FIELDS = ("country", "name", "phone")
_NAME_MAX, _PHONE_MAX = 100, 40
_MANY = 100


@blueprint.route("/support-lines", methods=["GET", "POST"])
def support_lines() -> ResponseReturnValue:
    """All of them, adding and removing."""
    found = Findings()
    values = forms.typed(request.form, *_FIELDS)
    if request.method == "POST" and _done(values, found):
        return redirect(url_for("admin.support_lines", saved="1"), code=303)
    countries = places.countries()
    listed = [
        {"id": one.id, "country": countries.get(one.country, one.country), "line": one}
        for one in read(lambda session, _: lines.everywhere(session))
    ]
    page = render_template(
        "admin/support_lines.html",
        lines=listed,
        values=values if found.errors else {"country": facts().country},
        countries=countries.items(),
        saved=changing.saved(),
        errors=found.errors,
    )
    return page, 422 if found.errors else 200


def _done(values: dict[str, str], found: Findings) -> bool:
    actor = current_staff().actor
    number = request.form.get("remove", "")
    if number:
        line_id = int(number) if number.isdecimal() and len(number) < 10 else 0
        write(lambda session, now: lines.remove(session, line_id, actor=actor, now=now))
        return True
    country = values["country"]
    if country not in places.countries():
        found.add("country", "missing", "Choose a country")
    name = reading.read_label(values, "name", found, most=_NAME_MAX)
    # As it is dialled there: such numbers are often short and in no list of the library.
    phone = one_line(values["phone"])
    if not phone or len(phone) > _PHONE_MAX or not any(c.isdecimal() for c in phone):
        found.add("phone", "impossible", "Enter the number that people dial")
    if len(read(lambda session, _: lines.everywhere(session))) >= _MANY:
        found.add("", "too_many", "There are very many lines already. Remove one first")
    if found.errors or phone is None:
        return False
    write(lambda session, now: lines.add(session, country, name, phone, actor=actor, now=now))
    return True
