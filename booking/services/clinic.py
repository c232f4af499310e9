"""The clinic's own facts, and the rules compiled from its tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import NoLongerOffered, NotSetUp, UnknownPractitioner, UnknownService
from booking.domain.hours import Closed, ExtraOpening, OpenStretch
from booking.domain.rules import Rules, Visit
from booking.services import support_lines, texts
from booking.services.support_lines import Line
from booking.services.texts import Published
from booking.store import clinic as store
from booking.store.clinic import (
    Clinic,
    Picture,
    Practitioner,
    Room,
    Service,
    ServicePractitioner,
    ServiceRoom,
)

# The name under which the logo is kept among the pictures.
LOGO = "logo"


@dataclass(frozen=True, slots=True)
class LogoFacts:
    """The clinic's logo as far as pages need to know: its version, and its size in pixels."""

    version: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ClinicFacts:
    """What pages, mails and calendars say about the clinic."""

    name: str
    zone: ZoneInfo
    country: str
    address: str
    phone: str
    email: str
    privacy_notice: str
    hold: timedelta
    accent: str | None = None
    logo: LogoFacts | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One service with one practitioner, and the rules for it."""

    service_id: int
    service: str
    service_name: str
    practitioner_id: int
    practitioner: str
    practitioner_name: str
    rules: Rules
    # The rooms, and the devices, of which a visit needs one: their ids, by kind.
    needs: tuple[tuple[int, ...], ...] = ()

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
    texts: Mapping[str, Published]
    support_lines: Sequence[Line] = ()

    def plans_for(self, service: str, practitioner: str | None = None) -> tuple[Plan, ...]:
        """
        The plans of a service, of one practitioner or of all who offer it.

        Raises:
            UnknownService, UnknownPractitioner: nobody offers this.
        """
        plans = tuple(plan for plan in self.plans if plan.service == service)
        if not plans:
            raise UnknownService
        if practitioner is not None:
            plans = tuple(plan for plan in plans if plan.practitioner == practitioner)
        if not plans:
            raise UnknownPractitioner
        return plans

    def plan(self, service: str, practitioner: str) -> Plan:
        """
        The plan of one service with one practitioner.

        Raises:
            UnknownService, UnknownPractitioner: there is none.
        """
        return self.plans_for(service, practitioner)[0]

    def plan_by_ids(self, service_id: int, practitioner_id: int) -> Plan:
        """
        The same by the rows' ids.

        Raises:
            NoLongerOffered: this practitioner no longer offers this service.
        """
        for plan in self.plans:
            if (plan.service_id, plan.practitioner_id) == (service_id, practitioner_id):
                return plan
        raise NoLongerOffered

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


def read_rulebook(session: Session) -> Rulebook:
    """
    The clinic and all its rules, read from the database.

    Raises:
        NotSetUp: there is no clinic yet.
    """
    clinic = session.scalar(select(Clinic))
    if clinic is None:
        raise NotSetUp
    facts = ClinicFacts(
        name=clinic.name,
        zone=ZoneInfo(clinic.time_zone),
        country=clinic.country,
        address=clinic.address,
        phone=clinic.phone,
        email=clinic.email,
        privacy_notice=clinic.privacy_notice,
        hold=timedelta(minutes=clinic.hold_minutes),
        accent=clinic.accent,
        logo=_logo(session),
    )
    hours, needs = _Hours(session), _needs(session)
    rows = session.execute(
        select(Service, Practitioner)
        .join(ServicePractitioner, ServicePractitioner.service_id == Service.id)
        .join(Practitioner, ServicePractitioner.practitioner_id == Practitioner.id)
        .where(Service.is_archived.is_(False), Practitioner.is_archived.is_(False))
        .order_by(Service.id, Practitioner.id)
    )
    plans = tuple(
        _plan(
            service,
            practitioner,
            hours.rules(facts.zone, practitioner.id, _visit(service)),
            needs.get(service.id, ()),
        )
        for service, practitioner in rows
    )
    lines = [one for one in support_lines.everywhere(session) if one.country == facts.country]
    return Rulebook(clinic.version, facts, plans, texts.current(session), lines)


def _needs(session: Session) -> dict[int, tuple[tuple[int, ...], ...]]:
    """By service; a kind of which all are archived is still needed, and nothing is on offer."""
    rows = session.execute(
        select(ServiceRoom.service_id, Room.is_device, Room.id, Room.is_archived)
        .join(Room, ServiceRoom.room_id == Room.id)
        .order_by(Room.is_device, Room.id)
    )
    found: dict[int, dict[bool, list[int]]] = {}
    for service_id, is_device, room_id, is_archived in rows:
        kind = found.setdefault(service_id, {}).setdefault(is_device, [])
        if not is_archived:
            kind.append(room_id)
    return {service: tuple(map(tuple, kinds.values())) for service, kinds in found.items()}


def _logo(session: Session) -> LogoFacts | None:
    row = session.execute(
        select(Picture.version, Picture.width, Picture.height).where(Picture.name == LOGO)
    ).first()
    return None if row is None else LogoFacts(*row)


def stretch_of(row: store.OpeningHours) -> OpenStretch:
    """A row of the weekly hours as the rules want it."""
    return OpenStretch(
        row.weekday,
        row.opens,
        row.closes,
        since=row.valid_from,
        until=row.valid_until,
        every=row.every_weeks,
    )


class _Hours:
    """When each practitioner is open, read at once for all of them."""

    def __init__(self, session: Session):
        self._week: dict[int, list[OpenStretch]] = {}
        self._extra: dict[int, list[ExtraOpening]] = {}
        self._closed: dict[int | None, list[Closed]] = {}
        for row in session.scalars(select(store.OpeningHours)):
            self._week.setdefault(row.practitioner_id, []).append(stretch_of(row))
        for extra in session.scalars(select(store.ExtraOpening)):
            self._extra.setdefault(extra.practitioner_id, []).append(
                ExtraOpening(extra.day, extra.opens, extra.closes)
            )
        for closure in session.scalars(select(store.Closure)):
            self._closed.setdefault(closure.practitioner_id, []).append(
                Closed(
                    closure.first_day,
                    closure.last_day,
                    closure.begins,
                    closure.ends,
                    closure.is_yearly,
                )
            )

    def rules(self, zone: ZoneInfo, practitioner_id: int, visit: Visit) -> Rules:
        """The rules for one kind of visit with one practitioner."""
        return Rules(
            zone=zone,
            week=tuple(self._week.get(practitioner_id, ())),
            visit=visit,
            extra=tuple(self._extra.get(practitioner_id, ())),
            closed=(*self._closed.get(None, ()), *self._closed.get(practitioner_id, ())),
        )


def _visit(service: Service) -> Visit:
    return Visit(
        length=timedelta(minutes=service.length_minutes),
        buffer_before=timedelta(minutes=service.buffer_before_minutes),
        buffer_after=timedelta(minutes=service.buffer_after_minutes),
        step=timedelta(minutes=service.step_minutes),
        notice=timedelta(minutes=service.notice_minutes),
        horizon_days=service.horizon_days,
        cap_day=service.cap_day,
        cap_week=service.cap_week,
    )


def _plan(
    service: Service, practitioner: Practitioner, rules: Rules, needs: tuple[tuple[int, ...], ...]
) -> Plan:
    return Plan(
        service_id=service.id,
        service=service.slug,
        service_name=service.name,
        practitioner_id=practitioner.id,
        practitioner=practitioner.slug,
        practitioner_name=practitioner.name,
        rules=rules,
        needs=needs,
    )
