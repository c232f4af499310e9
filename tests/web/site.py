"""An address for every route of the site that works on the demo clinic."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from booking.domain.roles import FeedPrivacy, Role
from booking.domain.slots import Slot, slot_id
from booking.formats.mail import Letter, compose
from booking.formats.passwords import hash_password
from booking.seams.mailbox import Mailbox
from booking.services import calendars
from booking.services.admin import rooms
from booking.services.imports import files
from booking.services.mail import letters
from booking.services.waitlist import entries
from booking.store import clinic as rows
from booking.store.access import Staff, StaffRole
from booking.store.bookings import Booking
from booking.store.records import Message
from booking.web.assets import asset
from tests.services import sick_days, waiting
from tests.support import Clinic, at

TUESDAY_NINE = at("2026-01-13T09:00-05:00")
WEDNESDAY_TEN = at("2026-01-14T10:00-05:00")


@dataclass(frozen=True)
class Furniture:
    """One of everything that an address can be about."""

    booking: Booking
    manage_token: str
    feed_token: str
    mail: str
    waitlist_token: str
    offer_token: str


def furnish(clinic: Clinic, instance: Path) -> Furniture:
    """A booking, its mail in the local mailbox, a sick day to come, and a feed."""
    booking = clinic.book(TUESDAY_NINE)
    add_room(clinic)
    sick_days.close_day(clinic, date(2026, 2, 5))
    add_import(clinic)
    waitlist_token, offer_token = add_waiting(clinic)
    return Furniture(
        booking=booking,
        manage_token=clinic.links.keys.new(booking.uid, 0),
        feed_token=add_feed(clinic),
        mail=_put_in_mailbox(clinic, instance),
        waitlist_token=waitlist_token,
        offer_token=offer_token,
    )


def add_import(clinic: Clinic) -> None:
    """A table that somebody handed in."""
    text = "Name,Email\nAnn,ann@patient.example\n"
    clinic.write(
        lambda session, now: files.start(
            session,
            "patients.csv",
            text,
            total=1,
            staff_id=session.query(Staff.id).order_by(Staff.id).limit(1).scalar(),
            now=now,
        )
    )


def add_waiting(clinic: Clinic) -> tuple[str, str]:
    """Somebody on the waitlist with a time that is kept for them: the tokens of both."""
    entry_id = waiting.join(clinic)
    nine = at("2026-01-20T09:00-05:00")
    slot = Slot("consultation", "dr-ahmed", "main", nine, nine + timedelta(minutes=30))
    offer = waiting.by_hand(clinic, entry_id, slot)
    entry = clinic.read(lambda session, _: entries.get(session, entry_id))
    return clinic.links.waitlist_keys.new(entry.uid, 0), clinic.links.offer_keys.new(offer.uid, 0)


def add_feed(
    clinic: Clinic,
    privacy: FeedPrivacy = FeedPrivacy.INITIALS,
    practitioner: str = "dr-ahmed",
) -> str:
    """A feed's token."""
    return clinic.write(
        lambda session, now: calendars.add_feed(
            session,
            practitioner=practitioner,
            name="phone",
            privacy=privacy,
            random_token=clinic.random_token,
            now=now,
        )
    )


def _put_in_mailbox(clinic: Clinic, instance: Path) -> str:
    def write(session: Session, now: object) -> Letter:
        rulebook = clinic.offers.rulebook(session)
        message = session.query(Message).first()
        return letters.letter(
            message, rulebook, clinic.links, sender="booking@clinic.example", now=now
        )

    box = Mailbox(instance / "mailbox")
    box.send(compose(clinic.read(write)))
    return next(box.messages())[0]


def addresses(app: Flask, things: Furniture) -> Iterator[tuple[Rule, str]]:
    """Every rule of the map with an address of it that leads to something."""
    with app.test_request_context():
        version, name = asset("look.css").split("/")[2:]
    values = {
        "booking_id": str(things.booking.id),
        "manage_token": things.manage_token,
        "message_id": things.mail,
        "outbox_id": "1",
        "call_id": "1",
        "closing_id": "1",
        "account_id": "1",
        "import_id": "1",
        "patient_id": str(things.booking.patient_id),
        "document": "privacy",
        "practitioner": "dr-ahmed",
        "service": "consultation",
        "room": "room-1",
        "page": "cause",
        "topic": "no-shows",
        "figure": "no-shows-by-weekday",
        "location": "main",
        "table": "bookings",
        "filename": "invite.ics",
        "version": version,
        "name": name,
    }
    tokens = {
        "calendars.feed": things.feed_token,
        "waitlist.show": things.waitlist_token,
        "waitlist.offer": things.offer_token,
    }
    for rule in app.url_map.iter_rules():
        token = tokens.get(rule.endpoint, things.manage_token)
        built = rule.build(values | {"token": token}, append_unknown=False)
        assert built is not None, f"no address is known for {rule.rule}"
        yield rule, built[1]


def pages(app: Flask, things: Furniture) -> list[str]:
    """Every address that can be looked at, with the questions that some of them take."""
    slot = slot_id("consultation", "dr-ahmed", WEDNESDAY_TEN)
    found = [path for rule, path in addresses(app, things) if "GET" in (rule.methods or ())]
    manage = f"/manage/{things.manage_token}"
    return [
        *found,
        f"/book?slot={slot}",
        "/book?after=2026-01-20",
        "/book/times?day=2026-01-13",
        "/book/times?day=2026-01-18",
        f"{manage}/move?day=2026-01-14",
        f"{manage}/move?slot={slot}",
        f"{manage}?notice=cancelled",
        "/desk?day=2026-01-13",
        "/desk?day=2026-01-18",
        "/desk/book?day=2026-01-14",
        "/api/v1/slots?service=consultation&from=2026-01-12&to=2026-01-18",
        "/nothing/here",
        "/desk/nothing",
    ]


def add_practitioner(clinic: Clinic, slug: str = "dr-weber") -> int:
    """A second practitioner who offers the same consultation, in the mornings."""

    def work(session: Session, now: object) -> int:
        resource = rows.Resource(kind="practitioner", calendar_second=0)
        session.add(resource)
        session.flush()
        session.add(rows.Practitioner(id=resource.id, slug=slug, name="Dr. Weber", email=None))
        service = session.query(rows.Service).one()
        session.flush()
        session.add(rows.ServicePractitioner(service_id=service.id, practitioner_id=resource.id))
        session.add_all(
            rows.OpeningHours(
                practitioner_id=resource.id, location_id=1, weekday=day, opens=540, closes=720
            )
            for day in range(5)
        )
        session.query(rows.Clinic).update({"version": rows.Clinic.version + 1})
        return resource.id

    return clinic.write(work)


def add_room(clinic: Clinic, name: str = "Room 1", *, is_device: bool = False) -> int:
    """A room or a device that no service needs yet."""

    def work(session: Session, now: datetime) -> int:
        slug = name.lower().replace(" ", "-")
        rooms.add(slug, rooms.Facility(name, is_device, location_id=1), now=now).apply(session)
        session.flush()
        return rooms.room(session, slug).id

    return clinic.write(work)


def add_staff(
    clinic: Clinic, email: str, *roles: Role, practitioner_id: int | None = None, password: str = ""
) -> int:
    """An account; without a password nobody signs in to it by the form."""

    def work(session: Session, now: object) -> int:
        account = Staff(
            email=email,
            password_hash=hash_password(password) if password else "-",
            practitioner_id=practitioner_id,
            roles=[StaffRole(role=role) for role in roles],
            active=True,
            created_at=now,
        )
        session.add(account)
        session.flush()
        return account.id

    return clinic.write(work)
