"""The mail that asks whether an address is right: into the outbox, and what it says."""

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.messages import MessageKind
from booking.domain.slots import parse_slot_id
from booking.formats import dates, languages
from booking.formats.contacts import show_phone
from booking.formats.links import Links
from booking.formats.mail import Letter
from booking.services.clinic import Rulebook
from booking.services.mail import mail_cap, queued
from booking.store.base import insert_row
from booking.store.bookings import EmailProof
from booking.store.records import Message


def tell(session: Session, links: Links, proof: EmailProof, *, capped: bool, now: datetime) -> None:
    """Queue the mail; it leaves when the proof says, and counts where it is `capped`."""
    insert_row(
        session,
        Message,
        **queued.row(
            MessageKind.CONFIRM_EMAIL,
            proof.email,
            f"<{proof.token_hash[:32]}.{MessageKind.CONFIRM_EMAIL.value}@{links.host}>",
            now=now,
            leaves=proof.leaves_at,
            proof_id=proof.id,
            capped_address=mail_cap.key(proof.email) if capped else None,
            not_before=proof.leaves_at if capped else None,
        ),
    )


def letter(
    message: Message, rulebook: Rulebook, links: Links, *, sender: str, now: datetime
) -> Letter:
    """
    The letter for a message whose proof and draft are loaded.

    The address may be a stranger's: nothing that somebody typed stands in it.
    """
    proof = message.proof
    assert proof is not None  # noqa: S101 - by its kind it has one
    plan = rulebook.plan_at(*parse_slot_id(proof.slot))
    *_, start = parse_slot_id(proof.slot)
    clinic = rulebook.at(plan.place.id)
    locale = languages.first_known([proof.locale])
    hold = proof.draft.hold
    until = hold.expires_at.astimezone(clinic.zone) if hold and hold.expires_at > now else None
    wall = start.astimezone(clinic.zone)
    token = links.proof_keys.surely(proof.uid, 0, proof.token_hash)
    return Letter(
        template=message.kind.value,
        facts={
            "clinic_name": clinic.name,
            "place": clinic.where,
            "phone": languages.left_to_right(locale, show_phone(clinic.phone, clinic.country)),
            "service": plan.service_name,
            "practitioner": plan.practitioner_name,
            "when": dates.show_moment_year(wall, locale=locale),
            "zone_name": dates.show_zone(clinic.zone, locale=locale),
            "until": dates.show_moment(until, locale=locale) if until else None,
            "proof_url": links.proof(token, language=locale),
        },
        sender=sender,
        sender_name=clinic.name,
        reply_to=clinic.email,
        recipient=message.recipient,
        language=locale,
        message_id=message.message_id,
        date=now,
    )
