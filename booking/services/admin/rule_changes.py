"""
Changing the clinic's rules: what a change would strand is found, decided and carried out with it.

The change itself is an `Edit` of one of the neighbouring modules. Everything happens under the
locks of all practitioners, so that nobody books by the old rules meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from booking.domain.disruptions import Choice
from booking.domain.errors import BookingsStranded, NoLongerOffered
from booking.domain.lifecycle import State, Stranding
from booking.domain.steps import is_closed, is_open
from booking.domain.time import Span
from booking.formats.links import Links
from booking.formats.tokens import RandomToken
from booking.services import audit
from booking.services.admin import week_ahead
from booking.services.admin.week_ahead import PlanAhead
from booking.services.audit import Actor
from booking.services.bookings import changes, new_times
from booking.services.bookings.free_pool import Pool
from booking.services.bookings.new_times import Order
from booking.services.clinic import Rulebook
from booking.services.times import acceptance, room_claims
from booking.services.times.availability import Offers
from booking.services.times.reading_rules import read_rulebook
from booking.store.bookings import Booking, Hold, Offer
from booking.store.clinic import Clinic, Practitioner

# As long as an audit entry's words may be.
_WORDS_MAX = 500


@dataclass(frozen=True, slots=True)
class Edit:
    """
    A change of rules: how the audit names what it is about, and the change itself.

    `apply` makes it and says in words for the audit what it was; no words: all was so already.
    """

    subject: str
    apply: Callable[[Session], str]
    # Whether what it is about is not offered afterwards.
    archives: bool = False
    # Which new times its patients are offered.
    order: Order = Order.NEAREST
    # Keeps in mind whose visits it took away, once all is decided.
    remember: "Callable[[Session, Decided], None] | None" = None


@dataclass(frozen=True, slots=True)
class Stranded:
    """A booking that the rules no longer allow."""

    booking_id: int
    start: datetime
    zone: ZoneInfo
    patient: str
    practitioner: str
    has_email: bool
    phone: str | None
    # What would be held for it, on the wall where that is.
    times: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What a change stranded, and what was done about it."""

    stranded: Sequence[Stranded]
    choices: Mapping[int, Choice]
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does: to bookings, and to what patients see next week."""

    stranded: list[Stranded]
    week: list[PlanAhead]


def carry_out(
    session: Session,
    links: Links,
    edit: Edit,
    *,
    choices: Mapping[int, Choice],
    reason: str,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
    proposed: Mapping[int, frozenset[datetime]] | None = None,
) -> bool:
    """
    Change the rules, and do with each stranded booking what was chosen, in one transaction;
    whether there was anything to change.

    `reason` stands in the records of the bookings, and in the mail to their patients. `proposed`
    are the times that were shown as those that each would be offered: these and no others are held.
    Bookings that fit again are no longer marked.

    Raises:
        BookingsStranded: nothing was chosen for one of them.
        ProposalsGone: not all of the times that were shown are free any more.
    """
    before, after, words = _apply(session, edit)
    gone = _gone_holds(session, before, after, now=now)
    stranded = _stranded(session, before, after, gone, now=now)
    if any(one.booking_id not in choices for one in stranded):
        raise BookingsStranded
    _restore_fitting(session, links, before, after, now=now)
    deed = _Deed(
        session, links, after, reason, actor, random_token, now, edit.order, proposed, Pool()
    )
    # Cancelled first: their times may be offered to others, each in turn.
    for choice in (Choice.CANCEL, Choice.KEEP, Choice.OFFER):
        for one in stranded:
            if choices[one.booking_id] is choice:
                deed.do(one.booking_id, choice)
    # Whoever is just filling in the form learns at the end of it that the time is gone.
    if gone:
        session.execute(delete(Hold).where(Hold.id.in_(gone)))
    if edit.remember is not None:
        edit.remember(session, Decided(stranded, choices, reason, now))
    if words:
        reason = words[:_WORDS_MAX]
        audit.record(session, actor, "rules", now=now, subject=edit.subject, reason=reason)
    return bool(words)


def effect(session: Session, edit: Edit, *, random_token: RandomToken, now: datetime) -> Effect:
    """What `edit` would do. It does it: call it where all is undone afterwards."""
    before, after, _ = _apply(session, edit)
    monday = week_ahead.next_monday(before, now)
    old = week_ahead.starts(session, before, monday, now=now)
    new = week_ahead.starts(session, after, monday, now=now)
    week = week_ahead.ahead(before, after, old, new, monday)
    gone = _gone_holds(session, before, after, now=now)
    stranded = _stranded(session, before, after, gone, now=now)
    pool = Pool()

    def with_times(one: Stranded) -> Stranded:
        booking = session.get_one(Booking, one.booking_id)
        found = new_times.propose(
            session,
            after,
            booking,
            order=edit.order,
            pool=pool,
            random_token=random_token,
            now=now,
        )
        return replace(one, times=tuple(found))

    return Effect([with_times(one) for one in stranded], week)


def _apply(session: Session, edit: Edit) -> tuple[Rulebook, Rulebook, str]:
    everybody = session.scalars(select(Practitioner.id)).all()
    # Memory of its own: what is read here is not true before the commit.
    acceptance.lock(session, Offers(), everybody)
    before = read_rulebook(session)
    words = edit.apply(session)
    session.execute(update(Clinic).values(version=Clinic.version + 1))
    session.flush()
    session.expire_all()
    return before, read_rulebook(session), words


def _stranded(
    session: Session, before: Rulebook, after: Rulebook, gone: Sequence[int], *, now: datetime
) -> list[Stranded]:
    """
    Coming bookings that lose their time or their room; not those kept earlier.

    Among them those to which times are promised that are held by one of the holds that are `gone`.
    """
    needed = any(plan.needs for plan in (*before.plans, *after.plans))
    without_room = room_claims.provide(session, after, now=now) if needed else set()
    coming = session.scalars(
        select(Booking)
        .options(joinedload(Booking.patient), joinedload(Booking.practitioner))
        .where(Booking.state == State.CONFIRMED, Booking.start > now)
        .order_by(Booking.start)
    )
    asked_in_vain = set(session.scalars(select(Offer.booking_id).where(Offer.hold_id.in_(gone))))
    return [
        Stranded(
            booking_id=booking.id,
            start=booking.start,
            zone=before.at(booking.location_id).zone,
            patient=booking.patient.name,
            practitioner=booking.practitioner.name,
            has_email=booking.patient.email is not None,
            phone=booking.patient.phone,
        )
        for booking in coming
        if _is_taken_from(before, after, booking)
        or booking.id in asked_in_vain
        or (
            booking.id in without_room
            and booking.stranding is not Stranding.KEPT
            and booking.exceptional is None
        )
    ]


def _allows(rulebook: Rulebook, visit: Booking | Hold) -> bool:
    try:
        plan = rulebook.plan_of(visit)
    except NoLongerOffered:
        return False
    return is_open(plan.rules, Span(visit.start, visit.end))


def _is_taken_from(before: Rulebook, after: Rulebook, booking: Booking) -> bool:
    """
    Whether the change takes a booking's time; one that was outside of hours already is taken by
    what ends or closes anew, not by hours that still do not hold for it.
    """
    if _allows(before, booking):
        return not _allows(after, booking)
    return _is_gone(after, booking) and not _is_gone(before, booking)


def _is_gone(rulebook: Rulebook, booking: Booking) -> bool:
    try:
        plan = rulebook.plan_of(booking)
    except NoLongerOffered:
        return True
    return is_closed(plan.rules, Span(booking.start, booking.end))


def _gone_holds(session: Session, before: Rulebook, after: Rulebook, *, now: datetime) -> list[int]:
    """What is held now and not allowed, or in no room that is needed, after the change."""
    held = session.scalars(select(Hold).where(Hold.expires_at > now))
    needs = {plan.key: plan.needs for plan in before.plans}
    other_rooms = {plan.key for plan in after.plans if plan.needs != needs.get(plan.key)}
    return [
        hold.id
        for hold in held
        if not _allows(after, hold)
        or (hold.service_id, hold.practitioner_id, hold.location_id) in other_rooms
    ]


def _restore_fitting(
    session: Session, links: Links, before: Rulebook, after: Rulebook, *, now: datetime
) -> None:
    marked = session.scalars(
        select(Booking).where(
            Booking.stranding.is_not(None), Booking.state == State.CONFIRMED, Booking.start > now
        )
    )
    for booking in marked:
        if _allows(after, booking) and not _allows(before, booking):
            new_times.restore(session, links, after, booking, now=now)


@dataclass(frozen=True, slots=True)
class _Deed:
    """What is done with the stranded bookings, all in the same way."""

    session: Session
    links: Links
    rulebook: Rulebook
    reason: str
    actor: Actor
    random_token: RandomToken
    now: datetime
    order: Order
    proposed: Mapping[int, frozenset[datetime]] | None
    pool: Pool

    def do(self, booking_id: int, choice: Choice) -> None:
        booking = self.session.get_one(Booking, booking_id)
        if choice is Choice.CANCEL:
            changes.advance(
                self.session,
                Offers(),
                self.links,
                booking,
                State.CANCELLED,
                actor=self.actor,
                reason=self.reason,
                now=self.now,
            )
            return
        if choice is Choice.KEEP:
            booking.stranding = Stranding.KEPT
            new_times.withdraw(self.session, booking_id)
        else:
            new_times.offer(
                self.session,
                self.links,
                self.rulebook,
                booking,
                reason=self.reason,
                random_token=self.random_token,
                now=self.now,
                order=self.order,
                only=self._only(booking_id),
                pool=self.pool,
            )
        audit.record(
            self.session,
            self.actor,
            "kept" if choice is Choice.KEEP else "new_times_offered",
            now=self.now,
            booking_id=booking_id,
            reason=self.reason,
        )

    def _only(self, booking_id: int) -> frozenset[datetime] | None:
        return None if self.proposed is None else self.proposed.get(booking_id, frozenset())
