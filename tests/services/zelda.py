"""Somebody of whom there is something everywhere, in words that nobody else has."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.intake import Intake
from booking.domain.notes import Whose
from booking.domain.people import Person
from booking.services.bookings import bookings
from booking.services.bookings.intakes import Given
from booking.services.patients import erasing, notes
from booking.store.access import Staff
from booking.store.base import Base
from booking.store.bookings import Booking
from tests.services.deeds import WEDNESDAY_9
from tests.support import RECEPTION, Clinic

ZELDA = Person(
    "Zelda Quux", date(1990, 3, 14), "Zelda@quux.example", "+1 202-555-0167", "de", "Mo Quux"
)
SECRETS = ("Zelda", "Quux", "quux", "555-0167", "1990-03-14", "keloid", "whispered")
SAID = Given(Intake({"health": ("keloid",)}, {"hopes_words": "whispered"}), may_remind=True)


def erase(clinic: Clinic, patient_id: int, then: Callable[[], object] = lambda: None) -> bool:
    """The desk erases somebody; `then` happens before that is written."""

    def work(session: Session, now: datetime) -> bool:
        done = erasing.erase(
            session,
            clinic.offers,
            patient_id,
            reason="The patient asked for it",
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )
        then()
        return done

    return clinic.write(work)


def hire(clinic: Clinic) -> int:
    """An account; its id."""

    def work(session: Session, now: datetime) -> int:
        person = Staff(email="desk@clinic.example", password_hash="", created_at=now)
        session.add(person)
        session.flush()
        return person.id

    return clinic.write(work)


def note(clinic: Clinic, patient_id: int, staff_id: int) -> None:
    clinic.write(
        lambda session, now: notes.add(
            session,
            patient_id,
            "Quux whispered",
            whose=Whose.DESK,
            staff_id=staff_id,
            actor=RECEPTION,
            now=now,
        )
    )


def book_again(
    clinic: Clinic,
    patient_id: int,
    start: datetime = WEDNESDAY_9,
    *,
    practitioner: str = "dr-ahmed",
    then: Callable[[], object] = lambda: None,
) -> Booking:
    """Reception books for somebody who is known; `then` happens before that is written."""
    wish = bookings.Wish(
        service="consultation",
        practitioner=practitioner,
        start=start,
        person=ZELDA,
        privacy_notice=None,
        source="phone",
        patient_id=patient_id,
    )

    def work(session: Session, now: datetime) -> Booking:
        booking = bookings.book(
            session,
            clinic.offers,
            clinic.links,
            wish,
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )
        then()
        return booking

    return clinic.write(work)


def leak(clinic: Clinic) -> list[str]:
    """Where in the database any of it still stands."""

    def work(session: Session, _: Any) -> list[str]:
        return [
            f"{table.name}: {secret}"
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
            for secret in SECRETS
            if secret.lower() in str(tuple(row)).lower()
        ]

    return clinic.read(work)
