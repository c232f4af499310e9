"""The doctor is ill: whose visits go, what they are offered at once, and how far they all are."""

from datetime import date, datetime

import pytest

from booking.domain.disruptions import Choice, Why
from booking.domain.errors import ProposalsGone, SlotRefusal
from booking.domain.lifecycle import State
from booking.domain.people import Person
from booking.services.admin import closures, rule_changes
from booking.services.admin.closures import NewClosure
from booking.services.admin.rule_changes import Edit, Effect
from booking.services.bookings import new_times
from booking.store.bookings import Booking
from booking.store.disruptions import DisruptedBooking, Disruption
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_930,
    WEDNESDAY_9,
    count,
    move,
    now_is,
    step,
    wall,
)
from tests.support import RECEPTION, Clinic

TUESDAY = date(2026, 1, 13)
ILL = closures.close(
    NewClosure("Ill", 1, TUESDAY, TUESDAY, 0, 1440, yearly=False),
    why=Why.ILL,
    at_short_notice=True,
)
BY_PHONE = Person("Bo Lind", date(1980, 1, 2), None, "+1 202 555 0143")


def shown(clinic: Clinic, edit: Edit = ILL) -> Effect:
    return clinic.database.rehearse(
        lambda session, now: rule_changes.effect(
            session, edit, random_token=clinic.random_token, now=now
        )
    )


def close(clinic: Clinic, effect: Effect, edit: Edit = ILL, choice: Choice = Choice.OFFER) -> None:
    """Save what a preview showed, with one choice for all."""
    clinic.write(
        lambda session, now: rule_changes.carry_out(
            session,
            clinic.links,
            edit,
            choices={one.booking_id: choice for one in effect.stranded},
            reason="Dr. Ahmed is not at the clinic",
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
            proposed={one.booking_id: frozenset(one.times) for one in effect.stranded},
        )
    )


def held(clinic: Clinic, booking: Booking) -> list[datetime]:
    return clinic.read(
        lambda session, now: [one.start for one in new_times.offered(session, booking.id, now=now)]
    )


def test_the_soonest_times_are_shown_held_and_can_be_taken(clinic: Clinic):
    first, second = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930)
    effect = shown(clinic)
    times = [one.times for one in effect.stranded]
    # It is Monday, eight: after two hours of notice and two to answer comes the lunch break.
    assert [f"{start:%a %H:%M}" for start in times[0]] == ["Mon 13:00", "Mon 13:30", "Mon 14:00"]
    assert not set(times[0]) & set(times[1])
    assert count(clinic, Disruption) == 0
    close(clinic, effect)
    assert held(clinic, first) == list(times[0])
    assert held(clinic, second) == list(times[1])
    assert move(clinic, second, times[1][2]).start == times[1][2]
    with pytest.raises(SlotRefusal):
        clinic.book(times[0][0])


def test_times_that_went_meanwhile_are_shown_anew_not_replaced_in_silence(clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    effect = shown(clinic)
    clinic.book(effect.stranded[0].times[1])
    with pytest.raises(ProposalsGone):
        close(clinic, effect)
    assert held(clinic, booking) == []
    assert count(clinic, Disruption) == 0
    close(clinic, shown(clinic))
    assert len(held(clinic, booking)) == 3


def test_the_day_cannot_be_booked_meanwhile_not_even_by_phone(clinic: Clinic):
    clinic.book(TUESDAY_9)
    close(clinic, shown(clinic))
    for actor in (None, RECEPTION):
        with pytest.raises(SlotRefusal):
            clinic.book(wall("01-13 11:00"), **({"actor": actor} if actor else {}))


def test_whoever_is_here_already_is_left_alone(clinic: Clinic):
    here, over, later = (clinic.book(wall(f"01-13 {at}")) for at in ("09:30", "09:00", "14:00"))
    clinic.time.now = wall("01-13 09:40")
    step(clinic, over, State.COMPLETED)
    step(clinic, here, State.ARRIVED)
    assert [one.booking_id for one in shown(clinic).stranded] == [later.id]


def test_whose_visit_was_taken_is_kept_in_mind_with_what_was_chosen(clinic: Clinic):
    mailed, called = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930, BY_PHONE)
    elsewhere = clinic.book(WEDNESDAY_9)
    close(clinic, shown(clinic))
    found = clinic.read(lambda session, _: session.query(DisruptedBooking).all())
    assert [(one.booking_id, one.start, one.choice) for one in found] == [
        (mailed.id, TUESDAY_9, Choice.OFFER),
        (called.id, TUESDAY_930, Choice.OFFER),
    ]
    assert now_is(clinic, elsewhere).stranding is None
    assert len(held(clinic, called)) == 3
