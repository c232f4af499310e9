"""What people on the waitlist do, the worker's round, and what is to be seen after."""

from datetime import date
from typing import Any

from sqlalchemy import select

from booking.domain.waitlist import Wishes
from booking.services.audit import PATIENT, Actor
from booking.services.waitlist import answers, entries, filling
from booking.services.waitlist.entries import NewEntry
from booking.store.bookings import Booking
from booking.store.records import Message
from booking.store.waitlist import WaitlistEntry, WaitlistOffer
from booking.worker import Worker
from tests.support import RECEPTION, Clinic

BIRTH = date(1990, 3, 14)


def join(
    clinic: Clinic,
    name: str = "Wanda Waits",
    *,
    wishes: Wishes | None = None,
    email: str | None = "",
    phone: str | None = None,
) -> int:
    """An entry with an address of its own; its id."""
    address = f"{name.split(maxsplit=1)[0].lower()}@patient.example" if email == "" else email
    new = NewEntry(
        service="consultation",
        wishes=wishes or Wishes(),
        name=name,
        email=address,
        phone=phone,
        privacy_notice="1",
    )
    return clinic.write(
        lambda session, now: entries.join(
            session,
            clinic.offers.rulebook(session),
            clinic.links,
            new,
            random_token=clinic.random_token,
            now=now,
        )
    ).id


def wish(clinic: Clinic, booking: Booking) -> int:
    return clinic.write(lambda session, now: entries.wish_earlier(session, booking, now=now)).id


def work(clinic: Clinic) -> None:
    """One round of the worker."""
    Worker(
        clinic.database, clinic.links, None, sender="a@b.example", timeout=1
    ).fill_from_waitlist()


def offers(clinic: Clinic) -> list[tuple[int, Any, str]]:
    """The chain: entry, start and outcome of each offer, oldest first."""
    return clinic.read(
        lambda session, _: [
            (one.entry_id, one.start, one.outcome.value)
            for one in session.scalars(select(WaitlistOffer).order_by(WaitlistOffer.id))
        ]
    )


def last(clinic: Clinic) -> WaitlistOffer:
    return clinic.read(
        lambda session, _: session.scalars(
            select(WaitlistOffer).order_by(WaitlistOffer.id.desc()).limit(1)
        ).one()
    )


def state(clinic: Clinic, entry_id: int) -> str:
    return clinic.read(lambda session, _: session.get(WaitlistEntry, entry_id).state.value)


def accept(clinic: Clinic, offer_id: int, *, actor: Actor = PATIENT) -> Booking:
    return clinic.write(
        lambda session, now: answers.accept(
            session,
            clinic.offers,
            clinic.links,
            offer_id,
            birth=BIRTH,
            actor=actor,
            random_token=clinic.random_token,
            now=now,
        )
    )


def decline(clinic: Clinic, offer_id: int) -> None:
    clinic.write(
        lambda session, now: answers.decline(
            session, clinic.offers, offer_id, actor=PATIENT, now=now
        )
    )


def withdraw(clinic: Clinic, offer_id: int) -> None:
    clinic.write(
        lambda session, now: answers.withdraw(
            session, clinic.offers, offer_id, actor=RECEPTION, now=now
        )
    )


def leave(clinic: Clinic, entry_id: int) -> None:
    clinic.write(
        lambda session, now: answers.leave(session, clinic.offers, entry_id, actor=PATIENT, now=now)
    )


def by_hand(clinic: Clinic, entry_id: int, slot: Any) -> WaitlistOffer:
    return clinic.write(
        lambda session, now: filling.offer_by_hand(
            session,
            clinic.offers,
            clinic.links,
            entry_id,
            slot,
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )
    )


def mails(clinic: Clinic, entry_id: int) -> list[tuple[str, str]]:
    """Kind and state of all that an entry was told."""
    return clinic.read(
        lambda session, _: [
            (one.kind.value, one.state.value)
            for one in session.scalars(
                select(Message).where(Message.entry_id == entry_id).order_by(Message.id)
            )
        ]
    )
