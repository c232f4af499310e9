"""How far a sick day or a closure is: whose visit was taken away, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from booking.domain import disruptions
from booking.domain.disruptions import UNSETTLED, Choice, Progress, Said, Why
from booking.domain.errors import NotFound
from booking.domain.lifecycle import State, Stranding
from booking.domain.messages import MessageKind, MessageState
from booking.store.bookings import Booking, Hold, Offer, Patient
from booking.store.clinic import Practitioner
from booking.store.disruptions import DisruptedBooking, Disruption
from booking.store.records import Message

_Later = aliased(DisruptedBooking)


@dataclass(frozen=True, slots=True)
class Held:
    """A time that is held for a booking, and where."""

    start: datetime
    location_id: int


@dataclass(frozen=True, slots=True)
class Affected:
    """A booking whose time was taken away: the time that it lost, and how it stands now."""

    booking_id: int
    name: str
    phone: str | None
    email: str | None
    practitioner: str
    lost: datetime
    start: datetime
    location_id: int
    progress: Progress
    is_cancelled: bool
    stands: bool
    mail_failed: bool
    said: Said | None
    tries: int
    tried_at: datetime | None
    times: tuple[Held, ...] = ()
    kept_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """
    A closure or an absence as it was entered, and the bookings that it took the time of, by that
    time. Without a `closure_id` it was taken away again.
    """

    id: int
    closure_id: int | None
    practitioner_id: int | None
    location_id: int | None
    why: Why
    name: str
    reason: str
    first: date
    last: date
    begins: int
    ends: int
    affected: tuple[Affected, ...]

    def of(self, progress: Progress) -> list[Affected]:
        """Those who are so far."""
        return [one for one in self.affected if one.progress is progress]

    @property
    def is_settled(self) -> bool:
        """Whether nobody is left to call or to wait for."""
        return not any(one.progress in UNSETTLED for one in self.affected)


def get(session: Session, closing_id: int, *, now: datetime) -> Closing:
    """
    One of them, with the times that are held for each booking.

    Raises:
        NotFound: there is none.
    """
    found = _read(session, Disruption.id == closing_id, only=None, now=now)
    if not found:
        raise NotFound
    return _with_times(session, found[0], now=now)


def of_closure(session: Session, closure_id: int) -> int | None:
    """Under which id a closure is kept in mind, if it is."""
    query = select(Disruption.id).where(Disruption.closure_id == closure_id)
    return session.scalar(query.order_by(Disruption.id.desc()).limit(1))


def on_board(
    session: Session, day: date, *, today: date, practitioner_id: int | None, now: datetime
) -> list[Closing]:
    """
    What a clinic day's board says: of what closes on that day, and on today's of whatever has
    somebody left to call or to wait for.
    """
    of_day = and_(
        Disruption.first_day <= day,
        Disruption.last_day >= day,
        Disruption.closure_id.is_not(None),
    )
    wanted = or_(of_day, _unsettled()) if day == today else of_day
    return [
        one
        for one in _read(session, wanted, only=practitioner_id, now=now)
        if (one.closure_id is not None and one.first <= day <= one.last) or not one.is_settled
    ]


def _unsettled() -> Any:
    """Roughly those with somebody left; exactly is for the domain to say."""
    return Disruption.id.in_(
        select(DisruptedBooking.disruption_id)
        .join(Booking, Booking.id == DisruptedBooking.booking_id)
        .where(
            or_(
                and_(
                    or_(
                        Booking.stranding == Stranding.TO_MOVE,
                        and_(
                            DisruptedBooking.heard_at.is_not(None),
                            DisruptedBooking.said != Said.TOLD,
                        ),
                    ),
                    Booking.state == State.CONFIRMED,
                ),
                and_(
                    Booking.state == State.CANCELLED,
                    DisruptedBooking.choice == Choice.CANCEL,
                    or_(DisruptedBooking.said.is_(None), DisruptedBooking.said != Said.TOLD),
                ),
            )
        )
    )


def _read(session: Session, wanted: Any, *, only: int | None, now: datetime) -> list[Closing]:
    """In one question however many they are; `only` is whose patients somebody may see."""
    query = (
        select(
            Disruption,
            DisruptedBooking,
            Booking.id,
            Booking.state,
            Booking.stranding,
            Booking.start,
            Booking.location_id,
            Patient.name,
            Patient.phone,
            Patient.email,
            Practitioner.name,
            exists().where(
                Message.booking_id == Booking.id,
                Message.sequence == Booking.sequence,
                Message.state == MessageState.FAILED,
                Message.kind.in_((MessageKind.NEW_TIMES, MessageKind.CANCELLED)),
            ),
            exists().where(
                Offer.booking_id == Booking.id, Offer.hold_id == Hold.id, Hold.expires_at > now
            ),
        )
        .select_from(Disruption)
        .outerjoin(DisruptedBooking, _is_the_latest())
        .outerjoin(Booking, Booking.id == DisruptedBooking.booking_id)
        .outerjoin(Patient, Patient.id == Booking.patient_id)
        .outerjoin(Practitioner, Practitioner.id == Booking.practitioner_id)
        .where(wanted)
        .order_by(Disruption.id, DisruptedBooking.start, DisruptedBooking.booking_id)
    )
    if only is not None:
        query = query.where(
            or_(Disruption.practitioner_id.is_(None), Disruption.practitioner_id == only),
            or_(Booking.id.is_(None), Booking.practitioner_id == only),
        )
    found: dict[int, Closing] = {}
    for disruption, taken, *booking in session.execute(query):
        known = found.get(disruption.id) or _closing(disruption)
        if taken is not None:
            known = replace(known, affected=(*known.affected, _affected(taken, *booking)))
        found[disruption.id] = known
    return list(found.values())


def _is_the_latest() -> Any:
    """What takes a booking's new time as well is what its patient waits for from then on."""
    later = exists().where(
        _Later.booking_id == DisruptedBooking.booking_id,
        _Later.disruption_id > DisruptedBooking.disruption_id,
    )
    return and_(DisruptedBooking.disruption_id == Disruption.id, ~later)


def _closing(row: Disruption) -> Closing:
    return Closing(
        id=row.id,
        closure_id=row.closure_id,
        practitioner_id=row.practitioner_id,
        location_id=row.location_id,
        why=row.why,
        name=row.name,
        reason=row.reason,
        first=row.first_day,
        last=row.last_day,
        begins=row.begins,
        ends=row.ends,
        affected=(),
    )


def _affected(
    taken: DisruptedBooking,
    booking_id: int,
    state: State,
    stranding: Stranding | None,
    start: datetime,
    location_id: int,
    name: str,
    phone: str | None,
    email: str | None,
    practitioner: str,
    mail_failed: bool,
    has_times: bool,
) -> Affected:
    standing = disruptions.Standing(
        choice=taken.choice,
        state=state,
        stranding=stranding,
        is_moved=start != taken.start,
        reads_mail=email is not None and not mail_failed,
        has_times=bool(has_times),
        has_heard=taken.heard_at is not None,
        said=taken.said,
    )
    return Affected(
        booking_id=booking_id,
        name=name,
        phone=phone,
        email=email,
        practitioner=practitioner,
        lost=taken.start,
        start=start,
        location_id=location_id,
        progress=disruptions.progress(standing),
        is_cancelled=state is State.CANCELLED,
        stands=stranding is None and start == taken.start,
        mail_failed=bool(mail_failed),
        said=taken.said,
        tries=taken.tries,
        tried_at=taken.tried_at,
    )


def _with_times(session: Session, closing: Closing, *, now: datetime) -> Closing:
    waiting = [one.booking_id for one in closing.affected if one.progress in UNSETTLED]
    rows = session.execute(
        select(Offer.booking_id, Hold)
        .join(Hold, Offer.hold_id == Hold.id)
        .where(Offer.booking_id.in_(waiting), Hold.expires_at > now)
        .order_by(Hold.start)
    )
    holds: dict[int, list[Hold]] = {}
    for booking_id, hold in rows:
        holds.setdefault(booking_id, []).append(hold)
    return replace(
        closing,
        affected=tuple(_holding(one, holds.get(one.booking_id, [])) for one in closing.affected),
    )


def _holding(one: Affected, holds: Sequence[Hold]) -> Affected:
    return replace(
        one,
        times=tuple(Held(hold.start, hold.location_id) for hold in holds),
        kept_until=min((hold.expires_at for hold in holds), default=None),
    )
