"""Patients answer questions anew, or for the first time, after they booked."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from booking.domain import lifecycle
from booking.domain.intake import CHANGED, Caution, Intake, answered_again, cautions
from booking.domain.people import age_on
from booking.domain.questions import Effect
from booking.domain.time import local_day
from booking.services import audit
from booking.services.bookings import intakes
from booking.services.bookings.bookings import get, standing
from booking.services.bookings.intakes import Given
from booking.store import intakes as store
from booking.store.bookings import Booking
from booking.store.records import AuditEntry


def answer(
    session: Session, booking_id: int, given: Given, names: Collection[str], *, now: datetime
) -> bool:
    """
    Put what was `given` in the place of what was told before under `names`; whether it differs.

    What the doctor should see is derived again. An answer that stays as it was stays reviewed; of
    one that changed after it was read the doctor is told. The audit names the questions that were
    answered, never an answer.

    Raises:
        AlreadyCancelled, AlreadyOver, TransitionRefused: there is no visit ahead.
    """
    # Two pages that are sent at once must not each build upon the same answers.
    session.execute(select(Booking.id).where(Booking.id == booking_id).with_for_update())
    booking = get(session, booking_id)
    lifecycle.require_ahead(standing(booking), now=now)
    row = intakes.newest(session, booking_id)
    before = intakes.kept(row)
    after = answered_again(before, given.intake, names)
    if (after.for_the_doctor, after.for_the_desk) == (before.for_the_doctor, before.for_the_desk):
        return False
    intakes.add_answers(
        session,
        booking_id,
        replace(given, intake=after),
        revision=row.revision + 1 if row else 0,
        locale=booking.patient.locale,
        actor=audit.PATIENT,
        now=now,
    )
    was_read = _was_read(session, booking_id)
    _derive_again(session, booking, after)
    if was_read and after.for_the_doctor != before.for_the_doctor:
        _put(session, booking_id, {one.key: one for one in _rows(session, booking_id)}, _NEWS)
    audit.record(
        session,
        audit.PATIENT,
        "answers_changed" if row else "answers_given",
        now=now,
        booking_id=booking_id,
        to_value=", ".join(sorted(name for name in names if "." not in name))[:60],
    )
    return True


def is_answered(session: Session, booking_id: int) -> bool:
    """Whether a booking's patient has answered anything."""
    return bool(session.scalar(select(exists().where(store.Intake.booking_id == booking_id))))


_NEWS = Caution(CHANGED, Effect.FLAG)


def _was_read(session: Session, booking_id: int) -> bool:
    read = exists().where(AuditEntry.booking_id == booking_id, AuditEntry.action == "answers_read")
    reviewed = exists().where(
        store.Caution.booking_id == booking_id, store.Caution.reviewed_at.is_not(None)
    )
    return bool(session.scalar(select(or_(read, reviewed))))


def _derive_again(session: Session, booking: Booking, intake: Intake) -> None:
    day = local_day(booking.start, ZoneInfo(booking.time_zone))
    born = booking.patient.date_of_birth
    wanted = cautions(intake, age=age_on(day, born) if born else None)
    there = {one.key: one for one in _rows(session, booking.id)}
    for one in wanted:
        had = there.get(one.key)
        if had is None or (had.effect, had.detail) != (one.effect, one.detail):
            _put(session, booking.id, there, one)
    for key in there.keys() - {one.key for one in wanted} - {CHANGED}:
        session.delete(there[key])
    session.flush()


def _rows(session: Session, booking_id: int) -> list[store.Caution]:
    query = select(store.Caution).where(store.Caution.booking_id == booking_id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _put(
    session: Session, booking_id: int, there: dict[str, store.Caution], caution: Caution
) -> None:
    """Show it to the doctor as something that nobody has seen yet."""
    had = there.get(caution.key)
    if had is None:
        intakes.add_caution(session, booking_id, caution)
        return
    had.effect, had.detail = caution.effect, caution.detail
    had.reviewed_at = had.reviewed_by = had.called_at = had.called_by = None
