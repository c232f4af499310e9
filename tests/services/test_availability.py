"""What is offered: by service and practitioner, to patients and to staff, and what else is near."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.domain.errors import SlotRefusal, UnknownPractitioner, UnknownService
from booking.domain.slots import Slot, parse_slot_id
from booking.services.admin import demo
from booking.services.times import availability, free_time
from booking.services.times.availability import Offers
from tests.services.deeds import (
    HALF_HOUR,
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    add_practitioner,
    add_service,
    cancel,
    change_service,
    everything,
    hold,
    wall,
)
from tests.support import RECEPTION, Clinic

TUESDAY, SUNDAY = date(2026, 1, 13), date(2026, 1, 18)


def offered(
    clinic: Clinic,
    first: date,
    last: date | None = None,
    *,
    service: str = "consultation",
    practitioner: str | None = None,
) -> list[Slot]:
    return clinic.read(
        lambda session, now: availability.slots(
            session,
            clinic.offers,
            service=service,
            practitioner=practitioner,
            first=first,
            last=last or first,
            now=now,
        )
    )


def near(clinic: Clinic, wanted: object, practitioner: str | None = "dr-ahmed") -> list[Slot]:
    return clinic.read(
        lambda session, now: availability.alternatives(
            clinic.offers.timetables(
                session, service="consultation", practitioner=practitioner, now=now
            ),
            wanted,  # type: ignore[arg-type]
        )
    )


def staff_slots(clinic: Clinic, day: date) -> list[Slot]:
    return clinic.read(
        lambda session, now: free_time.staff_slots(
            session,
            clinic.offers.rulebook(session).plans_for("consultation"),
            first=day,
            last=day,
            now=now,
        )
    )


def test_a_free_day_offers_every_half_hour_but_lunch(clinic: Clinic) -> None:
    slots = offered(clinic, TUESDAY)
    assert len(slots) == 14
    assert slots[0] == Slot("consultation", "dr-ahmed", "main", TUESDAY_9, TUESDAY_9 + HALF_HOUR)
    assert parse_slot_id(slots[0].id) == ("consultation", "dr-ahmed", TUESDAY_9)
    assert offered(clinic, SUNDAY) == []


def test_the_horizon_ends_what_is_offered_without_an_error(clinic: Clinic) -> None:
    last = date(2026, 2, 9)
    assert len(offered(clinic, last, date(2027, 1, 1))) == 14
    assert offered(clinic, date(2026, 2, 10), date(2030, 1, 1)) == []
    assert offered(clinic, date(2020, 1, 1), date(2026, 1, 11)) == []


def test_all_who_offer_a_service_are_listed_by_time_then_name(clinic: Clinic) -> None:
    add_practitioner(clinic, "dr-lee")
    clinic.book(TUESDAY_9)
    slots = offered(clinic, TUESDAY)
    assert [(slot.start, slot.practitioner) for slot in slots[:3]] == [
        (TUESDAY_9, "dr-lee"),
        (TUESDAY_930, "dr-ahmed"),
        (TUESDAY_930, "dr-lee"),
    ]
    assert {slot.practitioner for slot in offered(clinic, TUESDAY, practitioner="dr-lee")} == {
        "dr-lee"
    }


def test_a_longer_visit_fits_in_fewer_places_and_takes_others_along(clinic: Clinic) -> None:
    add_service(clinic, "long", minutes=90)
    clinic.book(TUESDAY_10)
    starts = [slot.start for slot in offered(clinic, TUESDAY, service="long")]
    assert starts[0] == wall("01-13 10:30")
    assert starts[-1] == wall("01-13 15:30")


@pytest.mark.parametrize(
    ("service", "practitioner", "refusal"),
    [
        ("massage", None, UnknownService),
        ("massage", "dr-ahmed", UnknownService),
        ("consultation", "dr-who", UnknownPractitioner),
        ("\x00", "\ud800", UnknownService),
    ],
)
def test_what_nobody_offers_is_unknown(
    clinic: Clinic, service: str, practitioner: str | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        offered(clinic, TUESDAY, service=service, practitioner=practitioner)


def test_looking_changes_nothing(clinic: Clinic) -> None:
    hold(clinic, TUESDAY_9)
    clinic.time.pass_(minutes=10)
    before = everything(clinic)
    offered(clinic, TUESDAY)
    near(clinic, TUESDAY_9)
    staff_slots(clinic, TUESDAY)
    assert everything(clinic) == before


def test_three_times_near_the_wanted_one_are_proposed(clinic: Clinic) -> None:
    for start in (TUESDAY_930, TUESDAY_10):
        clinic.book(start)
    assert [slot.start for slot in near(clinic, TUESDAY_10)] == [
        TUESDAY_9,
        wall("01-13 10:30"),
        wall("01-13 11:00"),
    ]


def test_with_several_doctors_the_nearest_of_all_are_proposed(clinic: Clinic) -> None:
    add_practitioner(clinic, "dr-lee")
    for start in (TUESDAY_9, TUESDAY_930, TUESDAY_10):
        clinic.book(start)
    found = [(slot.start, slot.practitioner) for slot in near(clinic, TUESDAY_930, None)]
    assert found == [(TUESDAY_9, "dr-lee"), (TUESDAY_930, "dr-lee"), (TUESDAY_10, "dr-lee")]


def test_a_wish_beyond_the_horizon_is_answered_with_the_last_times(clinic: Clinic) -> None:
    slots = near(clinic, wall("01-12 09:00") + timedelta(days=300))
    assert [slot.start for slot in slots] == [
        wall("02-09 15:30"),
        wall("02-09 16:00"),
        wall("02-09 16:30"),
    ]


def test_where_nothing_is_free_nothing_is_proposed(clinic: Clinic) -> None:
    change_service(clinic, horizon_days=0)
    clinic.time.now = wall("01-18 09:00")
    assert near(clinic, TUESDAY_9) == []


def test_staff_are_offered_what_begins_this_very_minute(clinic: Clinic) -> None:
    clinic.time.now = wall("01-13 09:30")
    assert staff_slots(clinic, TUESDAY)[0].start == TUESDAY_930
    assert offered(clinic, TUESDAY)[0].start == wall("01-13 11:30")


SHAPES = st.fixed_dictionaries(
    {
        "length_minutes": st.sampled_from([20, 30, 50]),
        "step_minutes": st.sampled_from([15, 30]),
        "buffer_before_minutes": st.sampled_from([0, 10]),
        "buffer_after_minutes": st.sampled_from([0, 15]),
        "notice_minutes": st.sampled_from([0, 120]),
    }
)


@given(SHAPES, st.lists(st.integers(0, 40), max_size=4), st.integers(0, 45))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_exactly_what_is_offered_can_be_booked(
    clinic: Clinic, shape: dict[str, int], chosen: list[int], probe: int
) -> None:
    change_service(clinic, **shape)
    made = []
    for number in chosen:
        # Long visits, badly placed, can fill the day.
        if slots := clinic.slots(TUESDAY):
            made.append(clinic.book(slots[number % len(slots)].start))  # noqa: PERF401
    start = TUESDAY_9 + probe * timedelta(minutes=15)
    listed = start in {slot.start for slot in clinic.slots(TUESDAY)}
    try:
        made.append(clinic.book(start))
    except SlotRefusal:
        accepted = False
    else:
        accepted = True
    assert accepted == listed
    for booking in made:
        cancel(clinic, booking, actor=RECEPTION, reason="tried out")


def test_what_one_process_remembers_follows_what_another_one_does(clinic: Clinic) -> None:
    other = Clinic(clinic.database, clinic.time, offers=Offers())
    assert clinic.slots(TUESDAY) == other.slots(TUESDAY)
    booking = other.book(TUESDAY_9)
    assert TUESDAY_9 not in {slot.start for slot in clinic.slots(TUESDAY)}
    cancel(other, booking)
    assert TUESDAY_9 in {slot.start for slot in clinic.slots(TUESDAY)}


def test_a_new_day_is_offered_from_the_stroke_of_midnight(clinic: Clinic) -> None:
    clinic.time.now = wall("01-12 23:59")
    new_day = date(2026, 2, 10)
    assert clinic.slots(new_day) == []
    clinic.time.pass_(seconds=59)
    assert clinic.slots(new_day) == []
    clinic.time.pass_(seconds=1)
    assert len(clinic.slots(new_day)) == 14


def test_a_start_is_no_longer_offered_from_the_moment_its_notice_is_too_short(
    clinic: Clinic,
) -> None:
    ten = wall("01-12 10:00")
    assert clinic.slots(ten.date())[0].start == ten
    clinic.time.now += timedelta.resolution
    assert clinic.slots(ten.date())[0].start == ten + HALF_HOUR


def test_an_unchanged_answer_is_not_worked_out_again(clinic: Clinic) -> None:
    def tables() -> list[availability.Timetable]:
        return clinic.read(
            lambda session, now: clinic.offers.timetables(session, service=demo.SERVICE, now=now)
        )

    clinic.time.pass_(minutes=1)
    (first,) = tables()
    clinic.time.pass_(minutes=20)
    assert tables()[0] is first
    clinic.book(TUESDAY_9)
    assert tables()[0] is not first
