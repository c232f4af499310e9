"""A practitioner runs late: said on the board, and by e-mail to those still to come, if wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking.domain.errors import MoreToTell
from booking.domain.lifecycle import State, Stranding
from booking.domain.messages import MessageKind, MessageState
from booking.domain.time import Span, local_day
from booking.formats.links import Links
from booking.services import audit, versions
from booking.services.audit import Actor
from booking.services.clinic import Rulebook
from booking.services.desk.board.day import whole_day
from booking.services.mail import queued
from booking.store.base import insert_row
from booking.store.bookings import Booking, Patient
from booking.store.lateness import NOT_OVER, Lateness
from booking.store.records import Message


@dataclass(frozen=True, slots=True)
class Late:
    """An announcement that holds: since when, by how many minutes, and how many were told of it."""

    practitioner_id: int
    minutes: int
    since: datetime
    told: int


@dataclass(frozen=True, slots=True)
class StillToCome:
    """Somebody who could be told: a visit later today whose patient gave an e-mail address."""

    booking_id: int
    uid: str
    name: str
    start: datetime
    location_id: int
    email: str


def now_late(session: Session, day: date, *, practitioner_id: int | None = None) -> Sequence[Late]:
    """Who runs late on a clinic day, in the order in which it was said."""
    query = (
        select(Lateness.practitioner_id, Lateness.minutes, Lateness.since, func.count(Message.id))
        .outerjoin(Message, Message.late_id == Lateness.id)
        .where(Lateness.day == day, NOT_OVER)
        .group_by(Lateness.id, Lateness.practitioner_id, Lateness.minutes, Lateness.since)
        .order_by(Lateness.id)
    )
    if practitioner_id is not None:
        query = query.where(Lateness.practitioner_id == practitioner_id)
    return [Late(*found) for found in session.execute(query)]


def still_to_come(
    session: Session, rulebook: Rulebook, practitioner_id: int, *, now: datetime
) -> Sequence[StillToCome]:
    """
    Whom a message about lateness would go to, by start.

    Only visits of today that have not begun and need no new time, whose patients are not here yet
    and gave an address.
    """
    query = (
        select(
            Booking.id,
            Booking.uid,
            Patient.name,
            Booking.start,
            Booking.location_id,
            Patient.email,
        )
        .join(Patient, Patient.id == Booking.patient_id)
        .where(
            Booking.practitioner_id == practitioner_id,
            Booking.state == State.CONFIRMED,
            # Of these nobody is expected at that time any more.
            Booking.stranding.is_distinct_from(Stranding.TO_MOVE),
            Booking.start > now,
            Booking.start < _today(rulebook, now).end,
            Patient.email.is_not(None),
        )
        .order_by(Booking.start, Booking.id)
    )
    found: Any = session.execute(query)
    return [StillToCome(*one) for one in found]


def announce(
    session: Session,
    links: Links,
    rulebook: Rulebook,
    practitioner_id: int,
    minutes: int,
    *,
    tell: frozenset[int] | None,
    actor: Actor,
    now: datetime,
) -> int:
    """
    Say on the board that somebody runs late until the day ends; how many are told by e-mail.

    `tell` are the bookings that were shown as those to be told; None tells nobody. What was
    announced before is over, and what of it has not left yet does not leave any more.

    Raises:
        MoreToTell: there are others to tell by now; they have to be shown first.
    """
    # The practitioner's lock, under which bookings change too: the list stays as it is read.
    versions.raise_of(session, practitioner_id)
    _end(session, rulebook, practitioner_id, now=now)
    today = _today(rulebook, now)
    late_id = insert_row(
        session,
        Lateness,
        practitioner_id=practitioner_id,
        day=local_day(now, rulebook.clinic.zone),
        minutes=minutes,
        since=now,
        until=today.end,
        ended_at=None,
    )
    told = _tell(session, links, rulebook, practitioner_id, late_id, tell, now=now)
    _record(session, actor, practitioner_id, now=now, minutes=minutes, told=told)
    return told


def on_time_again(
    session: Session, rulebook: Rulebook, practitioner_id: int, *, actor: Actor, now: datetime
) -> None:
    """Take it back; saying so twice changes nothing."""
    versions.raise_of(session, practitioner_id)
    if _end(session, rulebook, practitioner_id, now=now):
        _record(session, actor, practitioner_id, now=now, minutes=0, told=0)


def _today(rulebook: Rulebook, now: datetime) -> Span:
    return whole_day(rulebook, local_day(now, rulebook.clinic.zone))


def _end(session: Session, rulebook: Rulebook, practitioner_id: int, *, now: datetime) -> bool:
    """Whether there was something to end."""
    late_id = session.scalar(
        update(Lateness)
        .where(
            Lateness.practitioner_id == practitioner_id,
            Lateness.day == local_day(now, rulebook.clinic.zone),
            NOT_OVER,
        )
        .values(ended_at=now)
        .returning(Lateness.id)
        .execution_options(synchronize_session=False)
    )
    if late_id is None:
        return False
    session.execute(
        update(Message)
        .where(Message.late_id == late_id, Message.state == MessageState.QUEUED)
        .values(state=MessageState.DROPPED)
        .execution_options(synchronize_session=False)
    )
    return True


def _tell(
    session: Session,
    links: Links,
    rulebook: Rulebook,
    practitioner_id: int,
    late_id: int,
    tell: frozenset[int] | None,
    *,
    now: datetime,
) -> int:
    if tell is None:
        return 0
    those = still_to_come(session, rulebook, practitioner_id, now=now)
    if not {one.booking_id for one in those} <= tell:
        raise MoreToTell
    for one in those:
        insert_row(
            session,
            Message,
            **queued.row(
                MessageKind.RUNNING_LATE,
                one.email,
                f"<{one.uid.partition('@')[0]}.late{late_id}@{links.host}>",
                now=now,
                booking_id=one.booking_id,
                late_id=late_id,
                sequence=late_id,
            ),
        )
    return len(those)


def _record(
    session: Session,
    actor: Actor,
    practitioner_id: int,
    *,
    now: datetime,
    minutes: int,
    told: int,
) -> None:
    audit.record(
        session,
        actor,
        "running_late" if minutes else "on_time_again",
        now=now,
        subject=f"practitioner {practitioner_id}",
        to_value=f"{minutes} minutes" if minutes else None,
        reason=f"told by e-mail: {told}" if told else "",
    )
