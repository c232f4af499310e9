"""The rules in the tables are those that decide: caps, closures, hours that begin and end."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from booking.domain.errors import OutsideHours, SlotUnavailable, UnknownService
from booking.store.base import Base
from booking.store.clinic import Closure, ExtraOpening, OpeningHours, Service
from tests.services.deeds import (
    HALF_HOUR,
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    WEDNESDAY_9,
    add_practitioner,
    cancel,
    change_service,
    hold,
    is_offered,
    move,
    new_rules,
    wall,
)
from tests.support import Clinic

TUESDAY = date(2026, 1, 13)
SATURDAY = date(2026, 1, 17)
DOCTOR = 1


def add(clinic: Clinic, model: type[Base], **values: object) -> None:
    clinic.write(lambda session, _: session.execute(insert(model).values(values)) and None)
    new_rules(clinic)


def close(clinic: Clinic, **values: object) -> None:
    usual = {"first_day": TUESDAY, "last_day": TUESDAY, "begins": 0, "ends": 1440}
    usual |= {"name": "closed", "is_yearly": False, "practitioner_id": None}
    add(clinic, Closure, **(usual | values))


def times(clinic: Clinic, day: date = TUESDAY) -> int:
    return len(clinic.slots(day))


def test_a_closed_day_is_not_offered_and_not_accepted(clinic: Clinic) -> None:
    assert is_offered(clinic, TUESDAY_9)
    close(clinic)
    assert times(clinic) == 0
    with pytest.raises(OutsideHours):
        clinic.book(TUESDAY_9)


def test_a_closure_of_hours_leaves_the_rest_of_the_day(clinic: Clinic) -> None:
    close(clinic, begins=9 * 60, ends=9 * 60 + 15)
    assert not is_offered(clinic, TUESDAY_9)
    assert is_offered(clinic, TUESDAY_930)


def test_an_absence_is_one_practitioners_own(clinic: Clinic) -> None:
    add_practitioner(clinic, "dr-lee")
    close(clinic, practitioner_id=DOCTOR)
    assert {slot.practitioner for slot in clinic.slots(TUESDAY)} == {"dr-lee"}


def test_a_closure_can_come_every_year(clinic: Clinic) -> None:
    close(clinic, first_day=date(2020, 1, 13), last_day=date(2020, 1, 13), is_yearly=True)
    assert times(clinic) == 0


def test_an_extra_opening_is_offered_and_accepted(clinic: Clinic) -> None:
    start = wall("01-17 10:00")
    assert times(clinic, SATURDAY) == 0
    where_when = {"location_id": 1, "day": SATURDAY, "opens": 600, "closes": 660}
    add(clinic, ExtraOpening, practitioner_id=DOCTOR, **where_when)
    assert times(clinic, SATURDAY) == 2
    assert clinic.book(start).start == start


def test_hours_end_with_their_last_date(clinic: Clinic) -> None:
    ended = update(OpeningHours).values(valid_until=TUESDAY - timedelta(days=1))
    clinic.write(lambda session, _: session.execute(ended) and None)
    new_rules(clinic)
    assert times(clinic) == 0


def test_hours_of_every_other_week(clinic: Clinic) -> None:
    every_other = update(OpeningHours).values(valid_from=date(2026, 1, 5), every_weeks=2)
    clinic.write(lambda session, _: session.execute(every_other) and None)
    new_rules(clinic)
    assert [times(clinic, TUESDAY + timedelta(days=7 * n)) for n in range(3)] == [0, 14, 0]


def test_a_full_day_is_not_offered_and_not_accepted(clinic: Clinic) -> None:
    change_service(clinic, cap_day=2)
    clinic.book(TUESDAY_9)
    held = hold(clinic, TUESDAY_930)
    assert times(clinic) == 0
    with pytest.raises(SlotUnavailable):
        clinic.book(TUESDAY_10)
    # Whoever holds one of the two has it.
    assert clinic.book(TUESDAY_930, hold_id=held.id).start == TUESDAY_930
    assert is_offered(clinic, WEDNESDAY_9)


def test_a_cancellation_and_a_hold_that_ran_out_make_room_below_the_cap(clinic: Clinic) -> None:
    change_service(clinic, cap_day=2)
    booking = clinic.book(TUESDAY_9)
    hold(clinic, TUESDAY_930)
    assert times(clinic) == 0
    clinic.time.pass_(minutes=11)
    assert is_offered(clinic, TUESDAY_10)
    clinic.book(TUESDAY_10)
    assert times(clinic) == 0
    cancel(clinic, booking)
    assert is_offered(clinic, TUESDAY_9)


def test_a_full_week_runs_from_monday_to_sunday(clinic: Clinic) -> None:
    change_service(clinic, cap_week=1)
    clinic.book(TUESDAY_9)
    assert times(clinic, date(2026, 1, 16)) == 0
    assert times(clinic, date(2026, 1, 19)) == 14


def test_a_booking_may_move_within_its_own_full_day(clinic: Clinic) -> None:
    change_service(clinic, cap_day=1)
    booking = clinic.book(TUESDAY_9)
    assert move(clinic, booking, TUESDAY_9 + HALF_HOUR).start == TUESDAY_930


def test_a_cap_is_counted_for_each_practitioner(clinic: Clinic) -> None:
    add_practitioner(clinic, "dr-lee")
    change_service(clinic, cap_day=1)
    clinic.book(TUESDAY_9)
    assert {slot.practitioner for slot in clinic.slots(TUESDAY)} == {"dr-lee"}


def test_what_is_archived_is_no_longer_offered(clinic: Clinic) -> None:
    change_service(clinic, is_archived=True)
    with pytest.raises(UnknownService):
        clinic.slots(TUESDAY)


@pytest.mark.parametrize(
    "values",
    [{"last_day": date(2026, 1, 12)}, {"begins": 600, "ends": 600}, {"ends": 1441}],
)
def test_the_database_refuses_a_closure_that_ends_before_it_begins(
    clinic: Clinic, values: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError):
        close(clinic, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)},
        {"every_weeks": 2},
        {"every_weeks": 0},
    ],
)
def test_the_database_refuses_hours_that_make_no_sense(
    clinic: Clinic, values: dict[str, object]
) -> None:
    wrong = update(OpeningHours).values(values)
    with pytest.raises(IntegrityError):
        clinic.write(lambda session, _: session.execute(wrong) and None)


@pytest.mark.parametrize("values", [{"cap_day": 0}, {"cap_week": 0}, {"cap_week": -1}])
def test_the_database_refuses_a_cap_of_nothing(clinic: Clinic, values: dict[str, object]) -> None:
    wrong = update(Service).values(values)
    with pytest.raises(IntegrityError):
        clinic.write(lambda session, _: session.execute(wrong) and None)
