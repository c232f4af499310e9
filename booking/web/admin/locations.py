"""Where patients are seen: addresses with clocks of their own."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import OwnLocation
from booking.domain.people import Findings
from booking.domain.slugs import free_slug
from booking.formats import places
from booking.services.admin import locations as premises
from booking.services.admin.locations import Premises
from booking.services.admin.rule_changes import Edit
from booking.store.engine import Session
from booking.web import forms
from booking.web.admin import changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts
from booking.web.installation import read

_FIELDS = ("name", "address", "time_zone", "directions", "archived")
_NAME_MAX, _ADDRESS_MAX, _DIRECTIONS_MAX = 100, 300, 1000


@blueprint.get("/locations")
def locations() -> ResponseReturnValue:
    """Where patients are seen, and where no longer."""
    found = read(lambda session, _: premises.all_locations(session))
    listed = [
        {"slug": one.slug, "name": one.name, "address": one.address, "archived": one.is_archived}
        for one in found
    ]
    return render_template("admin/locations.html", locations=listed, saved=changing.saved())


@blueprint.route("/locations/new", methods=["GET", "POST"])
def new_location() -> ResponseReturnValue:
    """Another place at which patients are seen."""
    return _form(Premises("", "", facts().zone.key), slug=None)


@blueprint.route("/locations/<location>", methods=["GET", "POST"])
def location(location: str) -> ResponseReturnValue:
    """One location."""

    def look(session: Session, _: object) -> Premises:
        return premises.as_it_is(premises.location(session, location))

    return _form(read(look), slug=location)


def _form(shown: Premises, *, slug: str | None) -> ResponseReturnValue:
    found, edit, values = Findings(), None, _values(shown)
    if request.method == "POST":
        values = forms.typed(request.form, *_FIELDS)
        edit = _read(values, found, slug=slug)
    here = url_for("admin.location", location=slug) if slug else url_for("admin.new_location")

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        return changing.page(
            "admin/location.html",
            effect,
            found,
            here=here,
            slug=slug,
            values=values,
            typed=values,
            zones=places.time_zones().items(),
        )

    if edit is None:
        return show(changing.as_it_is())
    try:
        return changing.change(
            edit, found, show=show, done=lambda saved: url_for("admin.locations", saved=saved)
        )
    except OwnLocation as refusal:
        words = "This is the clinic’s own location. Change its address instead of archiving it"
        found.add("archived", refusal.code, words)
        return show(changing.as_it_is())


def _values(shown: Premises) -> dict[str, str]:
    return {
        "name": shown.name,
        "address": shown.address,
        "time_zone": shown.time_zone,
        "directions": shown.directions,
        "archived": "1" if shown.is_archived else "",
    }


def _read(values: Mapping[str, str], found: Findings, *, slug: str | None) -> Edit | None:
    name = reading.read_label(values, "name", found, most=_NAME_MAX)
    address = reading.read_label(
        values, "address", found, most=_ADDRESS_MAX, words="Enter an address"
    )
    if values["time_zone"] not in places.time_zones():
        found.add("time_zone", "missing", "Choose a time zone")
    directions = reading.read_lines(values, "directions", found, most=_DIRECTIONS_MAX)
    if found.errors:
        return None
    new = Premises(name, address, values["time_zone"], directions, values["archived"] == "1")
    if slug is not None:
        return premises.change(slug, new)
    taken = {one.slug for one in read(lambda session, _: premises.all_locations(session))}
    return premises.add(free_slug(name, taken, otherwise="location"), new)
