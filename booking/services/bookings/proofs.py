"""
Bookings whose e-mail address is proven first.

The time stays held meanwhile and a mail with a link goes out. The page behind the link changes
nothing, since scanners open it too; the button there makes the booking, by the same function as
without it. Nobody's form is lost: everything stays in the draft.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound, ProofOutdated
from booking.domain.people import Person
from booking.domain.slots import parse_slot_id
from booking.formats.links import Links
from booking.formats.tokens import RandomToken, token_hash
from booking.services.audit import Actor
from booking.services.bookings import bookings, drafts, proof_mail
from booking.services.bookings.drafts import DraftView
from booking.services.bookings.intakes import Given
from booking.services.mail import mail_cap
from booking.services.times import acceptance
from booking.services.times.availability import Offers
from booking.services.times.holds import LONGEST
from booking.store.bookings import Booking, Draft, EmailProof, Hold

# Mail takes some minutes on its way, and a person some more to find it.
KEPT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class ProofView:
    """
    A proof as its pages need it. `kept_until` is None where the time is not held any more;
    `is_current` says that the draft still is what the mail was about.
    """

    draft: DraftView
    email: str
    slot: str
    privacy_notice: str
    may_remind: bool
    locale: str
    leaves_at: datetime
    kept_until: datetime | None
    is_current: bool


def ask(
    session: Session,
    offers: Offers,
    links: Links,
    token: str,
    *,
    person: Person,
    privacy_notice: str,
    may_remind: bool,
    capped: bool,
    random_token: RandomToken,
    now: datetime,
) -> None:
    """
    Keep the time of a draft and send the link; asked again for the same, nothing more is sent.

    `capped` counts the mail among those that strangers may cause: it may leave later.

    Raises:
        NotFound: the draft is gone, or no time was chosen.
        SlotRefusal: the time was not held any more, and somebody else has it now.
    """
    row = drafts.locked(session, token, now=now)
    email = person.email
    if row is None or row.slot is None or email is None:
        raise NotFound
    latest = _latest(session, row.id)
    if latest is not None and _is_current(latest, row, email) and latest.expires_at > now:
        latest.privacy_notice, latest.may_remind = privacy_notice, may_remind
        return
    leaves_at = mail_cap.earliest(session, mail_cap.key(email), now=now) if capped else now
    _keep(session, offers, row, token, leaves_at, random_token=random_token, now=now)
    uid = random_token()
    proof = EmailProof(
        uid=uid,
        token_hash=token_hash(links.proof_keys.new(uid, 0)),
        draft_id=row.id,
        email=email,
        slot=row.slot,
        privacy_notice=privacy_notice,
        may_remind=may_remind,
        locale=person.locale,
        leaves_at=leaves_at,
        expires_at=leaves_at + drafts.LIFETIME,
    )
    session.add(proof)
    row.expires_at = max(row.expires_at, proof.expires_at)
    session.flush()
    proof_mail.tell(session, links, proof, capped=capped, now=now)


def _keep(
    session: Session,
    offers: Offers,
    row: Draft,
    token: str,
    leaves_at: datetime,
    *,
    random_token: RandomToken,
    now: datetime,
) -> None:
    """Hold the draft's time until the mail can be read; an hour and a half at most in all."""
    service, practitioner, _ = parse_slot_id(row.slot or "")
    practitioner_id = offers.practitioner_id(session, service, practitioner)
    acceptance.lock(session, offers, [practitioner_id])
    hold = session.get(Hold, row.hold_id, populate_existing=True) if row.hold_id else None
    if hold is None or hold.expires_at <= now:
        drafts.take(session, offers, token, row.slot or "", random_token=random_token, now=now)
        hold = session.get_one(Hold, row.hold_id)
    until = min(leaves_at + KEPT, hold.created_at + LONGEST + KEPT)
    hold.expires_at = max(hold.expires_at, until)


def _latest(session: Session, draft_id: int) -> EmailProof | None:
    query = select(EmailProof).where(EmailProof.draft_id == draft_id)
    return session.scalar(query.order_by(EmailProof.id.desc()).limit(1))


def _is_current(proof: EmailProof, row: Draft, email: str | None) -> bool:
    return (proof.slot, proof.email) == (row.slot, email)


def of_draft(session: Session, draft: DraftView, *, now: datetime) -> ProofView | None:
    """What a draft waits for, if it does."""
    proof = _latest(session, draft.id)
    return None if proof is None or proof.expires_at <= now else _view(session, proof, now)


def by_token(session: Session, token: str, *, now: datetime) -> ProofView:
    """
    What a link is about.

    Raises:
        NotFound: the token is unknown or too old; both look alike.
    """
    return _view(session, _by_token(session, token, now=now), now)


def _by_token(session: Session, token: str, *, now: datetime) -> EmailProof:
    proof = session.scalar(
        select(EmailProof).where(
            EmailProof.token_hash == token_hash(token), EmailProof.expires_at > now
        )
    )
    if proof is None:
        raise NotFound
    return proof


def _view(session: Session, proof: EmailProof, now: datetime) -> ProofView:
    draft = drafts.view(proof.draft, now)
    latest = _latest(session, proof.draft_id)
    same = _is_current(proof, proof.draft, draft.answers.get("email", "").strip())
    return ProofView(
        draft=draft,
        email=proof.email,
        slot=proof.slot,
        privacy_notice=proof.privacy_notice,
        may_remind=proof.may_remind,
        locale=proof.locale,
        leaves_at=proof.leaves_at,
        kept_until=draft.expires_at,
        is_current=latest is proof and same and draft.is_complete,
    )


def confirm(
    session: Session,
    offers: Offers,
    links: Links,
    token: str,
    *,
    person: Person,
    given: Given,
    actor: Actor,
    random_token: RandomToken,
    now: datetime,
    instead: str | None = None,
) -> Booking:
    """
    Make the booking that a link is about; pressed again, the same booking again.

    Where the hold ran out meanwhile and nobody else took the time, it is booked all the same.
    `instead` is another slot, for whoever lost theirs meanwhile.

    Raises:
        NotFound: the token is unknown or too old.
        ProofOutdated: the draft is about another time or address by now.
        SlotRefusal: somebody else has the time now.
    """
    proof = _by_token(session, token, now=now)
    row = drafts.locked(session, proof.draft_id, now=now)
    if row is None:
        raise NotFound
    if row.booking_id is not None:
        return bookings.get(session, row.booking_id)
    if _latest(session, row.id) is not proof or not _is_current(proof, row, person.email):
        raise ProofOutdated
    if instead is not None:
        row.slot = instead
    return drafts.confirm(
        session,
        offers,
        links,
        row,
        person=person,
        privacy_notice=proof.privacy_notice,
        given=given,
        actor=actor,
        random_token=random_token,
        now=now,
        # Whoever pressed the button reads this address.
        mail_at_once=True,
    )
