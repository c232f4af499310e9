"""Finding a patient: by name, phone, date of birth or reference."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from booking.domain import search as queries
from booking.domain.time import local_day
from booking.formats.contacts import show_phone
from booking.services.patients import search
from booking.services.patients.search import Found
from booking.store.engine import Session
from booking.web import limits
from booking.web.access import current_staff
from booking.web.clinic import facts, local
from booking.web.desk.blueprint import blueprint
from booking.web.installation import write

NOTICES = {"erased": "The patient is erased."}


@blueprint.get("/search")
def find() -> ResponseReturnValue:
    """Who fits what was typed. The look is recorded, what was typed is not."""
    typed = request.args.get("q", "")[: queries.QUERY_MAX]
    found, more = look_up(typed) if typed.strip() else ([], False)
    notice = NOTICES.get(request.args.get("done", ""))
    return render_template("desk/search.html", q=typed, found=found, more=more, notice=notice)


def look_up(typed: str) -> tuple[list[dict[str, Any]], bool]:
    """Patients as pages show them, and whether there are more."""
    person = current_staff()
    limits.require(limits.SEARCHES, "search", f"staff-{person.id}")

    def look(session: Session, now: datetime) -> tuple[list[Found], bool]:
        today = local_day(now, facts().zone)
        sought = queries.read_query(typed, today=today)
        return search.look_up(session, sought, actor=person.actor, now=now)

    found, more = write(look)
    return shown(found), more


def shown(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Patients with what tells them apart."""
    country = facts().country
    return [
        {
            "id": one.id,
            "name": one.name,
            "date_of_birth": birth(one),
            "born": one.date_of_birth,
            "email": one.email,
            "phone": show_phone(one.phone, country) if one.phone else None,
            "next_visit": local(one.next_visit) if one.next_visit else None,
            "last_visit": local(one.last_visit) if one.last_visit else None,
        }
        for one in found
    ]


def birth(one: Found) -> str:
    """A date of birth in words."""
    born = one.date_of_birth
    return "No date of birth" if born is None else f"{born.day} {born:%B} {born.year}"
