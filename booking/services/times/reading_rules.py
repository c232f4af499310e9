"""The rules compiled from the clinic's tables."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import NotSetUp
from booking.domain.hours import Break, Closed, ExtraOpening, OpenStretch
from booking.domain.lifecycle import CutOffs
from booking.domain.rules import Rules, Visit
from booking.services import support_lines, texts
from booking.services.clinic import LOGO, ClinicFacts, LogoFacts, Place, Plan, Rulebook
from booking.store import clinic as store
from booking.store.clinic import (
    Clinic,
    Location,
    Picture,
    Practitioner,
    Room,
    Service,
    ServicePractitioner,
    ServiceRoom,
)

# The rooms, and the devices, of which a visit needs one each: their ids, by kind.
Needs = tuple[tuple[int, ...], ...]


def read_rulebook(session: Session) -> Rulebook:
    """
    The clinic and all its rules, read from the database.

    Raises:
        NotSetUp: there is no clinic yet.
    """
    clinic = session.scalar(select(Clinic))
    if clinic is None:
        raise NotSetUp
    places = tuple(map(_place, session.scalars(select(Location).order_by(Location.id))))
    lines = [one for one in support_lines.everywhere(session) if one.country == clinic.country]
    return Rulebook(
        version=clinic.version,
        clinic=_facts(session, clinic, places),
        plans=tuple(_plans(session, [place for place in places if not place.is_archived])),
        texts=texts.current(session),
        support_lines=lines,
        places=places,
    )


def _place(row: Location) -> Place:
    return Place(
        id=row.id,
        slug=row.slug,
        name=row.name,
        address=row.address,
        zone=ZoneInfo(row.time_zone),
        directions=row.directions,
        is_archived=row.is_archived,
    )


def _facts(session: Session, clinic: Clinic, places: Iterable[Place]) -> ClinicFacts:
    in_use = [place for place in places if not place.is_archived]
    return ClinicFacts(
        name=clinic.name,
        place=in_use[0],
        country=clinic.country,
        phone=clinic.phone,
        email=clinic.email,
        privacy_notice=clinic.privacy_notice,
        hold=timedelta(minutes=clinic.hold_minutes),
        cut_offs=CutOffs(
            move=timedelta(hours=clinic.move_cut_off_hours),
            cancel=timedelta(hours=clinic.cancel_cut_off_hours),
        ),
        accent=clinic.accent,
        logo=_logo(session),
        is_one_place=len(in_use) == 1,
    )


def _plans(session: Session, places: list[Place]) -> Iterator[Plan]:
    hours, rooms = _Hours(session), _Rooms(session)
    rows = session.execute(
        select(Service, Practitioner)
        .join(ServicePractitioner, ServicePractitioner.service_id == Service.id)
        .join(Practitioner, ServicePractitioner.practitioner_id == Practitioner.id)
        .where(Service.is_archived.is_(False), Practitioner.is_archived.is_(False))
        .order_by(Service.id, Practitioner.id)
    )
    for service, practitioner in sorted(rows, key=lambda row: row[0].patients.rank):
        # Whoever has no hours yet is known all the same, and has none at the clinic's own place.
        for place in hours.places_of(practitioner.id, places) or places[:1]:
            yield Plan(
                service_id=service.id,
                service=service.slug,
                service_name=service.name,
                practitioner_id=practitioner.id,
                practitioner=practitioner.slug,
                practitioner_name=practitioner.name,
                place=place,
                rules=hours.rules(place, practitioner.id, _visit(service)),
                needs=rooms.needs(service.id, place),
                patients=service.patients,
                mode=service.mode,
                mode_text=service.mode_text,
            )


class _Rooms:
    """The rooms and devices that services need, read at once for all of them."""

    def __init__(self, session: Session):
        # By service and kind; where there is none at a place, nothing is on offer there.
        self._kinds: dict[int, dict[bool, list[Room]]] = {}
        rows = session.execute(
            select(ServiceRoom.service_id, Room)
            .join(Room, ServiceRoom.room_id == Room.id)
            .order_by(Room.is_device, Room.id)
        )
        for service_id, room in rows:
            self._kinds.setdefault(service_id, {}).setdefault(room.is_device, []).append(room)

    def needs(self, service_id: int, place: Place) -> Needs:
        """What there is at a place, by kind."""
        return tuple(
            tuple(
                room.id for room in rooms if not room.is_archived and room.location_id == place.id
            )
            for rooms in self._kinds.get(service_id, {}).values()
        )


def _logo(session: Session) -> LogoFacts | None:
    row = session.execute(
        select(Picture.version, Picture.width, Picture.height).where(Picture.name == LOGO)
    ).first()
    return None if row is None else LogoFacts(*row)


def stretch_of(row: store.OpeningHours) -> OpenStretch | Break:
    """A row of the weekly hours as the rules want it."""
    kind = Break if row.is_break else OpenStretch
    return kind(
        row.weekday,
        row.opens,
        row.closes,
        since=row.valid_from,
        until=row.valid_until,
        every=row.every_weeks,
    )


class _Hours:
    """When each practitioner is open where, read at once for all of them."""

    def __init__(self, session: Session):
        # By practitioner and location.
        self._week: dict[tuple[int, int], list[OpenStretch]] = {}
        self._breaks: dict[tuple[int, int], list[Break]] = {}
        self._extra: dict[tuple[int, int], list[ExtraOpening]] = {}
        # By whose and where; None: everybody's, everywhere.
        self._closed: dict[tuple[int | None, int | None], list[Closed]] = {}
        for row in session.scalars(select(store.OpeningHours)):
            whose_where, stretch = (row.practitioner_id, row.location_id), stretch_of(row)
            if isinstance(stretch, Break):
                self._breaks.setdefault(whose_where, []).append(stretch)
            else:
                self._week.setdefault(whose_where, []).append(stretch)
        for extra in session.scalars(select(store.ExtraOpening)):
            self._extra.setdefault((extra.practitioner_id, extra.location_id), []).append(
                ExtraOpening(extra.day, extra.opens, extra.closes)
            )
        for closure in session.scalars(select(store.Closure)):
            self._closed.setdefault((closure.practitioner_id, closure.location_id), []).append(
                Closed(
                    closure.first_day,
                    closure.last_day,
                    closure.begins,
                    closure.ends,
                    closure.is_yearly,
                )
            )

    def places_of(self, practitioner_id: int, places: Iterable[Place]) -> list[Place]:
        """Where somebody is ever open."""
        known = {*self._week, *self._extra}
        return [place for place in places if (practitioner_id, place.id) in known]

    def rules(self, place: Place, practitioner_id: int, visit: Visit) -> Rules:
        """The rules for one kind of visit with one practitioner at one place."""
        everywhere = self._closed.get((None, None), ())
        own, here = (
            self._closed.get((practitioner_id, None), ()),
            self._closed.get((None, place.id), ()),
        )
        return Rules(
            zone=place.zone,
            week=tuple(self._week.get((practitioner_id, place.id), ())),
            visit=visit,
            extra=tuple(self._extra.get((practitioner_id, place.id), ())),
            closed=(*everywhere, *here, *own),
            breaks=tuple(self._breaks.get((practitioner_id, place.id), ())),
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
