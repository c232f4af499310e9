"""What becomes of a waitlist offer: taken, declined, taken back, or run out and passed on."""

from datetime import date, datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from booking.domain.errors import OfferOver
from booking.domain.lifecycle import State
from booking.domain.people import Person
from booking.domain.waitlist import ALIVE, EntryState, Outcome
from booking.formats.links import Links
from booking.formats.tokens import RandomToken
from booking.services.audit import SYSTEM, Actor
from booking.services.bookings import bookings, changes
from booking.services.times.availability import Offers
from booking.services.waitlist import entries
from booking.services.waitlist import offers as waitlist_offers
from booking.store.bookings import Booking, Hold
from booking.store.waitlist import WaitlistEntry, WaitlistOffer


def over(session: Session, *, now: datetime) -> list[int]:
    """
    Offers that nobody answered in time, and those that are of no use any more: to a booking that
    was cancelled, or is earlier by now.
    """
    query = (
        select(WaitlistOffer.id)
        .join(WaitlistEntry, WaitlistOffer.entry_id == WaitlistEntry.id)
        .outerjoin(Booking, WaitlistEntry.booking_id == Booking.id)
        .where(
            WaitlistOffer.outcome == Outcome.OPEN,
            or_(
                WaitlistOffer.expires_at <= now,
                Booking.state != State.CONFIRMED,
                Booking.start <= WaitlistOffer.start,
            ),
        )
        .order_by(WaitlistOffer.id)
    )
    return list(session.scalars(query))


def pass_on(session: Session, offers: Offers, offer_id: int, *, now: datetime) -> None:
    """End an offer that is over (see `over`); its time is free for the next."""
    offer, _ = waitlist_offers.locked(session, offers, offer_id)
    if offer.outcome is Outcome.OPEN and offer.id in over(session, now=now):
        outcome = Outcome.EXPIRED if offer.expires_at <= now else Outcome.WITHDRAWN
        waitlist_offers.end(session, offer, outcome, actor=SYSTEM, now=now)


def decline(
    session: Session, offers: Offers, offer_id: int, *, actor: Actor, now: datetime
) -> WaitlistOffer:
    """They do not want this time and stay on the list; nothing changes if it was over already."""
    return _answer(session, offers, offer_id, Outcome.DECLINED, actor=actor, now=now)


def withdraw(
    session: Session, offers: Offers, offer_id: int, *, actor: Actor, now: datetime
) -> WaitlistOffer:
    """The clinic takes an offer back; they can be asked about the same time again."""
    return _answer(session, offers, offer_id, Outcome.WITHDRAWN, actor=actor, now=now)


def _answer(
    session: Session,
    offers: Offers,
    offer_id: int,
    outcome: Outcome,
    *,
    actor: Actor,
    now: datetime,
) -> WaitlistOffer:
    offer, _ = waitlist_offers.locked(session, offers, offer_id)
    if offer.outcome is Outcome.OPEN:
        waitlist_offers.end(session, offer, outcome, actor=actor, now=now)
    return offer


def moves(session: Session, offer_id: int) -> bool:
    """
    Whether taking an offer moves a booking, and does not make one.

    Raises:
        NotFound: there is no such offer.
    """
    return waitlist_offers.get(session, offer_id).entry.booking is not None


def accept(
    session: Session,
    offers: Offers,
    links: Links,
    offer_id: int,
    *,
    birth: date | None = None,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
) -> Booking:
    """
    Take the offered time: the booking that waits for an earlier one is moved, else one is made.

    All of it is one transaction, so the old time is free only if the new one is won. `birth` is
    needed where a booking is made.

    Raises:
        OfferOver: it ran out, or was answered before.
        TransitionRefused: the booking was cancelled or has begun.
        SlotRefusal: the clinic's rules no longer allow this time.
    """
    offer, entry = waitlist_offers.locked(session, offers, offer_id, calendar_changed=now)
    _require_open(session, offer, now=now)
    if entry.booking is not None:
        # The booking takes the place of what was held for it, or all of it stays as it was.
        session.execute(delete(Hold).where(Hold.id == offer.hold_id))
        booking = changes.move(
            session, offers, links, entry.booking, offer.start, actor=actor, now=now
        )
    else:
        wish = _wish(entry, offer, birth)
        booking = bookings.book(
            session, offers, links, wish, actor=actor, random_token=random_token, now=now
        )
    # As it is in the database: the hold has become the booking.
    session.refresh(offer, ["hold_id"])
    waitlist_offers.end(session, offer, Outcome.ACCEPTED, actor=actor, now=now)
    entries.end(session, entry, EntryState.FILLED, actor=actor, now=now)
    return booking


def _require_open(session: Session, offer: WaitlistOffer, *, now: datetime) -> None:
    alive = session.scalar(select(Hold.id).where(Hold.id == offer.hold_id, Hold.expires_at > now))
    if offer.outcome is not Outcome.OPEN or offer.expires_at <= now or alive is None:
        raise OfferOver


def _wish(entry: WaitlistEntry, offer: WaitlistOffer, birth: date | None) -> bookings.Wish:
    if birth is None:
        raise ValueError("a new booking needs a date of birth")
    return bookings.Wish(
        service=entry.service.slug,
        practitioner=offer.practitioner.slug,
        start=offer.start,
        person=Person(entry.name, birth, entry.email, entry.phone, entry.locale),
        privacy_notice=entry.privacy_notice,
        source="waitlist",
        hold_id=offer.hold_id,
        # Whoever answers has read the mail at this address, or was spoken to.
        mail_at_once=True,
    )


def leave(session: Session, offers: Offers, entry_id: int, *, actor: Actor, now: datetime) -> None:
    """Take somebody off the list; a time that they are offered goes to the next."""
    entry = entries.get(session, entry_id)
    waitlist_offers.lock(session, offers, entry.service.slug)
    offer = entries.open_offer(session, entry_id)
    if offer is not None:
        offer, entry = waitlist_offers.locked(session, offers, offer.id)
        waitlist_offers.end(session, offer, Outcome.WITHDRAWN, actor=actor, now=now)
    else:
        entry = entries.get(session, entry_id)
    if entry.state in ALIVE:
        entries.end(session, entry, EntryState.LEFT, actor=actor, now=now)
