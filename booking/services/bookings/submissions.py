"""A form that asks for a booking: booked at once, or after its e-mail address was proven."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.domain.errors import CallFirst, NotFound, WorkMissing
from booking.domain.lifecycle import State
from booking.domain.people import Person
from booking.domain.search import only_digits, phone_word
from booking.domain.suspicion import ConfirmEmail, Signs, Verdict, decide
from booking.formats.links import Links
from booking.formats.tokens import RandomToken, token_hash
from booking.formats.work import FRESH
from booking.services import counters
from booking.services.audit import Actor
from booking.services.bookings import bookings, drafts, proofs
from booking.services.bookings.intakes import Given
from booking.services.mail import mail_cap
from booking.services.times.availability import Offers
from booking.store.bookings import Booking, Patient
from booking.store.patients import PatientWord
from booking.store.records import Message

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """
    How a form came in.

    `network` is where from, as a key; None where that says nothing. `work` is what names the work
    that was done, if it was wanted (`work_wanted`), right and fresh.
    """

    trap_filled: bool = False
    hasty: bool = False
    network: str | None = None
    work_wanted: bool = False
    work: str | None = None


def submit(
    session: Session,
    offers: Offers,
    links: Links,
    token: str,
    *,
    person: Person,
    privacy_notice: str,
    given: Given,
    sent: Sent,
    setting: ConfirmEmail,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
    mail_at_once: bool = False,
) -> Booking | None:
    """
    Make the booking of a draft; None where a mail asks for its address to be proven first.

    Raises:
        NotFound: the draft is gone, or no time was chosen.
        SlotRefusal: somebody else has the time now.
        WorkMissing: the browser must work first, and no mail can take the place of that.
        CallFirst: too many visits ahead with this phone number and no address.
    """
    row = drafts.locked(session, token, now=now)
    if row is None:
        raise NotFound
    if row.booking_id is not None:
        return bookings.get(session, row.booking_id)
    # A clinic that never asks needs to know nothing more.
    is_watched = setting is not ConfirmEmail.NEVER or sent.work_wanted
    capped = not mail_at_once
    signs = _signs(session, person, sent, capped=capped, now=now) if is_watched else Signs()
    verdict = decide(signs, setting=setting, has_email=person.email is not None)
    if verdict is Verdict.WORK:
        raise WorkMissing
    if verdict is Verdict.CALL:
        raise CallFirst
    _note(session, person, sent, now=now)
    if verdict is Verdict.ASK:
        proofs.ask(
            session,
            offers,
            links,
            token,
            person=person,
            privacy_notice=privacy_notice,
            may_remind=given.may_remind,
            capped=capped,
            random_token=random_token,
            now=now,
        )
        return None
    return drafts.confirm(
        session,
        offers,
        links,
        row,
        person=person,
        privacy_notice=privacy_notice,
        given=given,
        actor=actor,
        random_token=random_token,
        now=now,
        mail_at_once=mail_at_once,
    )


def _signs(session: Session, person: Person, sent: Sent, *, capped: bool, now: datetime) -> Signs:
    network = sent.network
    return Signs(
        trap_filled=sent.trap_filled,
        hasty=sent.hasty,
        work_missing=sent.work_wanted and not _spend(session, sent.work, now=now),
        bookings_from_network=_standing(session, "booked", network, now=now),
        contacts_from_network=_standing(session, "contacts", network, now=now),
        open_bookings=_open_bookings(session, person, now=now) if capped else 0,
    )


def _spend(session: Session, work: str | None, *, now: datetime) -> bool:
    """Work counts once: what names it is counted for as long as it would be fresh."""
    if work is None:
        return False
    return counters.hit(session, f"work|{work}", window=2 * FRESH, amount=1, now=now) == 1


def _standing(session: Session, what: str, network: str | None, *, now: datetime) -> int:
    return counters.standing(session, f"{what}|{network}", now=now)[0] if network else 0


def _open_bookings(session: Session, person: Person, *, now: datetime) -> int:
    """
    Visits ahead whose address nobody proved: their mail was counted, that of others is not. Without
    an address, those that were booked online with the same number and no address either.
    """
    query = select(func.count(Booking.id.distinct())).where(
        Booking.state == State.CONFIRMED, Booking.start > now
    )
    if person.email is not None:
        query = query.join(Message, Message.booking_id == Booking.id).where(
            Message.capped_address == mail_cap.key(person.email)
        )
    else:
        query = (
            query.join(Patient, Booking.patient_id == Patient.id)
            .join(PatientWord, PatientWord.patient_id == Patient.id)
            .where(
                PatientWord.word == phone_word(only_digits(person.phone or "")),
                Patient.email.is_(None),
                Booking.source == "online",
            )
        )
    return session.scalar(query) or 0


def _note(session: Session, person: Person, sent: Sent, *, now: datetime) -> None:
    """Count this one for the next from the same network; no address and no name is kept."""
    if sent.network is None:
        return
    network = sent.network

    def hit(key: str) -> int:
        return counters.hit(session, key, window=HOUR, amount=1, now=now)

    hit(f"booked|{network}")
    contact = mail_cap.key(person.email) if person.email else token_hash(person.phone or "")
    if hit(f"contact|{network}|{contact}") == 1:
        hit(f"contacts|{network}")
