"""A day at the clinic with something of everything, for those who look at the desk."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind, MessageState
from booking.domain.people import Person
from booking.services import versions
from booking.services.bookings import changes
from booking.store.bookings import Booking, Patient
from booking.store.records import Message
from tests.support import RECEPTION, Clinic

BORN = date(1984, 5, 6)
# In the middle of the day: some have come and gone, one is in the room, some are still to come.
NOW = (11, 10)
DAY = [
    ((9, 0), "Maria Gonzalez", "+12025550140", State.COMPLETED),
    ((9, 30), "Tom Baker", "tom.baker@patient.example", State.NO_SHOW),
    ((10, 0), "Leila Haddad", "leila@patient.example", State.COMPLETED),
    ((10, 30), "Sam Roy", "+12025550143", State.LEFT),
    ((11, 0), "Siobhán O’Brien-Ñúñez", "siobhan@patient.example", State.IN_ROOM),
    ((11, 30), "Minh Nguyễn", "+12025550145", State.ARRIVED),
    ((13, 0), "Anna Kowalska", "anna.k@patient.example", State.CONFIRMED),
    ((14, 30), "David Mensah", "+12025550147", State.CANCELLED),
    ((15, 0), "Noor Rahman", "+12025550148", State.CONFIRMED),
]
UNREACHED = "Anna Kowalska"


def on_the_day(clinic: Clinic, hour: int, minute: int = 0) -> datetime:
    """A time of the clinic's present day, as the instant it is."""
    zone = clinic.read(lambda session, _: clinic.offers.rulebook(session)).clinic.zone
    return clinic.time.now.astimezone(zone).replace(hour=hour, minute=minute)


def fill(clinic: Clinic) -> None:
    """Book the day in the morning, and bring each visit to its state by the time of `NOW`."""
    booked = [
        clinic.book(on_the_day(clinic, *start), _person(name, contact), actor=RECEPTION)
        for start, name, contact, _ in DAY
    ]
    clinic.time.now = on_the_day(clinic, *NOW)
    for booking, (*_, state) in zip(booked, DAY, strict=True):
        _advance(clinic, booking, state)


def _person(name: str, contact: str) -> Person:
    by_mail = "@" in contact
    return Person(name, BORN, contact if by_mail else None, None if by_mail else contact)


def _advance(clinic: Clinic, booking: Booking, state: State) -> None:
    on_the_way = [State.ARRIVED] if state in {State.LEFT, State.IN_ROOM} else []
    for step in [*on_the_way, *([state] if state is not State.CONFIRMED else [])]:
        clinic.write(
            lambda session, now, step=step: changes.advance(
                session,
                clinic.offers,
                clinic.links,
                booking,
                step,
                actor=RECEPTION,
                reason="Asked for by phone.",
                now=now,
            )
        )


def fail_a_mail(clinic: Clinic) -> None:
    """The confirmation for `UNREACHED` could not be delivered."""
    theirs = select(Booking.id).join(Patient).where(Patient.name == UNREACHED)

    def fail(session: Session, _: datetime) -> None:
        versions.raise_for(session, session.scalars(theirs).one())
        session.execute(
            update(Message)
            .where(Message.booking_id.in_(theirs), Message.kind == MessageKind.CONFIRMED)
            .values(state=MessageState.FAILED, error="the mail server refused the address")
            .execution_options(synchronize_session=False)
        )

    clinic.write(fail)
