"""Rooms and devices that visits need besides a practitioner."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.services.admin import locations
from booking.services.admin.change_words import differences, of
from booking.services.admin.rule_changes import Edit
from booking.store.claims import Claim
from booking.store.clinic import Resource, Room


@dataclass(frozen=True, slots=True)
class Facility:
    """A room or a device as the administrator sees it."""

    name: str
    is_device: bool
    location_id: int
    is_archived: bool = False


def all_rooms(session: Session) -> list[Room]:
    """All of them, those in use first."""
    query = select(Room).order_by(Room.is_archived, Room.is_device, Room.id)
    return list(session.scalars(query))


def room(session: Session, slug: str) -> Room:
    """
    One of them.

    Raises:
        NotFound: there is none with this name in addresses.
    """
    found = session.scalar(select(Room).where(Room.slug == slug))
    if found is None:
        raise NotFound
    return found


def as_it_is(row: Room) -> Facility:
    """A room's facts."""
    return Facility(row.name, row.is_device, row.location_id, row.is_archived)


def change(slug: str, new: Facility) -> Edit:
    """Give a room these facts. Visits in one that is archived move to another, if one is free."""

    def apply(session: Session) -> str:
        row = room(session, slug)
        old = as_it_is(row)
        row.name, row.is_device, row.is_archived = new.name, new.is_device, new.is_archived
        row.location_id = new.location_id
        names = {one.id: one.name for one in locations.all_locations(session)}
        return of(old.name, differences(old, new, names))

    return Edit("room", apply, archives=new.is_archived)


def add(slug: str, new: Facility, *, now: datetime) -> Edit:
    """Another room under a name for addresses that is not taken."""

    def apply(session: Session) -> str:
        resource = Resource(
            kind="device" if new.is_device else "room", calendar_second=int(now.timestamp())
        )
        session.add(resource)
        session.flush()
        session.add(
            Room(
                id=resource.id,
                slug=slug,
                name=new.name,
                is_device=new.is_device,
                location_id=new.location_id,
            )
        )
        return f"{new.name}: added"

    return Edit("room", apply)


def names_of(session: Session, booking_id: int) -> list[str]:
    """The rooms and devices that a booking has."""
    query = (
        select(Room.name)
        .join(Claim, Claim.resource_id == Room.id)
        .where(Claim.booking_id == booking_id)
        .order_by(Room.is_device, Room.id)
    )
    return list(session.scalars(query))
