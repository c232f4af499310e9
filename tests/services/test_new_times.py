"""Patients who lose their time are kept others, told of them, and take one or do not."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from booking.domain.errors import BookingsStranded, SlotUnavailable
from booking.domain.lifecycle import State, Stranding
from booking.domain.messages import MessageState
from booking.domain.people import Person
from booking.services.admin import closures, practitioners, rule_changes
from booking.services.admin.closures import NewClosure
from booking.services.admin.rule_changes import Choice, Edit
from booking.services.bookings import new_times
from booking.store.bookings import Booking, Offer
from booking.store.clinic import Closure
from booking.store.records import Message
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_930,
    WEDNESDAY_9,
    add_practitioner,
    cancel,
    count,
    history,
    holds_left,
    is_offered,
    move,
    now_is,
    sweep,
    told,
    wall,
)
from tests.support import RECEPTION, Clinic

TUESDAY = date(2026, 1, 13)
DAY_OFF = closures.close(NewClosure("Ill", None, TUESDAY, TUESDAY, 0, 1440, yearly=False))
BY_PHONE = Person("Bo Lind", date(1980, 1, 2), None, "+1 202 555 0143")


def change(clinic: Clinic, edit: Edit, choices: dict[int, Choice] | None = None) -> None:
    clinic.write(
        lambda session, now: rule_changes.carry_out(
            session,
            clinic.links,
            edit,
            choices=choices or {},
            reason="The doctor is ill",
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )
    )


def offered(clinic: Clinic, booking: Booking) -> list[datetime]:
    return clinic.read(
        lambda session, now: [
            hold.start for hold in new_times.offered(session, booking.id, now=now)
        ]
    )


@pytest.fixture
def asked(clinic: Clinic) -> Booking:
    """A booking whose patient was offered new times."""
    booking = clinic.book(TUESDAY_9)
    change(clinic, DAY_OFF, {booking.id: Choice.OFFER})
    return booking


def test_the_nearest_free_times_are_kept_and_told(clinic: Clinic, asked: Booking):
    held = offered(clinic, asked)
    # Monday afternoon is nearest to Tuesday nine o'clock.
    assert held == [wall(f"01-12 {clock}") for clock in ("15:30", "16:00", "16:30")]
    assert not any(is_offered(clinic, start) for start in held)
    now = now_is(clinic, asked)
    assert (now.state, now.start, now.stranding) == (
        State.CONFIRMED,
        TUESDAY_9,
        Stranding.TO_MOVE,
    )
    assert [kind for kind, *_ in told(clinic, asked)][-1] == "new_times"
    assert "new_times_offered" in [entry.action for entry in history(clinic, asked)]


def test_two_patients_are_never_kept_the_same_time(clinic: Clinic):
    first, second = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930)
    change(clinic, DAY_OFF, {first.id: Choice.OFFER, second.id: Choice.OFFER})
    one, other = offered(clinic, first), offered(clinic, second)
    assert len(one) == len(other) == 3
    assert not set(one) & set(other)


def test_taking_one_frees_the_old_time_and_the_others(clinic: Clinic, asked: Booking):
    first, second, third = offered(clinic, asked)
    moved = move(clinic, asked, second)
    assert (moved.start, now_is(clinic, asked).stranding) == (second, None)
    assert holds_left(clinic) == count(clinic, Offer) == 0
    assert is_offered(clinic, first)
    assert is_offered(clinic, third)
    assert "moved" in [kind for kind, *_ in told(clinic, asked)]


def test_any_other_free_time_will_do_as_well(clinic: Clinic, asked: Booking):
    move(clinic, asked, WEDNESDAY_9)
    assert now_is(clinic, asked).stranding is None
    assert holds_left(clinic) == 0


def test_nobody_else_gets_what_is_kept(clinic: Clinic, asked: Booking):
    other = clinic.book(WEDNESDAY_9)
    start = offered(clinic, asked)[0]
    with pytest.raises(SlotUnavailable):
        move(clinic, other, start)
    with pytest.raises(SlotUnavailable):
        clinic.book(start)


def test_a_move_that_is_not_won_keeps_the_offers(clinic: Clinic, asked: Booking):
    clinic.book(WEDNESDAY_9)
    before = offered(clinic, asked)
    with pytest.raises(SlotUnavailable):
        move(clinic, asked, WEDNESDAY_9)
    assert offered(clinic, asked) == before
    assert now_is(clinic, asked).stranding is Stranding.TO_MOVE


def test_cancelling_gives_all_of_it_back(clinic: Clinic, asked: Booking):
    held = offered(clinic, asked)
    cancel(clinic, asked)
    assert holds_left(clinic) == 0
    assert now_is(clinic, asked).stranding is None
    assert all(is_offered(clinic, start) for start in held)


def test_offers_run_out_but_the_patient_is_not_forgotten(clinic: Clinic, asked: Booking):
    clinic.time.pass_(hours=24)
    sweep(clinic)
    assert offered(clinic, asked) == []
    assert count(clinic, Offer) == 0
    move(clinic, asked, WEDNESDAY_9)


def test_who_waits_stands_on_the_desk_until_the_time_has_passed(clinic: Clinic, asked: Booking):
    def waiting() -> list[tuple[int, int]]:
        return clinic.read(
            lambda session, now: [
                (one.booking.id, len(one.offers)) for one in new_times.waiting(session, now=now)
            ]
        )

    assert waiting() == [(asked.id, 3)]
    clinic.time.pass_(hours=23)
    assert waiting() == [(asked.id, 0)]
    clinic.time.pass_(hours=2)
    assert waiting() == []


def test_without_an_address_times_are_kept_for_the_call(clinic: Clinic):
    booking = clinic.book(TUESDAY_9, BY_PHONE)
    change(clinic, DAY_OFF, {booking.id: Choice.OFFER})
    assert len(offered(clinic, booking)) == 3
    assert told(clinic, booking) == []


def test_with_nothing_free_the_patient_is_told_all_the_same(clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    far = date(2027, 1, 1)
    month = closures.close(NewClosure("Ill", None, date(2026, 1, 12), far, 0, 1440, yearly=False))
    change(clinic, month, {booking.id: Choice.OFFER})
    assert offered(clinic, booking) == []
    assert [kind for kind, *_ in told(clinic, booking)][-1] == "new_times"


def reopen(clinic: Clinic) -> None:
    closure = clinic.read(lambda session, _: session.query(Closure).one().id)
    change(clinic, closures.reopen(closure))


def test_if_the_old_time_fits_again_nothing_was_said_yet(clinic: Clinic, asked: Booking):
    reopen(clinic)
    now = now_is(clinic, asked)
    assert (now.stranding, now.start) == (None, TUESDAY_9)
    assert holds_left(clinic) == 0
    states = {kind: state for kind, _, state in told(clinic, asked)}
    assert states["new_times"] == "dropped"


def test_if_the_old_time_fits_again_and_it_was_said_the_patient_hears_it(
    clinic: Clinic, asked: Booking
):
    mark_all_sent(clinic)
    reopen(clinic)
    assert [kind for kind, *_ in told(clinic, asked)][-1] == "confirmed"
    # And all over again.
    change(clinic, DAY_OFF, {asked.id: Choice.OFFER})
    assert [kind for kind, *_ in told(clinic, asked)][-1] == "new_times"


def mark_all_sent(clinic: Clinic) -> None:

    def work(session: Session, now: datetime) -> None:
        session.query(Message).update({"state": MessageState.SENT})

    clinic.write(work)


def test_cancelled_times_are_kept_for_those_who_stay(clinic: Clinic):
    first, second = clinic.book(wall("01-12 16:30")), clinic.book(TUESDAY_9)
    late = closures.close(
        NewClosure("Ill", None, date(2026, 1, 13), TUESDAY, 0, 1440, yearly=False)
    )
    change(clinic, late, {second.id: Choice.OFFER})
    assert first.start not in offered(clinic, second)
    assert timedelta() < second.start - offered(clinic, second)[-1] < timedelta(hours=18)


def _archived(clinic: Clinic) -> Edit:
    def look(session: Session, now: object) -> practitioners.Person:
        return practitioners.as_they_are(session, practitioners.practitioner(session, "dr-ahmed"))

    return practitioners.change("dr-ahmed", replace(clinic.read(look), is_archived=True))


def test_who_was_kept_or_asked_is_listed_again_when_even_that_goes(clinic: Clinic):
    kept, moving = clinic.book(TUESDAY_9), clinic.book(wall("01-13 15:00"))
    change(clinic, DAY_OFF, {kept.id: Choice.KEEP, moving.id: Choice.OFFER})
    assert offered(clinic, moving)
    add_practitioner(clinic, "dr-lee")
    with pytest.raises(BookingsStranded):
        change(clinic, _archived(clinic), {})
    assert offered(clinic, moving)
    change(clinic, _archived(clinic), {kept.id: Choice.KEEP, moving.id: Choice.CANCEL})
    assert now_is(clinic, moving).state is State.CANCELLED


def test_times_that_were_promised_are_not_withdrawn_without_a_word(clinic: Clinic, asked: Booking):
    promised = set(offered(clinic, asked))
    days = sorted(start.date() for start in promised)
    off = closures.close(NewClosure("Leave", None, days[0], days[-1], 0, 1440, yearly=False))
    with pytest.raises(BookingsStranded):
        change(clinic, off, {})
    change(clinic, off, {asked.id: Choice.OFFER})
    others = set(offered(clinic, asked))
    assert others
    assert not others & promised
    assert told(clinic, asked)[-1][0] == "new_times"


def test_hours_that_still_do_not_hold_for_a_kept_visit_ask_nothing_again(clinic: Clinic):
    kept = clinic.book(TUESDAY_9)
    change(clinic, DAY_OFF, {kept.id: Choice.KEEP})
    later = closures.close(
        NewClosure("More", None, date(2026, 1, 14), date(2026, 1, 14), 0, 1440, yearly=False)
    )
    change(clinic, later, {})
