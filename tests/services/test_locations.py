"""Where visits take place: hours by location, each on a clock of its own."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import OwnLocation, SlotRefusal, UnknownLocation
from booking.domain.hours import OpenStretch
from booking.services.admin import closures, hours, locations, rooms
from booking.services.admin import practitioners as people
from booking.services.admin.closures import NewClosure
from booking.services.admin.locations import Premises
from booking.services.admin.rule_changes import Choice
from booking.services.bookings import new_times
from booking.services.times import availability
from booking.store.bookings import Hold
from booking.store.claims import Claim
from booking.store.clinic import Closure, OpeningHours, ServiceRoom
from tests.services.deeds import (
    TUESDAY_9,
    cancel,
    hold,
    is_offered,
    move,
    new_rules,
    now_is,
    undo,
    wall,
)
from tests.services.test_rule_changes import do, look
from tests.support import RECEPTION, Clinic, at

TUESDAY, THURSDAY = date(2026, 1, 13), date(2026, 1, 15)
# 09:00 in Chicago.
THURSDAY_9_THERE = at("2026-01-15T09:00-06:00")


@pytest.fixture
def there(clinic: Clinic) -> int:
    """A second location in another zone, where Dr. Ahmed is on Thursdays from 9 to 11."""

    def work(session: Session, now: datetime) -> int:
        premises = Premises("Lakeside", "1 Lake Street, Chicago", "America/Chicago", "By tram 3.")
        locations.add("lakeside", premises).apply(session)
        session.flush()
        lakeside = locations.location(session, "lakeside").id
        doctor = people.practitioner(session, "dr-ahmed")
        week = [
            (place, stretch)
            for place, stretch in hours.week_of(session, doctor.id)
            if stretch.weekday != 3
        ]
        hours.set_week(doctor, [*week, (lakeside, OpenStretch(3, 540, 660))]).apply(session)
        return lakeside

    made = clinic.write(work)
    new_rules(clinic)
    return made


def test_hours_hold_at_their_location_and_on_its_clock(clinic: Clinic, there: int) -> None:
    slots = clinic.slots(TUESDAY, THURSDAY)
    assert {slot.location for slot in slots if slot.start < THURSDAY_9_THERE} == {"main"}
    assert [slot.start for slot in slots if slot.location == "lakeside"] == [
        at(f"2026-01-15T{clock}-06:00") for clock in ("09:00", "09:30", "10:00", "10:30")
    ]


def test_what_is_offered_can_be_asked_for_by_location(clinic: Clinic, there: int) -> None:
    def starts(location: str) -> set[str]:
        tables = clinic.read(
            lambda session, now: clinic.offers.timetables(
                session, "consultation", None, location, now=now
            )
        )
        return {slot.location for slot in availability.listed(tables, TUESDAY, THURSDAY)}

    assert (starts("main"), starts("lakeside")) == ({"main"}, {"lakeside"})
    with pytest.raises(UnknownLocation):
        starts("nowhere")


def test_a_booking_is_where_the_doctor_is_at_that_time(clinic: Clinic, there: int) -> None:
    booking = clinic.book(THURSDAY_9_THERE)
    assert (booking.location_id, booking.time_zone) == (there, "America/Chicago")
    assert booking.local_start == "2026-01-15T09:00:00"
    assert clinic.book(TUESDAY_9).location_id != there


def test_a_hold_knows_where_and_becomes_a_booking_there(clinic: Clinic, there: int) -> None:
    held = hold(clinic, THURSDAY_9_THERE)
    assert held.slot.location == "lakeside"
    assert clinic.book(THURSDAY_9_THERE, hold_id=held.id).location_id == there


def test_a_visit_moves_from_one_location_to_another_and_back(clinic: Clinic, there: int) -> None:
    booking = clinic.book(TUESDAY_9)
    moved = move(clinic, booking, THURSDAY_9_THERE)
    assert (moved.location_id, moved.local_start) == (there, "2026-01-15T09:00:00")
    back = move(clinic, moved, TUESDAY_9)
    assert (back.location_id, back.local_start) == (booking.location_id, "2026-01-13T09:00:00")


def test_a_cancelled_visit_comes_back_where_it_was(clinic: Clinic, there: int) -> None:
    booking = clinic.book(THURSDAY_9_THERE)
    cancel(clinic, booking, actor=RECEPTION, reason="asked for")
    undo(clinic, booking)
    assert now_is(clinic, booking).location_id == there
    assert not is_offered(clinic, THURSDAY_9_THERE)


def test_nobody_is_at_two_places_at_once(clinic: Clinic, there: int) -> None:
    """Hours that the pages refuse: where both say open, the first place is offered and meant."""

    def open_there_too(session: Session, now: datetime) -> None:
        doctor = people.practitioner(session, "dr-ahmed").id
        session.add(
            OpeningHours(
                practitioner_id=doctor, location_id=there, weekday=1, opens=480, closes=600
            )
        )

    clinic.write(open_there_too)
    new_rules(clinic)
    listed = [slot for slot in clinic.slots(TUESDAY) if slot.start == TUESDAY_9]
    assert [slot.location for slot in listed] == ["main"]
    assert clinic.book(TUESDAY_9).location_id != there
    with pytest.raises(SlotRefusal):
        clinic.book(TUESDAY_9)


def test_a_closure_may_be_one_locations_alone(clinic: Clinic, there: int) -> None:
    kept, lost = clinic.book(TUESDAY_9), clinic.book(THURSDAY_9_THERE)
    closed = closures.close(
        NewClosure("Flood", None, TUESDAY, THURSDAY, 0, 1440, yearly=False, location_id=there)
    )
    assert [one.booking_id for one in look(clinic, closed).stranded] == [lost.id]
    do(clinic, closed, **{f"b{lost.id}": Choice.KEEP})
    assert not is_offered(clinic, at("2026-01-15T09:30-06:00"))
    assert is_offered(clinic, wall("01-13 09:30"))
    assert now_is(clinic, kept).stranding is None
    assert clinic.read(lambda s, _: s.scalars(select(Closure.location_id)).all()) == [there]


def test_an_archived_location_strands_the_visits_there(clinic: Clinic, there: int) -> None:
    kept, lost = clinic.book(TUESDAY_9), clinic.book(THURSDAY_9_THERE)
    premises = Premises("Lakeside", "1 Lake Street", "America/Chicago", is_archived=True)
    edit = locations.change("lakeside", premises)
    assert [one.booking_id for one in look(clinic, edit).stranded] == [lost.id]
    do(clinic, edit, **{f"b{lost.id}": Choice.OFFER})
    assert {slot.location for slot in clinic.slots(TUESDAY, THURSDAY)} == {"main"}
    assert now_is(clinic, kept).stranding is None
    held = clinic.read(lambda session, now: new_times.offered(session, lost.id, now=now))
    assert held
    assert there not in {one.location_id for one in held}


def test_the_clinics_own_location_cannot_be_archived(clinic: Clinic) -> None:
    edit = locations.change("main", Premises("Main", "Elm St", "UTC", is_archived=True))
    with pytest.raises(OwnLocation):
        do(clinic, edit)
    assert is_offered(clinic, TUESDAY_9)


def test_a_visit_takes_a_room_where_it_is(clinic: Clinic, there: int) -> None:
    def furnish(session: Session, now: datetime) -> dict[str, int]:
        made = {}
        for slug, place in (("room", 1), ("cabin", there)):
            rooms.add(slug, rooms.Facility(slug, False, location_id=place), now=now).apply(session)
            session.flush()
            made[slug] = rooms.room(session, slug).id
            session.add(ServiceRoom(service_id=1, room_id=made[slug]))
        return made

    made = clinic.write(furnish)
    new_rules(clinic)
    clinic.book(TUESDAY_9)
    clinic.book(THURSDAY_9_THERE)
    claimed = clinic.read(
        lambda session, now: session.scalars(
            select(Claim.resource_id).where(Claim.resource_id.in_(made.values())).order_by(Claim.id)
        ).all()
    )
    assert claimed == [made["room"], made["cabin"]]


def test_where_a_needed_kind_of_room_is_missing_nothing_is_offered(
    clinic: Clinic, there: int
) -> None:
    def furnish(session: Session, now: datetime) -> None:
        rooms.add("room", rooms.Facility("Room", False, location_id=1), now=now).apply(session)
        session.flush()
        session.add(ServiceRoom(service_id=1, room_id=rooms.room(session, "room").id))

    clinic.write(furnish)
    new_rules(clinic)
    assert {slot.location for slot in clinic.slots(TUESDAY, THURSDAY)} == {"main"}


def test_another_zone_moves_the_hours_and_strands_what_lies_outside(
    clinic: Clinic, there: int
) -> None:
    booking = clinic.book(THURSDAY_9_THERE)
    premises = Premises("Lakeside", "1 Lake Street", "Asia/Tokyo")
    edit = locations.change("lakeside", premises)
    assert [one.booking_id for one in look(clinic, edit).stranded] == [booking.id]
    do(clinic, edit, **{f"b{booking.id}": Choice.KEEP})
    assert now_is(clinic, booking).start == THURSDAY_9_THERE


def test_a_hold_where_a_location_closes_is_given_back(clinic: Clinic, there: int) -> None:
    hold(clinic, THURSDAY_9_THERE)
    premises = Premises("Lakeside", "1 Lake Street", "America/Chicago", is_archived=True)
    do(clinic, locations.change("lakeside", premises))
    assert clinic.read(lambda session, now: session.scalars(select(Hold.id)).all()) == []
