"""The people whose time can be booked: adding them, what they offer, and archiving."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.people import Findings
from booking.domain.slugs import free_slug
from booking.formats.contacts import read_email
from booking.services.admin import offerings
from booking.services.admin import practitioners as people
from booking.services.admin.practitioners import Person
from booking.services.admin.rule_changes import Edit
from booking.store.engine import Session
from booking.web import forms
from booking.web.admin import changing, reading
from booking.web.admin.blueprint import blueprint
from booking.web.clinic import now
from booking.web.installation import read

_FIELDS = ("name", "email", "archived")
_NAME_MAX = 200


@blueprint.get("/practitioners")
def practitioners() -> ResponseReturnValue:
    """Everybody who can be booked, and who no longer can."""
    listed = [
        {"slug": one.slug, "name": one.name, "archived": one.is_archived}
        for one in read(lambda session, _: people.everybody(session))
    ]
    return render_template("admin/practitioners.html", practitioners=listed, saved=changing.saved())


@blueprint.route("/practitioners/new", methods=["GET", "POST"])
def new_practitioner() -> ResponseReturnValue:
    """Somebody else whose time can be booked."""
    offered = read(lambda s, _: [one.id for one in offerings.all_services(s)])
    return _form(_values(Person("", None, frozenset(offered))), slug=None)


@blueprint.route("/practitioners/<practitioner>", methods=["GET", "POST"])
def practitioner(practitioner: str) -> ResponseReturnValue:
    """One practitioner."""

    def look(session: Session, _: object) -> Person:
        return people.as_they_are(session, people.practitioner(session, practitioner))

    return _form(_values(read(look)), slug=practitioner)


def _form(values: dict[str, Any], *, slug: str | None) -> ResponseReturnValue:
    found, edit, called = Findings(), None, slug or ""
    services = read(lambda session, _: offerings.all_services(session))
    if request.method == "POST":
        known = {one.id for one in services}
        chosen = forms.numbers(request.form.getlist("offers")[:500])
        values = {**forms.typed(request.form, *_FIELDS), "offers": chosen & known}
        called = slug or _free_slug(values["name"])
        edit = _read(values, found, called, is_new=slug is None)
    here = (
        url_for("admin.practitioner", practitioner=slug)
        if slug
        else url_for("admin.new_practitioner")
    )

    def show(effect: dict[str, Any]) -> ResponseReturnValue:
        return changing.page(
            "admin/practitioner.html",
            effect,
            found,
            here=here,
            slug=slug,
            services=[
                {"id": one.id, "name": one.name}
                for one in services
                if not one.is_archived or one.id in values["offers"]
            ],
            values=values,
            typed={name: values[name] for name in _FIELDS},
        )

    if edit is None:
        return show(changing.as_it_is())
    return changing.change(edit, found, show=show, done=partial(_done, called, slug is None))


def _done(slug: str, is_new: bool, saved: str) -> str:
    """Who is new has no hours yet: on to them."""
    if is_new:
        return url_for("admin.hours", practitioner=slug, saved=saved)
    return url_for("admin.practitioners", saved=saved)


def _values(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email or "",
        "archived": "1" if person.is_archived else "",
        "offers": person.services,
    }


def _read(values: Mapping[str, Any], found: Findings, slug: str, *, is_new: bool) -> Edit | None:
    name = reading.read_label(values, "name", found, most=_NAME_MAX)
    email = read_email(values["email"], found)
    if found.errors:
        return None
    person = Person(name, email, frozenset(values["offers"]), values["archived"] == "1")
    return people.add(slug, person, now=now()) if is_new else people.change(slug, person)


def _free_slug(name: str) -> str:
    taken = {one.slug for one in read(lambda session, _: people.everybody(session))}
    return free_slug(name, taken, otherwise="practitioner")
