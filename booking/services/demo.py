"""The demo clinic: what `make run` shows when the database is empty."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.roles import Role
from booking.formats.passwords import generated_password
from booking.services import staff
from booking.services.clinic import is_set_up
from booking.store.clinic import (
    Clinic,
    OpeningHours,
    Practitioner,
    Resource,
    Service,
    ServicePractitioner,
)

ZONE = "America/New_York"
PRACTITIONER = "dr-ahmed"
SERVICE = "consultation"
_MORNING, _AFTERNOON = (9 * 60, 12 * 60), (13 * 60, 17 * 60)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A generated account; the password is told once and kept nowhere."""

    email: str
    role: Role
    password: str


def set_up(session: Session, *, now: datetime) -> list[NewAccount]:
    """
    The demo clinic in an empty database, with an account for each role.

    Returns no accounts, and changes nothing, if there is a clinic already.
    """
    if is_set_up(session):
        return []
    _clinic(session, now=now)
    doctor = session.scalars(select(Practitioner.id)).one()
    accounts = []
    for role in Role:
        account = NewAccount(f"{role.value}@clinic.example", role, generated_password())
        staff.add(
            session,
            account.email,
            [role],
            account.password,
            practitioner_id=doctor if role is Role.DOCTOR else None,
            now=now,
        )
        accounts.append(account)
    return accounts


def _clinic(session: Session, *, now: datetime) -> None:
    resource = Resource(kind="practitioner", calendar_second=int(now.timestamp()))
    session.add_all(
        [
            Clinic(
                id=1,
                name="Ahmed Skin Clinic",
                time_zone=ZONE,
                country="US",
                address="12 Elm Street, Washington, DC 20001",
                phone="+1 202-555-0142",
                email="office@clinic.example",
                privacy_notice="1",
            ),
            resource,
        ]
    )
    session.flush()
    doctor = Practitioner(
        id=resource.id, slug=PRACTITIONER, name="Dr. Ahmed", email="dr.ahmed@clinic.example"
    )
    service = Service(slug=SERVICE, name="Micro needling consultation", length_minutes=30)
    session.add_all([doctor, service])
    session.flush()
    session.add(ServicePractitioner(service_id=service.id, practitioner_id=doctor.id))
    session.add_all(
        OpeningHours(practitioner_id=doctor.id, weekday=weekday, opens=opens, closes=closes)
        for weekday in range(5)
        for opens, closes in (_MORNING, _AFTERNOON)
    )
