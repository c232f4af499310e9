"""A patient's card: what is known of them, and what staff change on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from booking.domain import lifecycle
from booking.domain.errors import NotFound
from booking.domain.people import Person
from booking.services import audit
from booking.services.audit import Actor
from booking.services.mail import outbox
from booking.services.patients import search
from booking.services.patients.search import Found
from booking.services.times import acceptance
from booking.services.times.availability import Offers
from booking.store.bookings import Booking, Consent, Patient
from booking.store.records import Message

_MESSAGES_MOST = 50
_CONTACT = ("name", "date_of_birth", "email", "phone")


@dataclass(frozen=True, slots=True)
class Card:
    """What the desk may see of a patient; bookings and messages newest first."""

    patient: Patient
    bookings: Sequence[Booking]
    messages: Sequence[Message]
    consents: Sequence[Consent]
    # Other records that are likely the same person's.
    twins: Sequence[Found] = ()


def subject(patient_id: int) -> str:
    """How audit entries name a patient: by number, never by name."""
    return f"patient:{patient_id}"


def get(session: Session, patient_id: int, *, stays: bool = False) -> Patient:
    """
    A patient who was not erased; for a record that was merged into another, that other one.

    With `stays`, nobody merges the record away before the transaction ends.

    Raises:
        NotFound: there is none with this id.
    """
    query = select(Patient).where(Patient.id == patient_id, Patient.erased_at.is_(None))
    if stays:
        query = query.with_for_update(key_share=True)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found if found.merged_into is None else get(session, found.merged_into, stays=stays)


def card(
    session: Session,
    patient_id: int,
    *,
    only_practitioner: int | None,
    actor: Actor,
    now: datetime,
    with_twins: bool = False,
) -> Card:
    """
    A patient's card, if wanted with those who may be the same person. The look is recorded.

    A practitioner sees those who have or had a booking with them, and of it only their own part.

    Raises:
        NotFound: there is no such patient, or not one of theirs.
    """
    patient = get(session, patient_id)
    bookings = _bookings(session, patient.id, only_practitioner)
    if only_practitioner is not None and not bookings:
        raise NotFound
    twins = search.twins(session, patient, now=now) if with_twins else []
    audit.record(
        session,
        actor,
        "patient_viewed",
        now=now,
        subject=subject(patient.id),
        reason=" ".join(str(one.id) for one in twins),
    )
    return Card(
        patient,
        bookings,
        _messages(session, [one.id for one in bookings]),
        session.scalars(
            select(Consent).where(Consent.patient_id == patient.id).order_by(Consent.id)
        ).all(),
        twins,
    )


def _bookings(
    session: Session, patient_id: int, only_practitioner: int | None
) -> Sequence[Booking]:
    query = (
        select(Booking)
        .options(joinedload(Booking.practitioner), joinedload(Booking.service))
        .where(Booking.patient_id == patient_id)
        .order_by(Booking.start.desc(), Booking.id.desc())
    )
    if only_practitioner is not None:
        query = query.where(Booking.practitioner_id == only_practitioner)
    return session.scalars(query).all()


def _messages(session: Session, booking_ids: Sequence[int]) -> Sequence[Message]:
    return session.scalars(
        select(Message)
        .where(Message.booking_id.in_(booking_ids))
        .order_by(Message.id.desc())
        .limit(_MESSAGES_MOST)
    ).all()


def change(
    session: Session, offers: Offers, patient_id: int, new: Person, *, actor: Actor, now: datetime
) -> list[str]:
    """
    Correct who a patient is and how they are reached; the names of the fields that differ now.

    The audit keeps these names, never what stands in the fields.

    Raises:
        NotFound: there is no such patient.
    """
    lock_calendars(session, offers, get(session, patient_id).id, now=now)
    patient = get(session, patient_id, stays=True)
    values = {name: getattr(new, name) for name in _CONTACT}
    return _set(session, patient, values, actor=actor, now=now)


def reach(session: Session, patient: Patient, new: Person, *, actor: Actor, now: datetime) -> None:
    """Reach somebody as they say while they book again; what they do not say stays as it was."""
    said = {"email": new.email, "phone": new.phone, "guardian": new.guardian}
    known = {name: value for name, value in said.items() if value is not None}
    _set(session, patient, known, actor=actor, now=now)


def _set(
    session: Session,
    patient: Patient,
    values: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
) -> list[str]:
    changed = [name for name, value in values.items() if getattr(patient, name) != value]
    if not changed:
        return []
    address = patient.email
    for name in changed:
        setattr(patient, name, values[name])
    if address and "email" in changed:
        outbox.redirect(session, patient.id, address, patient.email)
    search.keep_words(session, patient.id, name=patient.name, phone=patient.phone)
    audit.record(
        session,
        actor,
        "patient_changed",
        now=now,
        subject=subject(patient.id),
        to_value=", ".join(changed),
    )
    return changed


def lock_calendars(session: Session, offers: Offers, *patient_ids: int, now: datetime) -> None:
    """Let the calendars that show the patients' names notice that these change."""
    shown = session.scalars(
        select(Booking.practitioner_id).where(Booking.patient_id.in_(patient_ids)).distinct()
    ).all()
    if shown:
        acceptance.lock(session, offers, shown, calendar_changed=now)
    session.execute(
        update(Booking)
        .where(Booking.patient_id.in_(patient_ids), Booking.state.in_(lifecycle.OPEN))
        .values(updated_at=now)
    )
