"""Whom the desk has to call: what is open, and what was done about it today."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from booking.domain.calls import CHASED_FOR, IN_VAIN, SETTLED, Cause, Outcome
from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind, MessageState
from booking.services.no_shows import came_back
from booking.store.bookings import MISSED, Booking, Patient
from booking.store.calls import Call
from booking.store.clinic import Practitioner, Service
from booking.store.intakes import TO_CALL, Caution
from booking.store.records import Message

# A page has no use for more; whoever gets there sees the next.
MOST = 100
_AHEAD = (State.REQUESTED, State.CONFIRMED)
_Missed, _Last, _Try = aliased(Booking), aliased(Call), aliased(Call)
_Gone = aliased(Patient)


@dataclass(frozen=True, slots=True)
class Try:
    """How somebody tried last; of those before it, how many were in vain."""

    number: int
    outcome: Outcome
    at: datetime
    note: str
    call_again_on: date | None
    in_vain: int


@dataclass(frozen=True, slots=True)
class Task:
    """A patient to be called, about a visit that they have ahead or missed."""

    cause: Cause
    booking_id: int
    patient_id: int
    name: str
    phone: str | None
    email: str | None
    start: datetime
    location_id: int
    practitioner: str
    service_slug: str
    last: Try | None
    # Of those who missed a visit: what became of the mail, if there was one.
    mail: MessageState | None


@dataclass(frozen=True, slots=True)
class Done:
    """A try that is its booking's last one, and whether its mail is still to be stopped."""

    id: int
    booking_id: int
    cause: Cause
    outcome: Outcome
    at: datetime
    name: str
    mail: MessageState | None


@dataclass(frozen=True, slots=True)
class Made:
    """A try as it was made, and by whom."""

    cause: Cause
    outcome: Outcome
    at: datetime
    call_again_on: date | None
    note: str
    staff_id: int | None


def _last_number(cause: Cause) -> ScalarSelect[int]:
    return (
        select(func.max(_Try.number))
        .where(_Try.booking_id == Booking.id, _Try.cause == cause)
        .correlate(Booking)
        .scalar_subquery()
    )


def _in_vain(cause: Cause) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(_Try)
        .where(_Try.booking_id == Booking.id, _Try.cause == cause, _Try.outcome.in_(IN_VAIN))
        .correlate(Booking)
        .scalar_subquery()
    )


def _open(query: Any, cause: Cause, *, now: datetime) -> Any:
    """Of a query that begins with bookings, those about which somebody has to be called."""
    last = and_(
        _Last.booking_id == Booking.id,
        _Last.cause == cause,
        _Last.number == _last_number(cause),
    )
    query = query.join(Patient, Patient.id == Booking.patient_id).outerjoin(_Last, last)
    if cause is Cause.CAUTION:
        return query.where(
            Booking.id.in_(select(Caution.booking_id).where(TO_CALL)),
            Booking.state.in_(_AHEAD),
            Booking.start > now,
        )
    # Apart, since the condition names a column that other tables have too.
    missed = select(_Missed.id).where(MISSED, _Missed.start > now - CHASED_FOR)
    return query.where(
        Booking.id.in_(missed),
        # Asked for each of them, as whether they came back is.
        ~select(_Gone.id)
        .where(_Gone.id == Booking.patient_id, _Gone.erased_at.is_not(None))
        .offset(0)
        .exists(),
        or_(_Last.id.is_(None), _Last.outcome.not_in(SETTLED)),
        ~came_back(),
    )


def tasks(session: Session, cause: Cause, *, now: datetime) -> list[Task]:
    """
    Whom to call: before visits in their order, after missed ones the latest first.

    Those that are put off to a later day are among them.
    """
    query = _whole(cause, now=now)
    order = Booking.start if cause is Cause.CAUTION else Booking.start.desc()
    found = session.execute(query.order_by(order, Booking.id).limit(MOST))
    return [_task(cause, one) for one in found]


def task(session: Session, cause: Cause, booking_id: int, *, now: datetime) -> Task | None:
    """One of them; None where nobody is to be called about it."""
    found = session.execute(_whole(cause, now=now).where(Booking.id == booking_id)).first()
    return _task(cause, found) if found else None


def _whole(cause: Cause, *, now: datetime) -> Any:
    """All that is said about those who have to be called."""
    query = _open(
        select(
            Booking.id,
            Patient.id,
            Patient.name,
            Patient.phone,
            Patient.email,
            Booking.start,
            Booking.location_id,
            Practitioner.name,
            Service.slug,
            Message.state,
            _in_vain(cause),
            _Last.number,
            _Last.outcome,
            _Last.at,
            _Last.note,
            _Last.call_again_on,
        ),
        cause,
        now=now,
    )
    return (
        query.join(Practitioner, Practitioner.id == Booking.practitioner_id)
        .join(Service, Service.id == Booking.service_id)
        .outerjoin(Message, _mail_about_it())
    )


def _mail_about_it() -> Any:
    return and_(Message.booking_id == Booking.id, Message.kind == MessageKind.MISSED)


def _task(cause: Cause, found: Any) -> Task:
    *plain, mail, in_vain, number, outcome, at, note, again = found
    last = Try(number, outcome, at, note, again, in_vain) if number is not None else None
    values: tuple[Any, ...] = (cause, *plain, last, mail)
    return Task(*values)


def open_now(session: Session, *, now: datetime) -> int:
    """How many have to be called, those who are put off included."""
    counts = [
        _open(select(func.count(Booking.id)).select_from(Booking), cause, now=now).scalar_subquery()
        for cause in Cause
    ]
    found: int = session.execute(select(counts[0] + counts[1])).scalar_one()
    return found


def is_open(session: Session, booking_id: int, cause: Cause, *, now: datetime) -> bool:
    """Whether a booking is among them."""
    query = _open(select(Booking.id), cause, now=now).where(Booking.id == booking_id)
    return session.scalar(query) is not None


def done_since(session: Session, since: datetime) -> list[Done]:
    """The last tries about bookings that were made since then, newest first."""
    later = select(_Try.id).where(
        _Try.booking_id == Call.booking_id, _Try.cause == Call.cause, _Try.number > Call.number
    )
    query = (
        select(
            Call.id,
            Call.booking_id,
            Call.cause,
            Call.outcome,
            Call.at,
            Patient.name,
            Message.state,
        )
        .join(Booking, Booking.id == Call.booking_id)
        .join(Patient, Patient.id == Booking.patient_id)
        .outerjoin(Message, _mail_about_it())
        .where(Call.at >= since, ~later.exists())
        .order_by(Call.id.desc())
        .limit(MOST)
    )
    return [Done(*found) for found in session.execute(query)]


def history(session: Session, booking_id: int) -> list[Made]:
    """All tries about a booking, oldest first."""
    query = select(
        Call.cause, Call.outcome, Call.at, Call.call_again_on, Call.note, Call.staff_id
    ).where(Call.booking_id == booking_id)
    return [Made(*found) for found in session.execute(query.order_by(Call.id))]
