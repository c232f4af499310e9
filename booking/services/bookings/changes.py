"""What happens to a booking: it is moved, takes the steps of the day, and steps are taken back."""

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain import lifecycle
from booking.domain.errors import SlotRefusal, TransitionRefused
from booking.domain.lifecycle import ActorKind, Exceptional, State
from booking.domain.messages import AT_ONCE, EVERYBODY, Audience, MessageKind, Telling
from booking.domain.time import instant
from booking.formats.links import Links
from booking.services import audit
from booking.services.audit import Actor
from booking.services.bookings import new_times
from booking.services.bookings.bookings import locked, notice_for, standing
from booking.services.bookings.rows import wall_time
from booking.services.clinic import Rulebook, cut_offs
from booking.services.mail import heard, outbox
from booking.services.times import acceptance, claims, squeezing
from booking.services.times.availability import Offers
from booking.services.times.free_time import read_busy
from booking.services.times.squeezing import Fit
from booking.store.bookings import Booking

# States in which a subscribed calendar shows the booking as it did before.
_LOOKS_THE_SAME = frozenset({State.CONFIRMED, State.ARRIVED, State.IN_ROOM, State.COMPLETED})


def move(
    session: Session,
    offers: Offers,
    links: Links,
    booking: Booking,
    start: datetime,
    *,
    actor: Actor,
    now: datetime,
    seen: datetime | None = None,
    telling: Telling = AT_ONCE,
    reason: str | None = None,
) -> Booking:
    """
    Give a booking another start; everything else stays, and the old time is freed only if the new
    one is won. Asking for the time it has already changes nothing.

    Staff may move it without telling the patient, and have a grace: who still believes in the new
    start when their word waits is told nothing. With a `reason` they may choose any minute, outside
    of hours and beside another visit too.

    Raises:
        TransitionRefused: it is over, cancelled, or under way.
        SlotRefusal: the new start is not on offer.
        Unexplained: nothing is on offer then, and the `reason` is empty.
        Outdated: somebody changed the booking since it was `seen`.
    """
    booking, rulebook = locked(session, offers, booking, now=now, seen=seen)
    lifecycle.require_movable(
        standing(booking),
        by=actor.kind,
        now=now,
        cut_offs=cut_offs(booking, rulebook.clinic),
    )
    if instant(start) == booking.start:
        return booking
    plans = rulebook.plans_of(booking)
    # What is held for this booking makes way for it, and comes back if the start is not won.
    new_times.settle(session, booking)
    if reason is None:
        accepted = acceptance.require_slot(
            session, plans, start, now=now, notice=notice_for(actor), without_booking=booking.id
        )
        fit = Fit(accepted, None)
    else:
        fit = squeezing.fit(
            session, plans, start, reason=reason, now=now, without_booking=booking.id
        )
    believed = heard.believed(session, booking)
    previous = booking.start
    put(session, booking, fit, actor, "moved", reason=reason or "", now=now)
    audiences = _audiences(session, booking, telling, actor, now=now)
    for who in (Audience.PATIENT, Audience.DOCTOR):
        # A patient who moves it back themselves is still answered.
        knows = bool(telling.grace) and believed.get(who) == booking.start
        outbox.tell(
            session,
            links,
            rulebook,
            booking,
            booking.patient,
            MessageKind.MOVED,
            now=now,
            previous_start=believed.get(who, previous),
            audiences=frozenset() if knows else audiences & {who},
            leaves=now + telling.grace,
        )
    return booking


def put(
    session: Session,
    booking: Booking,
    fit: Fit,
    actor: Actor,
    action: str,
    *,
    now: datetime,
    reason: str = "",
) -> None:
    """
    Give a booking the time that it fits into, and no other; marked with the `reason` where that is
    exceptional.

    Raises:
        SlotUnavailable: it is taken; the transaction must not be committed.
    """
    slot, plan = fit.accepted.slot, fit.accepted.plan
    if Exceptional.OVERBOOKED in {booking.exceptional, fit.kind}:
        # It has, or is to have, pieces of a time: they are none of each other's.
        claims.free(session, booking.id)
        squeezing.take(session, fit, booking.id, now=now)
    else:
        claims.move(session, booking.id, fit.accepted.resources, fit.accepted.span)
    booking.exceptional = fit.kind
    booking.exceptional_reason = reason if fit.kind else None
    previous = booking.start
    booking.start, booking.end, booking.location_id = slot.start, slot.end, plan.place.id
    booking.local_start, booking.time_zone = wall_time(slot.start, plan), plan.rules.zone.key
    booking.sequence += 1
    booking.updated_at = now
    session.flush()
    squeezing.close_up(session, booking.practitioner_id, now=now)
    # Whoever said that they will come said so of the old time.
    booking.reconfirmed_at = None
    audit.record(
        session,
        actor,
        action,
        now=now,
        booking_id=booking.id,
        from_value=previous.isoformat(),
        to_value=slot.start.isoformat(),
        reason=booking.exceptional_reason or "",
    )


def _audiences(
    session: Session, booking: Booking, telling: Telling, actor: Actor, *, now: datetime
) -> frozenset[Audience]:
    if telling.patient:
        return EVERYBODY
    audit.record(session, actor, "patient_not_told", now=now, booking_id=booking.id)
    return EVERYBODY - {Audience.PATIENT}


def advance(
    session: Session,
    offers: Offers,
    links: Links,
    booking: Booking,
    to: State,
    *,
    actor: Actor,
    reason: str = "",
    now: datetime,
    seen: datetime | None = None,
    telling: Telling = AT_ONCE,
) -> Booking:
    """
    Take a booking to its next state; cancelling frees its time and tells the patient, as `telling`
    says.

    `seen` is the booking's `updated_at` on the page that was acted on.

    Raises:
        TransitionRefused: the state, the time or the actor does not allow it.
        ReasonMissing: staff must say why.
        Outdated: somebody changed the booking since it was `seen`.
    """
    booking, rulebook = locked(session, offers, booking, now=now, seen=seen)
    lifecycle.require_step(
        standing(booking),
        to,
        by=actor.kind,
        reason=reason,
        now=now,
        zone=rulebook.at(booking.location_id).zone,
        cut_offs=cut_offs(booking, rulebook.clinic),
    )
    _enter(session, booking, to, actor, "state", reason=reason, now=now)
    if to in {State.CANCELLED, State.ENTERED_IN_ERROR}:
        claims.free(session, booking.id)
        session.flush()
        squeezing.close_up(session, booking.practitioner_id, now=now)
        new_times.settle(session, booking)
        booking.reconfirmed_at = None
        booking.cancelled_late = actor.kind is ActorKind.PATIENT and lifecycle.is_late_cancellation(
            booking.start, now=now
        )
        # Nobody needs to hear that a visit which is over will not take place.
        if booking.end > now:
            outbox.tell(
                session,
                links,
                rulebook,
                booking,
                booking.patient,
                MessageKind.CANCELLED,
                now=now,
                # What a patient wrote stays with the clinic; it need not travel back by mail.
                reason="" if actor.kind is ActorKind.PATIENT else reason,
                audiences=_audiences(session, booking, telling, actor, now=now),
                leaves=now + telling.grace,
            )
    return booking


def undo(
    session: Session,
    offers: Offers,
    links: Links,
    booking: Booking,
    *,
    actor: Actor,
    now: datetime,
    seen: datetime | None = None,
) -> Booking:
    """
    Take the last step back, on the same clinic day. A cancellation is undone only if its time can
    be won back; whom its mail may have reached gets a new confirmation with a higher SEQUENCE.

    Raises:
        TransitionRefused: there is nothing to take back, or another day has begun.
        SlotRefusal: somebody else has the time of the cancelled booking.
        Outdated: somebody changed the booking since it was `seen`.
    """
    booking, rulebook = locked(session, offers, booking, now=now, seen=seen)
    step = audit.step_into(session, booking.id, booking.state.value)
    # A visit of nobody cannot come back.
    if step is None or step.from_value is None or booking.patient.erased_at is not None:
        raise TransitionRefused
    lifecycle.require_undo(
        standing(booking),
        taken_at=step.at,
        by=actor.kind,
        now=now,
        zone=rulebook.at(booking.location_id).zone,
    )
    was_cancelled = booking.state is State.CANCELLED
    if was_cancelled:
        uninformed = heard.of_cancellation(session, booking)
        _win_back(session, booking, rulebook, now=now)
    _enter(session, booking, State(step.from_value), actor, "undo", reason="", now=now)
    if was_cancelled:
        outbox.tell(
            session,
            links,
            rulebook,
            booking,
            booking.patient,
            MessageKind.CONFIRMED,
            now=now,
            audiences=uninformed.of_it | uninformed.owed,
        )
    return booking


def _win_back(session: Session, booking: Booking, rulebook: Rulebook, *, now: datetime) -> None:
    plan = rulebook.plan_of(booking)
    span = plan.rules.visit.claim(booking.start)
    busy = read_busy(session, plan, span, now=now)
    claims.release(session, busy.expired)
    booking.cancelled_late = False
    if booking.exceptional is Exceptional.OVERBOOKED:
        squeezing.win_back(session, booking, busy, now=now)
        return
    try:
        resources = (booking.practitioner_id, *busy.choose_rooms(span))
        claims.take_all(session, resources, span, booking_id=booking.id)
    except SlotRefusal as refusal:
        refusal.start = booking.start
        raise


def _enter(
    session: Session,
    booking: Booking,
    to: State,
    actor: Actor,
    action: str,
    *,
    reason: str,
    now: datetime,
) -> None:
    before = booking.state
    booking.state = to
    booking.updated_at = now
    if not {before, to} <= _LOOKS_THE_SAME:
        booking.sequence += 1
    audit.record(
        session,
        actor,
        action,
        now=now,
        booking_id=booking.id,
        from_value=before.value,
        to_value=to.value,
        reason=reason,
    )
