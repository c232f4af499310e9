"""Rooms and devices that visits need."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings
from booking.domain.slugs import free_slug
from booking.services.admin import rooms as facilities
from booking.services.admin.rooms import Facility
from booking.services.admin.rule_changes import Edit
from booking.services.clinic import Place
from booking.store.engine import Session
from booking.web import forms
from booking.web.admin import changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, now, places_in_use, rulebook
from booking.web.installation import read

_FIELDS = ("name", "kind", "location", "archived")
_NAME_MAX = 200


@blueprint.get("/rooms")
def rooms() -> ResponseReturnValue:
    """What there is, and what is no longer used."""
    names = {place.id: place.name for place in rulebook().places}
    listed = [
        {
            "slug": one.slug,
            "name": one.name,
            "device": one.is_device,
            "archived": one.is_archived,
            "where": names[one.location_id] if len(names) > 1 else "",
        }
        for one in read(lambda session, _: facilities.all_rooms(session))
    ]
    return render_template("admin/rooms.html", rooms=listed, saved=changing.saved())


@blueprint.route("/rooms/new", methods=["GET", "POST"])
def new_room() -> ResponseReturnValue:
    """Another room or device."""
    here = facts().place.id
    return _form(Facility("", is_device=False, location_id=here), slug=None)


@blueprint.route("/rooms/<room>", methods=["GET", "POST"])
def room(room: str) -> ResponseReturnValue:
    """One room or device."""

    def look(session: Session, _: object) -> Facility:
        return facilities.as_it_is(facilities.room(session, room))

    return _form(read(look), slug=room)


def _form(facility: Facility, *, slug: str | None) -> ResponseReturnValue:
    found, edit, values = Findings(), None, _values(facility)
    choice = places_in_use()
    if request.method == "POST":
        values = forms.typed(request.form, *_FIELDS)
        edit = _read(values, found, choice, slug=slug)
    here = url_for("admin.room", room=slug) if slug else url_for("admin.new_room")

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        return changing.page(
            "admin/room.html",
            effect,
            found,
            here=here,
            slug=slug,
            locations=reading.choice_of(choice),
            values=values,
            typed=values,
        )

    if edit is None:
        return show(changing.as_it_is())
    return changing.change(
        edit, found, show=show, done=lambda saved: url_for("admin.rooms", saved=saved)
    )


def _values(facility: Facility) -> dict[str, str]:
    return {
        "name": facility.name,
        "kind": "device" if facility.is_device else "room",
        "location": str(facility.location_id),
        "archived": "1" if facility.is_archived else "",
    }


def _read(
    values: Mapping[str, str], found: Findings, choice: Sequence[Place], *, slug: str | None
) -> Edit | None:
    name = reading.read_label(values, "name", found, most=_NAME_MAX)
    if values["kind"] not in {"room", "device"}:
        found.add("kind", "missing", "Choose what it is")
    where = reading.read_location(values, "location", found, choice)
    if found.errors:
        return None
    is_device, is_archived = values["kind"] == "device", values["archived"] == "1"
    facility = Facility(name, is_device, where, is_archived)
    if slug is not None:
        return facilities.change(slug, facility)
    taken = {one.slug for one in read(lambda session, _: facilities.all_rooms(session))}
    return facilities.add(free_slug(name, taken, otherwise="room"), facility, now=now())
