"""Calls to patients whose visit was taken away: what came of them, and what is done at once."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.domain.disruptions import Said
from booking.domain.errors import NotFound, Outdated
from booking.domain.lifecycle import State, Stranding
from booking.domain.messages import AT_ONCE, Telling
from booking.formats.links import Links
from booking.formats.tokens import RandomToken
from booking.services import audit, versions
from booking.services.audit import Actor
from booking.services.bookings import bookings, changes, new_times
from booking.services.bookings.new_times import Order
from booking.services.clinic import Rulebook
from booking.services.times.availability import Offers
from booking.store.bookings import Booking
from booking.store.disruptions import DisruptedBooking, Disruption


def take(
    session: Session,
    offers: Offers,
    links: Links,
    closing_id: int,
    booking_id: int,
    start: datetime,
    *,
    actor: Actor,
    now: datetime,
    telling: Telling = AT_ONCE,
) -> None:
    """
    The patient takes another time on the phone.

    Raises:
        Outdated: they have another time by now, or none.
        SlotRefusal: it is not free any more.
    """
    booking, _ = _to_move(session, offers, closing_id, booking_id, now=now)
    changes.move(session, offers, links, booking, start, actor=actor, now=now, telling=telling)


def cancel(
    session: Session,
    offers: Offers,
    links: Links,
    closing_id: int,
    booking_id: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    telling: Telling = AT_ONCE,
) -> None:
    """
    The patient wants no other time.

    Raises:
        Outdated: they have another time by now, or none.
    """
    booking, _ = _to_move(session, offers, closing_id, booking_id, now=now)
    changes.advance(
        session,
        offers,
        links,
        booking,
        State.CANCELLED,
        actor=actor,
        reason=reason,
        now=now,
        telling=telling,
    )


def keep_others(
    session: Session,
    offers: Offers,
    links: Links,
    closing_id: int,
    booking_id: int,
    *,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
) -> None:
    """
    Hold the soonest times once more, where those of before ran out; by mail if it reaches them.

    Raises:
        Outdated: they have another time by now, or none.
    """
    booking, rulebook = _to_move(session, offers, closing_id, booking_id, now=now)
    reason = session.get_one(Disruption, closing_id).reason
    new_times.offer(
        session,
        links,
        rulebook,
        booking,
        reason=reason,
        random_token=random_token,
        now=now,
        order=Order.SOONEST,
    )
    audit.record(session, actor, "new_times_offered", now=now, booking_id=booking_id, reason=reason)


def tried(
    session: Session,
    closing_id: int,
    booking_id: int,
    said: Said,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """
    Somebody called; the patient stays on the list unless they were told what there was to tell.

    Raises:
        NotFound: this closure did not take the time of this booking.
    """
    versions.raise_for(session, booking_id)
    row = session.get(DisruptedBooking, (closing_id, booking_id))
    if row is None:
        raise NotFound
    session.execute(
        update(DisruptedBooking)
        .where(
            DisruptedBooking.disruption_id == closing_id,
            DisruptedBooking.booking_id == booking_id,
        )
        # Two who call at the same time have called twice.
        .values(
            tries=DisruptedBooking.tries + 1,
            tried_at=now,
            said=said,
            heard_at=DisruptedBooking.heard_at if said is Said.NO_ANSWER else now,
        )
        .execution_options(synchronize_session=False)
    )
    audit.record(
        session, actor, "tried_to_call", now=now, booking_id=booking_id, to_value=said.value
    )


def _to_move(
    session: Session, offers: Offers, closing_id: int, booking_id: int, *, now: datetime
) -> tuple[Booking, Rulebook]:
    """The booking under its lock, if it still stands at the time that it lost."""
    taken = session.get(DisruptedBooking, (closing_id, booking_id))
    if taken is None:
        raise NotFound
    booking, rulebook = bookings.locked(session, offers, bookings.get(session, booking_id), now=now)
    if booking.stranding is not Stranding.TO_MOVE or booking.start != taken.start:
        raise Outdated
    return booking, rulebook
