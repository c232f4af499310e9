"""
How much mail anybody can cause to an address that nobody has proven to be theirs.

A booking form must not become a way to flood somebody's mailbox. No booking is refused for it: what
is too much leaves later.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.formats.contacts import fold_address
from booking.formats.tokens import token_hash
from booking.store.base import table
from booking.store.records import Message

MOST, WINDOW = 3, timedelta(hours=1)
_messages = table(Message).c


def key(address: str) -> str:
    """What spellings of one address have in common; the address cannot be read from it."""
    return token_hash(fold_address(address))


def earliest(session: Session, key: str, *, now: datetime) -> datetime:
    """When another mail may leave: at once, or as soon as only two others left within the hour."""
    latest = session.scalars(
        select(_messages.not_before)
        .where(_messages.capped_address == key, _messages.not_before > now - WINDOW)
        .order_by(_messages.not_before.desc())
        .limit(MOST)
    ).all()
    return now if len(latest) < MOST else max(now, latest[-1] + WINDOW)


def full(session: Session, keys: Iterable[str], *, now: datetime) -> set[str]:
    """Of these addresses, those to which no further mail may leave just now."""
    query = (
        select(_messages.capped_address)
        .where(_messages.capped_address.in_(list(keys)), _messages.not_before > now - WINDOW)
        .group_by(_messages.capped_address)
        .having(func.count() >= MOST)
    )
    return {key for key in session.scalars(query) if key}
