"""A clinic comes into being: all that it takes until the first patient can book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.domain.hours import OpenStretch
from booking.domain.roles import Role
from booking.formats.tokens import RandomToken
from booking.services.admin import clinic_details, hours, locations, offerings, practitioners
from booking.services.admin.clinic_details import Details
from booking.services.admin.offerings import Offering
from booking.services.admin.practitioners import Person
from booking.services.clinic import is_set_up
from booking.services.staff import accounts, one_time_links
from booking.services.staff.one_time_links import Purpose
from booking.store.clinic import Clinic, Location

LINK_LIFETIME = timedelta(days=1)
FIRST_NOTICE = "1"


@dataclass(frozen=True, slots=True)
class FirstClinic:
    """A clinic with one practitioner and one service; the slugs are their names in addresses."""

    details: Details
    practitioner_slug: str
    practitioner: str
    practitioner_email: str | None
    week: Sequence[OpenStretch]
    service_slug: str
    service: str
    minutes: int


def make_link(session: Session, *, random_token: RandomToken, now: datetime) -> str | None:
    """The token of a new link to the first set-up; None if there is a clinic already."""
    if is_set_up(session):
        return None
    return one_time_links.make(
        session, Purpose.SETUP, lifetime=LINK_LIFETIME, random_token=random_token, now=now
    )


def require_link(session: Session, token: str, *, now: datetime) -> None:
    """
    Whether somebody may set up the clinic.

    Raises:
        NotFound: the link is unknown, was used or has expired, or there is a clinic already.
    """
    one_time_links.find(session, Purpose.SETUP, token, now=now)
    if is_set_up(session):
        raise NotFound


def set_up(
    session: Session, token: str, new: FirstClinic, email: str, password: str, *, now: datetime
) -> int:
    """
    Found the clinic and its administrator's account, and use the link up; the account's id.

    Raises:
        NotFound: as `require_link`.
        Invalid: the administrator's address or password cannot be used.
    """
    require_link(session, token, now=now)
    one_time_links.use(session, Purpose.SETUP, token, now=now)
    found_clinic(session, new, now=now)
    return accounts.add(session, email, [Role.ADMIN], password, now=now).id


def found_clinic(session: Session, new: FirstClinic, *, now: datetime) -> int:
    """The clinic with what stands in `new`, in an empty database; the practitioner's id."""
    details = new.details
    session.add(
        Clinic(
            id=1,
            name=details.name,
            country=details.country,
            phone=details.phone,
            email=details.email,
            privacy_notice=FIRST_NOTICE,
        )
    )
    here = Location(
        slug=locations.MAIN,
        name=locations.MAIN_NAME,
        address=details.address,
        time_zone=details.time_zone,
    )
    session.add(here)
    session.flush()
    clinic_details.change(details).apply(session)
    person = Person(new.practitioner, new.practitioner_email, frozenset())
    practitioners.add(new.practitioner_slug, person, now=now).apply(session)
    doctor = practitioners.practitioner(session, new.practitioner_slug)
    hours.set_week(doctor, [(here.id, stretch) for stretch in new.week]).apply(session)
    offering = Offering.usual(new.service, new.minutes, frozenset({doctor.id}))
    offerings.add(new.service_slug, offering).apply(session)
    return doctor.id
