"""The clinic's own facts and places, and the rules that hold for them, at one version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import (
    NoLongerOffered,
    UnknownLocation,
    UnknownPractitioner,
    UnknownService,
)
from booking.domain.lifecycle import UNTIL_THE_START, CutOffs, Stranding
from booking.domain.modes import Mode, Patients
from booking.domain.rules import Rules
from booking.domain.steps import is_open
from booking.domain.time import Span
from booking.services.support_lines import Line
from booking.services.texts import Published
from booking.store.bookings import Booking, Hold
from booking.store.clinic import Clinic

# The name under which the logo is kept among the pictures.
LOGO = "logo"


@dataclass(frozen=True, slots=True)
class LogoFacts:
    """The clinic's logo as far as pages need to know: its version, and its size in pixels."""

    version: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Place:
    """A location as pages, mails and calendars speak of it."""

    id: int
    slug: str
    name: str
    address: str
    zone: ZoneInfo
    directions: str = ""
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class ClinicFacts:
    """
    What pages, mails and calendars say about the clinic, as it is at one of its places.

    `is_one_place` says whether there is any other.
    """

    name: str
    place: Place
    country: str
    phone: str
    email: str
    privacy_notice: str
    hold: timedelta
    cut_offs: CutOffs = UNTIL_THE_START
    accent: str | None = None
    logo: LogoFacts | None = None
    is_one_place: bool = True

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the clock on the wall there."""
        return self.place.zone

    @property
    def address(self) -> str:
        """Where it is."""
        return self.place.address

    @property
    def where(self) -> str:
        """The place on one line: with the location's name where there are several."""
        parts = (self.name, *(() if self.is_one_place else (self.place.name,)), self.address)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Plan:
    """One service with one practitioner at one place, and the rules for it."""

    service_id: int
    service: str
    service_name: str
    practitioner_id: int
    practitioner: str
    practitioner_name: str
    place: Place
    rules: Rules
    # The rooms, and the devices, of which a visit needs one: their ids, by kind.
    needs: tuple[tuple[int, ...], ...] = ()
    patients: Patients = Patients.ALL
    mode: Mode = Mode.IN_PERSON
    mode_text: str = ""

    @property
    def key(self) -> tuple[int, int, int]:
        """Service, practitioner and location: there is one plan of each."""
        return self.service_id, self.practitioner_id, self.place.id

    @property
    def rooms(self) -> tuple[int, ...]:
        """All that a visit might take besides the practitioner."""
        return tuple(room for kind in self.needs for room in kind)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything about the clinic that only an administrator changes, at one version."""

    version: int
    clinic: ClinicFacts
    plans: tuple[Plan, ...]
    # By language, then by document.
    texts: Mapping[str, Mapping[str, Published]]
    support_lines: Sequence[Line] = ()
    places: Sequence[Place] = ()

    def at(self, location_id: int) -> ClinicFacts:
        """The clinic as it is at one of its places, also at one that was given up."""
        if location_id == self.clinic.place.id:
            return self.clinic
        return replace(self.clinic, place=next(p for p in self.places if p.id == location_id))

    def plans_for(
        self, service: str, practitioner: str | None = None, location: str | None = None
    ) -> tuple[Plan, ...]:
        """
        The plans of a service, of one practitioner or of all who offer it, at one place or at all.

        Raises:
            UnknownService, UnknownPractitioner, UnknownLocation: nobody offers this, or not there.
        """
        plans = tuple(plan for plan in self.plans if plan.service == service)
        if not plans:
            raise UnknownService
        if practitioner is not None:
            plans = tuple(plan for plan in plans if plan.practitioner == practitioner)
        if not plans:
            raise UnknownPractitioner
        if location is not None:
            plans = tuple(plan for plan in plans if plan.place.slug == location)
        if not plans:
            raise UnknownLocation
        return plans

    def plan_at(self, service: str, practitioner: str, start: datetime) -> Plan:
        """
        The plan by which a practitioner sees somebody at `start` (UTC): where they are then.

        Raises:
            UnknownService, UnknownPractitioner: there is none.
        """
        return open_first(self.plans_for(service, practitioner), start)[0]

    def plans_of(self, visit: Booking | Hold) -> tuple[Plan, ...]:
        """
        The plans by which a visit could be at another time.

        Raises:
            NoLongerOffered: this practitioner no longer offers this service.
        """
        asked = (visit.service_id, visit.practitioner_id)
        plans = tuple(p for p in self.plans if (p.service_id, p.practitioner_id) == asked)
        if not plans:
            raise NoLongerOffered
        return plans

    def plan_of(self, visit: Booking | Hold) -> Plan:
        """
        The plan by which a visit is where it is.

        Raises:
            NoLongerOffered: this practitioner no longer offers this service there.
        """
        for plan in self.plans_of(visit):
            if plan.place.id == visit.location_id:
                return plan
        raise NoLongerOffered

    def is_by_phone(self, service: str | None) -> bool:
        """Whether visits of a service take place by phone; of one that is not offered, none do."""
        return any(plan.service == service and plan.mode is Mode.PHONE for plan in self.plans)

    @property
    def services(self) -> dict[str, list[Plan]]:
        """The plans by service, in the order of the services."""
        grouped: dict[str, list[Plan]] = {}
        for plan in self.plans:
            grouped.setdefault(plan.service, []).append(plan)
        return grouped


def is_set_up(session: Session) -> bool:
    """Whether there is a clinic in this database yet."""
    return session.scalar(select(Clinic.id)) is not None


def open_first(plans: Iterable[Plan], start: datetime) -> list[Plan]:
    """Those that are open for a visit at `start` (UTC) before the others, else in their order."""
    return sorted(
        plans,
        key=lambda plan: not is_open(plan.rules, Span(start, start + plan.rules.visit.length)),
    )


def cut_offs(booking: Booking, clinic: ClinicFacts) -> CutOffs:
    """Until when its patient may change a booking; one that must move may until it begins."""
    return UNTIL_THE_START if booking.stranding is Stranding.TO_MOVE else clinic.cut_offs
