"""What staff note about a patient: the desk for all colleagues, doctors for each other."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from booking.domain.notes import Whose
from booking.services import audit, versions
from booking.services.audit import Actor
from booking.services.patients import cards
from booking.store.base import insert_row
from booking.store.bookings import Booking
from booking.store.patients import PatientNote

_ADDED = {Whose.DESK: "patient_noted", Whose.DOCTOR: "doctor_noted"}


def of(session: Session, patient_id: int, whose: Whose) -> Sequence[PatientNote]:
    """The notes about a patient, newest first. Who may read them is for the caller to know."""
    return session.scalars(
        select(PatientNote)
        .where(PatientNote.patient_id == patient_id, PatientNote.whose == whose)
        .order_by(PatientNote.id.desc())
    ).all()


def latest() -> ScalarSelect[str]:
    """What the desk noted last about the patient, for a query over bookings."""
    return (
        select(PatientNote.text)
        .where(PatientNote.patient_id == Booking.patient_id, PatientNote.whose == Whose.DESK)
        .order_by(PatientNote.id.desc())
        .limit(1)
        .correlate(Booking)
        .scalar_subquery()
    )


def add(
    session: Session,
    patient_id: int,
    text: str,
    *,
    whose: Whose,
    staff_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    """
    Add a note about a patient; the audit says that there is one, not what it says.

    Raises:
        NotFound: there is no such patient.
    """
    if whose is Whose.DESK:
        versions.raise_of_patient(session, cards.get(session, patient_id).id)
    patient = cards.get(session, patient_id, keep=True)
    insert_row(
        session,
        PatientNote,
        patient_id=patient.id,
        staff_id=staff_id,
        whose=whose,
        text=text,
        at=now,
    )
    subject = cards.subject(patient.id)
    audit.record(session, actor, _ADDED[whose], now=now, subject=subject)
