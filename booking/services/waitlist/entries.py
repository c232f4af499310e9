"""The waitlist's entries: joining, changing, leaving."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from booking.domain.errors import NotFound
from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind, MessageState
from booking.domain.waitlist import (
    ALIVE,
    LIFE,
    EntryState,
    Outcome,
    Part,
    Wishes,
)
from booking.formats.links import Links
from booking.formats.tokens import RandomToken, token_hash
from booking.services import audit
from booking.services.audit import PATIENT, Actor
from booking.services.clinic import Rulebook
from booking.services.waitlist import mail
from booking.store.bookings import Booking
from booking.store.records import Message
from booking.store.waitlist import WaitlistEntry, WaitlistOffer, whole_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What somebody says who wants to wait. `email` or `phone` is given."""

    service: str
    wishes: Wishes
    name: str
    email: str | None
    phone: str | None
    privacy_notice: str
    locale: str = "en"


def join(
    session: Session,
    rulebook: Rulebook,
    links: Links,
    new: NewEntry,
    *,
    random_token: RandomToken,
    now: datetime,
    capped: bool = True,
) -> WaitlistEntry:
    """
    Put somebody on the list, and send them the link to their place on it; `capped` holds the mail
    back while their address has had much (services/mail_cap.py).

    Raises:
        UnknownService, UnknownPractitioner, UnknownLocation: nobody offers what they wish for.
    """
    plans = rulebook.plans_for(new.service, new.wishes.practitioner, new.wishes.location)
    uid = str(uuid.UUID(hex=token_hash(random_token())[:32], version=4))
    entry = WaitlistEntry(
        uid=uid,
        token_hash=token_hash(links.waitlist_keys.new(uid, 0)),
        name=new.name,
        email=new.email,
        phone=new.phone,
        locale=new.locale,
        privacy_notice=new.privacy_notice,
        service_id=plans[0].service_id,
        state=EntryState.OPEN,
        created_at=now,
        expires_at=now + LIFE,
    )
    _set_wishes(entry, rulebook, new.service, new.wishes)
    session.add(entry)
    session.flush()
    _record(session, entry, PATIENT, "waitlist_joined", now=now)
    mail.tell(session, links, entry, MessageKind.WAITLIST_JOINED, capped=capped, now=now)
    return entry


def wish_earlier(session: Session, booking: Booking, *, now: datetime) -> WaitlistEntry:
    """
    Tell a booking's patient when an earlier time with the same practitioner comes free.

    Asked again it changes nothing; after leaving, or once it was granted, the wait begins anew.
    """
    entry = of_booking(session, booking.id)
    if entry is not None and entry.state in ALIVE:
        return entry
    if entry is None:
        entry = WaitlistEntry(
            uid=booking.uid,
            booking_id=booking.id,
            service_id=booking.service_id,
            locale=booking.patient.locale,
        )
        session.add(entry)
    entry.practitioner_id = booking.practitioner_id
    entry.state, entry.known, entry.ended_at = EntryState.OPEN, None, None
    entry.created_at, entry.expires_at = now, now + LIFE
    session.flush()
    _record(session, entry, PATIENT, "waitlist_joined", now=now)
    return entry


def change(
    session: Session, rulebook: Rulebook, entry: WaitlistEntry, wishes: Wishes, *, now: datetime
) -> None:
    """
    Give an entry other wishes; it keeps its place, and an offer that is open stays open.

    Raises:
        NotFound: nobody waits any more, or nobody offers what is wished for.
    """
    if entry.state not in ALIVE:
        raise NotFound
    _set_wishes(entry, rulebook, entry.service.slug, wishes)
    _record(session, entry, PATIENT, "waitlist_changed", now=now)


def _set_wishes(entry: WaitlistEntry, rulebook: Rulebook, service: str, wishes: Wishes) -> None:
    plan = rulebook.plans_for(service, wishes.practitioner, wishes.location)[0]
    entry.practitioner_id = plan.practitioner_id if wishes.practitioner else None
    entry.location_id = plan.place.id if wishes.location else None
    entry.weekdays = "".join(str(day) for day in sorted(wishes.weekdays))
    entry.parts = ",".join(part for part in Part if part in wishes.parts)
    entry.earliest, entry.latest = wishes.earliest, wishes.latest


def wishes_of(entry: WaitlistEntry) -> Wishes:
    """The wishes of an entry whose practitioner and location are loaded."""
    return Wishes(
        weekdays=frozenset(int(digit) for digit in entry.weekdays),
        parts=frozenset(Part(word) for word in entry.parts.split(",") if word),
        earliest=entry.earliest,
        latest=entry.latest,
        practitioner=entry.practitioner.slug if entry.practitioner else None,
        location=entry.location.slug if entry.location else None,
    )


def end(
    session: Session, entry: WaitlistEntry, state: EntryState, *, actor: Actor, now: datetime
) -> None:
    """
    Take an entry off the list; what has not left yet is not sent. An offer that is open must have
    been ended before.
    """
    entry.state, entry.ended_at = state, now
    session.execute(
        update(Message)
        .where(Message.entry_id == entry.id, Message.state == MessageState.QUEUED)
        .values(state=MessageState.DROPPED)
        .execution_options(synchronize_session=False)
    )
    _record(session, entry, actor, f"waitlist_{state.value}", now=now)


def _record(
    session: Session, entry: WaitlistEntry, actor: Actor, action: str, *, now: datetime
) -> None:
    audit.record(
        session, actor, action, now=now, booking_id=entry.booking_id, subject=subject(entry)
    )


def subject(entry: WaitlistEntry) -> str:
    """What audit entries call an entry."""
    return f"waitlist {entry.id}"


def get(session: Session, entry_id: int) -> WaitlistEntry:
    """
    An entry with all that it points at, as it stands in the database.

    Raises:
        NotFound: there is none with this id.
    """
    found = _select(session, [WaitlistEntry.id == entry_id])
    if not found:
        raise NotFound
    return found[0]


def by_token(session: Session, token: str) -> WaitlistEntry:
    """
    The entry that a link is for.

    Raises:
        NotFound: the token is unknown.
    """
    found = _select(session, [WaitlistEntry.token_hash == token_hash(token)])
    if not found:
        raise NotFound
    return found[0]


def of_booking(session: Session, booking_id: int) -> WaitlistEntry | None:
    """The wish of a booking's patient for an earlier time, whatever became of it."""
    found = _select(session, [WaitlistEntry.booking_id == booking_id])
    return found[0] if found else None


def everybody(session: Session) -> list[WaitlistEntry]:
    """All who wait, those who wait longest first."""
    return _select(session, [WaitlistEntry.state.in_(ALIVE)])


def lately_offered(session: Session, *, most: int = 40) -> list[WaitlistOffer]:
    """The latest offers with whom they were made to, newest first."""
    query = (
        select(WaitlistOffer)
        .options(joinedload(WaitlistOffer.practitioner), *whole_entry(WaitlistOffer.entry))
        .order_by(WaitlistOffer.id.desc())
        .limit(most)
    )
    return list(session.scalars(query))


def _select(session: Session, conditions: Sequence[object]) -> list[WaitlistEntry]:
    query = (
        select(WaitlistEntry)
        .options(*whole_entry())
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(WaitlistEntry.created_at, WaitlistEntry.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def sweep(session: Session, *, now: datetime) -> None:
    """End what has waited its time or has nothing left to wait for."""
    no_visit = select(Booking.id).where(
        or_(Booking.state != State.CONFIRMED, Booking.start <= now),
        Booking.id == WaitlistEntry.booking_id,
    )
    session.execute(
        update(WaitlistEntry)
        .where(
            WaitlistEntry.state == EntryState.OPEN,
            or_(WaitlistEntry.expires_at <= now, no_visit.exists()),
        )
        .values(state=EntryState.EXPIRED, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def open_offer(session: Session, entry_id: int) -> WaitlistOffer | None:
    """What an entry is offered and has not answered."""
    return session.scalar(
        select(WaitlistOffer)
        .where(WaitlistOffer.entry_id == entry_id, WaitlistOffer.outcome == Outcome.OPEN)
        .execution_options(populate_existing=True)
    )
