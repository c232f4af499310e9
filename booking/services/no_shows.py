"""Who missed a visit and has not come back since."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from booking.domain.lifecycle import ActorKind, State
from booking.store.bookings import Booking, Patient
from booking.store.records import AuditEntry

# What came after the visit counts, whatever became of it; only what never was does not.
_CAME_AFTER = frozenset(State) - {State.CANCELLED, State.EXPIRED, State.ENTERED_IN_ERROR}
_Later, _Twin, _Missing = aliased(Booking), aliased(Patient), aliased(Patient)


def came_back() -> ColumnElement[bool]:
    """
    Whether the patient of a booking has another visit after it, for a query over bookings.

    One that the clinic cancelled counts too: they meant to come. Whoever books online gets a
    record of their own, so the same birthday with the same address or number is the same person.
    """
    return or_(
        _later(Booking.patient_id).correlate(Booking).exists(),
        _one_by_one(_Twin)
        .join(_Missing, _Missing.date_of_birth == _Twin.date_of_birth)
        .where(
            _Missing.id == Booking.patient_id,
            or_(_Twin.email == _Missing.email, _Twin.phone == _Missing.phone),
            _later(_Twin.id).correlate(Booking, _Twin).exists(),
        )
        .correlate(Booking)
        .exists(),
    )


def _later(patient_id: Any) -> Select[Any]:
    return _one_by_one(_Later).where(_Later.patient_id == patient_id, *_comes_after())


def _one_by_one(of: Any) -> Select[Any]:
    """
    A question to be asked for each row that it is about, by an index.

    PostgreSQL would else join whole tables for it; on tables that it has not analysed yet, such as
    those of a backup just restored, that took half a minute.
    """
    return select(of.id).offset(0)


def has_come_back(session: Session, booking_id: int) -> bool:
    """The same of one booking."""
    return bool(session.scalar(select(came_back()).where(Booking.id == booking_id)))


def _comes_after() -> tuple[Any, ...]:
    by_the_clinic = exists().where(
        AuditEntry.booking_id == _Later.id,
        AuditEntry.action == "state",
        AuditEntry.to_value == State.CANCELLED.value,
        AuditEntry.actor_kind != ActorKind.PATIENT.value,
    )
    return (
        _Later.start > Booking.start,
        or_(
            _Later.state.in_(_CAME_AFTER),
            and_(_Later.state == State.CANCELLED, by_the_clinic),
        ),
    )
