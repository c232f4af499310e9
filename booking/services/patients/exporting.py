"""A copy of what is kept of a patient, gathered for the patient. Each is recorded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from booking.domain import references
from booking.domain.errors import NotFound
from booking.domain.notes import Whose
from booking.formats.patient_copy import (
    Agreed,
    Answers,
    Flag,
    Note,
    Offered,
    PatientCopy,
    Sent,
    Step,
    Visit,
    Wait,
    Who,
)
from booking.services import audit
from booking.services.audit import Actor
from booking.services.clinic import Rulebook
from booking.services.patients import belongings, cards, notes
from booking.services.patients.erasing import TO_PATIENTS
from booking.store.bookings import Booking, Consent, Patient
from booking.store.calls import Call
from booking.store.intakes import Caution, Intake
from booking.store.patients import PatientNote
from booking.store.records import AuditEntry, Message
from booking.store.waitlist import WaitlistEntry, WaitlistOffer, whole_entry

NO_ANSWERS = (
    "Answers to the questions before a visit: the doctor who is visited can make a copy with them"
)
NO_OTHERS = "Appointments with other practitioners"
NO_WAITS = "Places on the waitlist"
NO_DOCTORS_NOTES = "The doctors’ own notes: a doctor can make a copy with them"
# What was done with an appointment; who looked at it is not the patient's.
_HAPPENED = (
    *("state", "undo", "moved", "move_undone", "kept", "new_times_offered", "reconfirmed"),
    *("details_changed", "answers_changed"),
    *("patient_called", "call_made", "tried_to_call", "call_undone"),
)
Row = TypeVar("Row", AuditEntry, Message, Intake, Caution)


def copy(
    session: Session,
    rulebook: Rulebook,
    patient_id: int,
    *,
    only_practitioner: int | None,
    answers_to: int | None,
    kind: str,
    actor: Actor,
    now: datetime,
) -> PatientCopy:
    """
    What may be handed to the patient by whoever makes the copy, which is recorded.

    Answers are those to the practitioner `answers_to`; doctors' notes are in it where that one
    treats the patient. `only_practitioner` sees what is theirs; `kind` says in the audit how the
    copy was made.

    Raises:
        NotFound: there is no such patient, or not one of theirs.
    """
    patient = cards.get(session, patient_id)
    ids = belongings.records(session, patient.id)
    every = cards.visits(session, patient.id, only_practitioner=None)
    rows = [one for one in every if only_practitioner in {None, one.practitioner_id}]
    if only_practitioner is not None and not rows:
        raise NotFound
    waits = belongings.waits(session, ids, by_contact=True)
    told = [one.id for one in rows if one.practitioner_id == answers_to]
    visits = _described(session, rulebook, rows, told)
    read = [one.id for one in visits if one.answers or one.flags]
    _record(session, patient.id, read, kind, actor=actor, now=now)
    of_doctors = notes.of(session, patient.id, Whose.DOCTOR)
    # Another role opens every patient to a doctor, but not what doctors who treat them wrote.
    treats = bool(told)
    left_out = {
        NO_ANSWERS: len(told) < len(rows),
        NO_OTHERS: len(rows) < len(every),
        NO_WAITS: only_practitioner is not None and bool(waits),
        NO_DOCTORS_NOTES: not treats and bool(of_doctors),
    }
    return PatientCopy(
        clinic=rulebook.clinic.name,
        made_at=now,
        left_out=[words for words, is_so in left_out.items() if is_so],
        who=_who(patient),
        merged=[_who(one) for one in _merged(session, ids[1:])],
        visits=visits,
        consents=_consents(session, patient.id),
        notes=_notes(
            [*notes.of(session, patient.id, Whose.DESK), *(of_doctors if treats else ())],
            _calls(session, [one.id for one in rows]),
        ),
        waits=[] if only_practitioner is not None else _waits(session, waits),
    )


def _record(
    session: Session,
    patient_id: int,
    read: Sequence[int],
    kind: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    about = cards.subject(patient_id)
    audit.record(session, actor, "patient_exported", now=now, subject=about, to_value=kind)
    for booking_id in read:
        audit.record(session, actor, "answers_read", now=now, booking_id=booking_id)


def _by_booking(
    session: Session, model: type[Row], ids: Sequence[int], *conditions: ColumnElement[bool]
) -> Mapping[int | None, list[Row]]:
    """Rows about these bookings, as they were written."""
    query = select(model).where(model.booking_id.in_(ids), *conditions).order_by(model.id)
    found: defaultdict[int | None, list[Row]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.booking_id].append(row)
    return found


def _who(patient: Patient) -> Who:
    return Who(
        number=patient.id,
        name=patient.name,
        date_of_birth=patient.date_of_birth,
        guardian=patient.guardian,
        email=patient.email,
        phone=patient.phone,
        language=patient.locale,
        since=patient.created_at,
    )


def _described(
    session: Session, rulebook: Rulebook, rows: Sequence[Booking], told: Sequence[int]
) -> list[Visit]:
    ids = [one.id for one in rows]
    history = _by_booking(session, AuditEntry, ids, AuditEntry.action.in_(_HAPPENED))
    messages = _by_booking(session, Message, ids, Message.kind.in_(TO_PATIENTS))
    answers, flags = _by_booking(session, Intake, ids), _by_booking(session, Caution, told)
    return [
        Visit(
            id=one.id,
            reference=references.show(one.reference),
            state=one.state.value,
            start=one.start,
            end=one.end,
            zone=one.time_zone,
            service=one.service.name,
            practitioner=one.practitioner.name,
            place=rulebook.at(one.location_id).address,
            source=one.source,
            came_from=one.came_from,
            referral=one.referral,
            booked_at=one.created_at,
            cancelled_late=one.cancelled_late,
            will_come_said_at=one.reconfirmed_at,
            next_visit_in_weeks=one.follow_up_weeks,
            to_make_ready=answers[one.id][-1].help if answers[one.id] else {},
            history=[_step(entry) for entry in history[one.id]],
            messages=[_sent(message) for message in messages[one.id]],
            answers=[_answers(row) for row in answers[one.id]] if one.id in told else None,
            flags=[_flag(row) for row in flags[one.id]] if one.id in told else None,
        )
        for one in rows
    ]


def _step(entry: AuditEntry) -> Step:
    return Step(
        at=entry.at,
        what=entry.action,
        by=entry.actor_kind,
        before=entry.from_value,
        after=entry.to_value,
        reason=entry.reason,
    )


def _sent(message: Message) -> Sent:
    return Sent(
        kind=message.kind.value,
        address=message.address,
        state=message.state.value,
        written_at=message.created_at,
        sent_at=message.sent_at,
        reason=message.reason,
    )


def _answers(row: Intake) -> Answers:
    return Answers(
        version=row.text_version,
        language=row.locale,
        given_at=row.given_at,
        given_by=row.given_by,
        answers=row.answers,
        to_make_ready=row.help,
    )


def _flag(row: Caution) -> Flag:
    return Flag(
        key=row.key, effect=row.effect.value, detail=row.detail, reviewed_at=row.reviewed_at
    )


def _consents(session: Session, patient_id: int) -> list[Agreed]:
    query = select(Consent).where(Consent.patient_id == patient_id).order_by(Consent.id)
    return [
        Agreed(
            purpose=one.purpose,
            version=one.text_version,
            language=one.locale,
            granted=one.granted,
            by=one.given_by,
            at=one.at,
        )
        for one in session.scalars(query)
    ]


def _merged(session: Session, ids: Sequence[int]) -> Sequence[Patient]:
    return session.scalars(select(Patient).where(Patient.id.in_(ids)).order_by(Patient.id)).all()


def _calls(session: Session, booking_ids: Sequence[int]) -> Sequence[Call]:
    """The tries to reach the patient that somebody noted something about."""
    query = select(Call).where(Call.booking_id.in_(booking_ids), Call.note != "")
    return session.scalars(query).all()


def _notes(noted: Sequence[PatientNote], calls: Sequence[Call]) -> list[Note]:
    """Newest first."""
    found = [Note(at=one.at, text=one.text) for one in noted]
    found += [Note(at=one.at, text=one.note) for one in calls]
    return sorted(found, key=attrgetter("at"), reverse=True)


def _waits(session: Session, waits: Sequence[WaitlistEntry]) -> list[Wait]:
    """Places for their bookings, and those under an address or number that is theirs alone."""
    ids = [one.id for one in waits]
    query = (
        select(WaitlistEntry)
        .options(
            selectinload(WaitlistEntry.offers).joinedload(WaitlistOffer.practitioner),
            *whole_entry(),
        )
        .where(WaitlistEntry.id.in_(ids))
        .order_by(WaitlistEntry.id.desc())
    )
    messages = select(Message).where(Message.entry_id.in_(ids)).order_by(Message.id)
    told: defaultdict[int | None, list[Sent]] = defaultdict(list)
    for message in session.scalars(messages):
        told[message.entry_id].append(_sent(message))
    return [_wait(one, told[one.id]) for one in session.scalars(query)]


def _wait(entry: WaitlistEntry, told: Sequence[Sent]) -> Wait:
    return Wait(
        state=entry.state.value,
        since=entry.created_at,
        until=entry.ended_at or entry.expires_at,
        name=entry.name,
        email=entry.email,
        phone=entry.phone,
        service=entry.service.name,
        practitioner=entry.practitioner.name if entry.practitioner else None,
        place=entry.location.name if entry.location else None,
        weekdays=[int(digit) for digit in entry.weekdays],
        parts=[part for part in entry.parts.split(",") if part],
        earliest=entry.earliest,
        latest=entry.latest,
        offered=[
            Offered(
                start=one.start,
                practitioner=one.practitioner.name,
                offered_at=one.offered_at,
                outcome=one.outcome.value,
            )
            for one in entry.offers
        ],
        messages=told,
    )
