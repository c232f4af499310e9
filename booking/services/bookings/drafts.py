"""Drafts: an unfinished booking form, kept here so that the cookie holds nothing but an id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.came_from import NOWHERE, CameFrom
from booking.domain.errors import NotFound
from booking.domain.people import Person
from booking.domain.slots import parse_slot_id, slot_id
from booking.formats.links import Links
from booking.formats.tokens import RandomToken, token_hash
from booking.services.audit import Actor
from booking.services.bookings import bookings
from booking.services.bookings.bookings import Wish
from booking.services.bookings.intakes import Given
from booking.services.times import holds
from booking.services.times.availability import Offers
from booking.store.bookings import Booking, Draft

LIFETIME = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class TypedIntake:
    """
    The answers to the questions as they were typed: field to values.

    `version` is that of the questions when the last of them were given; `seen` says that the way
    through the questions was walked to its end, or left.
    """

    typed: Mapping[str, list[str]] = field(default_factory=dict)
    version: int = 1
    seen: bool = False


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as a page needs it. `expires_at` is the hold's; None when nothing is held."""

    id: int
    answers: dict[str, str]
    slot: str | None
    hold_id: int | None
    expires_at: datetime | None
    booking_id: int | None
    intake: TypedIntake = TypedIntake()

    @property
    def is_complete(self) -> bool:
        """Details were given and found good."""
        return self.answers.get("complete") == "yes"


def find(session: Session, token: str | None, *, now: datetime) -> DraftView | None:
    """The draft of a cookie, unless it is too old."""
    row = _row(session, token, now=now)
    return None if row is None else view(row, now)


def _row(session: Session, token: str | None, *, now: datetime, lock: bool = False) -> Draft | None:
    if not token:
        return None
    query = select(Draft).where(Draft.token_hash == token_hash(token), Draft.expires_at > now)
    return session.scalar(query.with_for_update() if lock else query)


def locked(session: Session, which: str | int, *, now: datetime) -> Draft | None:
    """The row of a draft under its lock, by its token or its id, unless it is too old."""
    if isinstance(which, str):
        return _row(session, which, now=now, lock=True)
    query = select(Draft).where(Draft.id == which, Draft.expires_at > now).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def view(row: Draft, now: datetime) -> DraftView:
    """A draft as it is now."""
    alive = row.hold is not None and row.hold.expires_at > now
    return DraftView(
        id=row.id,
        answers=dict(row.answers),
        slot=row.slot,
        hold_id=row.hold_id if alive else None,
        expires_at=row.hold.expires_at if row.hold is not None and alive else None,
        booking_id=row.booking_id,
        intake=TypedIntake(**(row.intake or {})),
    )


def take(
    session: Session,
    offers: Offers,
    token: str | None,
    slot: str,
    *,
    random_token: RandomToken,
    now: datetime,
    came_from: CameFrom = NOWHERE,
) -> str:
    """
    Hold a slot for the visitor of a draft, instead of the one held before; the draft's token.

    A new draft is begun where there is none, or where the last one has become a booking. Where a
    patient came from is kept until a later choice says it anew.

    Raises:
        NotFound: the slot id names nothing.
        SlotRefusal: the slot is no longer on offer; what was held before stays held.
    """
    service, practitioner, start = parse_slot_id(slot)
    row = _row(session, token, now=now, lock=True)
    if row is not None and row.booking_id is None and row.slot == slot and view(row, now).hold_id:
        return token or ""
    if row is None or row.booking_id is not None:
        token = random_token()
        row = Draft(token_hash=token_hash(token), answers={}, expires_at=now + LIFETIME)
        session.add(row)
    earlier, row.hold_id = row.hold_id, None
    session.flush()
    held = holds.hold(
        session,
        offers,
        service=service,
        practitioner=practitioner,
        start=start,
        random_token=random_token,
        now=now,
        replaces=earlier,
    )
    row.hold_id = held.id
    row.slot = slot_id(service, practitioner, held.slot.start)
    if came_from != NOWHERE:
        row.came_from, row.referral = came_from.source, came_from.referral
    row.expires_at = now + LIFETIME
    return token or ""


def keep_answers(
    session: Session, draft_id: int, answers: dict[str, str], *, complete: bool, now: datetime
) -> None:
    """Keep what was typed, good or not."""
    row = session.get(Draft, draft_id)
    if row is not None and row.booking_id is None:
        row.answers = answers | ({"complete": "yes"} if complete else {})
        row.expires_at = now + LIFETIME


def keep_intake(
    session: Session,
    draft_id: int,
    typed: Mapping[str, list[str]],
    *,
    version: int,
    seen: bool,
    now: datetime,
) -> None:
    """
    Keep what was typed into some of the questions, good or not, beside what was typed before.

    `version` is that of the questions; `seen` says that their end was reached.
    """
    row = session.get(Draft, draft_id, with_for_update=True, populate_existing=True)
    if row is not None and row.booking_id is None:
        before = TypedIntake(**(row.intake or {}))
        row.intake = {
            "typed": {**before.typed, **typed},
            "version": version,
            "seen": seen or before.seen,
        }
        row.expires_at = now + LIFETIME


def confirm(
    session: Session,
    offers: Offers,
    links: Links,
    row: Draft,
    *,
    person: Person,
    privacy_notice: str,
    given: Given,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
    mail_at_once: bool,
) -> Booking:
    """
    Turn a draft, whose row is locked and which is no booking yet, into a booking.

    Where the hold ran out meanwhile and nobody else took the time, it is booked all the same.

    Raises:
        NotFound: no time was chosen.
        SlotRefusal: somebody else has the time now.
    """
    if row.slot is None:
        raise NotFound
    service, practitioner, start = parse_slot_id(row.slot)
    wish = Wish(
        service=service,
        practitioner=practitioner,
        start=start,
        person=person,
        privacy_notice=privacy_notice,
        source="online",
        hold_id=row.hold_id,
        mail_at_once=mail_at_once,
        given=given,
        came_from=CameFrom(row.came_from, row.referral),
    )
    booking = bookings.book(
        session, offers, links, wish, actor=actor, random_token=random_token, now=now
    )
    # The answers live with the patient now; the draft only remembers what became of it.
    row.booking_id, row.answers, row.intake, row.hold_id = booking.id, {}, None, None
    return booking


def sweep(session: Session, *, now: datetime) -> None:
    """Remove drafts that nobody came back to."""
    session.execute(delete(Draft).where(Draft.expires_at <= now))
