"""Telephone lines that help people who feel very low, by country."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.services import audit
from booking.services.audit import Actor
from booking.store.clinic import Clinic
from booking.store.texts import SupportLine


@dataclass(frozen=True, slots=True)
class Line:
    """A line; `country` is two letters, `phone` as people there dial it."""

    id: int
    country: str
    name: str
    phone: str


def everywhere(session: Session) -> list[Line]:
    """All that the clinic has named, by country."""
    rows = session.scalars(select(SupportLine).order_by(SupportLine.country, SupportLine.id))
    return [Line(row.id, row.country, row.name, row.phone) for row in rows]


def add(
    session: Session, country: str, name: str, phone: str, *, actor: Actor, now: datetime
) -> None:
    """Name another."""
    session.add(SupportLine(country=country, name=name, phone=phone))
    _changed(session, f"added: {country}, {name}, {phone}", actor, now)


def remove(session: Session, line_id: int, *, actor: Actor, now: datetime) -> None:
    """Name it no longer; nothing happens if it is gone already."""
    row = session.get(SupportLine, line_id)
    if row is not None:
        session.delete(row)
        _changed(session, f"removed: {row.country}, {row.name}, {row.phone}", actor, now)


def _changed(session: Session, words: str, actor: Actor, now: datetime) -> None:
    # Pages remember the lines with the rules.
    session.execute(update(Clinic).values(version=Clinic.version + 1))
    audit.record(session, actor, "rules", now=now, subject="support line", reason=words)
