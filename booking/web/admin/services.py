"""The kinds of consultation: length, buffers, steps, notice, horizon, caps, who offers them."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.modes import MODE_WORDS, TEXT_MAX, Mode, Patients
from booking.domain.people import Findings
from booking.domain.slugs import free_slug
from booking.formats.web_addresses import foreign_scheme
from booking.services.admin import hours, offerings
from booking.services.admin import practitioners as people
from booking.services.admin.offerings import Offering
from booking.services.admin.rooms import all_rooms as facilities
from booking.services.admin.rule_changes import Edit
from booking.store.engine import Session
from booking.web import forms
from booking.web.admin import changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.installation import read
from booking.web.wording import FOR_WHOM_AT_DESK

# Field, least, most; minutes, except for the horizon's days and the caps' visits.
_NUMBERS = (
    ("length", 5, 480),
    ("buffer_before", 0, 240),
    ("buffer_after", 0, 240),
    ("step", 5, 480),
    ("notice", 0, 20160),
    ("horizon_days", 1, 730),
)
_CAPS = ("cap_day", "cap_week")
_FACETS = ("patients", "mode", "mode_text")
_FIELDS = ("name", *(name for name, _, _ in _NUMBERS), *_CAPS, *_FACETS, "archived")
_NAME_MAX = 200
_NEW = Offering.usual("", 30, frozenset())


@blueprint.get("/services")
def services() -> ResponseReturnValue:
    """What is offered, and what no longer is."""
    found = read(lambda session, _: offerings.all_services(session))
    listed = [
        {
            "slug": row.slug,
            "name": row.name,
            "minutes": row.length_minutes,
            "patients": FOR_WHOM_AT_DESK[row.patients] if row.patients is not Patients.ALL else "",
            "mode": MODE_WORDS[row.mode].lower() if row.mode is not Mode.IN_PERSON else "",
            "archived": row.is_archived,
        }
        for row in found
    ]
    return render_template("admin/services.html", services=listed, saved=changing.saved())


@blueprint.route("/services/new", methods=["GET", "POST"])
def new_service() -> ResponseReturnValue:
    """Another kind of consultation."""
    everybody = {person.id for person in read(lambda s, _: people.bookable(s))}
    values = _values(_NEW) | {"practitioners": everybody}
    return _form(values, here=url_for("admin.new_service"), slug=None)


@blueprint.route("/services/<service>", methods=["GET", "POST"])
def service(service: str) -> ResponseReturnValue:
    """One kind of consultation."""

    def look(session: Session, _: object) -> Offering:
        return offerings.as_it_is(session, offerings.service(session, service))

    values = _values(read(look))
    return _form(values, here=url_for("admin.service", service=service), slug=service)


def _form(values: dict[str, Any], *, here: str, slug: str | None) -> ResponseReturnValue:
    found, edit = Findings(), None
    if request.method == "POST":
        chosen = forms.numbers(request.form.getlist("who")[:500])
        rooms = forms.numbers(request.form.getlist("rooms")[:500])
        values = {**forms.typed(request.form, *_FIELDS), "practitioners": chosen, "rooms": rooms}
        edit = _read(values, chosen, found, slug=slug)

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        who, rooms = read(lambda session, _: (people.everybody(session), facilities(session)))
        return changing.page(
            "admin/service.html",
            effect,
            found,
            here=here,
            is_new=slug is None,
            practitioners=[
                {"id": one.id, "name": one.name, "archived": one.is_archived}
                for one in who
                # Whoever comes back offers again what they offered.
                if not one.is_archived or one.id in values["practitioners"]
            ],
            rooms=[
                {"id": one.id, "name": one.name, "is_device": one.is_device}
                for one in rooms
                if not one.is_archived or one.id in values["rooms"]
            ],
            patients=[(one, FOR_WHOM_AT_DESK[one].capitalize()) for one in Patients],
            modes=list(MODE_WORDS.items()),
            values=values,
            typed={name: values[name] for name in _FIELDS},
        )

    if edit is None:
        return show(changing.as_it_is())
    return changing.change(
        edit, found, show=show, done=lambda saved: url_for("admin.services", saved=saved)
    )


def _values(offering: Offering) -> dict[str, Any]:
    numbers = {name: str(getattr(offering, name)) for name, _, _ in _NUMBERS}
    caps = {name: str(getattr(offering, name) or "") for name in _CAPS}
    return {
        "name": offering.name,
        **numbers,
        **caps,
        **{name: str(getattr(offering, name)) for name in _FACETS},
        "archived": "1" if offering.is_archived else "",
        "practitioners": offering.practitioners,
        "rooms": offering.rooms,
    }


def _read(
    values: Mapping[str, Any], chosen: set[int], found: Findings, *, slug: str | None
) -> Edit | None:
    name = reading.read_label(values, "name", found, most=_NAME_MAX)
    numbers = {
        field: reading.read_number(values, field, found, least=least, most=most)
        for field, least, most in _NUMBERS
    }
    caps = {
        field: reading.read_number(values, field, found, least=1, most=1000)
        if values[field].strip()
        else None
        for field in _CAPS
    }
    if caps["cap_day"] and caps["cap_week"] and caps["cap_day"] > caps["cap_week"]:
        found.add("cap_day", "above_week", "Enter no more than the most in a week")
    if numbers["horizon_days"] * 24 * 60 < numbers["notice"] and not found.errors:
        found.add("horizon_days", "before_notice", "Look further ahead than the minimum notice")
    patients, mode, mode_text = _read_facets(values, found)
    archived = values["archived"] == "1"
    _check_who(chosen, numbers["length"], archived, found)
    if found.errors or patients is None or mode is None:
        return None
    new = Offering(
        name,
        **numbers,
        cap_day=caps["cap_day"],
        cap_week=caps["cap_week"],
        practitioners=frozenset(chosen),
        is_archived=archived,
        rooms=_known_rooms(values["rooms"]),
        patients=patients,
        mode=mode,
        mode_text=mode_text,
    )
    return offerings.add(_free_slug(name), new) if slug is None else offerings.change(slug, new)


def _read_facets(
    values: Mapping[str, Any], found: Findings
) -> tuple[Patients | None, Mode | None, str]:
    patients = reading.read_choice(values, "patients", found, Patients)
    mode = reading.read_choice(values, "mode", found, Mode)
    text = reading.read_lines(values, "mode_text", found, most=TEXT_MAX)
    is_wrong = any(error.field == "mode_text" for error in found.errors)
    if mode is Mode.VIDEO and not text and not is_wrong:
        found.add("mode_text", "missing", "Say how patients join the video call")
    if (address := foreign_scheme(text)) is not None:
        words = f"“{address[:60]}” is no web address. Use one that begins with https://"
        found.add("mode_text", "foreign_scheme", words)
    # In person there is nothing to join or to wait for: what stood there before goes.
    return patients, mode, "" if mode is Mode.IN_PERSON else text


def _known_rooms(chosen: set[int]) -> frozenset[int]:
    known = {one.id for one in read(lambda session, _: facilities(session))}
    return frozenset(chosen & known)


def _check_who(chosen: set[int], length: int, archived: bool, found: Findings) -> None:
    everybody = read(lambda session, _: people.everybody(session))
    known = {person.id for person in everybody}
    bookable = {person.id for person in everybody if not person.is_archived}
    if not chosen <= known or (not chosen & bookable and not archived):
        found.add("who", "missing", "Choose who offers it")
        return
    if archived:
        return

    def longest(session: Session, _: object) -> int:
        return max((hours.longest(hours.week_of(session, one)) for one in chosen), default=0)

    if length > (most := read(longest)) > 0:
        found.add("length", "too_long", f"No opening is longer than {most} minutes")


def _free_slug(name: str) -> str:
    taken = {row.slug for row in read(lambda session, _: offerings.all_services(session))}
    return free_slug(name, taken, otherwise="service")
