"""A mail to somebody who missed a visit: when the desk wants it, and once for a booking."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.calls import GRACE
from booking.domain.messages import MessageKind, MessageState
from booking.formats.links import Links
from booking.services.mail import queued
from booking.store.base import insert_row
from booking.store.bookings import Booking, Patient
from booking.store.records import Message


def send(session: Session, links: Links, booking_id: int, *, now: datetime) -> bool:
    """
    Queue the mail, to leave when it can no longer be taken back.

    False, and nothing is done, where the patient gave no address or has the mail already. The
    practitioner's lock must be ours.
    """
    query = select(Booking.uid, Patient.email).join(Patient, Patient.id == Booking.patient_id)
    uid, address = session.execute(query.where(Booking.id == booking_id)).one()
    known = _of(session, booking_id)
    if address is None or (known is not None and known.state is not MessageState.DROPPED):
        return False
    leaves = now + GRACE
    if known is not None:
        known.state, known.recipient = MessageState.QUEUED, address
        known.created_at, known.next_try_at, known.tries = now, leaves, 0
        return True
    # Its sequence is none of the booking's, so that there is one whatever becomes of that.
    row = queued.row(
        MessageKind.MISSED,
        address,
        f"<{uid.partition('@')[0]}.{MessageKind.MISSED.value}@{links.host}>",
        now=now,
        leaves=leaves,
        booking_id=booking_id,
    )
    insert_row(session, Message, **row)
    return True


def take_back(session: Session, booking_id: int) -> bool:
    """Drop the mail, if no worker has begun with it; else False."""
    known = _of(session, booking_id)
    if known is None or known.state is MessageState.DROPPED:
        return True
    if known.state is not MessageState.QUEUED or known.tries:
        return False
    known.state = MessageState.DROPPED
    return True


def _of(session: Session, booking_id: int) -> Message | None:
    query = select(Message).where(
        Message.booking_id == booking_id, Message.kind == MessageKind.MISSED
    )
    query = query.with_for_update(of=Message).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()
