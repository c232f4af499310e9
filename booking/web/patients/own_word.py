"""What patients say by their link: that they will come, what else may be told, who they are."""

from collections.abc import Mapping
from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import NotFound, TransitionRefused
from booking.domain.people import Findings, read_name
from booking.formats.contacts import read_phone
from booking.services.audit import PATIENT
from booking.services.bookings import contact_details, reconfirmations
from booking.services.bookings.contact_details import NewDetails
from booking.services.mail import reminders as reminding
from booking.services.texts import QUESTIONS
from booking.services.waitlist import answers, entries
from booking.store.bookings import Booking
from booking.web import forms, language
from booking.web.clinic import facts, rulebook
from booking.web.installation import here, write
from booking.web.limits import CHANGES, limited
from booking.web.patients.manage import blueprint, known, refused_change, unchangeable, wish
from booking.web.patients.views import booking_facts


@blueprint.post("/come")
@limited(CHANGES, "changes")
def come(token: str) -> ResponseReturnValue:
    """I will come, at the time that the page showed."""
    booking, start = known(token), _shown_start()
    try:
        write(
            lambda session, now: reconfirmations.reconfirm(session, booking, start=start, now=now)
        )
    except TransitionRefused as refusal:
        return refused_change(token, refusal)
    return redirect(url_for("manage.show", token=token, _anchor="come"), code=303)


def _shown_start() -> datetime:
    try:
        start = datetime.fromisoformat(request.form.get("start", ""))
    except ValueError:
        raise NotFound from None
    if start.tzinfo is None:
        raise NotFound
    return start


@blueprint.post("/earlier")
@limited(CHANGES, "changes")
def earlier(token: str) -> ResponseReturnValue:
    """Tell me if an earlier time comes free, or no longer."""
    booking = known(token)
    if (refused := unchangeable(token, booking, "changeable")) is not None:
        return refused
    offers = here().offers
    if request.form.get("deed") == "wish":
        write(lambda session, now: entries.wish_earlier(session, booking, now=now))
    elif (entry := wish(booking)) is not None:
        entry_id = entry.id
        write(lambda session, now: answers.leave(session, offers, entry_id, actor=PATIENT, now=now))
    return redirect(url_for("manage.show", token=token, _anchor="earlier"), code=303)


@blueprint.post("/reminders")
@limited(CHANGES, "changes")
def reminders(token: str) -> ResponseReturnValue:
    """You may remind me by e-mail, or no longer."""
    booking, granted = known(token), request.form.get("remind") == "yes"
    version = rulebook().texts[language.current()][QUESTIONS].version
    try:
        write(
            lambda session, now: reminding.permit(
                session, booking, granted=granted, version=version, now=now
            )
        )
    except TransitionRefused as refusal:
        return refused_change(token, refusal)
    return redirect(url_for("manage.show", token=token, _anchor="reminders"), code=303)


@blueprint.route("/details", methods=["GET", "POST"])
@limited(CHANGES, "changes")
def details(token: str) -> ResponseReturnValue:
    """Another name or phone number. What we have is not shown: the link may have been passed on."""
    booking = known(token)
    if (refused := unchangeable(token, booking, "changeable")) is not None:
        return refused
    found, values = Findings(), forms.typed(request.form, "name", "phone")
    if request.method == "POST":
        new = _read(values, found)
        if not found.errors:
            return _change(token, booking, new)
    return forms.shown(
        "manage/details.html",
        found,
        token=token,
        booking=booking_facts(booking),
        values=values,
    )


def _read(values: Mapping[str, str], found: Findings) -> NewDetails:
    name, phone = values["name"].strip(), values["phone"].strip()
    if not name and not phone:
        found.add("name", "missing", "Enter a name or a phone number, or go back")
    return NewDetails(
        name=read_name(values["name"], found) if name else None,
        phone=read_phone(values["phone"], found, country=facts().country) if phone else None,
    )


def _change(token: str, booking: Booking, new: NewDetails) -> ResponseReturnValue:
    offers = here().offers
    try:
        write(lambda session, now: contact_details.change(session, offers, booking, new, now=now))
    except TransitionRefused as refusal:
        return refused_change(token, refusal)
    return redirect(url_for("manage.show", token=token, notice="changed"), code=303)
