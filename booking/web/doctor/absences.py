"""A doctor's own hours and absences."""

from collections.abc import Mapping
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.disruptions import Choice
from booking.domain.errors import NotFound
from booking.domain.hours import DAY_MINUTES, Break, show_clock
from booking.domain.people import Findings
from booking.domain.time import local_day
from booking.services.admin import closures as rules
from booking.services.admin import hours as weeks
from booking.services.admin import practitioners
from booking.services.admin.rule_changes import Edit
from booking.store.engine import Session
from booking.web import forms
from booking.web.admin import changing
from booking.web.admin.closures import CLOSE, read_closure
from booking.web.admin.hours import week_page
from booking.web.clinic import facts, now, rulebook
from booking.web.doctor import own
from booking.web.doctor.blueprint import blueprint
from booking.web.installation import read

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@blueprint.route("/absences", methods=["GET", "POST"])
def absences() -> ResponseReturnValue:
    """The weekly hours, and when the doctor is away; what an absence strands is decided with it."""
    found, who = Findings(), own.practitioner_id()
    values = forms.typed(request.form, "deed", "id", *CLOSE)
    edit = _read(values, who, found) if request.method == "POST" else None

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        return changing.page(
            "doctor/absences.html",
            # Reception cancels.
            effect | {"keeps_all": True},
            found,
            **read(lambda session, _: _lists(session, who)),
            typed=values,
            values=values,
        )

    if edit is None:
        return show({"stranded": [], "week": []})
    return changing.change(
        edit, found, show=show, done=lambda saved: url_for("doctor.absences", saved=saved)
    )


@blueprint.route("/hours", methods=["GET", "POST"])
def hours() -> ResponseReturnValue:
    """The doctor's own week; what a change strands is decided with it."""
    who = own.practitioner_id()
    slug = read(lambda session, _: practitioners.slug_of(session, who))
    _leave_cancelling()
    return week_page(slug, url_for("doctor.hours"), is_own=True)


def _leave_cancelling() -> None:
    """Reception cancels, and tells patients why."""
    if any(request.form.get(name) == Choice.CANCEL for name in request.form if _decides(name)):
        abort(403)


def _read(values: Mapping[str, str], who: int, found: Findings) -> Edit | None:
    """
    The change that the form asks for, whatever it says about whose; None when `found` says why not.

    Raises:
        NotFound: what is to be taken back is not this doctor's.
    """
    _leave_cancelling()
    if values["deed"] != "reopen":
        return read_closure({**values, "who": str(who), "yearly": ""}, found)
    mine = {str(one.id): one.id for one in read(lambda session, _: _own(session, who))}
    if values["id"] not in mine:
        raise NotFound
    return rules.reopen(mine[values["id"]])


def _decides(name: str) -> bool:
    return name == "all" or name.startswith("do-")


def _own(session: Session, who: int) -> list[Any]:
    today = local_day(now(), facts().zone)
    return [one for one in rules.closures(session, today=today) if one.practitioner_id == who]


def _lists(session: Session, who: int) -> dict[str, Any]:
    week: dict[str, list[dict[str, Any]]] = {name: [] for name in _WEEKDAYS}
    for place, one in weeks.week_of(session, who):
        week[_WEEKDAYS[one.weekday]].append(
            {
                "words": f"{show_clock(one.opens)} – {show_clock(one.closes)}",
                "is_break": isinstance(one, Break),
                "place": None if facts().is_one_place else rulebook().at(place).place.name,
            }
        )
    return {
        "hours": week,
        "absences": [
            {
                "id": one.id,
                "name": one.name,
                "first": one.first_day,
                "last": one.last_day,
                "begins": show_clock(one.begins) if one.begins else "",
                "ends": show_clock(one.ends) if one.ends < DAY_MINUTES else "",
            }
            for one in _own(session, who)
        ],
    }
