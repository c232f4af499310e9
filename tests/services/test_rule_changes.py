"""What a change of rules would strand is found, and nothing is stranded in silence."""

from datetime import date

import pytest
from sqlalchemy import select

from booking.domain.errors import BookingsStranded, SlotRefusal
from booking.domain.lifecycle import ActorKind, State
from booking.services.admin import closures, rule_changes
from booking.services.admin.closures import NewClosure, NewOpening
from booking.services.admin.rule_changes import Choice, Edit, Effect
from booking.services.audit import Actor
from booking.store.clinic import Closure
from booking.store.records import AuditEntry
from tests.services.deeds import (
    TUESDAY_9,
    WEDNESDAY_9,
    count,
    history,
    hold,
    holds_left,
    is_offered,
    now_is,
    told,
    wall,
)
from tests.support import Clinic

TUESDAY = date(2026, 1, 13)
ADMIN = Actor(ActorKind.RECEPTION)
DAY_OFF = closures.close(NewClosure("Course", None, TUESDAY, TUESDAY, 0, 1440, yearly=False))


def look(clinic: Clinic, edit: Edit = DAY_OFF) -> Effect:
    return clinic.database.rehearse(
        lambda session, now: rule_changes.effect(
            session, edit, random_token=clinic.random_token, now=now
        )
    )


def do(clinic: Clinic, edit: Edit = DAY_OFF, **choices: Choice) -> None:
    clinic.write(
        lambda session, now: rule_changes.carry_out(
            session,
            clinic.links,
            edit,
            choices={int(key.removeprefix("b")): choice for key, choice in choices.items()},
            reason="the doctor is away",
            actor=ADMIN,
            random_token=clinic.random_token,
            now=now,
        )
    )


def test_looking_at_a_change_changes_nothing(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    assert [one.patient for one in look(clinic).stranded] == ["Ann O’Brien"]
    assert count(clinic, Closure) == 0
    assert is_offered(clinic, wall("01-13 10:00"))


def test_bookings_of_other_days_are_not_affected(clinic: Clinic) -> None:
    clinic.book(WEDNESDAY_9)
    assert look(clinic).stranded == []
    do(clinic)
    assert not is_offered(clinic, TUESDAY_9)


def test_nothing_happens_until_each_booking_is_decided_on(clinic: Clinic) -> None:
    first, second = clinic.book(TUESDAY_9), clinic.book(wall("01-13 15:00"))
    with pytest.raises(BookingsStranded):
        do(clinic, **{f"b{first.id}": Choice.KEEP})
    assert count(clinic, Closure) == 0
    do(clinic, **{f"b{first.id}": Choice.KEEP, f"b{second.id}": Choice.CANCEL})
    assert count(clinic, Closure) == 1
    assert now_is(clinic, first).state is State.CONFIRMED
    assert now_is(clinic, second).state is State.CANCELLED


def test_what_is_kept_says_so_and_what_is_cancelled_tells_the_patient(clinic: Clinic) -> None:
    kept, cancelled = clinic.book(TUESDAY_9), clinic.book(wall("01-13 15:00"))
    do(clinic, **{f"b{kept.id}": Choice.KEEP, f"b{cancelled.id}": Choice.CANCEL})
    assert [entry.action for entry in history(clinic, kept)] == ["state", "kept"]
    assert history(clinic, kept)[-1].reason == "the doctor is away"
    assert ("cancelled", 1, "queued") in told(clinic, cancelled)
    # Kept once, it is not asked about again.
    again = closures.close(NewClosure("More", None, TUESDAY, TUESDAY, 0, 720, yearly=False))
    assert look(clinic, again).stranded == []


def test_whoever_is_filling_in_the_form_loses_a_time_that_is_closed(clinic: Clinic) -> None:
    held = hold(clinic, TUESDAY_9)
    do(clinic)
    assert holds_left(clinic) == 0
    with pytest.raises(SlotRefusal):
        clinic.book(TUESDAY_9, hold_id=held.id)


def test_a_closure_of_the_morning_strands_the_morning(clinic: Clinic) -> None:
    morning = clinic.book(TUESDAY_9)
    clinic.book(wall("01-13 15:00"))
    edit = closures.close(NewClosure("Late", None, TUESDAY, TUESDAY, 0, 720, yearly=False))
    assert [one.booking_id for one in look(clinic, edit).stranded] == [morning.id]


def test_one_practitioners_absence_is_their_own(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    other = closures.close(NewClosure("Leave", 2, TUESDAY, TUESDAY, 0, 1440, yearly=False))
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        look(clinic, other)
    mine = closures.close(NewClosure("Leave", 1, TUESDAY, TUESDAY, 0, 1440, yearly=False))
    assert len(look(clinic, mine).stranded) == 1


def test_next_week_is_shown_as_patients_will_see_it(clinic: Clinic) -> None:
    next_tuesday = date(2026, 1, 20)
    edit = closures.close(
        NewClosure("Course", None, next_tuesday, next_tuesday, 0, 720, yearly=False)
    )
    (plan,) = look(clinic, edit).week
    assert [day.day.day for day in plan.days] == [19, 20, 21, 22, 23, 24, 25]
    assert [(day.before, len(day.after)) for day in plan.days][:3] == [(14, 14), (14, 8), (14, 14)]


def test_an_extra_opening_is_added_and_taken_away(clinic: Clinic) -> None:
    saturday, start = date(2026, 1, 17), wall("01-17 10:00")
    do(clinic, closures.open_extra(NewOpening(1, 1, saturday, 600, 720)))
    assert is_offered(clinic, start)
    booking = clinic.book(start)
    (opening,) = clinic.read(lambda session, _: closures.openings(session, today=TUESDAY))
    away = closures.close_extra(opening.id)
    assert [one.booking_id for one in look(clinic, away).stranded] == [booking.id]
    do(clinic, away, **{f"b{booking.id}": Choice.KEEP})
    assert not is_offered(clinic, wall("01-17 11:00"))


def test_reopening_brings_the_day_back_and_the_audit_knows_both(clinic: Clinic) -> None:
    do(clinic)
    (closure,) = clinic.read(lambda session, _: closures.closures(session, today=TUESDAY))
    do(clinic, closures.reopen(closure.id))
    assert is_offered(clinic, TUESDAY_9)
    entries = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry).where(AuditEntry.action == "rules").order_by(AuditEntry.id)
        ).all()
    )
    assert [entry.subject for entry in entries] == ["closure", "closure"]
    assert entries[0].reason.startswith("added: Course")
