"""Who waits, who can be asked now, and what each of them knows of already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.domain.lifecycle import State
from booking.domain.waitlist import PASSED_OVER, EntryState, Waiting
from booking.services.mail import mail_cap
from booking.services.waitlist import entries, mail
from booking.store.bookings import Booking
from booking.store.waitlist import WaitlistEntry, WaitlistOffer


def contact_key(entry: WaitlistEntry) -> str:
    """What is the same for all entries of one address or number."""
    email, phone = mail.email_of(entry), mail.phone_of(entry)
    return mail_cap.key(email) if email else "".join(c for c in phone or "" if c.isdigit())


@dataclass(frozen=True, slots=True)
class InLine:
    """Somebody on the list, and whether they can be asked now."""

    entry: WaitlistEntry
    waiting: Waiting
    can_be_asked: bool


def line(session: Session, *, service: str | None = None, now: datetime) -> list[InLine]:
    """
    Who waits for a service, or for any, and still has something to wait for.

    Nobody can be asked who has an open offer, whichever of their entries it was made to, nor
    anybody whose address has had as much mail as strangers may cause.
    """
    found = [one for one in entries.everybody(session) if one.expires_at > now]
    if not found:
        return []
    keys = {one.id: contact_key(one) for one in found}
    asked = {keys[one.id] for one in found if one.state is EntryState.OFFERED}
    silent = asked | mail_cap.full(session, keys.values(), now=now)
    passed = _passed(session, list(keys), now=now)
    return [
        InLine(one, _waiting(one, passed.get(one.id, frozenset())), keys[one.id] not in silent)
        for one in found
        if (service is None or one.service.slug == service)
        and (one.booking is None or _is_to_come(one.booking, now))
    ]


def _is_to_come(booking: Booking, now: datetime) -> bool:
    return booking.state is State.CONFIRMED and booking.start > now


def _passed(
    session: Session, entry_ids: list[int], *, now: datetime
) -> dict[int, frozenset[datetime]]:
    query = select(WaitlistOffer.entry_id, WaitlistOffer.start).where(
        WaitlistOffer.entry_id.in_(entry_ids),
        WaitlistOffer.outcome.in_(PASSED_OVER),
        WaitlistOffer.start > now,
    )
    found: dict[int, frozenset[datetime]] = {}
    for entry_id, start in session.execute(query):
        found[entry_id] = found.get(entry_id, frozenset()) | {start}
    return found


def _waiting(entry: WaitlistEntry, passed: frozenset[datetime]) -> Waiting:
    return Waiting(
        id=entry.id,
        since=entry.created_at,
        wishes=entries.wishes_of(entry),
        before=entry.booking.start if entry.booking else None,
        known=known_of(entry),
        passed=passed,
    )


def known_of(entry: WaitlistEntry) -> frozenset[datetime] | None:
    """The starts that were free already when the wait began; None if nobody has looked yet."""
    if entry.known is None:
        return None
    return frozenset(datetime.fromtimestamp(second, UTC) for second in entry.known)


def note(session: Session, known: dict[int, Iterable[datetime]]) -> None:
    """Keep which starts each of these entries knows of."""
    for entry_id, starts in known.items():
        session.execute(
            update(WaitlistEntry)
            .where(WaitlistEntry.id == entry_id)
            .values(known=sorted(int(start.timestamp()) for start in starts))
            .execution_options(synchronize_session=False)
        )
