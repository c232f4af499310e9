"""Rooms and devices: two practitioners never use one at once, and each visit has what it needs."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from booking.domain.errors import BookingsStranded, SlotUnavailable
from booking.domain.lifecycle import State, Stranding
from booking.domain.time import Span
from booking.services.admin import offerings, rooms, rule_changes
from booking.services.admin.rule_changes import Choice, Edit
from booking.services.times import claims, room_claims
from booking.store.bookings import Booking
from booking.store.claims import Claim
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    add_practitioner,
    cancel,
    hold,
    is_offered,
    move,
    now_is,
    undo,
)
from tests.support import RECEPTION, Clinic
from tests.web.site import add_room


def save(clinic: Clinic, edit: Edit, choices: dict[int, Choice] | None = None) -> None:
    clinic.write(
        lambda session, now: rule_changes.carry_out(
            session,
            clinic.links,
            edit,
            choices=choices or {},
            reason="A room was lost",
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )
    )


def needs(*room_ids: int) -> Edit:
    """The consultation needs one of these."""

    def apply(session: Session) -> str:
        old = offerings.as_it_is(session, offerings.service(session, "consultation"))
        new = replace(old, rooms=frozenset(room_ids))
        return offerings.change("consultation", new).apply(session)

    return Edit("service", apply)


def archive(slug: str) -> Edit:
    def apply(session: Session) -> str:
        old = rooms.as_it_is(rooms.room(session, slug))
        return rooms.change(slug, replace(old, is_archived=True)).apply(session)

    return Edit("room", apply)


@pytest.fixture
def two_doctors(clinic: Clinic) -> Clinic:
    """Two practitioners who share one room."""
    add_practitioner(clinic, "dr-lee")
    save(clinic, needs(add_room(clinic)))
    return clinic


def has(clinic: Clinic, booking: Booking) -> list[str]:
    return clinic.read(lambda session, _: rooms.names_of(session, booking.id))


def test_one_room_is_one_visit_at_a_time(two_doctors: Clinic):
    assert is_offered(two_doctors, TUESDAY_9, practitioner="dr-lee")
    booking = two_doctors.book(TUESDAY_9)
    assert has(two_doctors, booking) == ["Room 1"]
    assert not is_offered(two_doctors, TUESDAY_9, practitioner="dr-lee")
    with pytest.raises(SlotUnavailable):
        two_doctors.book(TUESDAY_9, practitioner="dr-lee")
    assert is_offered(two_doctors, TUESDAY_930, practitioner="dr-lee")


def test_with_two_rooms_two_visits_at_a_time(two_doctors: Clinic):
    save(two_doctors, needs(*room_ids(two_doctors), add_room(two_doctors, "Room 2")))
    first = two_doctors.book(TUESDAY_9)
    second = two_doctors.book(TUESDAY_9, practitioner="dr-lee")
    assert [has(two_doctors, one) for one in (first, second)] == [["Room 1"], ["Room 2"]]


def room_ids(clinic: Clinic) -> list[int]:
    return clinic.read(lambda session, _: [one.id for one in rooms.all_rooms(session)])


def test_a_device_is_needed_besides_the_room(two_doctors: Clinic):
    save(two_doctors, needs(*room_ids(two_doctors), add_room(two_doctors, "Pen", is_device=True)))
    booking = two_doctors.book(TUESDAY_9)
    assert has(two_doctors, booking) == ["Room 1", "Pen"]
    save(two_doctors, archive("pen"), {booking.id: Choice.KEEP})
    # The only one is gone: nothing is on offer.
    assert not is_offered(two_doctors, TUESDAY_10)


def test_a_hold_keeps_the_room_until_it_runs_out(two_doctors: Clinic):
    held = hold(two_doctors, TUESDAY_9)
    assert not is_offered(two_doctors, TUESDAY_9, practitioner="dr-lee")
    two_doctors.time.pass_(minutes=10)
    assert is_offered(two_doctors, TUESDAY_9, practitioner="dr-lee")
    booking = two_doctors.book(TUESDAY_9, practitioner="dr-lee")
    assert has(two_doctors, booking) == ["Room 1"]
    with pytest.raises(SlotUnavailable):
        two_doctors.book(TUESDAY_9, hold_id=held.id)


def test_a_hold_takes_its_room_along_into_the_booking(two_doctors: Clinic):
    held = hold(two_doctors, TUESDAY_9)
    booking = two_doctors.book(TUESDAY_9, hold_id=held.id)
    assert has(two_doctors, booking) == ["Room 1"]
    assert two_doctors.read(lambda session, _: session.query(Claim).count()) == 2


def test_moving_moves_the_room_and_cancelling_frees_it(two_doctors: Clinic):
    booking = two_doctors.book(TUESDAY_9)
    move(two_doctors, booking, TUESDAY_10)
    assert is_offered(two_doctors, TUESDAY_9, practitioner="dr-lee")
    assert not is_offered(two_doctors, TUESDAY_10, practitioner="dr-lee")
    # Half an hour on, over its own old time.
    move(two_doctors, booking, TUESDAY_10 + timedelta(minutes=30))
    assert has(two_doctors, booking) == ["Room 1"]
    cancel(two_doctors, booking)
    assert is_offered(two_doctors, TUESDAY_10 + timedelta(minutes=30), practitioner="dr-lee")
    assert has(two_doctors, booking) == []


def test_an_undone_cancellation_needs_the_room_again(two_doctors: Clinic):
    booking = two_doctors.book(TUESDAY_9)
    cancel(two_doctors, booking)
    undo(two_doctors, booking)
    assert has(two_doctors, booking) == ["Room 1"]
    cancel(two_doctors, booking)
    two_doctors.book(TUESDAY_9, practitioner="dr-lee")
    with pytest.raises(SlotUnavailable):
        undo(two_doctors, booking)
    assert now_is(two_doctors, booking).state is State.CANCELLED


def test_visits_in_an_archived_room_move_to_another(two_doctors: Clinic):
    save(two_doctors, needs(*room_ids(two_doctors), add_room(two_doctors, "Room 2")))
    booking = two_doctors.book(TUESDAY_9)
    save(two_doctors, archive("room-1"))
    assert has(two_doctors, booking) == ["Room 2"]
    assert not is_offered(two_doctors, TUESDAY_9, practitioner="dr-lee")


def test_visits_for_which_no_room_is_left_are_decided_on(two_doctors: Clinic):
    save(two_doctors, needs(*room_ids(two_doctors), add_room(two_doctors, "Room 2")))
    first = two_doctors.book(TUESDAY_9)
    second = two_doctors.book(TUESDAY_9, practitioner="dr-lee")
    with pytest.raises(BookingsStranded):
        save(two_doctors, archive("room-2"))
    assert has(two_doctors, second) == ["Room 2"]
    save(two_doctors, archive("room-2"), {second.id: Choice.KEEP})
    assert now_is(two_doctors, second).stranding is Stranding.KEPT
    # Kept once, it is not asked about again.
    save(two_doctors, needs(*room_ids(two_doctors)))
    assert has(two_doctors, first) == ["Room 1"]


def test_a_room_that_is_needed_from_now_on_is_given_to_the_visits_there_are(clinic: Clinic):
    add_practitioner(clinic, "dr-lee")
    first = clinic.book(TUESDAY_9)
    second = clinic.book(TUESDAY_9, practitioner="dr-lee")
    later = clinic.book(TUESDAY_10, practitioner="dr-lee")
    edit = needs(add_room(clinic))
    with pytest.raises(BookingsStranded):
        save(clinic, edit)
    save(clinic, edit, {second.id: Choice.CANCEL})
    assert [has(clinic, one) for one in (first, second, later)] == [["Room 1"], [], ["Room 1"]]
    save(clinic, needs())
    assert has(clinic, first) == []


def test_a_hold_from_before_a_room_was_needed_is_given_back(clinic: Clinic):
    held = hold(clinic, TUESDAY_9)
    save(clinic, needs(add_room(clinic)))
    booking = clinic.book(TUESDAY_9, hold_id=held.id)
    assert has(clinic, booking) == ["Room 1"]


def test_the_database_refuses_two_in_one_room(two_doctors: Clinic):
    booking = two_doctors.book(TUESDAY_9)
    other = two_doctors.book(TUESDAY_10, practitioner="dr-lee")
    span = two_doctors.read(
        lambda session, _: (
            claims.of_each(session, room_ids_in(session), window(TUESDAY_9))[
                room_ids_in(session)[0]
            ][0].span
        )
    )
    with pytest.raises(SlotUnavailable):
        two_doctors.write(
            lambda session, _: claims.take(
                session, room_ids_in(session)[0], span, booking_id=other.id
            )
        )
    assert has(two_doctors, booking) == ["Room 1"]


def room_ids_in(session: Session) -> list[int]:
    return [one.id for one in rooms.all_rooms(session)]


def window(start: datetime) -> Span:
    return Span(start, start + timedelta(minutes=30))


def test_two_who_want_one_room_at_once(served: Clinic):
    add_practitioner(served, "dr-lee")
    save(served, needs(add_room(served)))
    met, lost = threading.Barrier(2), []

    def want(practitioner: str) -> None:
        met.wait(5)
        try:
            served.book(TUESDAY_9, practitioner=practitioner)
        except SlotUnavailable:
            lost.append(practitioner)

    threads = [threading.Thread(target=want, args=(who,)) for who in ("dr-ahmed", "dr-lee")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lost) == 1
    assert served.read(lambda session, _: session.query(Booking).count()) == 1


def test_nothing_is_asked_of_rooms_where_none_is_needed(clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    lacking = clinic.write(
        lambda session, now: room_claims.provide(session, clinic.offers.rulebook(session), now=now)
    )
    assert lacking == set()
    assert has(clinic, booking) == []
