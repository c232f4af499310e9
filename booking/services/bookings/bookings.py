"""Making a booking, and finding one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session, joinedload

from booking.domain.came_from import NOWHERE, CameFrom
from booking.domain.errors import NotFound, Outdated, PhoneNeeded
from booking.domain.lifecycle import (
    ActorKind,
    Standing,
)
from booking.domain.messages import EVERYBODY, Audience, MessageKind
from booking.domain.modes import Mode
from booking.domain.people import Person, age_on
from booking.domain.time import Span, instant, local_day
from booking.formats.links import Links
from booking.formats.tokens import RandomToken, token_hash
from booking.services import audit
from booking.services.audit import Actor
from booking.services.bookings import intakes, rows
from booking.services.bookings.intakes import Given
from booking.services.bookings.once import Once, answered_before, remember
from booking.services.clinic import Plan, Rulebook
from booking.services.mail import outbox
from booking.services.patients import cards, search
from booking.services.times import acceptance, claims, squeezing
from booking.services.times.acceptance import Accepted
from booking.services.times.availability import Offers
from booking.services.times.squeezing import Fit
from booking.services.waitlist import entries
from booking.store.base import insert_row, insert_unless_taken
from booking.store.bookings import Booking, Consent, Hold, Patient

NOTHING_ASKED = Given()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """
    What somebody asks for; `hold_id` is their own hold, if they have one.

    `mail_at_once` is for those who are known to have the address they give: their confirmation is
    not held back, however much that address got. `given` is what they answered and agreed to.
    """

    service: str
    practitioner: str
    start: datetime
    person: Person
    privacy_notice: str | None
    source: str
    hold_id: int | None = None
    mail_at_once: bool = False
    given: Given = NOTHING_ASKED
    came_from: CameFrom = NOWHERE
    # Whom staff recognised; a public form never says so.
    patient_id: int | None = None
    # Staff may choose any minute, and say why where nothing is on offer.
    any_time: bool = False
    reason: str = ""
    # Who stands at the desk need not be written to.
    audiences: frozenset[Audience] = EVERYBODY


def book(
    session: Session,
    offers: Offers,
    links: Links,
    wish: Wish,
    *,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
    once: Once | None = None,
) -> Booking:
    """
    Confirm a booking: claim, patient, answers, consents, audit entry and messages in one
    transaction.

    What comes back knows its patient, but not its practitioner and service: those `get` gives.

    The caller's own hold on this very slot is turned into the booking while it lasts; without one
    the start must be on offer now. Staff need no minimum notice. With `once`, a request that was
    answered before gets its booking again.

    Raises:
        NotFound: no such service or practitioner, or the patient whom staff chose is gone.
        SlotRefusal: the start is not on offer.
        Unexplained: staff chose a time at which nothing is on offer, and did not say why.
        PhoneNeeded: the visit is by phone, and the person gave no number.
        IdempotencyKeyReused: the key of `once` came with other data before.
    """
    practitioner_id = offers.practitioner_id(session, wish.service, wish.practitioner)
    rulebook = acceptance.lock(session, offers, [practitioner_id], calendar_changed=now)
    if once is not None and (earlier := answered_before(session, once)) is not None:
        return get(session, earlier)
    plans = rulebook.plans_for(wish.service, wish.practitioner)
    if plans[0].mode is Mode.PHONE and wish.person.phone is None:
        raise PhoneNeeded
    held = _own_hold(session, wish, plans, now=now)
    fit = Fit(held, None) if held else _fit(session, wish, plans, actor, now=now)
    patient = _whom(session, wish, actor, now=now)
    booking = _add_booking(session, links, fit, patient, wish, random_token, now=now)
    if held is None or not _convert(session, wish, booking, now=now):
        if held is not None:
            # Its claims are gone: all must be won anew, the rooms too.
            fit = _fit(session, wish, [held.plan], actor, now=now)
        squeezing.take(session, fit, booking.id, now=now)
    if wish.hold_id is not None:
        session.execute(delete(Hold).where(Hold.id == wish.hold_id))
    _keep_answers(session, booking, wish, fit.accepted.plan, actor, now=now)
    _keep_consents(session, patient, wish, actor, now=now)
    if wish.given.intake.earlier_time:
        entries.wish_earlier(session, booking, now=now)
    if once is not None:
        remember(session, once, booking.id, now=now)
    audit.record(
        session,
        actor,
        "state",
        now=now,
        booking_id=booking.id,
        to_value=booking.state.value,
        reason=booking.exceptional_reason or "",
    )
    outbox.tell(
        session,
        links,
        rulebook,
        booking,
        patient,
        MessageKind.CONFIRMED,
        now=now,
        audiences=wish.audiences,
        capped=not wish.mail_at_once,
    )
    return booking


def _fit(
    session: Session, wish: Wish, plans: Sequence[Plan], actor: Actor, *, now: datetime
) -> Fit:
    if wish.any_time:
        return squeezing.fit(session, plans, wish.start, reason=wish.reason, now=now)
    accepted = acceptance.require_slot(
        session, plans, wish.start, now=now, notice=notice_for(actor)
    )
    return Fit(accepted, None)


def _convert(session: Session, wish: Wish, booking: Booking, *, now: datetime) -> bool:
    return wish.hold_id is not None and claims.convert(
        session, hold_id=wish.hold_id, booking_id=booking.id, now=now
    )


def notice_for(actor: Actor) -> timedelta | None:
    """Staff on the phone know whether somebody can be here in ten minutes."""
    return None if actor.kind is ActorKind.PATIENT else timedelta()


def _own_hold(
    session: Session, wish: Wish, plans: Sequence[Plan], *, now: datetime
) -> Accepted | None:
    """The slot of the caller's hold, if it is the one that is asked for and has not run out."""
    if wish.hold_id is None:
        return None
    # As it is under the lock: it may have been read before, and have gone since.
    hold = session.get(Hold, wish.hold_id, populate_existing=True)
    if hold is None or hold.expires_at <= now:
        return None
    if hold.start != instant(wish.start):
        return None
    for plan in plans:
        if (hold.service_id, hold.practitioner_id, hold.location_id) == plan.key:
            # Its claims are there already; the rooms among them go with it.
            return acceptance.accept(plan, hold.start, ())
    return None


def _whom(session: Session, wish: Wish, actor: Actor, *, now: datetime) -> Patient:
    """The patient whom staff recognised, reached as they say now; else a record of its own."""
    if wish.patient_id is None:
        return _add_patient(session, wish.person, now=now)
    patient = cards.get(session, wish.patient_id, keep=True)
    cards.reach(session, patient, wish.person, actor=actor, now=now)
    return patient


def _add_patient(session: Session, person: Person, *, now: datetime) -> Patient:
    values = rows.new_patient(
        person.name,
        person.date_of_birth,
        person.email,
        person.phone,
        locale=person.locale,
        guardian=person.guardian,
        now=now,
    )
    patient = Patient(id=insert_row(session, Patient, **values), **values)
    search.add_words(session, patient.id, name=person.name, phone=person.phone)
    return patient


def _add_booking(
    session: Session,
    links: Links,
    fit: Fit,
    patient: Patient,
    wish: Wish,
    random_token: RandomToken,
    *,
    now: datetime,
) -> Booking:
    accepted = fit.accepted
    span = Span(accepted.slot.start, accepted.slot.end)
    values = rows.new_row(links, accepted.plan, span, wish.source, random_token, now=now) | {
        "patient_id": patient.id,
        "came_from": wish.came_from.source,
        "referral": wish.came_from.referral,
        "exceptional": fit.kind,
        "exceptional_reason": wish.reason if fit.kind else None,
    }
    while True:
        reference = rows.new_reference(random_token)
        booking_id = insert_unless_taken(
            session, Booking, "reference", reference=reference, **values
        )
        if booking_id is not None:
            return Booking(id=booking_id, reference=reference, patient=patient, **values)


def _keep_answers(
    session: Session, booking: Booking, wish: Wish, plan: Plan, actor: Actor, *, now: datetime
) -> None:
    day = local_day(booking.start, plan.rules.zone)
    age, locale = age_on(day, wish.person.date_of_birth), wish.person.locale
    intakes.record(session, booking.id, wish.given, age=age, locale=locale, actor=actor, now=now)


def _keep_consents(
    session: Session, patient: Patient, wish: Wish, actor: Actor, *, now: datetime
) -> None:
    """A row for each thing that was agreed to, and in which words; what was not has none."""
    notice = {"privacy_notice": wish.privacy_notice} if wish.privacy_notice is not None else {}
    choices = {purpose: str(wish.given.version) for purpose in wish.given.granted}
    for purpose, version in (notice | choices).items():
        insert_row(
            session,
            Consent,
            patient_id=patient.id,
            purpose=purpose,
            text_version=version,
            locale=patient.locale,
            granted=True,
            given_by=actor.kind.value,
            at=now,
        )


def get(session: Session, booking_id: int) -> Booking:
    """
    A booking with its patient, practitioner and service.

    Raises:
        NotFound: there is none with this id.
    """
    return _one(session, Booking.id == booking_id)


def by_token(session: Session, token: str) -> Booking:
    """
    The booking that a manage token is for.

    Raises:
        NotFound: the token is unknown or was revoked; both look alike.
    """
    return _one(session, Booking.manage_token_hash == token_hash(token))


def _one(session: Session, condition: ColumnElement[bool]) -> Booking:
    booking = session.scalar(
        select(Booking)
        .options(
            joinedload(Booking.patient),
            joinedload(Booking.practitioner),
            joinedload(Booking.service),
        )
        .where(condition)
        .execution_options(populate_existing=True)
    )
    if booking is None:
        raise NotFound
    return booking


def locked(
    session: Session,
    offers: Offers,
    booking: Booking,
    *,
    now: datetime,
    seen: datetime | None = None,
) -> tuple[Booking, Rulebook]:
    """
    The booking as it is once its practitioner's lock is ours, and the rules.

    `seen` is the booking's `updated_at` on the page that was acted on, if there was one.

    Raises:
        Outdated: somebody changed the booking since it was `seen`.
    """
    rulebook = acceptance.lock(session, offers, [booking.practitioner_id], calendar_changed=now)
    found = get(session, booking.id)
    if seen is not None and seen != found.updated_at:
        raise Outdated
    return found, rulebook


def standing(booking: Booking) -> Standing:
    """What the state machine must know of a booking."""
    return Standing(booking.state, booking.start, booking.end)
