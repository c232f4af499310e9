"""A copy of what is kept of a patient: a page to read or print, and a file. Both are recorded."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from booking.domain import adjustments
from booking.domain.intake import read_intake
from booking.domain.lifecycle import ActorKind, State
from booking.domain.messages import MessageKind, MessageState
from booking.domain.people import Findings
from booking.domain.roles import Role
from booking.domain.waitlist import EntryState, Outcome, Part
from booking.formats import patient_copy
from booking.formats.contacts import show_phone
from booking.formats.languages import ENGLISH, LANGUAGES
from booking.formats.patient_copy import Answers, PatientCopy, Sent, Visit, Wait, Who
from booking.services import texts
from booking.services.patients import exporting
from booking.services.texts import QUESTIONS
from booking.store.engine import Session
from booking.web import answers
from booking.web import texts as words
from booking.web.access import current_staff
from booking.web.clinic import facts, local, rulebook
from booking.web.desk import trail
from booking.web.desk.blueprint import blueprint
from booking.web.desk.board import SOURCES
from booking.web.installation import write
from booking.web.texts import ShownText
from booking.web.waiting import OUTCOME_WORDS, PART_WORDS
from booking.web.waiting import STATE_WORDS as WAIT_WORDS
from booking.web.wording import STATE_WORDS, WEEKDAYS

_BY = {ActorKind.PATIENT.value: "the patient", ActorKind.SYSTEM.value: "the program"}
_PATIENT = "/patients/<int(max=2147483647):patient_id>"


@blueprint.get(f"{_PATIENT}/export")
def export_patient(patient_id: int) -> ResponseReturnValue:
    """All of it on a page."""

    def look(session: Session, now: datetime) -> dict[str, Any]:
        copy = _copy(session, patient_id, "page", now=now)
        return _shown(copy, _asked(session, copy))

    return render_template("desk/export.html", **write(look))


@blueprint.get(f"{_PATIENT}/export.json")
def export_file(patient_id: int) -> ResponseReturnValue:
    """All of it as a file."""
    copy = write(lambda session, now: _copy(session, patient_id, "file", now=now))
    answer = Response(patient_copy.as_json(copy), content_type=patient_copy.MEDIA_TYPE)
    name = patient_copy.file_name(copy)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _copy(session: Session, patient_id: int, kind: str, *, now: datetime) -> PatientCopy:
    person = current_staff()
    return exporting.copy(
        session,
        rulebook(),
        patient_id,
        only_practitioner=person.only_practitioner,
        # Nobody else reads answers, whatever else they may do.
        answers_to=person.practitioner_id if Role.DOCTOR in person.roles else None,
        kind=kind,
        actor=person.actor,
        now=now,
    )


def _asked(session: Session, copy: PatientCopy) -> dict[int, ShownText]:
    """The words in which questions were asked, by their version."""
    given = {one.version for visit in copy.visits for one in visit.answers or ()}
    current = rulebook().texts[ENGLISH][QUESTIONS]
    return {
        version: words.shown(
            current if version == current.version else texts.version(session, QUESTIONS, version)
        )
        for version in given
    }


def _shown(copy: PatientCopy, asked: dict[int, ShownText]) -> dict[str, Any]:
    return {
        "made_at": local(copy.made_at),
        "clinic_name": copy.clinic,
        "left_out": copy.left_out,
        "patient": _who(copy.who),
        "merged": [_who(one) for one in copy.merged],
        "visits": [_visit(one, asked) for one in copy.visits],
        "consents": [
            {
                "purpose": one.purpose.replace("_", " "),
                "version": one.version,
                "granted": one.granted,
                "by": _by(one.by),
                "at": local(one.at),
            }
            for one in copy.consents
        ],
        "notes": [{"at": local(one.at), "text": one.text} for one in copy.notes],
        "waits": [_wait(one) for one in copy.waits],
    }


def _who(who: Who) -> dict[str, Any]:
    born = who.date_of_birth
    return {
        "id": who.number,
        "name": who.name,
        "date_of_birth": f"{born.day} {born:%B} {born.year}" if born else None,
        "guardian": who.guardian,
        "email": who.email,
        "phone": show_phone(who.phone, facts().country) if who.phone else None,
        "language": LANGUAGES[who.language].name if who.language in LANGUAGES else who.language,
        "since": local(who.since),
    }


def _visit(visit: Visit, asked: dict[int, ShownText]) -> dict[str, Any]:
    zone = ZoneInfo(visit.zone)
    return {
        "start": local(visit.start, zone),
        "end": local(visit.end, zone),
        "state": visit.state,
        "state_words": STATE_WORDS[State(visit.state)],
        "service": visit.service,
        "practitioner": visit.practitioner,
        "place": visit.place,
        "reference": visit.reference,
        "source": SOURCES.get(visit.source, visit.source),
        "came_from": " · ".join(one for one in (visit.came_from, visit.referral) if one),
        "next": trail.weeks(visit.next_visit_in_weeks) if visit.next_visit_in_weeks else None,
        "to_make_ready": adjustments.in_words(visit.to_make_ready),
        "history": [
            {
                "at": local(one.at),
                "words": trail.in_words(one.what, before=one.before, after=one.after),
                "by": _by(one.by),
                "reason": one.reason,
            }
            for one in visit.history
        ],
        "messages": [_sent(one) for one in visit.messages],
        "answers": [_answers(one, asked[one.version]) for one in visit.answers or ()],
    }


def _answers(given: Answers, text: ShownText) -> dict[str, Any]:
    intake = read_intake({**given.answers, **given.to_make_ready}, Findings())
    return {
        "at": local(given.given_at),
        "version": given.version,
        "rows": [
            row
            for part in answers.parts(intake, text)
            for row in part.rows
            if row.said or row.in_own_words
        ],
    }


def _sent(message: Sent) -> dict[str, Any]:
    return {
        "kind_words": trail.MESSAGE_WORDS[MessageKind(message.kind)],
        "state_words": trail.MESSAGE_STATES[MessageState(message.state)],
        "recipient": message.address,
        "at": local(message.sent_at or message.written_at),
    }


def _wait(wait: Wait) -> dict[str, Any]:
    wished = [
        *(WEEKDAYS[day] for day in wait.weekdays),
        *(PART_WORDS[Part(part)].lower() for part in wait.parts),
        *([f"from {wait.earliest.isoformat()}"] if wait.earliest else []),
        *([f"until {wait.latest.isoformat()}"] if wait.latest else []),
        *([f"with {wait.practitioner}"] if wait.practitioner else []),
        *([f"at {wait.place}"] if wait.place else []),
    ]
    return {
        "since": local(wait.since),
        "until": local(wait.until),
        "state_words": WAIT_WORDS[EntryState(wait.state)],
        "service": wait.service,
        "wishes": ", ".join(wished) or "any time",
        "offered": [
            {"start": local(one.start), "words": OUTCOME_WORDS[Outcome(one.outcome)]}
            for one in wait.offered
        ],
        "messages": [_sent(one) for one in wait.messages],
    }


def _by(kind: str) -> str:
    return _BY.get(kind, "the clinic")
