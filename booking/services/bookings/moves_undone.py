"""Taking a move back: the old time is won again, and whoever heard of the new one is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain import lifecycle
from booking.domain.errors import SlotRefusal, TransitionRefused
from booking.domain.lifecycle import ActorKind, Stranding
from booking.domain.messages import MessageKind
from booking.domain.steps import is_open
from booking.domain.time import Span
from booking.formats.links import Links
from booking.services import audit
from booking.services.audit import Actor
from booking.services.bookings import changes, new_times
from booking.services.bookings.bookings import locked, standing
from booking.services.clinic import Plan, Rulebook, open_first
from booking.services.mail import heard, outbox
from booking.services.times import acceptance, squeezing
from booking.services.times.availability import Offers
from booking.services.times.squeezing import Fit
from booking.store.bookings import Booking
from booking.store.records import AuditEntry

MOVES = ("moved", "move_undone")
_STRANDINGS = ("kept", "new_times_offered")
_BY_STAFF = frozenset({ActorKind.RECEPTION, ActorKind.DOCTOR})


@dataclass(frozen=True, slots=True)
class Move:
    """A move that reception may take back: when it was made, and from which start."""

    at: datetime
    back_to: datetime


def undoable(
    booking: Booking,
    entries: Sequence[AuditEntry],
    rulebook: Rulebook,
    *,
    by: ActorKind,
    now: datetime,
) -> Move | None:
    """
    The latest move of a booking among its audit `entries` (oldest first), if `by` may take it back
    now; patients take back their own by moving again.
    """
    last = next((one for one in reversed(entries) if one.action in MOVES), None)
    if last is None or last.action != "moved" or last.actor_kind not in _BY_STAFF:
        return None
    if last.from_value is None or last.to_value != booking.start.isoformat():
        return None
    move = Move(last.at, datetime.fromisoformat(last.from_value))
    try:
        lifecycle.require_move_undo(
            standing(booking),
            back_to=move.back_to,
            taken_at=move.at,
            by=by,
            now=now,
            zone=rulebook.at(booking.location_id).zone,
        )
    except TransitionRefused:
        return None
    return move


def undo_move(
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
    Take the latest move back, on the same clinic day, if the time before it can be won back.

    Whom word of it may have reached hears that it is off, at once; whoever has not heard of it
    hears nothing, unless they are still owed word of the visit as it was.

    Raises:
        TransitionRefused: there is no such move, or it can be taken back no more.
        SlotRefusal: somebody else has the time before it; the booking keeps the one it has.
        Outdated: somebody changed the booking since it was `seen`.
    """
    booking, rulebook = locked(session, offers, booking, now=now, seen=seen)
    last = audit.last_of(session, booking.id, MOVES)
    move = undoable(booking, [last] if last else [], rulebook, by=actor.kind, now=now)
    if move is None:
        raise TransitionRefused
    told = heard.of_move(session, booking, before=move.back_to)
    left = booking.start
    new_times.settle(session, booking)
    plan = open_first(rulebook.plans_of(booking), move.back_to)[0]
    why = _why_there(session, booking)
    try:
        fit = _fit(session, plan, booking, move.back_to, why, now=now)
        changes.put(session, booking, fit, actor, "move_undone", reason=why, now=now)
    except SlotRefusal as refusal:
        refusal.start = move.back_to
        raise
    if fit.kind is None:
        _mark(session, booking, plan)
    for kind, audiences, previous in (
        (MessageKind.MOVED, told.of_it, left),
        (MessageKind.CONFIRMED, told.owed - told.of_it, None),
    ):
        outbox.tell(
            session,
            links,
            rulebook,
            booking,
            booking.patient,
            kind,
            now=now,
            previous_start=previous,
            audiences=audiences,
        )
    return booking


def _why_there(session: Session, booking: Booking) -> str:
    """Why it was put where it was before its latest move; empty where that was on offer."""
    made, *later = audit.history(session, booking.id)
    return [made, *(one for one in later if one.action in MOVES)][-2].reason


def _fit(
    session: Session, plan: Plan, booking: Booking, start: datetime, why: str, *, now: datetime
) -> Fit:
    if why:
        return squeezing.fit(
            session, [plan], start, reason=why, now=now, without_booking=booking.id
        )
    # Whatever the rules say by now.
    accepted = acceptance.require_room(session, plan, start, now=now, without_booking=booking.id)
    return Fit(accepted, None)


def _mark(session: Session, booking: Booking, plan: Plan) -> None:
    """A time that the rules do not allow is again what it was: kept, or to change."""
    if is_open(plan.rules, Span(booking.start, booking.end)):
        return
    last = audit.last_of(session, booking.id, _STRANDINGS)
    if last is None or last.action == "kept":
        booking.stranding = Stranding.KEPT
    else:
        booking.stranding = Stranding.TO_MOVE
