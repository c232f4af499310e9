"""What people do at the clinic, each in a transaction of its own, and what is to be seen after."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from booking.domain.lifecycle import State
from booking.domain.messages import AT_ONCE, Telling
from booking.services import audit
from booking.services.audit import PATIENT, Actor
from booking.services.bookings import bookings, changes, moves_undone
from booking.services.mail import outbox
from booking.services.times import claims, holds
from booking.services.times.holds import Held
from booking.store.base import Base
from booking.store.bookings import Booking, Consent, Hold, IdempotencyKey, Patient
from booking.store.claims import Claim
from booking.store.clinic import Clinic as ClinicRow
from booking.store.clinic import Practitioner, Resource, Service
from booking.store.intakes import Caution, Intake
from booking.store.records import AuditEntry, Message
from tests.support import RECEPTION, Clinic, at

HALF_HOUR = timedelta(minutes=30)


def wall(text: str) -> datetime:
    """The instant of a wall time in New York in winter, like `01-13 09:00`."""
    day, clock = text.split()
    return at(f"2026-{day}T{clock}-05:00")


TUESDAY_9, TUESDAY_930, TUESDAY_10 = (
    wall(f"01-13 {clock}") for clock in ("09:00", "09:30", "10:00")
)
WEDNESDAY_9 = wall("01-14 09:00")


def hold(
    clinic: Clinic, start: datetime, *, replaces: int | None = None, service: str = "consultation"
) -> Held:
    return clinic.write(
        lambda session, now: holds.hold(
            session,
            clinic.offers,
            service=service,
            practitioner="dr-ahmed",
            start=start,
            random_token=clinic.random_token,
            now=now,
            replaces=replaces,
        )
    )


def extend(clinic: Clinic, hold_id: int) -> datetime:
    return clinic.write(lambda session, now: holds.extend(session, clinic.offers, hold_id, now=now))


def move(
    clinic: Clinic,
    booking: Booking,
    start: datetime,
    *,
    actor: Actor = PATIENT,
    telling: Telling = AT_ONCE,
    reason: str | None = None,
) -> Booking:
    return clinic.write(
        lambda session, now: changes.move(
            session,
            clinic.offers,
            clinic.links,
            booking,
            start,
            actor=actor,
            now=now,
            telling=telling,
            reason=reason,
        )
    )


def step(
    clinic: Clinic,
    booking: Booking,
    to: State,
    *,
    actor: Actor = RECEPTION,
    reason: str = "asked for",
    seen: datetime | None = None,
    telling: Telling = AT_ONCE,
) -> Booking:
    return clinic.write(
        lambda session, now: changes.advance(
            session,
            clinic.offers,
            clinic.links,
            booking,
            to,
            actor=actor,
            reason=reason,
            now=now,
            seen=seen,
            telling=telling,
        )
    )


def cancel(
    clinic: Clinic,
    booking: Booking,
    *,
    actor: Actor = PATIENT,
    reason: str = "",
    telling: Telling = AT_ONCE,
) -> Booking:
    return step(clinic, booking, State.CANCELLED, actor=actor, reason=reason, telling=telling)


def undo(
    clinic: Clinic, booking: Booking, *, actor: Actor = RECEPTION, seen: datetime | None = None
) -> Booking:
    return clinic.write(
        lambda session, now: changes.undo(
            session, clinic.offers, clinic.links, booking, actor=actor, now=now, seen=seen
        )
    )


def move_undone(clinic: Clinic, booking: Booking) -> Booking:
    return clinic.write(
        lambda session, now: moves_undone.undo_move(
            session, clinic.offers, clinic.links, booking, actor=RECEPTION, now=now
        )
    )


def sweep(clinic: Clinic) -> int:
    return clinic.write(lambda session, now: claims.sweep(session, now=now))


def change_service(clinic: Clinic, **values: int | None) -> None:
    """Change the consultation's rules, as an administrator would."""
    clinic.write(lambda session, now: session.execute(update(Service).values(values)) and None)
    new_rules(clinic)


def set_cut_offs(clinic: Clinic, *, move: int, cancel: int) -> None:
    """How many hours before a visit its patient may last move or cancel it."""
    statement = update(ClinicRow).values(move_cut_off_hours=move, cancel_cut_off_hours=cancel)
    clinic.write(lambda session, _: session.execute(statement) and None)
    new_rules(clinic)


def new_rules(clinic: Clinic) -> None:
    """Let everybody know that rules were changed."""
    raised = update(ClinicRow).values(version=ClinicRow.version + 1)
    clinic.write(lambda session, now: session.execute(raised) and None)


def add_service(clinic: Clinic, slug: str, *, minutes: int, **values: int) -> None:
    """Another kind of consultation with the same doctor."""

    def work(session: Session, now: datetime) -> None:
        doctor = session.scalars(select(Practitioner)).first()
        assert doctor is not None
        session.add(
            Service(slug=slug, name=slug, length_minutes=minutes, practitioners=[doctor], **values)
        )

    clinic.write(work)
    new_rules(clinic)


def add_practitioner(clinic: Clinic, slug: str, *, like: str = "dr-ahmed") -> None:
    """A colleague with the same hours and services."""

    def work(session: Session, now: datetime) -> None:
        model = session.scalars(select(Practitioner).where(Practitioner.slug == like)).one()
        resource = Resource(kind="practitioner", calendar_second=0)
        session.add(resource)
        session.flush()
        colleague = Practitioner(id=resource.id, slug=slug, name=slug, email=None)
        session.add(colleague)
        session.flush()
        colleague.hours = [
            type(hours)(
                weekday=hours.weekday,
                opens=hours.opens,
                closes=hours.closes,
                location_id=hours.location_id,
            )
            for hours in model.hours
        ]
        for service in session.scalars(select(Service)):
            service.practitioners.append(colleague)

    clinic.write(work)
    new_rules(clinic)


def forget_everything(clinic: Clinic) -> None:
    """Nobody has ever booked; children first, so that nothing is left that points at nothing."""

    def work(session: Session, now: datetime) -> None:
        about_bookings = (Claim, Hold, Message, AuditEntry, IdempotencyKey, Intake, Caution)
        for model in (*about_bookings, Booking, Consent, Patient):
            session.execute(delete(model))

    clinic.write(work)
    new_rules(clinic)


def now_is(clinic: Clinic, booking: Booking) -> Booking:
    """The booking as it stands in the database."""
    return clinic.read(lambda session, now: bookings.get(session, booking.id))


def history(clinic: Clinic, booking: Booking) -> list[AuditEntry]:
    return clinic.read(lambda session, now: audit.history(session, booking.id))


def messages(clinic: Clinic, booking: Booking) -> list[Message]:
    return clinic.read(lambda session, now: outbox.messages_of(session, booking.id))


def told(clinic: Clinic, booking: Booking) -> list[tuple[str, int, str]]:
    """Kind, sequence and state of each of the booking's messages."""
    return [(m.kind.value, m.sequence, m.state.value) for m in messages(clinic, booking)]


def owners(clinic: Clinic) -> list[tuple[datetime, datetime, str]]:
    """Every claim: from when, until when, and whether a hold or a booking has it."""
    return clinic.read(
        lambda session, now: [
            (row.start, row.end, "hold" if row.hold_id else "booking")
            for row in session.scalars(select(Claim).order_by(Claim.start))
        ]
    )


def count(clinic: Clinic, *models: type[Base]) -> int:
    """How many rows there are of these kinds."""
    return clinic.read(
        lambda session, now: sum(
            session.scalars(select(func.count()).select_from(model)).one() for model in models
        )
    )


def holds_left(clinic: Clinic) -> int:
    return count(clinic, Hold)


def is_offered(clinic: Clinic, start: datetime, *, practitioner: str | None = None) -> bool:
    """Whether patients are offered this start, with this practitioner or with anybody."""
    day = start.astimezone(at("2026-01-01T00:00-05:00").tzinfo).date()
    return start in {
        slot.start
        for slot in clinic.slots(day - timedelta(days=1), day + timedelta(days=1))
        if practitioner in {None, slot.practitioner}
    }


def everything(clinic: Clinic) -> dict[str, Any]:
    """How many rows every table has."""
    return {
        mapper.class_.__tablename__: count(clinic, mapper.class_)
        for mapper in Base.registry.mappers
    }
