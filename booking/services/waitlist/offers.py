"""
One offer of the waitlist: made, found by its link, and ended, whoever does it.

Every change is made under the locks of all who offer the service, since an entry may be offered a
time of any of them.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session, joinedload

from booking.domain.errors import NotFound, TooSoon
from booking.domain.messages import MessageKind
from booking.domain.slots import Slot
from booking.domain.waitlist import EntryState, Outcome, kept_until, told_at
from booking.formats.links import Links
from booking.formats.tokens import RandomToken, token_hash
from booking.services import audit
from booking.services.audit import Actor
from booking.services.clinic import Rulebook
from booking.services.times import acceptance, holds
from booking.services.times.availability import Offers
from booking.services.waitlist import entries, mail
from booking.store.bookings import Hold
from booking.store.waitlist import WaitlistEntry, WaitlistOffer, whole_entry


def lock(
    session: Session,
    offers: Offers,
    service: str,
    *also: int,
    calendar_changed: datetime | None = None,
) -> Rulebook:
    """The locks of all who offer a service: an entry may be offered a time of any of them."""
    known = offers.known_rulebook(session).plans
    whom = {plan.practitioner_id for plan in known if plan.service == service} | set(also)
    return acceptance.lock(session, offers, sorted(whom), calendar_changed=calendar_changed)


def locked(
    session: Session, offers: Offers, offer_id: int, *, calendar_changed: datetime | None = None
) -> tuple[WaitlistOffer, WaitlistEntry]:
    """An offer as it is once the locks are ours, and its entry."""
    seen = get(session, offer_id)
    lock(
        session,
        offers,
        seen.entry.service.slug,
        seen.practitioner_id,
        calendar_changed=calendar_changed,
    )
    offer = get(session, offer_id)
    return offer, offer.entry


def make(
    session: Session,
    links: Links,
    rulebook: Rulebook,
    entry: WaitlistEntry,
    slot: Slot,
    *,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
) -> WaitlistOffer:
    """
    Offer a slot to an entry: hold it, and tell them. Call it under the locks.

    Raises:
        SlotRefusal: the slot is not free, or too little time is left to answer.
    """
    plans = rulebook.plans_for(slot.service, slot.practitioner)
    accepted = acceptance.require_slot(session, plans, slot.start, now=now)
    zone, notice = accepted.plan.rules.zone, accepted.plan.rules.visit.notice
    until = kept_until(slot.start, zone, notice=notice, now=now)
    if until is None:
        raise TooSoon(slot.service, slot.practitioner, slot.start)
    held = holds.keep(session, accepted, until=until, random_token=random_token, now=now)
    uid = token_hash(random_token())
    offer = WaitlistOffer(
        uid=uid,
        token_hash=token_hash(links.offer_keys.new(uid, 0)),
        entry_id=entry.id,
        hold_id=held.id,
        practitioner_id=accepted.plan.practitioner_id,
        location_id=accepted.plan.place.id,
        start=held.slot.start,
        end=held.slot.end,
        offered_at=now,
        expires_at=until,
        outcome=Outcome.OPEN,
    )
    session.add(offer)
    entry.state = EntryState.OFFERED
    session.flush()
    _record(session, entry, offer, actor, now=now)
    mail.tell(
        session,
        links,
        entry,
        MessageKind.WAITLIST_OFFER,
        offer=offer,
        leaves=told_at(now, zone),
        now=now,
    )
    return offer


def get(session: Session, offer_id: int) -> WaitlistOffer:
    """
    An offer with its entry, as it stands in the database.

    Raises:
        NotFound: there is none with this id.
    """
    found = _find(session, WaitlistOffer.id == offer_id)
    if found is None:
        raise NotFound
    return found


def by_token(session: Session, token: str) -> WaitlistOffer:
    """
    The offer that a link is for, with its entry.

    Raises:
        NotFound: the token is unknown.
    """
    found = _find(session, WaitlistOffer.token_hash == token_hash(token))
    if found is None:
        raise NotFound
    return found


def _find(session: Session, condition: ColumnElement[bool]) -> WaitlistOffer | None:
    return session.scalar(
        select(WaitlistOffer)
        .options(
            joinedload(WaitlistOffer.practitioner),
            *whole_entry(WaitlistOffer.entry),
        )
        .where(condition)
        .execution_options(populate_existing=True)
    )


def end(
    session: Session, offer: WaitlistOffer, outcome: Outcome, *, actor: Actor, now: datetime
) -> None:
    """End an offer and give back what is held for it; who stays on the list can be asked anew."""
    if offer.hold_id is not None:
        session.execute(delete(Hold).where(Hold.id == offer.hold_id))
    offer.hold_id, offer.outcome, offer.ended_at = None, outcome, now
    entry = offer.entry
    if entry.state is EntryState.OFFERED:
        entry.state = EntryState.OPEN
    _record(session, entry, offer, actor, now=now)


def _record(
    session: Session, entry: WaitlistEntry, offer: WaitlistOffer, actor: Actor, *, now: datetime
) -> None:
    action = "offered" if offer.outcome is Outcome.OPEN else offer.outcome.value
    audit.record(
        session,
        actor,
        f"waitlist_{action}",
        now=now,
        booking_id=entry.booking_id,
        subject=entries.subject(entry),
        to_value=offer.start.isoformat(),
    )
