"""The people whose time can be booked: who they are, and since when no longer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.services.admin.change_words import differences, of
from booking.services.admin.rule_changes import Edit
from booking.store.base import insert_row
from booking.store.clinic import Practitioner, Resource, Service, ServicePractitioner


@dataclass(frozen=True, slots=True)
class Person:
    """A practitioner as the administrator sees them; mail about changes of the day goes there."""

    name: str
    email: str | None
    services: frozenset[int]
    is_archived: bool = False


def everybody(session: Session) -> list[Practitioner]:
    """All of them, those who can be booked first."""
    query = select(Practitioner).order_by(Practitioner.is_archived, Practitioner.id)
    return list(session.scalars(query))


def bookable(session: Session) -> list[Practitioner]:
    """Everybody whose time can be booked."""
    return [one for one in everybody(session) if not one.is_archived]


def practitioner(session: Session, slug: str) -> Practitioner:
    """
    One of them.

    Raises:
        NotFound: nobody has this name in addresses.
    """
    found = session.scalar(select(Practitioner).where(Practitioner.slug == slug))
    if found is None:
        raise NotFound
    return found


def slug_of(session: Session, practitioner_id: int) -> str:
    """By which name one of them stands in addresses."""
    return session.get_one(Practitioner, practitioner_id).slug


def as_they_are(session: Session, row: Practitioner) -> Person:
    """A practitioner with what they offer."""
    offered = session.scalars(
        select(ServicePractitioner.service_id).where(ServicePractitioner.practitioner_id == row.id)
    )
    return Person(row.name, row.email, frozenset(offered), row.is_archived)


def change(slug: str, new: Person) -> Edit:
    """Give a practitioner these facts; the name in addresses stays."""

    def apply(session: Session) -> str:
        row = practitioner(session, slug)
        old = as_they_are(session, row)
        row.name, row.email, row.is_archived = new.name, new.email, new.is_archived
        session.execute(
            delete(ServicePractitioner).where(ServicePractitioner.practitioner_id == row.id)
        )
        for service_id in sorted(new.services):
            insert_row(session, ServicePractitioner, service_id=service_id, practitioner_id=row.id)

        names = {one.id: one.name for one in session.scalars(select(Service))}
        return of(old.name, differences(old, new, names))

    return Edit("practitioner", apply, archives=new.is_archived)


def add(slug: str, new: Person, *, now: datetime) -> Edit:
    """Another practitioner under a name for addresses that is not taken; without hours yet."""

    def apply(session: Session) -> str:
        resource = Resource(kind="practitioner", calendar_second=int(now.timestamp()))
        session.add(resource)
        session.flush()
        session.add(Practitioner(id=resource.id, slug=slug, name=new.name, email=new.email))
        session.flush()
        words = change(slug, new).apply(session).removeprefix(f"{new.name}: ")
        return f"{new.name}: added; {words}"

    return Edit("practitioner", apply)
