"""
Erasing patients: who they are, how they are reached and what they said goes. When they came, and
what became of it, stays for the statistics, under a record that says only that it was erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    String,
    bindparam,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from booking.domain import erasing
from booking.domain.errors import VisitAhead
from booking.domain.messages import Audience, MessageKind, MessageState
from booking.domain.people import Person
from booking.domain.waitlist import ALIVE
from booking.formats.languages import ENGLISH
from booking.formats.tokens import RandomToken, token_hash
from booking.services import audit
from booking.services.audit import Actor
from booking.services.imports import waiting
from booking.services.patients import belongings, cards, search
from booking.services.patients.search import Found
from booking.services.times import acceptance
from booking.services.times.availability import Offers
from booking.services.waitlist import answers
from booking.store.base import Base, table
from booking.store.bookings import Booking, Draft, IdempotencyKey, Patient
from booking.store.calls import Call
from booking.store.intakes import Caution, Intake
from booking.store.patients import PatientNote, PatientWord
from booking.store.records import GIVEN_UP, WAITING, AuditEntry, Message
from booking.store.waitlist import WaitlistEntry

TO_PATIENTS = tuple(kind for kind in MessageKind if kind.audience is Audience.PATIENT)
# In the place of an address. Of two messages about one booking each has its own, as before.
NOBODY = literal("#").concat(cast(Message.id, String))
HAS_RECIPIENT = Message.recipient.contains("@")
_words, _bookings = table(PatientWord).c, table(Booking).c
_END_LINK = (
    update(table(Booking))
    .where(_bookings.id == bindparam("booking"))
    .values(
        manage_generation=_bookings.manage_generation + 1,
        manage_token_hash=bindparam("nobody_has_it"),
        follow_up_weeks=None,
        follow_up_service_id=None,
        exceptional_reason=None,
        # Whoever sent them knows by this mark who it was.
        referral=None,
    )
)


@dataclass(frozen=True, slots=True)
class Going:
    """
    How much there is to erase of a patient. `ahead` are visits that stand in the way, `others`
    records that are likely about the same person.
    """

    patient: Patient
    ahead: Sequence[Booking]
    others: Sequence[Found]
    visits: int
    answers: int
    notes: int
    messages: int
    waits: int
    tables: int


def look(session: Session, patient_id: int, *, actor: Actor, now: datetime) -> Going:
    """
    What erasing would take away. The look is recorded, at the others too.

    Raises:
        NotFound: there is no such patient, or they were erased.
    """
    patient = cards.get(session, patient_id)
    audit.record(session, actor, "patient_viewed", now=now, subject=cards.subject(patient.id))
    ids = belongings.records(session, patient.id)
    theirs = belongings.bookings(ids)
    waits = belongings.waits(session, ids, by_contact=True)
    return Going(
        patient=patient,
        ahead=_ahead(session, ids, now=now),
        others=_likely_the_same(session, patient, actor=actor, now=now),
        visits=_count(session, Booking, Booking.patient_id.in_(ids)),
        answers=_count(session, Intake, Intake.booking_id.in_(theirs)),
        notes=_count(session, PatientNote, PatientNote.patient_id.in_(ids)),
        messages=_count(session, Message, Message.booking_id.in_(theirs)),
        waits=len(waits),
        tables=len(belongings.tables(session, ids)),
    )


def _likely_the_same(
    session: Session, patient: Patient, *, actor: Actor, now: datetime
) -> list[Found]:
    born = patient.date_of_birth
    if born is None:
        return []
    person = Person(patient.name, born, patient.email, patient.phone)
    found = search.duplicates(session, person, actor=actor, now=now)
    return [one for one in found if one.id != patient.id]


def erase(
    session: Session,
    offers: Offers,
    patient_id: int,
    *,
    reason: str,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
) -> bool:
    """
    Erase one patient with the records that were merged into theirs, and what they wait for; False
    where that was done before.

    What waits under the same address or number stays where another patient is reached by it too.

    Raises:
        NotFound: there is no such patient.
        VisitAhead: they have a visit that may still take place.
    """
    if session.scalar(select(Patient.erased_at).where(Patient.id == patient_id)) is not None:
        return False
    ids = belongings.records(session, cards.get(session, patient_id).id)
    for entry in belongings.waits(session, ids, by_contact=True):
        if entry.state in ALIVE:
            answers.leave(session, offers, entry.id, actor=actor, now=now)
    done = erase_all(
        session,
        offers,
        ids,
        by_contact=True,
        reason=reason,
        actor=actor,
        random_token=random_token,
        now=now,
    )
    if ids[0] not in done and _ahead(session, ids, now=now):
        raise VisitAhead
    return ids[0] in done


def erase_all(
    session: Session,
    offers: Offers,
    patient_ids: Sequence[int],
    *,
    by_contact: bool,
    reason: str,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
) -> list[int]:
    """
    Erase those of these patients who have no visit ahead; the ids of them.

    `by_contact` takes what is known of their addresses and numbers beside their bookings too.
    """
    _lock(session, offers, patient_ids, now=now)
    ids = _free(session, patient_ids, now=now)
    if not ids:
        return []
    bookings = list(session.scalars(belongings.bookings(ids)))
    _forget_waiting(session, ids, by_contact=by_contact)
    _forget_forms(session, ids, by_contact=by_contact)
    if by_contact:
        waiting.forget(session, belongings.tables(session, ids))
    _forget_answers(session, bookings)
    session.execute(delete(PatientNote).where(PatientNote.patient_id.in_(ids)))
    _forget_messages(session, bookings)
    _forget_reasons(session, ids, bookings)
    _end_links(session, bookings, random_token)
    _forget_who(session, ids, now=now)
    for patient_id in ids:
        audit.record(
            session,
            actor,
            "patient_erased",
            now=now,
            subject=cards.subject(patient_id),
            reason=reason,
        )
    return ids


def forget_recipients(session: Session, which: ColumnElement[bool]) -> int:
    """Of these messages: to whom they went, and what in them was somebody's own words."""
    done = session.execute(
        update(Message)
        .where(which)
        .values(recipient=NOBODY, reason="", capped_address=None)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _lock(session: Session, offers: Offers, ids: Sequence[int], *, now: datetime) -> None:
    """Let boards and calendars notice; and let nobody book for these patients meanwhile."""
    shown = session.scalars(
        select(Booking.practitioner_id).where(Booking.patient_id.in_(ids)).distinct()
    ).all()
    if shown:
        acceptance.lock(session, offers, shown, calendar_changed=now)


def _ahead(session: Session, ids: Sequence[int], *, now: datetime) -> Sequence[Booking]:
    return session.scalars(belongings.ahead(ids, now=now).order_by(Booking.start)).all()


def _count(session: Session, model: type[Base], which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(which)) or 0


def _free(session: Session, ids: Sequence[int], *, now: datetime) -> list[int]:
    # Whoever is about to refer to one of them has done so, or waits until they are gone.
    found = session.scalars(
        select(Patient.id)
        .where(Patient.id.in_(ids), Patient.erased_at.is_(None))
        .order_by(Patient.id)
        .with_for_update()
    ).all()
    ahead = {one.patient_id for one in _ahead(session, found, now=now)}
    return [one for one in found if one not in ahead]


def _forget_waiting(session: Session, ids: Sequence[int], *, by_contact: bool) -> None:
    entries = [one.id for one in belongings.waits(session, ids, by_contact=by_contact)]
    # Their offers, and what they were told, go with them.
    session.execute(delete(WaitlistEntry).where(WaitlistEntry.id.in_(entries)))


def _forget_forms(session: Session, ids: Sequence[int], *, by_contact: bool) -> None:
    drafts = belongings.forms(session, ids, by_contact=by_contact)
    session.execute(delete(Draft).where(Draft.id.in_(drafts)))


def _forget_answers(session: Session, bookings: Sequence[int]) -> None:
    for model in (Intake, Caution, IdempotencyKey):
        session.execute(delete(model).where(model.booking_id.in_(bookings)))
    session.execute(
        update(Call)
        .where(Call.booking_id.in_(bookings), Call.note != "")
        .values(note="")
        .execution_options(synchronize_session=False)
    )


def _forget_messages(session: Session, bookings: Sequence[int]) -> None:
    """
    What has not left for the patient is dropped: whoever sends it just now finds nothing to try
    again. The doctor is told what there is to tell, without a name.
    """
    theirs = Message.booking_id.in_(bookings)
    to_them = theirs & Message.kind.in_(TO_PATIENTS)
    session.execute(
        update(Message)
        .where(to_them, or_(WAITING, GIVEN_UP))
        .values(state=MessageState.DROPPED, lease=None)
        .execution_options(synchronize_session=False)
    )
    forget_recipients(session, to_them)
    session.execute(
        update(Message).where(theirs).values(reason="").execution_options(synchronize_session=False)
    )


def _forget_reasons(session: Session, ids: Sequence[int], bookings: Sequence[int]) -> None:
    about = [cards.subject(one) for one in ids]
    session.execute(
        update(AuditEntry)
        .where(
            or_(AuditEntry.booking_id.in_(bookings), AuditEntry.subject.in_(about)),
            AuditEntry.reason != "",
        )
        .values(reason="")
        .execution_options(synchronize_session=False)
    )


def _end_links(session: Session, bookings: Sequence[int], random_token: RandomToken) -> None:
    """No link leads to their bookings any more: what is stored is the hash of nothing we keep."""
    rows = [
        {"booking": one, "nobody_has_it": token_hash(random_token())} for one in sorted(bookings)
    ]
    if rows:
        session.connection().execute(_END_LINK, rows)


def _forget_who(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    session.execute(delete(table(PatientWord)).where(_words.patient_id.in_(ids)))
    session.execute(
        update(Patient)
        .where(Patient.id.in_(ids))
        .values(
            name=erasing.NAME,
            date_of_birth=None,
            email=None,
            phone=None,
            guardian=None,
            locale=ENGLISH,
            erased_at=now,
        )
        .execution_options(synchronize_session=False)
    )
