"""The demo clinic: what `make run` shows when the database is empty."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.hours import OpenStretch
from booking.domain.roles import Role
from booking.formats.passwords import generated_password
from booking.services.admin import first_setup
from booking.services.admin.clinic_details import Details
from booking.services.admin.first_setup import FirstClinic
from booking.services.clinic import is_set_up
from booking.services.staff import accounts as staff

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
    return _accounts(session, _clinic(session, now=now), now=now)


def _clinic(session: Session, *, now: datetime) -> int:
    return first_setup.found_clinic(
        session,
        FirstClinic(
            details=Details(
                name="Ahmed Skin Clinic",
                address="12 Elm Street, Washington, DC 20001",
                phone="+1 202-555-0142",
                email="office@clinic.example",
                country="US",
                time_zone=ZONE,
                hold_minutes=10,
                accent=None,
            ),
            practitioner_slug=PRACTITIONER,
            practitioner="Dr. Ahmed",
            practitioner_email="dr.ahmed@clinic.example",
            week=[
                OpenStretch(weekday, opens, closes)
                for weekday in range(5)
                for opens, closes in (_MORNING, _AFTERNOON)
            ],
            service_slug=SERVICE,
            service="Micro needling consultation",
            minutes=30,
        ),
        now=now,
    )


def _accounts(session: Session, doctor: int, *, now: datetime) -> list[NewAccount]:
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
