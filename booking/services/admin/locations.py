"""Where the clinic sees its patients: addresses with clocks of their own."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound, NotSetUp, OwnLocation
from booking.services.admin.change_words import differences, of
from booking.services.admin.rule_changes import Edit
from booking.store.clinic import Location

# What the first one is called, until somebody calls it something else.
MAIN = "main"
MAIN_NAME = "Main office"


@dataclass(frozen=True, slots=True)
class Premises:
    """A location as the administrator sees it; `time_zone` is an IANA name."""

    name: str
    address: str
    time_zone: str
    directions: str = ""
    is_archived: bool = False


def all_locations(session: Session) -> list[Location]:
    """All of them, those in use first; the first is the clinic's own."""
    query = select(Location).order_by(Location.is_archived, Location.id)
    return list(session.scalars(query))


def in_use(session: Session) -> list[Location]:
    """Those at which patients can be seen."""
    return [one for one in all_locations(session) if not one.is_archived]


def main(session: Session) -> Location:
    """
    The clinic's own.

    Raises:
        NotSetUp: there is no clinic yet.
    """
    found = in_use(session)
    if not found:
        raise NotSetUp
    return found[0]


def location(session: Session, slug: str) -> Location:
    """
    One of them.

    Raises:
        NotFound: there is none with this name in addresses.
    """
    found = session.scalar(select(Location).where(Location.slug == slug))
    if found is None:
        raise NotFound
    return found


def as_it_is(row: Location) -> Premises:
    """A location's facts."""
    return Premises(row.name, row.address, row.time_zone, row.directions, row.is_archived)


def change(slug: str, new: Premises) -> Edit:
    """
    Give a location these facts. Another zone moves its opening hours, but no booking.

    Applying it raises OwnLocation when it would archive the clinic's own.
    """

    def apply(session: Session) -> str:
        row = location(session, slug)
        if new.is_archived and row.id == main(session).id:
            raise OwnLocation
        old = as_it_is(row)
        row.name, row.address, row.time_zone = new.name, new.address, new.time_zone
        row.directions, row.is_archived = new.directions, new.is_archived
        return of(old.name, differences(old, new))

    return Edit("location", apply, archives=new.is_archived)


def add(slug: str, new: Premises) -> Edit:
    """Another location under a name for addresses that is not taken; nobody is there yet."""

    def apply(session: Session) -> str:
        session.add(
            Location(
                slug=slug,
                name=new.name,
                address=new.address,
                time_zone=new.time_zone,
                directions=new.directions,
            )
        )
        return f"{new.name}: added"

    return Edit("location", apply)
