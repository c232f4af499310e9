"""Reception's list of messages, and sending again what was given up."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, true, update
from sqlalchemy.orm import Session, joinedload

from booking.domain.errors import MessageOutdated, NotFound
from booking.domain.messages import Audience, MessageState
from booking.services import audit, versions
from booking.services.audit import Actor
from booking.services.mail import outbox
from booking.services.waitlist.mail import email_of
from booking.store.bookings import Booking
from booking.store.records import GIVEN_UP, WAITING, Message
from booking.store.waitlist import whole_entry

PAGE = 50


class Only(StrEnum):
    """Which messages somebody wants to see."""

    ALL = "all"
    FAILED = "failed"
    WAITING = "waiting"
    SENT = "sent"


_CONDITIONS: dict[Only, Any] = {
    Only.ALL: true(),
    Only.FAILED: GIVEN_UP,
    Only.WAITING: WAITING,
    Only.SENT: Message.state == MessageState.SENT,
}


def failed(session: Session) -> int:
    """How many messages were given up."""
    return session.scalar(select(func.count(Message.id)).where(GIVEN_UP)) or 0


def page(session: Session, only: Only, *, before_id: int | None = None) -> list[Message]:
    """
    The newest messages with whom they are about, one more than a page holds if there are more.

    `before_id` continues after the oldest of an earlier page.
    """
    # Apart: the conditions name columns that the tables beside have too.
    wanted = select(Message.id).where(_CONDITIONS[only])
    if before_id is not None:
        wanted = wanted.where(Message.id < before_id)
    wanted = wanted.order_by(Message.id.desc()).limit(PAGE + 1)
    query = (
        select(Message)
        .options(
            joinedload(Message.booking).joinedload(Booking.patient),
            *whole_entry(Message.entry),
            joinedload(Message.offer),
        )
        .where(Message.id.in_(wanted.scalar_subquery()))
        .order_by(Message.id.desc())
    )
    return list(session.scalars(query))


def given_up(session: Session, message_id: int) -> Message:
    """
    A message that failed and is for a patient, with the patient.

    Raises:
        NotFound: there is none.
    """
    message = _locked(session, message_id)
    if message.state is not MessageState.FAILED or message.kind.audience is not Audience.PATIENT:
        raise NotFound
    return message


def address_on_file(message: Message) -> str:
    """Where mail to this patient goes now."""
    known = email_of(message.entry) if message.entry else message.booking.patient.email
    return known or message.recipient


def send_again(
    session: Session,
    message_id: int,
    *,
    tries: int,
    address: str | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """
    Put a message that was given up back into the queue, to a new address if one is given.

    `tries` is how many there had been on the page that was acted on: False, and nothing is done,
    where somebody was quicker. The wait for a mail server that is away begins anew.

    Raises:
        NotFound: there is no such message, or it goes to no patient and so to no new address.
        MessageOutdated: it no longer says what is so.
    """
    booking_id = session.scalar(select(Message.booking_id).where(Message.id == message_id))
    if booking_id is not None:
        versions.raise_for(session, booking_id)
    message = _locked(session, message_id)
    if message.state is not MessageState.FAILED or message.tries != tries:
        return False
    if outbox.is_pointless(message, now):
        raise MessageOutdated
    if address is not None:
        _readdress(session, message, address, actor=actor, now=now)
    message.state = MessageState.QUEUED
    message.next_try_at = message.created_at = now
    if message.capped_address is not None:
        message.not_before = now
    _record(session, message, "message_sent_again", actor=actor, now=now)
    return True


def _locked(session: Session, message_id: int) -> Message:
    query = select(Message).where(Message.id == message_id).with_for_update()
    message = session.scalars(query).one_or_none()
    if message is None:
        raise NotFound
    return message


def _readdress(
    session: Session, message: Message, address: str, *, actor: Actor, now: datetime
) -> None:
    """Keep the address as the patient's, for this message and for those that wait with it."""
    if message.kind.audience is not Audience.PATIENT:
        raise NotFound
    if address != address_on_file(message):
        _keep(message, address, now=now)
        _record(session, message, "details_changed", to_value="email", actor=actor, now=now)
    old, message.recipient = message.recipient, address
    # The office vouches for it; what strangers may cause to it is counted apart.
    message.capped_address = message.not_before = None
    about = (
        Message.entry_id == message.entry_id
        if message.booking_id is None
        else Message.booking_id == message.booking_id
    )
    session.execute(
        update(Message)
        .where(about, Message.recipient == old, Message.state == MessageState.QUEUED)
        .values(recipient=address)
        .execution_options(synchronize_session=False)
    )


def _keep(message: Message, address: str, *, now: datetime) -> None:
    booking = message.entry.booking if message.entry else message.booking
    if booking is not None:
        booking.patient.email = address
        booking.updated_at = now
    elif message.entry is not None:
        message.entry.email = address


def _record(
    session: Session,
    message: Message,
    action: str,
    *,
    to_value: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    booking_id = message.entry.booking_id if message.entry else message.booking_id
    audit.record(
        session,
        actor,
        action,
        now=now,
        booking_id=booking_id,
        subject=f"waitlist {message.entry_id}" if message.entry else None,
        to_value=to_value or message.kind.value,
    )
