"""What belongs to patients beside their own record: merged ones, bookings, the waitlist, forms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import Session, aliased

from booking.domain import erasing
from booking.services.imports import waiting
from booking.store.bookings import Booking, Draft, EmailProof, Patient
from booking.store.waitlist import WaitlistEntry


def records(session: Session, patient_id: int) -> list[int]:
    """The ids of a patient's record and of those that were merged into it, which keep details."""
    found, last = [patient_id], [patient_id]
    while last:
        last = list(session.scalars(select(Patient.id).where(Patient.merged_into.in_(last))))
        found += last
    return found


def bookings(ids: Sequence[int]) -> Select[int]:
    """The ids of their bookings, whatever became of them."""
    return select(Booking.id).where(Booking.patient_id.in_(ids))


def ahead(ids: Sequence[int], *, now: datetime) -> Select[Booking]:
    """Their visits that may still take place, or take place just now."""
    return select(Booking).where(
        Booking.patient_id.in_(ids), Booking.state.in_(erasing.AHEAD), Booking.end > now
    )


def waits(session: Session, ids: Sequence[int], *, by_contact: bool) -> list[WaitlistEntry]:
    """
    Their places on the waitlist, past ones too: for their bookings, and `by_contact` those under
    an address or number by which nobody else is reached.
    """
    which: list[ColumnElement[bool]] = [WaitlistEntry.booking_id.in_(bookings(ids))]
    if by_contact:
        emails, phones = _contacts(session, ids)
        which += [func.lower(WaitlistEntry.email).in_(emails), WaitlistEntry.phone.in_(phones)]
    return list(session.scalars(select(WaitlistEntry).where(or_(*which))))


def forms(session: Session, ids: Sequence[int], *, by_contact: bool) -> list[int]:
    """The ids of the drafts of their bookings, and of those that wait at their address."""
    which: list[ColumnElement[bool]] = [Draft.booking_id.in_(bookings(ids))]
    if by_contact:
        emails, _ = _contacts(session, ids)
        waiting = select(EmailProof.draft_id).where(func.lower(EmailProof.email).in_(emails))
        which.append(Draft.id.in_(waiting))
    return list(session.scalars(select(Draft.id).where(or_(*which))))


def tables(session: Session, ids: Sequence[int]) -> list[int]:
    """The ids of tables that wait to be brought in, with an address or number of theirs alone."""
    return waiting.naming(session, *_contacts(session, ids))


def _contacts(session: Session, ids: Sequence[int]) -> tuple[Sequence[str], Sequence[str]]:
    """Addresses, in small letters, and numbers."""
    other = aliased(Patient)
    return (
        _unshared(session, ids, func.lower(Patient.email), func.lower(other.email), other.id),
        _unshared(session, ids, Patient.phone, other.phone, other.id),
    )


def _unshared(
    session: Session,
    ids: Sequence[int],
    mine: SQLColumnExpression[Any],
    its: SQLColumnExpression[Any],
    other: SQLColumnExpression[int],
) -> Sequence[str]:
    shared = select(other).where(other.not_in(ids), its == mine).exists()
    query = select(mine).where(Patient.id.in_(ids), mine.is_not(None), ~shared)
    return session.scalars(query).all()
