"""Reports on a clinic so small that everything can be counted by hand."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from booking.domain.hours import Closed
from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind, MessageState
from booking.domain.rates import Rate
from booking.domain.slots import Slot
from booking.domain.time import ONE_DAY
from booking.services.audit import PATIENT
from booking.services.desk.board import lateness
from booking.services.reports import messages, outcomes, punctuality, utilisation
from booking.services.reports import waitlist as waitlist_report
from booking.services.reports.outcomes import Outcome
from booking.services.reports.scope import By, Scope
from booking.store.clinic import Closure
from tests.services import waiting
from tests.services.deeds import add_practitioner, add_service, new_rules, wall
from tests.services.visits import visit
from tests.support import RECEPTION, Clinic

WEEK = Scope(date(2026, 1, 5), date(2026, 1, 11))


def read(clinic: Clinic, scope: Scope = WEEK) -> Sequence[Outcome]:
    return clinic.read(lambda session, now: outcomes.read(session, scope, now=now))


def no_shows(found: Sequence[Outcome], by: By) -> dict[object, Rate]:
    return outcomes.rates(found, by, outcomes.is_no_show, of=outcomes.came_due)


@pytest.fixture
def week(clinic: Clinic) -> Clinic:
    """Monday 5 to Sunday 11 January; today is Monday 12."""
    visit(clinic, "01-05 09:00", lead=timedelta(hours=23), source="phone")
    visit(clinic, "01-05 09:30", State.NO_SHOW, lead=timedelta(days=1))
    visit(clinic, "01-06 09:00", State.NO_SHOW, lead=timedelta(days=8, minutes=-1))
    visit(clinic, "01-06 16:30", State.LEFT, lead=timedelta(days=8), reminder=MessageState.SENT)
    visit(clinic, "01-07 16:00", lead=timedelta(days=28), reminder=MessageState.FAILED)
    visit(clinic, "01-08 10:00", State.NO_SHOW, lead=timedelta(days=29), source="waitlist")
    visit(clinic, "01-08 11:00", State.CONFIRMED)
    visit(clinic, "01-09 23:30", State.CANCELLED, cancelled_by=PATIENT, late=True)
    visit(clinic, "01-09 10:00", State.CANCELLED, cancelled_by=PATIENT)
    visit(clinic, "01-09 11:00", State.CANCELLED, cancelled_by=RECEPTION)
    visit(clinic, "01-09 12:00", State.CANCELLED)
    # None of these is a visit of the week.
    visit(clinic, "01-07 10:00", State.ENTERED_IN_ERROR)
    visit(clinic, "01-07 10:30", State.EXPIRED)
    visit(clinic, "01-04 23:30")
    visit(clinic, "01-12 00:00")
    return clinic


def test_no_shows_are_of_the_visits_that_came_due(week: Clinic):
    found = read(week)
    assert outcomes.rate(found, outcomes.is_no_show, of=outcomes.came_due) == Rate(3, 6)
    assert outcomes.rate(found, outcomes.is_unresolved, of=outcomes.is_any) == Rate(1, 11)


@pytest.mark.parametrize("cut_after", ["2026-01-05", "2026-01-07", "2026-01-08"])
def test_long_periods_are_counted_by_parts_that_add_up(week: Clinic, cut_after: str):
    first = date.fromisoformat(cut_after) - timedelta(days=365)
    scope = Scope(first - timedelta(days=2 * 366), date(2026, 1, 11))
    parts = list(scope.parts())
    assert date.fromisoformat(cut_after) in {part.last for part in parts}
    assert [part.first for part in parts[1:]] == [part.last + ONE_DAY for part in parts[:-1]]
    assert (parts[0].first, parts[-1].last) == (scope.first, scope.last)
    found = read(week, scope)
    # The Sunday before is in these years too.
    assert outcomes.rate(found, outcomes.is_no_show, of=outcomes.came_due) == Rate(3, 7)
    assert outcomes.rate(found, outcomes.is_any, of=outcomes.is_any) == Rate(12, 12)


def test_visits_are_told_apart_by_how_they_were_booked(week: Clinic):
    found = read(week)
    assert no_shows(found, By.WEEKDAY) == {
        0: Rate(1, 2),
        1: Rate(1, 2),
        2: Rate(0, 1),
        3: Rate(1, 1),
    }
    assert no_shows(found, By.HOUR) == {9: Rate(2, 3), 10: Rate(1, 1), 16: Rate(0, 2)}
    assert no_shows(found, By.LEAD) == {
        0: Rate(0, 1),
        1: Rate(2, 2),
        2: Rate(0, 1),
        3: Rate(0, 1),
        4: Rate(1, 1),
    }
    assert no_shows(found, By.SOURCE) == {
        "online": Rate(2, 4),
        "phone": Rate(0, 1),
        "waitlist": Rate(1, 1),
    }
    # A reminder that failed reminded nobody.
    assert no_shows(found, By.REMINDER) == {False: Rate(3, 5), True: Rate(0, 1)}


def test_a_cancellation_is_somebodys(week: Clinic):
    found = read(week)
    counted = {
        test: outcomes.rate(found, test, of=outcomes.is_any)
        for test in (outcomes.is_cancelled, outcomes.by_patient, outcomes.by_clinic)
    }
    assert list(counted.values()) == [Rate(4, 11), Rate(2, 11), Rate(1, 11)]
    assert outcomes.rate(found, outcomes.is_late, of=outcomes.is_any) == Rate(1, 11)
    assert outcomes.rate(found, outcomes.by_nobody_known, of=outcomes.is_any) == Rate(1, 11)
    # At 23:30 on the wall it is Saturday in UTC already.
    late = outcomes.rates(found, By.WEEKDAY, outcomes.is_late, of=outcomes.is_cancelled)
    assert late == {4: Rate(1, 4)}


def test_who_cancelled_last_counts_and_a_visit_to_come_does_not(clinic: Clinic):
    visit(clinic, "01-12 09:00", State.CANCELLED, cancelled_by=PATIENT)
    today = Scope(date(2026, 1, 12), date(2026, 1, 12))
    assert read(clinic, today) == []
    clinic.time.pass_(hours=2)
    (one,) = read(clinic, today)
    assert (one.visits, one.lead_seconds) == (1, 7 * 24 * 3600)


def test_a_report_can_be_about_one_practitioner_or_service(week: Clinic):
    add_practitioner(week, "dr-lee")
    add_service(week, "other", minutes=30)
    visit(week, "01-05 12:00", State.NO_SHOW, practitioner="dr-lee")
    ids = {"practitioner_id": lee(week), "service_id": 1}
    assert no_shows(read(week, Scope(WEEK.first, WEEK.last, **ids)), By.HOUR) == {12: Rate(1, 1)}
    assert not read(week, Scope(WEEK.first, WEEK.last, service_id=2))


def test_lateness_is_of_those_of_whom_it_is_known(clinic: Clinic):
    visit(clinic, "01-05 09:00", arrived=-5, called=4)
    visit(clinic, "01-05 09:30", arrived=-5, called=9)
    visit(clinic, "01-05 10:00", arrived=0, called=10)
    # Whoever comes 20 minutes late and is called in at once did not wait.
    visit(clinic, "01-06 10:00", arrived=20, called=21, source="phone")
    visit(clinic, "01-06 11:00", State.LEFT, arrived=9)
    visit(clinic, "01-06 12:00", called=45)
    visit(clinic, "01-06 13:00")
    visit(clinic, "01-06 14:00", State.NO_SHOW, arrived=50)
    found = clinic.read(lambda session, now: punctuality.read(session, WEEK, now=now))
    assert punctuality.rate(found, punctuality.arrived_late) == Rate(1, 5)
    assert punctuality.rate(found, punctuality.called_late) == Rate(2, 5)
    assert punctuality.rates(found, By.WEEKDAY, punctuality.called_late) == {
        0: Rate(1, 3),
        1: Rate(1, 2),
    }
    assert punctuality.rates(found, By.SOURCE, punctuality.arrived_late) == {
        "online": Rate(0, 4),
        "phone": Rate(1, 1),
    }
    assert [one.count for one in punctuality.waits(found).values()] == [2, 1, 1, 0, 1]


def test_a_day_on_which_lateness_was_announced_counts_once(clinic: Clinic):
    def announce(session: Session, now: datetime) -> None:
        rulebook = clinic.offers.rulebook(session)
        for minutes in (45, 15):
            lateness.announce(
                session,
                clinic.links,
                rulebook,
                1,
                minutes,
                tell=None,
                actor=RECEPTION,
                now=now,
            )

    clinic.write(announce)
    today = Scope(date(2026, 1, 12), date(2026, 1, 12))
    announced = clinic.read(lambda session, _: punctuality.announced(session, today))
    assert announced == {0: Rate(0, 1), 1: Rate(0, 1), 2: Rate(1, 1), 3: Rate(0, 1)}
    before = clinic.read(lambda session, _: punctuality.announced(session, WEEK))
    assert {one.percent for one in before.values()} == {None}


def test_booked_minutes_are_of_the_minutes_that_are_open(clinic: Clinic):
    add_practitioner(clinic, "dr-lee")
    visit(clinic, "01-05 09:00", minutes=90)
    visit(clinic, "01-06 09:00", State.NO_SHOW)
    visit(clinic, "01-06 10:00", State.CANCELLED)
    visit(clinic, "01-10 09:00", State.CONFIRMED, practitioner="dr-lee")
    shut(clinic, Closed(date(2026, 1, 5), date(2026, 1, 6), ends=12 * 60), lee(clinic))
    rulebook = clinic.read(lambda session, _: clinic.offers.rulebook(session))
    use = clinic.read(lambda session, _: utilisation.read(session, rulebook, WEEK))
    # Open from 9 to 12 and from 13 to 17 on five days; Dr. Lee is back at noon of Tuesday.
    day = 7 * 60
    assert utilisation.rates(use, lambda one: one.practitioner_id) == {
        1: Rate(120, 5 * day),
        lee(clinic): Rate(30, 3 * day + 4 * 60),
    }
    assert utilisation.rates(use, lambda one: one.weekday) == {
        0: Rate(90, day),
        1: Rate(30, day + 4 * 60),
        2: Rate(0, 2 * day),
        3: Rate(0, 2 * day),
        4: Rate(0, 2 * day),
        5: Rate(30, 0),
    }
    assert list(utilisation.rates(use, lambda one: one.month)) == [date(2026, 1, 1)]


def shut(clinic: Clinic, closed: Closed, practitioner_id: int) -> None:
    row = Closure(
        practitioner_id=practitioner_id,
        name="away",
        first_day=closed.first,
        last_day=closed.last,
        ends=closed.ends,
    )
    clinic.write(lambda session, _: session.add(row))
    new_rules(clinic)


def test_who_has_no_hours_any_more_does_not_make_the_clinic_fuller(clinic: Clinic):
    use = [
        utilisation.Use(1, date(2026, 1, 1), 0, Rate(60, 420)),
        utilisation.Use(2, date(2026, 1, 1), 0, Rate(300, 0)),
    ]
    assert utilisation.of_those_with_hours(use) == use[:1]


def test_what_came_of_the_waitlist(clinic: Clinic):
    nine = wall("01-20 09:00")
    for number, answer in enumerate((waiting.accept, waiting.decline, waiting.withdraw, None)):
        entry = waiting.join(clinic, f"Waiter{number}")
        start = nine + timedelta(minutes=30 * number)
        slot = Slot("consultation", "dr-ahmed", "main", start, start + timedelta(minutes=30))
        offer = waiting.by_hand(clinic, entry, slot)
        if answer is not None:
            answer(clinic, offer.id)
    today = Scope(date(2026, 1, 12), date(2026, 1, 12))
    zone = ZoneInfo("America/New_York")
    found = clinic.read(lambda session, _: waitlist_report.read(session, today, zone))
    assert found.joined == 4
    assert {outcome.value: number for outcome, number in found.offers.items()} == {
        "open": 1,
        "accepted": 1,
        "declined": 1,
        "expired": 0,
        "withdrawn": 1,
    }
    assert found.fills == Rate(1, 3)
    before = clinic.read(lambda session, _: waitlist_report.read(session, WEEK, zone))
    assert (before.joined, before.fills.percent) == (0, None)


def test_messages_are_counted_by_what_became_of_them(clinic: Clinic):
    for number, state in enumerate(MessageState):
        visit(clinic, f"01-0{number + 5} 09:00", reminder=state)
    zone = ZoneInfo("America/New_York")
    # Each was written a day before its visit.
    days = Scope(date(2026, 1, 4), date(2026, 1, 8))
    for scope in (days, Scope(days.first, days.last, service_id=1)):
        found = clinic.read(lambda session, _, scope=scope: messages.read(session, scope, zone))
        assert found == {MessageKind.REMINDER: messages.Sending(1, 1, 2, 1)}
    assert found[MessageKind.REMINDER].failures == Rate(1, 2)
    nobody = Scope(days.first, days.last, practitioner_id=99)
    assert not clinic.read(lambda session, _: messages.read(session, nobody, zone))


def lee(clinic: Clinic) -> int:
    rulebook = clinic.read(lambda session, _: clinic.offers.rulebook(session))
    return next(plan.practitioner_id for plan in rulebook.plans if plan.practitioner == "dr-lee")
