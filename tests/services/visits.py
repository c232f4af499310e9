"""Visits as they stand in the books long after, written straight into the tables."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind, MessageState
from booking.services import audit
from booking.services.audit import PATIENT, Actor
from booking.services.mail import queued
from booking.store.base import insert_row
from booking.store.bookings import Booking, Patient
from booking.store.clinic import Practitioner, Service
from booking.store.records import Message
from tests.services.deeds import wall
from tests.support import Clinic

_numbers = count(1)


def visit(
    clinic: Clinic,
    start: str,
    state: State = State.COMPLETED,
    *,
    lead: timedelta = timedelta(days=7),
    source: str = "online",
    practitioner: str = "dr-ahmed",
    service: str = "consultation",
    minutes: int = 30,
    reminder: MessageState | None = None,
    cancelled_by: Actor | None = None,
    late: bool = False,
    arrived: int | None = None,
    called: int | None = None,
) -> int:
    """
    A booking that began at a wall time in New York in winter, like `01-05 09:00`; its id.

    `arrived` and `called` are in minutes after the start.
    """
    begins, number = wall(start), next(_numbers)

    def work(session: Any, now: datetime) -> int:
        patient = insert_row(
            session,
            Patient,
            name="Ann",
            date_of_birth=None,
            email="ann@patient.example",
            phone=None,
            locale="en",
            created_at=now,
        )
        booking = Booking(
            reference=f"V{number:07}",
            uid=f"visit{number}@past.example",
            state=state,
            patient_id=patient,
            practitioner_id=session.scalar(
                select(Practitioner.id).where(Practitioner.slug == practitioner)
            ),
            service_id=session.scalar(select(Service.id).where(Service.slug == service)),
            location_id=1,
            start=begins,
            end=begins + timedelta(minutes=minutes),
            local_start=f"2026-{start.replace(' ', 'T')}:00",
            time_zone="America/New_York",
            source=source,
            manage_token_hash=f"visit{number}",
            cancelled_late=late,
            created_at=begins - lead,
            updated_at=begins,
        )
        session.add(booking)
        session.flush()
        if reminder is not None:
            _remind(session, booking, reminder)
        steps = ((State.ARRIVED, arrived), (State.IN_ROOM, called))
        for to, after in steps:
            if after is not None:
                _step(session, booking, to, begins + timedelta(minutes=after))
        if cancelled_by is not None:
            _step(session, booking, State.CANCELLED, begins - timedelta(hours=1), cancelled_by)
        return booking.id

    return clinic.write(work)


def _remind(session: Any, booking: Booking, state: MessageState) -> None:
    values = queued.row(
        MessageKind.REMINDER,
        "ann@patient.example",
        f"<reminder{booking.id}@past.example>",
        now=booking.start - timedelta(days=1),
        booking_id=booking.id,
        reminds_of=booking.start,
        hours_before=24,
    )
    insert_row(session, Message, **values | {"state": state})


def _step(session: Any, booking: Booking, to: State, at: datetime, actor: Actor = PATIENT) -> None:
    audit.record(
        session,
        actor,
        "state",
        now=at,
        booking_id=booking.id,
        from_value=State.CONFIRMED.value,
        to_value=to.value,
    )
