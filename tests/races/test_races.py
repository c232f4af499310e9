"""
One doctor, one moment, one patient: several processes with 32 people at once, on both databases.

Exactly one wins, the others are refused in a way they can act on, and no claims overlap.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from booking.domain.lifecycle import CLAIMING, State
from booking.store.base import Base
from booking.store.bookings import Booking, Hold, Patient
from booking.store.claims import Claim
from booking.store.records import Message
from tests.races.crowd import Crowd, Outcome, Scene, Task
from tests.services.deeds import cancel, forget_everything, hold, move, wall
from tests.support import RECEPTION, Clinic, drop_guarantee

PEOPLE = 32
MINUTE = timedelta(minutes=1)
BUFFERS = {"consultation": 0, "long": 0, "careful": 10}


def scene(clinic: Clinic, *, blind: bool = False) -> Scene:
    url = clinic.database.engine.url.render_as_string(hide_password=False)
    return Scene(url, clinic.time.now, blind)


def race(
    clinic: Clinic, crowd: Crowd, tasks: Sequence[Task], *, blind: bool = False
) -> list[Outcome]:
    outcomes = crowd.at_once(scene(clinic, blind=blind), tasks)
    errors = [outcome.error for outcome in outcomes if outcome.error]
    assert errors == []
    return outcomes


def winners(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.won]


def losers(outcomes: Sequence[Outcome]) -> set[str | None]:
    return {outcome.code for outcome in outcomes if not outcome.won}


def double_bookings(clinic: Clinic) -> int:
    """How many claims, and how many bookings, begin before the one before them has ended."""
    claims = select(Claim.start, Claim.end).order_by(Claim.start)

    def look(session: Session, now: datetime) -> list[list[tuple[datetime, datetime]]]:
        visits = session.scalars(select(Booking).where(Booking.state.in_(CLAIMING)))
        return [
            [(start, end) for start, end in session.execute(claims)],
            sorted(
                (visit.start - BUFFERS[visit.service.slug] * MINUTE, visit.end) for visit in visits
            ),
        ]

    return sum(
        before[1] > after[0] for spans in clinic.read(look) for before, after in pairwise(spans)
    )


def count(clinic: Clinic, model: type[Base], *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(model).where(*conditions)
    return clinic.read(lambda session, now: session.scalars(query).one())


def claimed(clinic: Clinic) -> list[tuple[int | None, datetime]]:
    query = select(Claim.booking_id, Claim.start).order_by(Claim.start)
    return clinic.read(lambda session, now: [tuple(row) for row in session.execute(query)])


def everybody_books_one_slot(
    clinic: Clinic, crowd: Crowd, start: datetime, *, blind: bool = False
) -> list[Outcome]:
    return race(clinic, crowd, [Task("book", {"start": start})] * PEOPLE, blind=blind)


def days(rounds: int) -> list[datetime]:
    """The starts of nine o'clock visits on so many weekdays."""
    mornings = (wall("01-13 09:00") + n * timedelta(days=1) for n in range(26))
    return [start for start in mornings if start.weekday() < 5][:rounds]


def one_slot(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    for start in days(rounds):
        outcomes = everybody_books_one_slot(clinic, crowd, start)
        assert len(winners(outcomes)) == 1
        assert losers(outcomes) == {"slot_unavailable"}
    assert double_bookings(clinic) == 0
    assert count(clinic, Booking) == count(clinic, Patient) == count(clinic, Claim) == rounds
    assert count(clinic, Message) == rounds


def overlapping_lengths(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    """Visits of three services, every two of which share the minutes after a half past nine."""
    for nine in days(rounds):
        starts = [
            ("consultation", 30),
            ("long", 0),
            ("long", 15),
            ("long", 30),
            ("careful", 15),
            ("careful", 30),
        ]
        tasks = [
            Task("book", {"service": service, "start": nine + minute * MINUTE})
            for service, minute in starts * PEOPLE
        ][:PEOPLE]
        outcomes = race(clinic, crowd, tasks)
        assert len(winners(outcomes)) == 1
        assert losers(outcomes) == {"slot_unavailable"}
    assert double_bookings(clinic) == 0
    assert count(clinic, Booking) == count(clinic, Claim) == rounds


def a_morning(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    """All kinds of visits all over the morning: many fit, and none is on top of another."""
    for nine in days(rounds):
        tasks = [
            Task(
                "book" if number % 3 else "hold",
                {
                    "service": ("consultation", "long", "careful")[number % 3],
                    "start": nine + (number * 7 % 10) * 15 * MINUTE,
                },
            )
            for number in range(PEOPLE)
        ]
        outcomes = race(clinic, crowd, tasks)
        assert len(winners(outcomes)) >= 2
        assert losers(outcomes) <= {"slot_unavailable", "outside_hours"}
    assert double_bookings(clinic) == 0
    assert count(clinic, Claim) == count(clinic, Booking) + count(clinic, Hold)


def booking_against_holding(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    for start in days(rounds):
        tasks = [Task(deed, {"start": start}) for deed in ("book", "hold") * (PEOPLE // 2)]
        outcomes = race(clinic, crowd, tasks)
        assert len(winners(outcomes)) == 1
        assert losers(outcomes) == {"slot_unavailable"}
    assert double_bookings(clinic) == 0
    assert count(clinic, Booking) + count(clinic, Hold) == count(clinic, Claim) == rounds


def confirming_what_one_holds(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    for start in days(rounds):
        mine = hold(clinic, start).id
        others = [Task("book", {"start": start})] * (PEOPLE - 1)
        outcomes = race(clinic, crowd, [Task("book", {"start": start, "hold_id": mine}), *others])
        assert winners(outcomes) == outcomes[:1]
        assert losers(outcomes) == {"slot_unavailable"}
    assert double_bookings(clinic) == 0


def a_hold_that_ran_out(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    mine = [hold(clinic, start).id for start in days(rounds)]
    clinic.time.pass_(minutes=10)
    for start, hold_id in zip(days(rounds), mine, strict=True):
        tasks = [
            Task("book", {"start": start, "hold_id": hold_id}),
            Task("extend", {"hold_id": hold_id}),
            *[Task("book", {"start": start})] * 15,
            *[Task("hold", {"start": start})] * 15,
        ]
        outcomes = race(clinic, crowd, tasks)
        assert len(winners(outcomes)) == 1
        assert losers(outcomes) == {"slot_unavailable", "hold_expired"}
    assert double_bookings(clinic) == 0


def moving_against_cancelling(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    for start in days(rounds):
        booking = clinic.book(start)
        times = [start + 30 * MINUTE, start + 60 * MINUTE]
        tasks = [
            Task("move", {"booking_id": booking.id, "start": times[number % 2]})
            if number % 4
            else Task("cancel", {"booking_id": booking.id})
            for number in range(PEOPLE)
        ]
        outcomes = race(clinic, crowd, tasks)
        assert [outcome.deed for outcome in winners(outcomes)].count("cancel") == 1
        assert losers(outcomes) == {"already_cancelled"}
        assert count(clinic, Booking, Booking.id == booking.id, Booking.state == State.CANCELLED)
    assert claimed(clinic) == []


def several_moves_to_one_slot(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    for wanted in days(rounds):
        before = {
            clinic.book(wanted + number * 30 * MINUTE).id: wanted + number * 30 * MINUTE
            for number in (1, 2, 3, 4, 5, 8, 9, 10)
        }
        tasks = [Task("move", {"booking_id": each, "start": wanted}) for each in before]
        outcomes = race(clinic, crowd, tasks)
        assert len(winners(outcomes)) == 1
        assert losers(outcomes) == {"slot_unavailable"}
        moved = tasks[outcomes.index(winners(outcomes)[0])].facts["booking_id"]
        today = {booking_id: start for booking_id, start in claimed(clinic) if booking_id in before}
        assert today == before | {moved: wanted}
    assert double_bookings(clinic) == 0


def swapping(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    """Two who want each other's time: neither gives theirs up first, so both keep it."""
    for start in days(rounds):
        one, other = clinic.book(start), clinic.book(start + 30 * MINUTE)
        tasks = [
            Task("move", {"booking_id": one.id, "start": other.start}),
            Task("move", {"booking_id": other.id, "start": one.start}),
        ]
        outcomes = race(clinic, crowd, tasks * (PEOPLE // 2))
        assert winners(outcomes) == []
        assert losers(outcomes) == {"slot_unavailable"}
        assert {(one.id, one.start), (other.id, other.start)} <= set(claimed(clinic))


def taking_back_against_booking(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    for start in days(rounds):
        booking = clinic.book(start)
        cancel(clinic, booking)
        tasks = [
            Task("undo", {"booking_id": booking.id})
            if number % 2
            else Task("book", {"start": start})
            for number in range(PEOPLE)
        ]
        outcomes = race(clinic, crowd, tasks)
        assert len(winners(outcomes)) == 1
        assert losers(outcomes) <= {"slot_unavailable", "transition_refused"}
    assert double_bookings(clinic) == 0
    assert count(clinic, Claim) == rounds


def moving_back_against_booking(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    for start in days(rounds):
        booking = clinic.book(start)
        move(clinic, booking, start + 60 * MINUTE, actor=RECEPTION)
        tasks = [
            Task("undo_move", {"booking_id": booking.id})
            if number % 2
            else Task("book", {"start": start})
            for number in range(PEOPLE)
        ]
        outcomes = race(clinic, crowd, tasks)
        assert len(winners(outcomes)) == 1
        assert losers(outcomes) <= {"slot_unavailable", "transition_refused"}
        assert any(claim[0] == booking.id for claim in claimed(clinic))
    assert double_bookings(clinic) == 0


def one_request_many_times(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    for number, start in enumerate(days(rounds)):
        task = Task("book", {"start": start, "key": f"key {number}"})
        outcomes = race(clinic, crowd, [task] * PEOPLE)
        assert len({outcome.result for outcome in outcomes}) == 1
        assert all(outcome.won for outcome in outcomes)
    assert count(clinic, Booking) == count(clinic, Patient) == count(clinic, Message) == rounds


def delivering(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    for start in days(rounds):
        for number in range(6):
            clinic.book(start + number * 30 * MINUTE)
    outcomes = race(clinic, crowd, [Task("deliver", {})] * PEOPLE)
    taken = Counter(message for outcome in outcomes for message in outcome.result)
    assert len(taken) == 6 * rounds
    assert set(taken.values()) == {1}


def booking_over_http(clinic: Clinic, crowd: Crowd, rounds: int) -> None:
    race(clinic, crowd, [Task("prepare_http", {})] * 4)
    for start in days(rounds):
        task = Task("post", {"start": start.isoformat()})
        answers = [outcome.result for outcome in race(clinic, crowd, [task] * PEOPLE)]
        statuses = Counter(status for status, _ in answers)
        assert statuses == {201: 1, 409: PEOPLE - 1}
        refused = [body for status, body in answers if status == 409]
        assert {body["code"] for body in refused} == {"slot_unavailable"}
        assert all(1 <= len(body["alternatives"]) <= 3 for body in refused)
    assert double_bookings(clinic) == 0


Race = Callable[[Clinic, Crowd, int], None]
RACES = pytest.mark.parametrize(
    "run",
    [
        one_slot,
        overlapping_lengths,
        a_morning,
        booking_against_holding,
        confirming_what_one_holds,
        a_hold_that_ran_out,
        moving_against_cancelling,
        several_moves_to_one_slot,
        swapping,
        taking_back_against_booking,
        moving_back_against_booking,
        one_request_many_times,
        delivering,
        booking_over_http,
    ],
    ids=lambda run: run.__name__,
)


@RACES
def test_of_many_at_once_exactly_one_wins(clinic: Clinic, crowd: Crowd, run: Race) -> None:
    run(clinic, crowd, 2)


@pytest.mark.soak
@RACES
def test_of_many_at_once_exactly_one_wins_every_time(
    clinic: Clinic, crowd: Crowd, run: Race
) -> None:
    for _ in range(4):
        run(clinic, crowd, 18)
        forget_everything(clinic)


def test_the_database_refuses_double_bookings_even_of_those_who_do_not_look(
    clinic: Clinic, crowd: Crowd
) -> None:
    for start in days(2):
        outcomes = everybody_books_one_slot(clinic, crowd, start, blind=True)
        assert len(winners(outcomes)) == 1
        assert losers(outcomes) == {"slot_unavailable"}
    assert double_bookings(clinic) == 0


def test_looking_under_the_lock_is_enough_even_without_the_databases_refusal(
    clinic: Clinic, crowd: Crowd
) -> None:
    drop_guarantee(clinic.database)
    for start in days(2):
        outcomes = everybody_books_one_slot(clinic, crowd, start)
        assert len(winners(outcomes)) == 1
    assert double_bookings(clinic) == 0


def test_without_both_everybody_wins_and_these_tests_notice(clinic: Clinic, crowd: Crowd) -> None:
    drop_guarantee(clinic.database)
    start = days(1)[0]
    outcomes = everybody_books_one_slot(clinic, crowd, start, blind=True)
    assert len(winners(outcomes)) == PEOPLE
    assert double_bookings(clinic) == 2 * (PEOPLE - 1)
