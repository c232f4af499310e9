"""The kinds of consultation: what they need, who offers them, and since when no longer."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.domain.modes import Mode, Patients
from booking.services.admin.change_words import differences, of
from booking.services.admin.rule_changes import Edit
from booking.store.base import insert_row
from booking.store.clinic import Practitioner, Room, Service, ServicePractitioner, ServiceRoom


@dataclass(frozen=True, slots=True)
class Offering:
    """A service as the administrator sees it; lengths in minutes, no cap is None."""

    name: str
    length: int
    buffer_before: int
    buffer_after: int
    step: int
    notice: int
    horizon_days: int
    cap_day: int | None
    cap_week: int | None
    practitioners: frozenset[int]
    is_archived: bool = False
    # The rooms and the devices of which a visit needs one each; none: it needs none.
    rooms: frozenset[int] = frozenset()
    patients: Patients = Patients.ALL
    # How visits take place, and what patients have to know for one by phone or video.
    mode: Mode = Mode.IN_PERSON
    mode_text: str = ""

    @classmethod
    def usual(cls, name: str, length: int, practitioners: frozenset[int]) -> "Offering":
        """One with the usual rules: a start every half hour, two hours' notice, four weeks."""
        return cls(
            name=name,
            length=length,
            buffer_before=0,
            buffer_after=0,
            step=30,
            notice=120,
            horizon_days=28,
            cap_day=None,
            cap_week=None,
            practitioners=practitioners,
        )


def all_services(session: Session) -> list[Service]:
    """All of them, those that are offered first."""
    query = select(Service).order_by(Service.is_archived, Service.id)
    return list(session.scalars(query))


def service(session: Session, slug: str) -> Service:
    """
    One of them.

    Raises:
        NotFound: there is none with this name in addresses.
    """
    found = session.scalar(select(Service).where(Service.slug == slug))
    if found is None:
        raise NotFound
    return found


def as_it_is(session: Session, row: Service) -> Offering:
    """A service with those who offer it."""
    offered_by = session.scalars(
        select(ServicePractitioner.practitioner_id).where(ServicePractitioner.service_id == row.id)
    )
    rooms = session.scalars(select(ServiceRoom.room_id).where(ServiceRoom.service_id == row.id))
    return Offering(
        name=row.name,
        length=row.length_minutes,
        buffer_before=row.buffer_before_minutes,
        buffer_after=row.buffer_after_minutes,
        step=row.step_minutes,
        notice=row.notice_minutes,
        horizon_days=row.horizon_days,
        cap_day=row.cap_day,
        cap_week=row.cap_week,
        practitioners=frozenset(offered_by),
        is_archived=row.is_archived,
        rooms=frozenset(rooms),
        patients=row.patients,
        mode=row.mode,
        mode_text=row.mode_text,
    )


def change(slug: str, new: Offering) -> Edit:
    """Give a service these facts; bookings that were made keep their length, not their mode."""

    def apply(session: Session) -> str:
        row = service(session, slug)
        old = as_it_is(session, row)
        row.name = new.name
        row.length_minutes = new.length
        row.buffer_before_minutes, row.buffer_after_minutes = new.buffer_before, new.buffer_after
        row.step_minutes, row.notice_minutes = new.step, new.notice
        row.horizon_days = new.horizon_days
        row.cap_day, row.cap_week = new.cap_day, new.cap_week
        row.is_archived = new.is_archived
        row.patients, row.mode, row.mode_text = new.patients, new.mode, new.mode_text
        session.execute(delete(ServicePractitioner).where(ServicePractitioner.service_id == row.id))
        for practitioner_id in sorted(new.practitioners):
            insert_row(
                session, ServicePractitioner, service_id=row.id, practitioner_id=practitioner_id
            )

        session.execute(delete(ServiceRoom).where(ServiceRoom.service_id == row.id))
        for room_id in sorted(new.rooms):
            insert_row(session, ServiceRoom, service_id=row.id, room_id=room_id)
        return of(old.name, differences(old, new, _names(session)))

    return Edit("service", apply, archives=new.is_archived)


def add(slug: str, new: Offering) -> Edit:
    """Offer another kind of consultation under a name for addresses that is not taken."""

    def apply(session: Session) -> str:
        session.add(Service(slug=slug, name=new.name, length_minutes=new.length))
        session.flush()
        words = change(slug, new).apply(session).removeprefix(f"{new.name}: ")
        return f"{new.name}: added; {words}"

    return Edit("service", apply)


def _names(session: Session) -> dict[int, str]:
    """Of practitioners, rooms and devices, which share one row of ids."""
    people, rooms = session.scalars(select(Practitioner)), session.scalars(select(Room))
    return {one.id: one.name for one in (*people, *rooms)}
