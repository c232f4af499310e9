"""Closures of the clinic, absences of practitioners, openings on single dates."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.hours import DAY_MINUTES, show_clock
from booking.domain.people import Findings
from booking.domain.time import local_day
from booking.services.admin import closures as rules
from booking.services.admin import practitioners
from booking.services.admin.closures import NewClosure, NewOpening
from booking.services.admin.rule_changes import Edit
from booking.web import forms
from booking.web.admin import changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import facts, now, places_in_use, rulebook
from booking.web.installation import read

CLOSE = ("who", "name", "first", "last", "begins", "ends", "yearly")
_OPEN = ("practitioner", "location", "day", "opens", "closes")
AT = "at-"
# The list that each deed changes.
_LISTS = {"close": "closed", "reopen": "closed", "open": "opened", "close-extra": "opened"}
_NAME_MAX = 100
_LONGEST_DAYS = 3 * 366


@blueprint.route("/closures", methods=["GET", "POST"])
def closures() -> ResponseReturnValue:
    """All that is closed or opened apart from the weekly hours, and adding to it."""
    deed = request.form.get("deed", "")
    values = forms.typed(request.form, *CLOSE, *_OPEN, "id")
    found = Findings()
    edit = _read(deed, values, found) if request.method == "POST" else None

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        return changing.page(
            "admin/closures.html",
            effect,
            found,
            **_lists(),
            part=request.args.get("part", ""),
            deed=deed,
            typed=values | {"deed": deed},
            values=values,
        )

    if edit is None:
        return show(changing.as_it_is())
    # Back to the list that was changed, not to the top of a long page.
    part = _LISTS.get(deed, "closed")
    return changing.change(
        edit,
        found,
        show=show,
        done=lambda saved: url_for("admin.closures", saved=saved, part=part, _anchor=part),
    )


def _lists() -> dict[str, Any]:
    today = local_day(now(), facts().zone)
    people, closed, opened = read(
        lambda session, _: (
            practitioners.everybody(session),
            rules.closures(session, today=today),
            rules.openings(session, today=today),
        )
    )
    names = {person.id: person.name for person in people}
    where = {place.id: place.name for place in rulebook().places}
    choice = reading.choice_of(places_in_use())
    return {
        "today": today,
        "practitioners": [
            {"id": person.id, "name": person.name} for person in people if not person.is_archived
        ],
        "locations": choice,
        "at": AT,
        "closures": [
            {
                "id": one.id,
                "name": one.name,
                "who": names.get(one.practitioner_id or 0) or where.get(one.location_id or 0),
                "first": one.first_day,
                "last": one.last_day,
                "begins": show_clock(one.begins) if one.begins else "",
                "ends": show_clock(one.ends) if one.ends < DAY_MINUTES else "",
                "yearly": one.is_yearly,
            }
            for one in closed
        ],
        "openings": [
            {
                "id": one.id,
                "who": names[one.practitioner_id],
                "where": where[one.location_id] if choice else None,
                "day": one.day,
                "opens": show_clock(one.opens),
                "closes": show_clock(one.closes),
            }
            for one in opened
        ],
    }


def _read(deed: str, values: Mapping[str, str], found: Findings) -> Edit | None:
    """The change that the form asks for; None when `found` has something to say about it."""
    if deed == "close":
        return read_closure(values, found)
    if deed == "open":
        return _read_opening(values, found)
    number = int(values["id"]) if values["id"].isdecimal() and len(values["id"]) < 10 else 0
    if deed == "reopen":
        return rules.reopen(number)
    if deed == "close-extra":
        return rules.close_extra(number)
    found.add("", "unknown", "Please choose again what to change")
    return None


def read_closure(values: Mapping[str, str], found: Findings) -> Edit | None:
    """The closure or absence in the fields `CLOSE` as a change of rules; see `read_new`."""
    new = read_new(values, found)
    return None if new is None else rules.close(new)


def read_new(values: Mapping[str, str], found: Findings) -> NewClosure | None:
    """The closure or absence that the fields `CLOSE` describe; None when `found` says why not."""
    name = reading.read_label(values, "name", found, most=_NAME_MAX)
    first = reading.read_day(values, "first", found)
    last = reading.read_optional_day(values, "last", found) or first
    begins = reading.read_clock(values, "begins", found, default=0)
    ends = reading.read_end(values, "ends", found)
    yearly = values["yearly"] == "1"
    who, where = _whose(values["who"], found)
    if first is not None and last is not None:
        _check_days(first, last, yearly, found)
        if first == last and ends <= begins:
            found.add("ends", "before_begin", "Enter a time after the one it begins at")
    if found.errors or first is None or last is None:
        return None
    new = NewClosure(name, who, first, last, begins, ends, yearly, where)
    if read(lambda session, _: rules.find(session, new)) is not None:
        found.add("first", "stands_already", "This is closed at these times already")
        return None
    return new


def _check_days(first: date, last: date, yearly: bool, found: Findings) -> None:
    today = local_day(now(), facts().zone)
    if last < first:
        found.add("last", "before_first", "Enter a last day that is not before the first")
    elif (last - first).days >= (365 if yearly else _LONGEST_DAYS):
        found.add("last", "too_long", "Enter a last day that is closer to the first")
    elif last < today and not yearly:
        found.add("first", "in_past", "These days have passed")


def _read_opening(values: Mapping[str, str], found: Findings) -> Edit | None:
    who = _practitioner(values["practitioner"], "practitioner", found)
    where = reading.read_location(values, "location", found, places_in_use())
    day = reading.read_day(values, "day", found)
    for name in ("opens", "closes"):
        if not values[name].strip():
            found.add(name, "missing", "Enter a time like 09:30")
    opens = reading.read_clock(values, "opens", found, default=0)
    closes = reading.read_end(values, "closes", found)
    if not found.errors and closes <= opens:
        found.add("closes", "before_open", "Enter a time after the one it opens at")
    if day is not None and day < local_day(now(), facts().zone):
        found.add("day", "in_past", "This day has passed")
    if found.errors or who is None or day is None:
        return None
    new = NewOpening(who, where, day, opens, closes)
    zones = {place.id: place.zone for place in rulebook().places}
    elsewhere = read(lambda session, _: rules.places_at_once(session, new, zones)) - {where}
    if elsewhere:
        name = next(place.name for place in rulebook().places if place.id in elsewhere)
        found.add("opens", "elsewhere", f"They are at {name} at this time")
        return None
    return rules.open_extra(new)


def _whose(text: str, found: Findings) -> tuple[int | None, int | None]:
    """The practitioner or the location that a closure is about; the whole clinic's has neither."""
    if text == "clinic":
        return None, None
    if text.startswith(AT):
        asked = {"who": text[len(AT) :]}
        return None, reading.read_location(asked, "who", found, places_in_use())
    return _practitioner(text, "who", found), None


def _practitioner(text: str, field: str, found: Findings) -> int | None:
    known = {str(person.id): person.id for person in read(lambda s, _: practitioners.bookable(s))}
    if text not in known:
        found.add(field, "missing", "Choose who this is about")
    return known.get(text)
