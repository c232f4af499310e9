"""How tries to reach a patient ended: kept one by one, and taken back on the same day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.calls import Cause, Outcome, Tried, fits
from booking.domain.errors import NotFound
from booking.domain.time import local_day
from booking.formats.links import Links
from booking.services import audit, versions
from booking.services.audit import Actor
from booking.services.bookings import intakes
from booking.services.desk.calls import call_lists
from booking.services.mail import missed
from booking.store.base import insert_row
from booking.store.calls import Call


def record(
    session: Session,
    links: Links,
    booking_id: int,
    cause: Cause,
    tried: Tried,
    *,
    seen: int,
    staff_id: int,
    actor: Actor,
    now: datetime,
) -> int | None:
    """
    Keep how a try ended, and do what follows from it; the id of its row.

    `seen` is the number of the last try on the page that was acted on, 0 where there was none.
    None, and nothing is done, where somebody was quicker or there is nothing to call about now.

    Raises:
        NotFound: no try about this ends so.
    """
    if not fits(cause, tried.outcome):
        raise NotFound
    # The practitioner's lock: who comes second sees what the first did.
    versions.raise_for(session, booking_id)
    if _number(session, booking_id, cause) != seen:
        return None
    if not call_lists.is_open(session, booking_id, cause, now=now):
        return None
    return _keep(session, links, booking_id, cause, tried, staff_id=staff_id, actor=actor, now=now)


def talked(
    session: Session, links: Links, booking_id: int, *, staff_id: int, actor: Actor, now: datetime
) -> None:
    """Somebody talked to the patient about what they were to call for, by whatever way."""
    versions.raise_for(session, booking_id)
    if intakes.must_call(session, booking_id):
        tried = Tried(Outcome.REACHED)
        _keep(
            session,
            links,
            booking_id,
            Cause.CAUTION,
            tried,
            staff_id=staff_id,
            actor=actor,
            now=now,
        )


def _keep(
    session: Session,
    links: Links,
    booking_id: int,
    cause: Cause,
    tried: Tried,
    *,
    staff_id: int,
    actor: Actor,
    now: datetime,
) -> int | None:
    if tried.outcome is Outcome.SENT and not missed.send(session, links, booking_id, now=now):
        return None
    if tried.outcome is Outcome.REACHED:
        # It has an entry of its own in the audit.
        intakes.called(session, booking_id, staff_id=staff_id, actor=actor, now=now)
    else:
        _note(session, actor, "call_made", booking_id, cause, to=tried.outcome, now=now)
    return insert_row(
        session,
        Call,
        booking_id=booking_id,
        cause=cause,
        number=_number(session, booking_id, cause) + 1,
        outcome=tried.outcome,
        call_again_on=tried.call_again_on,
        note=tried.note,
        staff_id=staff_id,
        at=now,
    )


def undo(session: Session, call_id: int, *, zone: ZoneInfo, actor: Actor, now: datetime) -> bool:
    """
    Take a try back as if it had not been made, on its day at the clinic.

    False, and nothing is done, where it is not the last one any more, another day has begun, or
    its mail is on its way already.
    """
    booking_id = session.scalar(select(Call.booking_id).where(Call.id == call_id))
    if booking_id is None:
        return False
    versions.raise_for(session, booking_id)
    call = session.get(Call, call_id, populate_existing=True)
    if call is None or call.number != _number(session, booking_id, call.cause):
        return False
    if local_day(call.at, zone) != local_day(now, zone):
        return False
    if call.outcome is Outcome.SENT and not missed.take_back(session, booking_id):
        return False
    if call.outcome is Outcome.REACHED:
        intakes.not_called(session, booking_id, called_at=call.at)
    _note(session, actor, "call_undone", booking_id, call.cause, was=call.outcome, now=now)
    session.delete(call)
    session.flush()
    return True


def _number(session: Session, booking_id: int, cause: Cause) -> int:
    """The number of the last try about this; 0 before the first."""
    query = select(Call.number).where(Call.booking_id == booking_id, Call.cause == cause)
    return session.scalar(query.order_by(Call.number.desc()).limit(1)) or 0


def _note(
    session: Session,
    actor: Actor,
    action: str,
    booking_id: int,
    cause: Cause,
    *,
    was: Outcome | None = None,
    to: Outcome | None = None,
    now: datetime,
) -> None:
    # Without what was noted, which is for the desk alone.
    audit.record(
        session,
        actor,
        action,
        now=now,
        booking_id=booking_id,
        subject=f"call {cause.value}",
        from_value=was.value if was else None,
        to_value=to.value if to else None,
    )
