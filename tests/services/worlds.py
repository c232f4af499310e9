"""Whole clinics, drawn around clock changes, put into a database and told to the oracle."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from booking.domain.hours import Break, Closed, ExtraOpening, OpenStretch
from booking.domain.lifecycle import State
from booking.domain.rules import Rules, Visit
from booking.domain.time import MINUTE, Span
from booking.services.admin import busy_times, locations, practitioners, rooms
from booking.services.admin.locations import Premises
from booking.store.base import Base, insert_row, table
from booking.store.bookings import Booking, Hold, Patient
from booking.store.busy_times import BusyCalendar
from booking.store.claims import Claim
from booking.store.clinic import Closure, Location, OpeningHours, Room, Service, ServiceRoom
from booking.store.clinic import ExtraOpening as ExtraRow
from tests.domain.cases import ZONES, anchors, breaks, closures, extras, minutes, weeks
from tests.domain.oracle import DAY, Oracle
from tests.services.deeds import add_practitioner, add_service, forget_everything, new_rules
from tests.support import Clinic

DOCTORS = ("dr-ahmed", "dr-lee")
_numbers = count(1)


@dataclass(frozen=True)
class Hours:
    """When one doctor is here, and what their other calendar says."""

    week: tuple[OpenStretch, ...]
    breaks: tuple[Break, ...]
    extra: tuple[ExtraOpening, ...]
    away: tuple[Closed, ...]
    busy: tuple[Span, ...]


@dataclass(frozen=True)
class Visited:
    """Somebody's visit: booked, cancelled, held or a hold that ran out."""

    kind: str
    doctor: int
    room: int | None
    start: datetime
    claim: Span
    is_of_main_service: bool

    @property
    def is_claimed(self) -> bool:
        """Whether the database has its claim, that of a hold that ran out included."""
        return self.kind != "cancelled"

    @property
    def counts(self) -> bool:
        return self.kind in {"booked", "held"}


@dataclass(frozen=True)
class World:
    """All that decides about what is offered."""

    zone: str
    # The zone of a location of the second doctor's own; None: both are at the same one.
    zone_elsewhere: str | None
    now: datetime
    first: date
    last: date
    visit: Visit
    doctors: tuple[Hours, Hours]
    closed: tuple[Closed, ...]
    rooms: int
    visits: tuple[Visited, ...]

    def with_booking(self, doctor: int, start: datetime) -> "World":
        """The same after one more booking, which took the first room that was free."""
        claim = self.visit.claim(start)
        taken = {one.room for one in self.visits if one.counts and one.claim.overlaps(claim)}
        room = next((room for room in range(self.rooms) if room not in taken), None)
        booked = Visited("booked", doctor, room, start, claim, is_of_main_service=True)
        return replace(self, visits=(*self.visits, booked))

    def zone_of(self, doctor: int) -> str:
        return (self.zone_elsewhere if doctor else None) or self.zone

    def place_of(self, doctor: int) -> int:
        """The id of the location where a doctor is."""
        return 2 if doctor and self.zone_elsewhere else 1

    def oracle(self, doctor: int, *, notice: timedelta | None = None) -> Oracle:
        hours = self.doctors[doctor]
        visit = self.visit if notice is None else replace(self.visit, notice=notice)
        own = [one for one in self.visits if one.counts and one.doctor == doctor]
        return Oracle(
            rules=Rules(
                ZoneInfo(self.zone_of(doctor)),
                hours.week,
                visit,
                extra=hours.extra,
                closed=(*self.closed, *hours.away),
                breaks=hours.breaks,
            ),
            taken=[*(one.claim for one in own), *hours.busy],
            first=self.first,
            last=self.last,
            now=self.now,
            others=[one.start for one in own if one.is_of_main_service],
            rooms=[
                [one.claim for one in self.visits if one.counts and one.room == room]
                for room in range(self.rooms)
            ],
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    zone = draw(st.sampled_from(ZONES))
    day = draw(anchors(zone))
    noon = datetime.combine(day, time(12), UTC)
    visit = Visit(
        length=draw(minutes(10, 120)),
        buffer_before=draw(minutes(0, 30)),
        buffer_after=draw(minutes(0, 30)),
        step=draw(minutes(15, 90)),
        notice=draw(minutes(0, 240)),
        horizon_days=draw(st.integers(0, 5)),
        cap_day=draw(st.sampled_from([None, None, 1, 3])),
        cap_week=draw(st.sampled_from([None, None, None, 2, 5])),
    )
    zone_elsewhere = draw(st.sampled_from([None, None, *ZONES]))
    # Rooms to share are at one location.
    number_of_rooms = 0 if zone_elsewhere else draw(st.integers(0, 2))
    return World(
        zone=zone,
        zone_elsewhere=zone_elsewhere,
        now=noon + draw(minutes(-2 * 1440, 720, by=1)) + timedelta(seconds=draw(st.integers(0, 1))),
        first=day - draw(st.integers(0, 1)) * DAY,
        last=day,
        visit=visit,
        doctors=(draw(hours(day, noon)), draw(hours(day, noon))),
        closed=tuple(_storable(one) for one in draw(st.lists(closures(day), max_size=1))),
        rooms=number_of_rooms,
        visits=draw(visits(noon, visit, number_of_rooms)),
    )


@st.composite
def hours(draw: st.DrawFn, day: date, noon: datetime) -> Hours:
    spans = st.tuples(minutes(-1440, 1440, by=1), minutes(1, 240, by=1).filter(bool))
    busy = [Span(noon + at, noon + at + long) for at, long in draw(st.lists(spans, max_size=3))]
    return Hours(
        week=tuple(one for one in draw(weeks(day)) if _ever_holds(one)),
        breaks=tuple(one for one in draw(st.lists(breaks(day), max_size=2)) if _ever_holds(one)),
        extra=tuple(draw(st.lists(extras(day), max_size=1))),
        away=tuple(_storable(one) for one in draw(st.lists(closures(day), max_size=1))),
        busy=tuple(busy),
    )


def _ever_holds(one: OpenStretch | Break) -> bool:
    """The database refuses what ends before it begins."""
    return one.since is None or one.until is None or one.since <= one.until


def _storable(one: Closed) -> Closed:
    return replace(one, begins=min(one.begins, 1435), ends=max(one.ends, 5))


@st.composite
def visits(draw: st.DrawFn, noon: datetime, visit: Visit, number: int) -> tuple[Visited, ...]:
    """What fits beside what was drawn before, of either doctor, in a room where one is free."""
    kinds = st.sampled_from(["booked", "booked", "held", "expired", "cancelled"])
    wanted = st.tuples(kinds, st.integers(0, 1), minutes(-2880, 2880), st.booleans())
    found: list[Visited] = []
    for kind, doctor, at, is_main in draw(st.lists(wanted, max_size=8)):
        start = noon + at
        claim = visit.claim(start)
        others = [one for one in found if one.is_claimed and one.claim.overlaps(claim)]
        if kind != "cancelled" and any(one.doctor == doctor for one in others):
            continue
        taken = {one.room for one in others}
        room = next((room for room in range(number) if room not in taken), None)
        found.append(Visited(kind, doctor, room, start, claim, is_main))
    return tuple(found)


def prepare(clinic: Clinic) -> None:
    """What all worlds have in common: two doctors, services, locations and rooms."""
    elsewhere = locations.add("elsewhere", Premises("Elsewhere", "2 Oak Street", "UTC"))
    clinic.write(lambda session, _: elsewhere.apply(session) and None)
    add_service(clinic, "other", minutes=30)
    add_practitioner(clinic, DOCTORS[1])
    for name in ("room-1", "room-2"):
        add = rooms.add(
            name, rooms.Facility(name, is_device=False, location_id=1), now=clinic.time.now
        )
        clinic.write(lambda session, _, add=add: add.apply(session) and None)


def put(clinic: Clinic, world: World) -> None:
    """Make the clinic what the world says, whatever it was before."""
    clinic.time.now = world.now
    forget_everything(clinic)

    def work(session: Session, now: datetime) -> None:
        for model in (BusyCalendar, OpeningHours, ExtraRow, Closure, ServiceRoom):
            session.execute(delete(model))
        for doctor in range(len(DOCTORS)):
            place = update(Location).where(Location.id == world.place_of(doctor))
            session.execute(place.values(time_zone=world.zone_of(doctor)))
        _put_service(session, world)
        ids = [_practitioner_id(session, slug) for slug in DOCTORS]
        for number, (doctor, hours) in enumerate(zip(ids, world.doctors, strict=True)):
            _put_hours(session, doctor, world.place_of(number), hours)
            _put_closed(session, doctor, hours.away)
            busy_times.replace(session, doctor, "elsewhere", hours.busy, now=now)
        _put_closed(session, None, world.closed)
        _put_visits(session, world, ids)

    clinic.write(work)
    new_rules(clinic)


def _practitioner_id(session: Session, slug: str) -> int:
    return practitioners.practitioner(session, slug).id


def _put_service(session: Session, world: World) -> None:
    visit = world.visit
    session.execute(
        update(Service).values(
            length_minutes=visit.length // MINUTE,
            buffer_before_minutes=visit.buffer_before // MINUTE,
            buffer_after_minutes=visit.buffer_after // MINUTE,
            step_minutes=visit.step // MINUTE,
            notice_minutes=visit.notice // MINUTE,
            horizon_days=visit.horizon_days,
            cap_day=visit.cap_day,
            cap_week=visit.cap_week,
        )
    )
    main = _services(session)[True]
    for room in _rooms(session)[: world.rooms]:
        insert_row(session, ServiceRoom, service_id=main, room_id=room)


def _services(session: Session) -> dict[bool, int]:
    rows = session.execute(select(Service.slug, Service.id))
    return {slug == "consultation": number for slug, number in rows}


def _rooms(session: Session) -> list[int]:
    return list(session.scalars(select(Room.id).order_by(Room.id)))


def _put_hours(session: Session, doctor: int, place: int, hours: Hours) -> None:
    for one in (*hours.week, *hours.breaks):
        insert_row(
            session,
            OpeningHours,
            practitioner_id=doctor,
            location_id=place,
            weekday=one.weekday,
            opens=one.opens,
            closes=one.closes,
            valid_from=one.since,
            valid_until=one.until,
            every_weeks=one.every,
            is_break=isinstance(one, Break),
        )
    for extra in hours.extra:
        row = {"day": extra.day, "opens": extra.opens, "closes": extra.closes}
        insert_row(session, ExtraRow, practitioner_id=doctor, location_id=place, **row)


def _put_closed(session: Session, doctor: int | None, closed: tuple[Closed, ...]) -> None:
    for one in closed:
        insert_row(
            session,
            Closure,
            practitioner_id=doctor,
            location_id=None,
            name="closed",
            first_day=one.first,
            last_day=one.last,
            begins=one.begins,
            ends=one.ends,
            is_yearly=one.yearly,
        )


def _put_visits(session: Session, world: World, ids: list[int]) -> None:
    services, all_rooms = _services(session), _rooms(session)
    ann = insert_row(
        session,
        Patient,
        name="Ann",
        date_of_birth=None,
        email="a@b.example",
        phone=None,
        locale="en",
        created_at=world.now,
    )
    for one in world.visits:
        common = {
            "practitioner_id": ids[one.doctor],
            "service_id": services[one.is_of_main_service],
            "location_id": world.place_of(one.doctor),
            "start": one.start,
            "end": one.start + world.visit.length,
            "created_at": world.now,
        }
        owner = dict(_owner(session, one, common, ann, world.now))
        if not one.is_claimed:
            continue
        span = {"start": one.claim.start, "end": one.claim.end}
        resources = [ids[one.doctor], *([] if one.room is None else [all_rooms[one.room]])]
        for resource in resources:
            session.execute(insert(table(Claim)).values(resource_id=resource, **span, **owner))


def _owner(
    session: Session, one: Visited, common: dict[str, Any], patient: int, now: datetime
) -> Iterator[tuple[str, int]]:
    """The row whose claim it is, as the columns of the claim name it."""
    number = next(_numbers)
    if one.kind in {"held", "expired"}:
        expires = now + (5 * MINUTE if one.kind == "held" else timedelta())
        yield "hold_id", _row(session, Hold, token_hash=f"{number}", expires_at=expires, **common)
        return
    yield (
        "booking_id",
        _row(
            session,
            Booking,
            reference=f"{number:08}",
            uid=f"{number}",
            state=State.CANCELLED if one.kind == "cancelled" else State.CONFIRMED,
            patient_id=patient,
            local_start="",
            time_zone="UTC",
            source="online",
            manage_token_hash=f"{number}",
            updated_at=now,
            **common,
        ),
    )


def _row(session: Session, model: type[Base], **values: Any) -> int:
    row = model(**values)
    session.add(row)
    session.flush()
    return row.id  # type: ignore[attr-defined,no-any-return]
