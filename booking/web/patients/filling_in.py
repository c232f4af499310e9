"""The patient fills in: details, and after the questions check and confirmed."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import CallFirst, SlotRefusal, WorkMissing
from booking.domain.intake import ADULT_AT, Intake, cautions, must_call, told
from booking.domain.lifecycle import State
from booking.domain.messages import Audience, MessageKind
from booking.domain.people import Findings, Person, age_on
from booking.domain.slots import parse_slot_id
from booking.domain.time import local_day
from booking.services.audit import PATIENT
from booking.services.bookings import bookings, drafts, intakes, new_answers, submissions
from booking.services.bookings.drafts import DraftView
from booking.services.bookings.intakes import Given
from booking.services.calendars import patient_appointment
from booking.services.mail.letters import manage_token, online_links
from booking.services.mail.outbox import messages_of
from booking.services.texts import QUESTIONS
from booking.store.records import Message
from booking.web import answers, asking, forms, language
from booking.web.clinic import at, facts, local, now, rulebook
from booking.web.errors import ANSWERS
from booking.web.installation import here, read, write
from booking.web.limits import BOOKINGS, limited
from booking.web.patients import draft, guard, questions
from booking.web.patients.choosing import blueprint
from booking.web.patients.held import hold_shown
from booking.web.patients.views import booking_facts, deadlines_of_slot, visit_facts
from booking.web.texts import text


@blueprint.route("/details", methods=["GET", "POST"])
def details() -> ResponseReturnValue:
    """Who is coming."""
    found = draft.current()
    if found is None or found.slot is None:
        return redirect(url_for("book.days"))
    if found.booking_id is not None:
        return redirect(confirmed_address(found.booking_id))
    problems = Findings()
    if request.method == "POST":
        values = forms.typed(request.form)
        person = read_person(values, found.slot, problems)
        complete = person is not None and not _is_minor(person, found)
        signs = guard.kept_signs()
        write(
            lambda session, now: drafts.keep_answers(
                session, found.id, values | signs, complete=complete, now=now
            )
        )
        if person is not None:
            on = questions.first_or_check(found) if complete else url_for("book.under_18")
            return redirect(on, code=303)
    else:
        values = found.answers
    page = render_template(
        "book/details.html", hold=hold_shown(found), values=values, errors=problems.errors
    )
    return page, 422 if problems.errors else 200


@blueprint.get("/under-18")
def under_18() -> ResponseReturnValue:
    """For somebody under 18 the office books, on the phone, with a guardian's name."""
    return render_template("book/young.html")


@blueprint.route("/check", methods=["GET", "POST"])
@limited(BOOKINGS, "bookings")
def check() -> ResponseReturnValue:
    """Check everything, acknowledge the privacy notice, confirm."""
    found = draft.current()
    if found is None or found.slot is None:
        return redirect(url_for("book.days"))
    if found.booking_id is not None:
        return redirect(confirmed_address(found.booking_id))
    person = read_person(found.answers, found.slot, Findings())
    if person is None or not found.is_complete:
        return redirect(url_for("book.details"))
    if _is_minor(person, found):
        return redirect(url_for("book.under_18"))
    wrong = asking.wrong_page(found.intake)
    if wrong is not None:
        return redirect(url_for("book.question", page=wrong.slug, wrong=1))
    intake, problems = asking.read(found.intake.typed, Findings()), Findings()
    may_remind = request.form.get("may_remind") == "1"
    if request.method == "POST":
        notice = facts().privacy_notice
        if request.form.get("privacy") == notice:
            given = Given(intake, found.intake.version, may_remind and person.email is not None)
            try:
                return _confirm(found, person, notice, given)
            except (WorkMissing, CallFirst) as refusal:
                problems.add("", refusal.code, ANSWERS[refusal.code].words)
        else:
            problems.add(
                "privacy", "missing", "Tick the box to say that you have read the privacy notice"
            )
    plan = rulebook().plan_at(*parse_slot_id(found.slot))
    page = render_template(
        "book/check.html",
        hold=hold_shown(found),
        service={"id": plan.service, "name": plan.service_name},
        practitioner=plan.practitioner_name,
        values=found.answers,
        person=person,
        may_remind=may_remind,
        **_from_answers(intake, person, found),
        errors=problems.errors,
        notice_version=facts().privacy_notice,
        deadlines=deadlines_of_slot(plan, parse_slot_id(found.slot)[2]),
        **visit_facts(plan, number_given=person.phone is not None),
    )
    return page, 422 if problems.errors else 200


@blueprint.get("/confirmed/<token>")
def confirmed(token: str) -> ResponseReturnValue:
    """The booking is made; the page still works as a bookmark."""
    booking, messages, must_call, is_answered = read(
        lambda session, _: (
            found := bookings.by_token(session, token),
            messages_of(session, found.id),
            intakes.must_call(session, found.id),
            new_answers.is_answered(session, found.id),
        )
    )
    if booking.state is not State.CONFIRMED:
        return redirect(url_for("manage.show", token=token))
    mail = [
        message
        for message in messages
        if message.kind.audience is Audience.PATIENT and message.kind is not MessageKind.REMINDER
    ]
    return render_template(
        "book/confirmed.html",
        booking=booking_facts(booking),
        must_call=must_call,
        token=token,
        # Who came by the waitlist was asked nothing; others were, and chose to skip it.
        asks=booking.source == "waitlist" and not is_answered,
        email=booking.patient.email,
        phone_only=booking.patient.email is None,
        mail_state=mail[-1].state.value if mail else None,
        mail_leaves=_held_back_until(mail),
        manage_url=url_for("manage.show", token=token),
        ics_url=url_for("manage.download", token=token),
        online=online_links(patient_appointment(booking, at(booking.location_id))),
    )


def _held_back_until(mail: list[Message]) -> datetime | None:
    """When the latest message leaves, if its address has had too much mail for now."""
    not_before = mail[-1].not_before if mail else None
    return local(not_before) if not_before is not None and not_before > now() else None


def _from_answers(intake: Intake, person: Person, found: DraftView) -> dict[str, Any]:
    """What was answered, and what is said to that."""
    age, words = _age(person, found), text(QUESTIONS)
    return {
        "parts": answers.parts(intake, words),
        "told": told(intake, age=age),
        "must_call": must_call(cautions(intake, age=age)),
        "support_lines": rulebook().support_lines,
    }


def _age(person: Person, found: DraftView) -> int:
    """In full years, on the day of the visit."""
    *_, start = parse_slot_id(found.slot or "")
    return age_on(local(start).date(), person.date_of_birth)


def _is_minor(person: Person, found: DraftView) -> bool:
    return _age(person, found) < ADULT_AT


def _confirm(found: DraftView, person: Person, notice: str, given: Given) -> ResponseReturnValue:
    installation, sent = here(), guard.sent(found.answers)
    token = draft.cookie_token() or ""
    try:
        booking = write(
            lambda session, now: submissions.submit(
                session,
                installation.offers,
                installation.links,
                token,
                person=person,
                privacy_notice=notice,
                given=given,
                sent=sent,
                setting=installation.confirm_email,
                actor=PATIENT,
                random_token=installation.random_token,
                now=now,
                mail_at_once=not installation.limits_enabled,
            )
        )
    except SlotRefusal as refusal:
        return draft.gone(refusal, found.slot or "", kept=True)
    if booking is None:
        return redirect(url_for("proof.asked"), code=303)
    return redirect(
        url_for("book.confirmed", token=manage_token(booking, installation.links)), code=303
    )


def confirmed_address(booking_id: int) -> str:
    """The page of a booking that a draft has become."""
    booking = read(lambda session, _: bookings.get(session, booking_id))
    token = manage_token(booking, here().links)
    return url_for("book.confirmed", token=token) if token else url_for("book.days")


def read_person(values: dict[str, str], slot: str, found: Findings) -> Person | None:
    """Who the details of a draft say is coming."""
    clinic = facts()
    return forms.read_person(
        values,
        found,
        country=clinic.country,
        today=local_day(now(), clinic.zone),
        by_phone=rulebook().is_by_phone(parse_slot_id(slot)[0]),
        locale=language.current(),
    )
