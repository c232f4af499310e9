"""Who missed a visit and has not come back since."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
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
        exists().where(_Later.patient_id == Booking.patient_id, *_comes_after()),
        exists().where(
            _Missing.id == Booking.patient_id,
            _Twin.date_of_birth == _Missing.date_of_birth,
            or_(_Twin.email == _Missing.email, _Twin.phone == _Missing.phone),
            _Later.patient_id == _Twin.id,
            *_comes_after(),
        ),
    )


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
