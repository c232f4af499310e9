"""What tests share: a clock that moves when told to, and the demo clinic with its seams."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from booking.domain.lifecycle import ActorKind
from booking.domain.people import Person
from booking.domain.slots import Slot
from booking.formats.links import Links
from booking.formats.tokens import ManageKeys, random_token
from booking.services.admin import demo
from booking.services.audit import PATIENT, Actor
from booking.services.bookings import bookings
from booking.services.bookings.intakes import Given
from booking.services.times import availability
from booking.services.times.availability import Offers
from booking.store.bookings import Booking
from booking.store.claims import NO_OVERLAP
from booking.store.engine import Ask, Database

# A Monday morning at the demo clinic: 08:00 in New York.
MONDAY = datetime(2026, 1, 12, 13, 0, tzinfo=UTC)
SECRET = "a secret for the tests that is long enough to be one"


@dataclass
class Time:
    """The clock of the tests: it moves when it is told to."""

    now: datetime = MONDAY

    def __call__(self, ask: Ask | None = None) -> datetime:
        return self.now

    def pass_(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class Clinic:
    """The demo clinic in a database, with what services need beside a session."""

    database: Database
    time: Time
    offers: Offers = field(default_factory=Offers)
    links: Links = field(
        default_factory=lambda: Links("http://127.0.0.1:8000", ManageKeys([SECRET]))
    )

    def __post_init__(self) -> None:
        self.read = self.database.read
        self.write = self.database.write
        self.random_token = random_token

    def slots(self, first: date, last: date | None = None) -> list[Slot]:
        """What patients are offered on these days."""
        return self.read(
            lambda session, now: availability.slots(
                session,
                self.offers,
                service="consultation",
                first=first,
                last=last or first,
                now=now,
            )
        )

    def book(
        self,
        start: datetime,
        person: Person | None = None,
        *,
        actor: Actor = PATIENT,
        hold_id: int | None = None,
        practitioner: str = "dr-ahmed",
        given: Given = bookings.NOTHING_ASKED,
    ) -> Booking:
        """A booking as the public page makes it."""
        wish = bookings.Wish(
            service="consultation",
            practitioner=practitioner,
            start=start,
            person=person or ANN,
            privacy_notice="1",
            source="online",
            hold_id=hold_id,
            # Most tests are not about how much mail one address gets.
            mail_at_once=True,
            given=given,
        )
        return self.write(
            lambda session, now: bookings.book(
                session,
                self.offers,
                self.links,
                wish,
                actor=actor,
                random_token=self.random_token,
                now=now,
            )
        )


ANN = Person("Ann O’Brien", date(1990, 3, 14), "ann@patient.example", None)
RECEPTION = Actor(ActorKind.RECEPTION)
DOCTOR = Actor(ActorKind.DOCTOR)


def at(text: str) -> datetime:
    """The instant of an ISO time with an offset."""
    return datetime.fromisoformat(text).astimezone(UTC)


def set_up_clinic(database: Database) -> None:
    """The demo clinic without its accounts, whose passwords take their time to be hashed."""
    database.write(lambda session, now: demo._clinic(session, now=now))


def drop_guarantee(database: Database) -> None:
    """Let claims overlap: for controls, which show that a test would notice."""
    statements = {
        "sqlite": [f"DROP TRIGGER {NO_OVERLAP}_{event}" for event in ("INSERT", "UPDATE")],
        "postgresql": [f"ALTER TABLE claims DROP CONSTRAINT {NO_OVERLAP}"],
    }[database.engine.dialect.name]

    def work(session: Session, now: datetime) -> None:
        for statement in statements:
            session.execute(text(statement))

    database.write(work)
