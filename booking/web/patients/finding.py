"""The way back for whoever lost the link: reference and date of birth."""

from hashlib import sha256

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain import references
from booking.domain.people import Findings, one_line, read_birth_parts
from booking.domain.time import local_day
from booking.services.bookings import lost_links
from booking.web import forms
from booking.web.clinic import facts, now
from booking.web.installation import here, write
from booking.web.limits import FIND, READS, limited, require
from booking.web.patients import guard

FIELDS = ("reference", "day", "month", "year")

blueprint = Blueprint("find", __name__, url_prefix="/find")


@blueprint.get("")
@limited(READS, "pages")
def form() -> ResponseReturnValue:
    """What we ask for."""
    return _page(dict.fromkeys(FIELDS, ""), Findings())


@blueprint.post("")
@limited(FIND, "find")
def look() -> ResponseReturnValue:
    """To the booking; or the same answer, whatever does not fit."""
    if guard.looks_like_a_machine():
        require(FIND, "find", cost=guard.MACHINES_COST)
    values, found = forms.typed(request.form, *FIELDS), Findings()
    typed = one_line(values["reference"]) or ""
    # What cannot be a reference is looked for all the same: no answer differs from another.
    reference = references.normalise(typed) or ""
    # Counted before anything is checked, and for those that do not exist too.
    require(FIND, "find-reference", sha256((reference or typed).encode()).hexdigest()[:32])
    if not typed:
        found.add("reference", "missing", "Enter your reference")
    birth = read_birth_parts(values, found, today=local_day(now(), facts().zone))
    if found.errors or birth is None:
        return _page(values, found)
    links = here().links
    token = write(lambda session, now: lost_links.find(session, links, reference, birth, now=now))
    if token is None:
        found.add(
            "reference",
            "unknown",
            "We find no appointment with this reference and date of birth. Check both, or call us",
        )
        return _page(values, found)
    return redirect(url_for("manage.show", token=token), code=303)


def _page(values: dict[str, str], found: Findings) -> ResponseReturnValue:
    page = render_template("find/form.html", values=values, errors=found.errors)
    return page, 422 if found.errors else 200
