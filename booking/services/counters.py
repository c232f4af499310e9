"""Counters of the rate limits: one table, so that all processes count together."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.formats.tokens import token_hash
from booking.store.access import LimitCounter

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def hit(session: Session, key: str, *, window: timedelta, amount: int, now: datetime) -> int:
    """Count another try; how many there are in the present window, this one included."""
    insert = _INSERTS[session.get_bind().dialect.name]
    fresh = {"key_hash": token_hash(key), "count": amount, "expires_at": now + window}
    over = LimitCounter.expires_at <= now
    statement = insert(LimitCounter).values(fresh)
    counted: int = session.execute(
        statement.on_conflict_do_update(
            index_elements=["key_hash"],
            set_={
                "count": case((over, amount), else_=LimitCounter.count + amount),
                "expires_at": case((over, now + window), else_=LimitCounter.expires_at),
            },
        ).returning(LimitCounter.count)
    ).scalar_one()
    return counted


def standing(session: Session, key: str, *, now: datetime) -> tuple[int, datetime]:
    """How many tries there were in the present window, and when it ends."""
    row = session.get(LimitCounter, token_hash(key))
    return (0, now) if row is None or row.expires_at <= now else (row.count, row.expires_at)


def forget(session: Session, key: str) -> None:
    """Begin a counter anew."""
    session.execute(
        update(LimitCounter).where(LimitCounter.key_hash == token_hash(key)).values(count=0)
    )


def sweep(session: Session, *, now: datetime) -> None:
    """Remove counters whose window is over."""
    session.execute(delete(LimitCounter).where(LimitCounter.expires_at <= now))
