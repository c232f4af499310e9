"""
What has been kept for long enough, by kind, and forgetting it.

A kind is gone through in pages of ids, so that no question takes long however much there is. What
was found is looked at again before it is forgotten: others may be at it too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from booking.domain import erasing as erased
from booking.domain.messages import MessageState
from booking.domain.retention import NEVER_ATTENDED, Edges
from booking.domain.waitlist import ALIVE
from booking.formats.tokens import RandomToken
from booking.services import audit, versions
from booking.services.patients import erasing
from booking.services.times.availability import Offers
from booking.store.base import Base
from booking.store.bookings import Booking, Patient
from booking.store.records import AuditEntry, Message
from booking.store.waitlist import WaitlistEntry

PAGE = 2_000
# So many at once are forgotten in one transaction.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Tools:
    """What forgetting needs beside a session."""

    offers: Offers
    random_token: RandomToken
    now: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """The ids of what is due, and where the next page begins; None where there is none."""

    due: Sequence[int]
    last: int | None


@dataclass(frozen=True, slots=True)
class Kind:
    """
    Something that is kept for a time: `due` says of which rows that is over, `forget` does it with
    those of some ids, and says how many there were.
    """

    name: str
    model: type[Any]
    due: Callable[[Edges], ColumnElement[bool]]
    forget: Callable[[Session, ColumnElement[bool], Tools], int]


def page(session: Session, kind: Kind, edges: Edges, *, after: int = 0) -> Page:
    """What is due among the rows whose ids follow `after`."""
    id_ = kind.model.id
    ids = select(id_).where(id_ > after).order_by(id_).limit(PAGE).subquery()
    last = session.scalar(select(func.max(ids.c.id)))
    if last is None:
        return Page((), None)
    due = select(id_).where(id_ > after, id_ <= last, kind.due(edges)).order_by(id_)
    return Page(session.scalars(due).all(), last)


def forget(session: Session, kind: Kind, ids: Sequence[int], edges: Edges, *, tools: Tools) -> int:
    """Forget those of these rows that are due; how many they were."""
    return kind.forget(session, and_(kind.model.id.in_(ids), kind.due(edges)), tools)


def record(session: Session, counts: dict[str, int], *, now: datetime) -> None:
    """Note that something was forgotten, and how much."""
    audit.record(session, audit.SYSTEM, "retention", now=now, reason=in_words(counts))


def in_words(counts: dict[str, int]) -> str:
    """How much of each kind."""
    return ", ".join(f"{name}: {number}" for name, number in counts.items())


def _patient_is_due(edges: Edges) -> ColumnElement[bool]:
    """Nobody was here, or was to be here, so lately that it has to be known who."""
    missed = Booking.state.in_(NEVER_ATTENDED)
    kept = exists().where(
        Booking.patient_id == Patient.id,
        or_(
            and_(missed, Booking.end > edges.missed),
            and_(~missed, Booking.end > edges.attended),
        ),
    )
    return and_(Patient.erased_at.is_(None), Patient.created_at <= edges.missed, ~kept)


def _forget_patients(session: Session, due: ColumnElement[bool], tools: Tools) -> int:
    # Under the same address they may wait for another time, or be about to book it.
    done = erasing.erase_all(
        session,
        tools.offers,
        session.scalars(select(Patient.id).where(due)).all(),
        by_contact=False,
        reason=erased.RETENTION,
        actor=audit.SYSTEM,
        random_token=tools.random_token,
        now=tools.now,
    )
    return len(done)


def _wait_is_due(edges: Edges) -> ColumnElement[bool]:
    ended = WaitlistEntry.ended_at <= edges.waitlist
    return and_(WaitlistEntry.state.not_in(ALIVE), ended)


def _message_is_due(edges: Edges) -> ColumnElement[bool]:
    written = func.coalesce(Message.sent_at, Message.created_at)
    final = Message.state.not_in((MessageState.QUEUED, MessageState.SENDING))
    return and_(erasing.HAS_RECIPIENT, final, written <= edges.messages)


def _forget_recipients(session: Session, due: ColumnElement[bool], _: Tools) -> int:
    # What was given up so long ago is not sent again, and no board says any more that it failed.
    failed = Message.state == MessageState.FAILED
    about = select(Booking.practitioner_id).join(Message, Message.booking_id == Booking.id)
    for practitioner_id in sorted(set(session.scalars(about.where(due, failed)))):
        versions.raise_of(session, practitioner_id)
    session.execute(
        update(Message)
        .where(due, failed)
        .values(state=MessageState.DROPPED)
        .execution_options(synchronize_session=False)
    )
    return erasing.forget_recipients(session, due)


def _entry_is_due(edges: Edges) -> ColumnElement[bool]:
    return AuditEntry.at <= edges.audit


def _deleting(model: type[Base]) -> Callable[..., int]:
    def forget(session: Session, due: ColumnElement[bool], _: Tools) -> int:
        done: Any = session.execute(
            delete(model).where(due).execution_options(synchronize_session=False)
        )
        return int(done.rowcount)

    return forget


KINDS = (
    Kind("patients", Patient, _patient_is_due, _forget_patients),
    Kind("waitlist", WaitlistEntry, _wait_is_due, _deleting(WaitlistEntry)),
    Kind("messages", Message, _message_is_due, _forget_recipients),
    Kind("audit", AuditEntry, _entry_is_due, _deleting(AuditEntry)),
)
