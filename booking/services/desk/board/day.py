"""
Reception's day: what stands in the book, and what is still unresolved.

Boards are looked at all day long, so rows are plain values: objects would cost several times as
much as the questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from booking.domain.lifecycle import OPEN, UNDOABLE, Exceptional, Standing, State, Stranding
from booking.domain.messages import MessageState
from booking.domain.modes import Mode
from booking.domain.time import ONE_DAY, Span, midnight
from booking.services.bookings import intakes
from booking.services.bookings.intakes import ForTheDesk
from booking.services.clinic import Rulebook
from booking.services.desk import follow_ups
from booking.services.patients import notes
from booking.store.bookings import Booking, Patient
from booking.store.clinic import Practitioner, Service
from booking.store.records import AuditEntry, Message

# Older than this, an unresolved visit is a matter for a report, not for this morning.
_UNRESOLVED_SINCE = timedelta(days=90)
_UNRESOLVED_MOST = 50


@dataclass(frozen=True, slots=True)
class Step:
    """The step that brought a booking where it stands, and when; from nowhere where it began so."""

    came_from: State | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DayRow:
    """
    One booking on the board, whether a mail about it failed, and what its patient needs.

    `version` is its `updated_at`, `follow_up` the weeks after which another visit is to be booked.
    `step` is its last one, where that could be taken back on its day; `note` is the desk's latest
    about the patient.
    """

    id: int
    reference: str
    state: State
    start: datetime
    end: datetime
    name: str
    phone: str | None
    email: str | None
    source: str
    practitioner_id: int
    practitioner: str
    location_id: int
    service: str
    mode: Mode
    stranding: Stranding | None
    exceptional: Exceptional | None
    reconfirmed_at: datetime | None
    version: datetime
    mail_failed: bool
    needs: ForTheDesk
    follow_up: int | None
    step: Step | None
    note: str | None

    @property
    def standing(self) -> Standing:
        """What the state machine must know."""
        return Standing(self.state, self.start, self.end)

    @property
    def arrived_at(self) -> datetime | None:
        """Since when somebody waits who is here and not in the room yet."""
        return self.step.at if self.step and self.state is State.ARRIVED else None


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """A booking of an earlier day that nobody has said the outcome of."""

    id: int
    name: str
    state: State
    start: datetime
    end: datetime
    location_id: int
    version: datetime

    @property
    def standing(self) -> Standing:
        """What the state machine must know."""
        return Standing(self.state, self.start, self.end)


# Made once: making it costs more than running it.
_ROWS = (
    select(
        Booking.id,
        Booking.reference,
        Booking.state,
        Booking.start,
        Booking.end,
        Patient.name,
        Patient.phone,
        Patient.email,
        Booking.source,
        Booking.practitioner_id,
        Practitioner.name,
        Booking.location_id,
        Service.name,
        Service.mode,
        Booking.stranding,
        Booking.exceptional,
        Booking.reconfirmed_at,
        Booking.updated_at,
        exists().where(Message.booking_id == Booking.id, Message.state == MessageState.FAILED),
        intakes.help_wanted(),
        intakes.to_review(),
        intakes.to_call(),
        intakes.tries(),
        follow_ups.open_weeks(),
        notes.latest(),
    )
    .join(Patient, Patient.id == Booking.patient_id)
    .join(Service, Service.id == Booking.service_id)
    .join(Practitioner, Practitioner.id == Booking.practitioner_id)
    .order_by(Booking.start, Booking.id)
)
_STEPS = (
    select(
        AuditEntry.booking_id,
        AuditEntry.to_value,
        Booking.state,
        AuditEntry.from_value,
        AuditEntry.at,
    )
    .join(Booking, Booking.id == AuditEntry.booking_id)
    .where(AuditEntry.action == "state", Booking.state.in_(UNDOABLE))
    .order_by(AuditEntry.id)
)


def whole_day(rulebook: Rulebook, day: date) -> Span:
    """A clinic day from midnight to midnight."""
    zone = rulebook.clinic.zone
    return Span(midnight(day, zone), midnight(day + ONE_DAY, zone))


def rows(
    session: Session, rulebook: Rulebook, day: date, *, practitioner_id: int | None = None
) -> list[DayRow]:
    """The bookings of a clinic day in the order of time, cancelled ones included."""
    span = whole_day(rulebook, day)
    steps = _steps(session, span, practitioner_id)
    query = _between(_ROWS, span, practitioner_id)
    return [_row(found, steps) for found in session.execute(query)]


def _row(found: Any, steps: dict[int, Step]) -> DayRow:
    *plain, mail_failed, wanted, to_review, to_call, tries, follow_up, note = found
    needs = ForTheDesk(wanted or {}, to_review, to_call, tries)
    values: tuple[Any, ...] = (
        *plain,
        bool(mail_failed),
        needs,
        follow_up,
        steps.get(found[0]),
        note,
    )
    return DayRow(*values)


def _steps(session: Session, span: Span, practitioner_id: int | None) -> dict[int, Step]:
    """The last step of each booking into the state that it has; taking back is no step."""
    query = _between(_STEPS, span, practitioner_id)
    return {
        booking_id: Step(State(came_from) if came_from else None, at)
        for booking_id, to, state, came_from, at in session.execute(query)
        if to == state.value
    }


def _between(query: Any, span: Span, practitioner_id: int | None) -> Any:
    query = query.where(Booking.start >= span.start, Booking.start < span.end)
    if practitioner_id is None:
        return query
    return query.where(Booking.practitioner_id == practitioner_id)


def unresolved(
    session: Session,
    rulebook: Rulebook,
    *,
    practitioner_id: int | None = None,
    now: datetime,
    today: date,
) -> Sequence[OpenEnd]:
    """Bookings of earlier days that nobody has said the outcome of, oldest first."""
    query = (
        select(
            Booking.id,
            Patient.name,
            Booking.state,
            Booking.start,
            Booking.end,
            Booking.location_id,
            Booking.updated_at,
        )
        .join(Patient, Patient.id == Booking.patient_id)
        .where(Booking.state.in_(OPEN))
        .order_by(Booking.start, Booking.id)
        .limit(_UNRESOLVED_MOST)
    )
    span = Span(now - _UNRESOLVED_SINCE, midnight(today, rulebook.clinic.zone))
    return [OpenEnd(*found) for found in session.execute(_between(query, span, practitioner_id))]
