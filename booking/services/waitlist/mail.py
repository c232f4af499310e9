"""What people on the waitlist are told: into the outbox, and what each mail says."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.messages import MessageKind
from booking.formats import dates, languages
from booking.formats.contacts import show_phone
from booking.formats.links import Links
from booking.formats.mail import Letter
from booking.services.clinic import Rulebook
from booking.services.mail import mail_cap, queued
from booking.services.mail.letters import manage_token
from booking.store.base import insert_row
from booking.store.records import GIVEN_UP, Message
from booking.store.waitlist import WaitlistEntry, WaitlistOffer


def email_of(entry: WaitlistEntry) -> str | None:
    """Where an entry's mail goes; that of a wish for an earlier time to the booking's patient."""
    return entry.booking.patient.email if entry.booking else entry.email


def phone_of(entry: WaitlistEntry) -> str | None:
    """The number to call, if one was given."""
    return entry.booking.patient.phone if entry.booking else entry.phone


def name_of(entry: WaitlistEntry) -> str:
    """Who waits."""
    return entry.booking.patient.name if entry.booking else entry.name


def tell(
    session: Session,
    links: Links,
    entry: WaitlistEntry,
    kind: MessageKind,
    *,
    offer: WaitlistOffer | None = None,
    leaves: datetime | None = None,
    capped: bool = True,
    now: datetime,
) -> None:
    """
    Queue a mail to somebody who waits, if they gave an address; it `leaves` now or later.

    Nobody has proven the address, so it counts among those that strangers may cause.
    """
    recipient = email_of(entry)
    if recipient is None:
        return
    key = mail_cap.key(recipient) if capped else None
    not_before = leaves or now
    if key is not None:
        not_before = max(not_before, mail_cap.earliest(session, key, now=now))
    local = entry.uid.partition("@")[0]
    insert_row(
        session,
        Message,
        **queued.row(
            kind,
            recipient,
            f"<{local}.{offer.id if offer else 0}.{kind.value}@{links.host}>",
            now=now,
            leaves=not_before,
            entry_id=entry.id,
            offer_id=offer.id if offer else None,
            capped_address=key,
            not_before=not_before,
        ),
    )


def given_up(session: Session) -> dict[tuple[int, int | None], str]:
    """Why mails could not be sent, by entry and by offer; None for those about the entry itself."""
    query = select(Message.entry_id, Message.offer_id, Message.error).where(
        GIVEN_UP, Message.entry_id.is_not(None)
    )
    return {
        (entry_id, offer_id): error or ""
        for entry_id, offer_id, error in session.execute(query.order_by(Message.id))
        if entry_id is not None
    }


def letter(
    message: Message, rulebook: Rulebook, links: Links, *, sender: str, now: datetime
) -> Letter:
    """The letter for a message whose entry and offer are loaded."""
    entry, offer = message.entry, message.offer
    assert entry is not None  # noqa: S101 - by its kind it has one
    clinic = rulebook.at(offer.location_id) if offer else rulebook.clinic
    locale = languages.first_known([entry.locale])
    return Letter(
        template=message.kind.value,
        facts={
            "clinic_name": clinic.name,
            "place": clinic.where,
            "phone": languages.left_to_right(locale, show_phone(clinic.phone, clinic.country)),
            "service": entry.service.name,
            "zone_name": dates.show_zone(clinic.zone, locale=locale),
            "list_url": _list_url(entry, links, locale),
            "moves": entry.booking is not None,
            **(_offered(offer, rulebook, links, locale) if offer else {}),
        },
        sender=sender,
        sender_name=clinic.name,
        reply_to=clinic.email,
        recipient=message.recipient,
        language=locale,
        message_id=message.message_id,
        date=now,
    )


def _list_url(entry: WaitlistEntry, links: Links, locale: str) -> str | None:
    """Where the wait can be ended; None if the key that made the link is gone."""
    if entry.booking is not None:
        token = manage_token(entry.booking, links)
        return links.manage(token, language=locale) if token else None
    token = links.waitlist_keys.again(entry.uid, 0, entry.token_hash or "")
    return links.waitlist(token, language=locale) if token else None


def _offered(
    offer: WaitlistOffer, rulebook: Rulebook, links: Links, locale: str
) -> dict[str, object]:
    zone = rulebook.at(offer.location_id).zone
    start, until = offer.start.astimezone(zone), offer.expires_at.astimezone(zone)
    token = links.offer_keys.surely(offer.uid, 0, offer.token_hash)
    return {
        "when": dates.show_moment_year(start, locale=locale),
        "when_short": dates.show_moment_short(start, locale=locale),
        "until": dates.show_moment(until, locale=locale),
        "practitioner": offer.practitioner.name,
        "offer_url": links.offer(token, language=locale),
    }
