"""
On both engines, for random clinics: what is offered is what is accepted, and what the oracle says.

The oracle reads nothing from the database: it is told what was drawn.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from booking.domain.errors import SlotRefusal
from booking.domain.hours import Break, Closed, ExtraOpening, OpenStretch
from booking.domain.rules import Visit
from booking.domain.time import MINUTE, Span
from booking.services.times import acceptance, availability, holds
from booking.services.times.availability import Offers
from booking.services.times.free_time import staff_slots
from tests.domain.oracle import Oracle
from tests.services.worlds import DOCTORS, Hours, Visited, World, prepare, put, worlds
from tests.support import Clinic

NONE = timedelta()
PROBES = st.lists(st.integers(-2880, 2880), min_size=6, max_size=6)


@pytest.fixture
def prepared(clinic: Clinic) -> Clinic:
    prepare(clinic)
    return clinic


def listed(clinic: Clinic, world: World, doctor: int) -> list[datetime]:
    """What patients are shown of one doctor."""
    found = clinic.read(
        lambda session, now: availability.slots(
            session,
            clinic.offers,
            service="consultation",
            practitioner=DOCTORS[doctor],
            first=world.first,
            last=world.last,
            now=now,
        )
    )
    return [slot.start for slot in found]


def listed_for_staff(clinic: Clinic, world: World, doctor: int) -> list[datetime]:
    found = clinic.read(
        lambda session, now: staff_slots(
            session,
            clinic.offers.rulebook(session).plans_for("consultation", DOCTORS[doctor]),
            first=world.first,
            last=world.last,
            now=now,
        )
    )
    return [slot.start for slot in found]


def refusals(
    clinic: Clinic, doctor: int, starts: Iterable[datetime], *, notice: timedelta | None = None
) -> dict[datetime, str | None]:
    """What accepting says of each of these starts, under the lock; None is yes."""

    def work(session: Session, now: datetime) -> dict[datetime, str | None]:
        who = clinic.offers.practitioner_id(session, "consultation", DOCTORS[doctor])
        rulebook = acceptance.lock(session, Offers(), [who])
        plans = rulebook.plans_for("consultation", DOCTORS[doctor])
        found: dict[datetime, str | None] = {}
        for start in starts:
            try:
                acceptance.require_slot(session, plans, start, now=now, notice=notice)
                found[start] = None
            except SlotRefusal as refusal:
                found[start] = refusal.code
        return found

    return clinic.database.rehearse(work)


def is_held(clinic: Clinic, doctor: int, start: datetime) -> bool:
    """Whether a patient gets it for their form; undone again."""

    def work(session: Session, now: datetime) -> bool:
        holds.hold(
            session,
            Offers(),
            service="consultation",
            practitioner=DOCTORS[doctor],
            start=start,
            random_token=clinic.random_token,
            now=now,
        )
        return True

    try:
        return clinic.database.rehearse(work)
    except SlotRefusal:
        return False


def reason(oracle: Oracle, start: datetime) -> str | None:
    """Days that were not asked about are accepted as well."""
    why = oracle.why_not(start)
    return None if why == "not_asked" else why


def check(clinic: Clinic, world: World, probes: list[int]) -> None:
    put(clinic, world)
    noon = datetime.combine(world.last, time(12), UTC)
    for doctor in range(len(DOCTORS)):
        oracle = world.oracle(doctor)
        offered = listed(clinic, world, doctor)
        assert offered == oracle.offered
        around = [start + n * MINUTE for start in offered[:3] for n in (-5, 1)]
        starts = {*offered, *around, *(noon + n * MINUTE for n in probes)}
        said = refusals(clinic, doctor, starts)
        assert said == {start: reason(oracle, start) for start in starts}
        # The database takes what the rules allow: what is written is a claim.
        for start in [*offered[:1], *offered[-1:], *around[:1], noon + probes[0] * MINUTE]:
            assert is_held(clinic, doctor, start) is (said[start] is None)

    for_staff = world.oracle(0, notice=NONE)
    assert listed_for_staff(clinic, world, 0) == for_staff.offered
    if offered := listed(clinic, world, 0):
        take_one(clinic, world, offered[probes[0] % len(offered)])


def take_one(clinic: Clinic, world: World, start: datetime) -> None:
    """One is booked for good, and the rest is what the oracle says of that."""
    clinic.book(start)
    after = world.with_booking(0, start)
    for doctor in range(len(DOCTORS)):
        assert listed(clinic, world, doctor) == after.oracle(doctor).offered


on_prepared_clinic = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(worlds(), PROBES)
@settings(on_prepared_clinic, max_examples=50)
def test_exactly_what_is_offered_is_accepted_whatever_the_rules_and_wherever_the_clinic(
    prepared: Clinic, world: World, probes: list[int]
) -> None:
    check(prepared, world, probes)


@pytest.mark.soak
@given(worlds(), PROBES)
@settings(on_prepared_clinic, max_examples=3_000)
def test_exactly_what_is_offered_is_accepted_in_thousands_of_clinics(
    prepared: Clinic, world: World, probes: list[int]
) -> None:
    check(prepared, world, probes)


DAY = date(2026, 1, 14)
NOON = datetime(2026, 1, 14, 17, tzinfo=UTC)
VISIT = Visit(30 * MINUTE, NONE, NONE, 30 * MINUTE, NONE, horizon_days=5)
ALWAYS = Hours(tuple(OpenStretch(day, 9 * 60, 17 * 60) for day in range(7)), (), (), (), ())
PLAIN = World(
    zone="America/New_York",
    zone_elsewhere=None,
    now=NOON - timedelta(days=1),
    first=DAY,
    last=DAY,
    visit=VISIT,
    doctors=(ALWAYS, ALWAYS),
    closed=(),
    rooms=0,
    visits=(),
)
SPAN = Span(NOON, NOON + 30 * MINUTE)
ADDED = {
    "a break": {"breaks": (Break(2, 600, 660),)},
    "an absence": {"away": (Closed(DAY, DAY, 600, 660),)},
    "an extra opening": {"extra": (ExtraOpening(DAY, 1100, 1160),)},
    "busy time": {"busy": (SPAN,)},
    "a closure": {"closed": (Closed(DAY, DAY, 600, 660),)},
    "a booking": {"visits": (Visited("booked", 0, None, NOON, SPAN, True),)},
    "a hold": {"visits": (Visited("held", 0, None, NOON, SPAN, True),)},
    "another zone": {"zone": "Asia/Kathmandu"},
    "a cap": {
        "visits": (Visited("booked", 0, None, NOON, SPAN, True),),
        "visit": replace(VISIT, cap_day=1),
    },
    "a room that the other doctor has": {
        "rooms": 1,
        "visits": (Visited("booked", 1, 0, NOON, SPAN, True),),
    },
    "notice": {"visit": replace(VISIT, notice=timedelta(days=1))},
    "a horizon": {"visit": replace(VISIT, horizon_days=0)},
}


def with_addition(addition: dict[str, object]) -> World:
    of_doctor = {name: value for name, value in addition.items() if hasattr(ALWAYS, name)}
    rest = {name: value for name, value in addition.items() if name not in of_doctor}
    doctors = (replace(ALWAYS, **of_doctor), ALWAYS)  # type: ignore[arg-type]
    return replace(PLAIN, doctors=doctors, **rest)  # type: ignore[arg-type]


def test_control_whatever_the_clinic_forgets_is_noticed(prepared: Clinic) -> None:
    unnoticed = []
    for what, addition in ADDED.items():
        world = with_addition(addition)
        put(prepared, PLAIN)
        if listed(prepared, PLAIN, 0) == world.oracle(0).offered:
            unnoticed.append(what)
        check(prepared, world, [0, 30, 45, 60, 90, -400])
    assert unnoticed == []
    away = replace(PLAIN, zone_elsewhere="Asia/Kathmandu")
    put(prepared, PLAIN)
    assert listed(prepared, PLAIN, 1) != away.oracle(1).offered
