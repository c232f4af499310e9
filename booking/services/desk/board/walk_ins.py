"""Whoever comes without an appointment is booked and here in one step."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.lifecycle import State
from booking.domain.messages import Audience
from booking.formats.links import Links
from booking.formats.tokens import RandomToken
from booking.services.audit import Actor
from booking.services.bookings import bookings, changes
from booking.services.bookings.bookings import Wish
from booking.services.times.availability import Offers
from booking.store.bookings import Booking


def book(
    session: Session,
    offers: Offers,
    links: Links,
    wish: Wish,
    *,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
) -> Booking:
    """
    A booking whose patient is here. Only the doctor is written to: the patient stands at the desk.

    Raises:
        TransitionRefused: the time is on another day.
        Whatever making a booking raises.
    """
    made = bookings.book(
        session,
        offers,
        links,
        replace(wish, audiences=frozenset({Audience.DOCTOR})),
        actor=actor,
        random_token=random_token,
        now=now,
    )
    return changes.advance(session, offers, links, made, State.ARRIVED, actor=actor, now=now)
