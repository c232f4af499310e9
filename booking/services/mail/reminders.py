"""
Reminders of visits, for patients who permitted them.

A worker asks what is due and writes it into the outbox, one booking a transaction. The database
refuses a second reminder of the same time (uq_messages_reminded_once), however many workers run.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from booking.domain import lifecycle
from booking.domain.lifecycle import State, Stranding
from booking.domain.messages import MessageKind
from booking.domain.reminders import due
from booking.formats.links import Links
from booking.services import audit
from booking.services.bookings.bookings import standing
from booking.services.bookings.intakes import REMINDERS
from booking.services.mail import mail_cap, queued
from booking.services.mail.outbox import reminder_id
from booking.store.base import insert_row
from booking.store.bookings import Booking, Consent, Patient
from booking.store.records import Message

# What the night may hold back.
_NIGHT = timedelta(hours=12)
_TELLS_OF_VISIT = (MessageKind.CONFIRMED, MessageKind.MOVED)


def due_now(session: Session, *, hours: Sequence[int], now: datetime) -> list[int]:
    """The bookings of whose visit a reminder is due, the next visit first."""
    return [found.id for found in _candidates(session, hours, now) if _which(found, hours, now)]


def remind(
    session: Session, links: Links, booking_id: int, *, hours: Sequence[int], now: datetime
) -> bool:
    """Write the reminder that is due for a booking, if one still is; whether it was written."""
    # Whoever is second waits here, and finds the reminder that the first has written.
    session.execute(select(Booking.id).where(Booking.id == booking_id).with_for_update())
    found = next(iter(_candidates(session, hours, now, Booking.id == booking_id)), None)
    which = _which(found, hours, now) if found is not None else None
    if found is None or which is None:
        return False
    key = mail_cap.key(found.email)
    leaves = mail_cap.earliest(session, key, now=now)
    insert_row(
        session,
        Message,
        **queued.row(
            MessageKind.REMINDER,
            found.email,
            reminder_id(found.uid, found.sequence, which, links),
            now=now,
            leaves=leaves,
            booking_id=booking_id,
            sequence=found.sequence,
            reminds_of=found.start,
            hours_before=which,
            capped_address=key,
            not_before=leaves,
        ),
    )
    return True


def may_remind(session: Session, patient_id: int) -> bool:
    """Whether a patient permits reminders, by the latest word of theirs."""
    return session.scalar(_permitted().where(Consent.patient_id == patient_id)) is True


def permit(
    session: Session, booking: Booking, *, granted: bool, version: int, now: datetime
) -> None:
    """
    A patient permits reminders, or no longer does: a row of the ledger, unless it is so.

    `version` is that of the questions, which have the words of it.

    Raises:
        AlreadyCancelled, AlreadyOver, TransitionRefused: there is no visit ahead.
    """
    lifecycle.require_ahead(standing(booking), now=now)
    if may_remind(session, booking.patient_id) is granted:
        return
    insert_row(
        session,
        Consent,
        patient_id=booking.patient_id,
        purpose=REMINDERS,
        text_version=str(version),
        locale=booking.patient.locale,
        granted=granted,
        given_by=audit.PATIENT.kind.value,
        at=now,
    )
    action = "reminders_permitted" if granted else "reminders_declined"
    audit.record(session, audit.PATIENT, action, now=now, booking_id=booking.id)


def _permitted() -> Any:
    return (
        select(Consent.granted)
        .where(Consent.purpose == REMINDERS)
        .order_by(Consent.id.desc())
        .limit(1)
    )


def _candidates(
    session: Session, hours: Sequence[int], now: datetime, *conditions: Any
) -> list[Any]:
    """Coming visits near enough for a reminder, with what decides about it."""
    if not hours:
        return []
    permitted = _permitted().where(Consent.patient_id == Patient.id).correlate(Patient)
    reminded = select(func.min(Message.hours_before)).where(
        Message.booking_id == Booking.id,
        Message.kind == MessageKind.REMINDER,
        Message.reminds_of == Booking.start,
    )
    told = select(func.max(Message.created_at)).where(
        Message.booking_id == Booking.id, Message.kind.in_(_TELLS_OF_VISIT)
    )
    query = (
        select(
            Booking.id,
            Booking.uid,
            Booking.sequence,
            Booking.start,
            Booking.time_zone,
            Booking.created_at,
            Patient.email,
            reminded.correlate(Booking).scalar_subquery().label("reminded"),
            told.correlate(Booking).scalar_subquery().label("told_at"),
        )
        .join(Patient, Booking.patient_id == Patient.id)
        .where(
            Booking.state == State.CONFIRMED,
            Booking.start > now,
            Booking.start <= now + timedelta(hours=max(hours)) + _NIGHT,
            # Nobody is reminded of a time that the clinic has to change.
            or_(Booking.stranding.is_(None), Booking.stranding != Stranding.TO_MOVE),
            Patient.email.is_not(None),
            permitted.scalar_subquery(),
            *conditions,
        )
        .order_by(Booking.start, Booking.id)
    )
    return list(session.execute(query))


def _which(found: Any, hours: Sequence[int], now: datetime) -> int | None:
    """By its hours, the reminder to write; None if none is due, or it is written."""
    which = due(
        found.start,
        ZoneInfo(found.time_zone),
        hours=hours,
        knows_since=found.told_at or found.created_at,
        now=now,
    )
    if which is None or (found.reminded is not None and found.reminded <= which):
        return None
    return which
