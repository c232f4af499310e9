"""
The outbox: every message is a row before it is an e-mail.

A worker claims one message in a short transaction, sends it with none open, and records what
became of it in another. A crash in between may repeat a mail with the same Message-ID; it never
loses one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from booking.domain.lifecycle import State
from booking.domain.messages import (
    EVERYBODY,
    SHEET_SERVES,
    Audience,
    DeliveryFailure,
    MessageKind,
    MessageState,
    has_lost_its_point,
    next_try,
)
from booking.domain.time import local_day
from booking.domain.waitlist import ALIVE, Outcome
from booking.formats.links import Links
from booking.services import no_shows, versions
from booking.services.clinic import Rulebook
from booking.services.mail import mail_cap, queued
from booking.store.base import insert_row
from booking.store.bookings import Booking, Draft, EmailProof, Patient
from booking.store.clinic import Practitioner
from booking.store.lateness import Lateness
from booking.store.records import GIVEN_UP, WAITING, Message
from booking.store.waitlist import WaitlistOffer, whole_entry

_FOR_DOCTOR = {
    MessageKind.CONFIRMED: MessageKind.DOCTOR_BOOKED,
    MessageKind.MOVED: MessageKind.DOCTOR_MOVED,
    MessageKind.CANCELLED: MessageKind.DOCTOR_CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How the outbox stands: what waits, since when, and what was given up."""

    waiting: int
    failed: int
    oldest_waiting_since: datetime | None


def tell(
    session: Session,
    links: Links,
    rulebook: Rulebook,
    booking: Booking,
    patient: Patient,
    kind: MessageKind,
    *,
    now: datetime,
    previous_start: datetime | None = None,
    reason: str = "",
    audiences: frozenset[Audience] = EVERYBODY,
    capped: bool = False,
    leaves: datetime | None = None,
) -> None:
    """
    Queue what a change has to tell: the patient, if they gave an address, and the doctor if it is
    about today, since calendars that subscribe look too seldom for that.

    `audiences` are those who do not know it already. `capped` holds back what the patient is told
    while their address has had much of it (services/mail_cap.py). It `leaves` now or later.
    """
    recipients: list[tuple[MessageKind, str]] = []
    if patient.email and Audience.PATIENT in audiences:
        recipients.append((kind, patient.email))
    moments = (booking.start, previous_start or booking.start)
    doctor = doctors_address(session, rulebook, booking, moments, now=now)
    if doctor and Audience.DOCTOR in audiences:
        recipients.append((_FOR_DOCTOR[kind], doctor))
    if booking.sequence:
        _drop_outdated(session, booking)
    for message_kind, recipient in recipients:
        is_capped = capped and message_kind.audience is Audience.PATIENT
        key = mail_cap.key(recipient) if is_capped else None
        not_before = mail_cap.earliest(session, key, now=now) if key else None
        insert_row(
            session,
            Message,
            **queued.row(
                message_kind,
                recipient,
                _message_id(booking, message_kind, links),
                now=now,
                leaves=not_before or leaves,
                booking_id=booking.id,
                sequence=booking.sequence,
                start=booking.start,
                previous_start=previous_start,
                reason=reason,
                capped_address=key,
                not_before=not_before,
            ),
        )


def doctors_address(
    session: Session,
    rulebook: Rulebook,
    booking: Booking,
    moments: Iterable[datetime],
    *,
    now: datetime,
) -> str | None:
    """Where the doctor hears of a change that is about these moments; None if none is today."""
    zone = rulebook.at(booking.location_id).zone
    if local_day(now, zone) not in {local_day(moment, zone) for moment in moments}:
        return None
    return session.scalar(
        select(Practitioner.email).where(Practitioner.id == booking.practitioner_id)
    )


def _drop_outdated(session: Session, booking: Booking) -> None:
    """Messages about how the booking was before have lost their point, unless they are leaving."""
    session.execute(
        update(Message)
        .where(
            Message.booking_id == booking.id,
            Message.state == MessageState.QUEUED,
            Message.sequence < booking.sequence,
            Message.kind != MessageKind.RUNNING_LATE,
        )
        .values(state=MessageState.DROPPED)
        .execution_options(synchronize_session=False)
    )


def redirect(session: Session, patient_id: int, old: str, new: str | None) -> None:
    """
    A patient's address was corrected: what still waits goes to the new one, or to nobody if there
    is none any more.
    """
    waiting = update(Message).where(
        Message.booking_id.in_(select(Booking.id).where(Booking.patient_id == patient_id)),
        Message.recipient == old,
        Message.state == MessageState.QUEUED,
    )
    change = {"recipient": new} if new else {"state": MessageState.DROPPED}
    session.execute(waiting.values(change).execution_options(synchronize_session=False))


def _message_id(booking: Booking, kind: MessageKind, links: Links) -> str:
    local = booking.uid.partition("@")[0]
    return f"<{local}.{booking.sequence}.{kind.value}@{links.host}>"


def reminder_id(uid: str, sequence: int, hours: int, links: Links) -> str:
    """The Message-ID of a reminder that is so many hours before the visit."""
    kind = f"{MessageKind.REMINDER.value}-{hours}"
    return f"<{uid.partition('@')[0]}.{sequence}.{kind}@{links.host}>"


def claim_next(
    session: Session, *, lease: str, lease_for: timedelta, now: datetime
) -> Message | None:
    """
    Take the message that is due longest, for as long as the lease runs.

    Messages that no longer say what is so are dropped on the way. A message whose worker died is
    due again when its lease has run out.
    """
    while (message_id := _claim_one(session, lease, now + lease_for, now)) is not None:
        message = session.execute(
            select(Message)
            .options(
                joinedload(Message.booking).joinedload(Booking.patient),
                joinedload(Message.booking).joinedload(Booking.practitioner),
                joinedload(Message.booking).joinedload(Booking.service),
                *whole_entry(Message.entry),
                joinedload(Message.late),
                joinedload(Message.offer).joinedload(WaitlistOffer.practitioner),
                joinedload(Message.proof).joinedload(EmailProof.draft).joinedload(Draft.hold),
            )
            .where(Message.id == message_id)
            .execution_options(populate_existing=True)
        ).scalar_one()
        if not is_pointless(message, now) and not _has_come_back(session, message):
            return message
        message.state, message.lease = MessageState.DROPPED, None
        session.flush()
    return None


def is_pointless(message: Message, now: datetime) -> bool:
    """Whether a message no longer says what is so, and must not leave."""
    if message.kind is MessageKind.SHEET:
        return now - message.created_at >= SHEET_SERVES
    if message.proof is not None:
        return message.proof.draft.booking_id is not None or message.proof.expires_at <= now
    if message.entry is not None:
        offer = message.offer
        return message.entry.state not in ALIVE or (
            offer is not None and (offer.outcome is not Outcome.OPEN or offer.expires_at <= now)
        )
    if message.late is not None:
        return _is_over(message.late, message.booking, now)
    if message.reminds_of is not None and message.booking.start <= now:
        return True
    if message.kind is MessageKind.MISSED:
        return message.booking.state is not State.NO_SHOW
    return has_lost_its_point(
        message.kind,
        message.sequence,
        state=message.booking.state,
        current_sequence=message.booking.sequence,
    )


def _has_come_back(session: Session, message: Message) -> bool:
    """Whether somebody who would be asked if they want another time has one by now."""
    missed = message.kind is MessageKind.MISSED
    return missed and no_shows.has_come_back(session, message.booking.id)


def _claim_one(session: Session, lease: str, until: datetime, now: datetime) -> int | None:
    under_way = aliased(Message)
    due = (
        select(Message.id)
        .where(
            WAITING,
            Message.next_try_at <= now,
            # What happened first is told first: a confirmation that is being handed in just now
            # must not arrive after the cancellation.
            or_(
                Message.booking_id.is_(None),
                Message.booking_id.not_in(
                    select(under_way.booking_id).where(
                        WAITING,
                        under_way.booking_id.is_not(None),
                        under_way.state == MessageState.SENDING,
                        under_way.next_try_at > now,
                    )
                ),
            ),
        )
        .order_by(Message.next_try_at)
        .limit(1)
        # Other workers pass over what this one is about to take.
        .with_for_update(skip_locked=True)
    )
    return session.execute(
        update(Message)
        .where(Message.id == due.scalar_subquery())
        .values(state=MessageState.SENDING, lease=lease, next_try_at=until, tries=Message.tries + 1)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()


def _is_over(late: Lateness, booking: Booking, now: datetime) -> bool:
    """Taken back, or no longer about this visit: its patient is here, it has begun, or moved."""
    is_ahead = booking.state is State.CONFIRMED and now < booking.start < late.until
    return late.ended_at is not None or not is_ahead


def record_sent(session: Session, message_id: int, *, now: datetime) -> None:
    """
    The mail server has the message.

    True even when the lease ran out meanwhile: sent is sent, and must not be tried again.
    """
    session.execute(
        update(Message)
        .where(Message.id == message_id)
        .values(state=MessageState.SENT, sent_at=now, lease=None, error=None)
        .execution_options(synchronize_session=False)
    )


def record_failure(
    session: Session, message_id: int, failure: DeliveryFailure, *, lease: str, now: datetime
) -> MessageState | None:
    """
    The mail server did not take it: try again later, or give up visibly.

    None when the lease ran out meanwhile: then the message is somebody else's.
    """
    booking_id = session.scalar(select(Message.booking_id).where(Message.id == message_id))
    if booking_id is not None:
        versions.raise_for(session, booking_id)
    message = session.scalar(
        select(Message).where(Message.id == message_id, Message.lease == lease).with_for_update()
    )
    if message is None:
        return None
    again = (
        next_try(message.tries, created=message.created_at, now=now) if failure.retryable else None
    )
    message.state = MessageState.FAILED if again is None else MessageState.QUEUED
    message.next_try_at = again or now
    message.error = failure.words[:500]
    message.lease = None
    return message.state


def counts(session: Session) -> Counts:
    """How many messages wait, how many were given up, and how long the oldest has waited."""
    since = list(session.scalars(select(Message.created_at).where(WAITING)))
    failed = session.scalar(select(func.count(Message.id)).where(GIVEN_UP)) or 0
    return Counts(len(since), failed, min(since, default=None))


def messages_of(session: Session, booking_id: int) -> list[Message]:
    """A booking's messages, oldest first."""
    query = select(Message).where(Message.booking_id == booking_id).order_by(Message.id)
    return list(session.scalars(query))
