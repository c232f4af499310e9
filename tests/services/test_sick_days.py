"""The doctor is ill: whose visits go, what they are offered at once, and how far they all are."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from booking.domain.disruptions import Choice, Progress, Said
from booking.domain.errors import Outdated, ProposalsGone, SlotRefusal
from booking.domain.lifecycle import State
from booking.domain.messages import MessageState
from booking.services.admin import closures
from booking.services.bookings import new_times
from booking.services.desk.closings import closing_calls, closings
from booking.services.desk.closings.closings import Closing
from booking.store.bookings import Booking
from booking.store.disruptions import DisruptedBooking, Disruption
from booking.store.records import Message
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_930,
    WEDNESDAY_9,
    count,
    move,
    now_is,
    step,
    told,
    wall,
)
from tests.services.sick_days import BY_PHONE, close, close_day, ill, shown
from tests.support import MONDAY, RECEPTION, Clinic

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY = date(2026, 1, 13)
ILL = ill(TUESDAY)


def held(clinic: Clinic, booking: Booking) -> list[datetime]:
    return clinic.read(
        lambda session, now: [one.start for one in new_times.offered(session, booking.id, now=now)]
    )


def test_the_soonest_times_are_shown_held_and_can_be_taken(clinic: Clinic):
    first, second = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930)
    effect = shown(clinic, ILL)
    times = [one.times for one in effect.stranded]
    # It is Monday, eight: after two hours of notice and two to answer comes the lunch break.
    assert [f"{start:%a %H:%M}" for start in times[0]] == ["Mon 13:00", "Mon 13:30", "Mon 14:00"]
    assert not set(times[0]) & set(times[1])
    assert count(clinic, Disruption) == 0
    close(clinic, effect, ILL)
    assert held(clinic, first) == list(times[0])
    assert held(clinic, second) == list(times[1])
    assert move(clinic, second, times[1][2]).start == times[1][2]
    with pytest.raises(SlotRefusal):
        clinic.book(times[0][0])


def test_times_that_went_meanwhile_are_shown_anew_not_replaced_in_silence(clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    effect = shown(clinic, ILL)
    clinic.book(effect.stranded[0].times[1])
    with pytest.raises(ProposalsGone):
        close(clinic, effect, ILL)
    assert held(clinic, booking) == []
    assert count(clinic, Disruption) == 0
    close_day(clinic, TUESDAY)
    assert len(held(clinic, booking)) == 3


def test_the_day_cannot_be_booked_meanwhile_not_even_by_phone(clinic: Clinic):
    clinic.book(TUESDAY_9)
    close_day(clinic, TUESDAY)
    for actor in (None, RECEPTION):
        with pytest.raises(SlotRefusal):
            clinic.book(wall("01-13 11:00"), **({"actor": actor} if actor else {}))


def test_whoever_is_here_already_is_left_alone(clinic: Clinic):
    here, over, later = (clinic.book(wall(f"01-13 {at}")) for at in ("09:30", "09:00", "14:00"))
    clinic.time.now = wall("01-13 09:40")
    step(clinic, over, State.COMPLETED)
    step(clinic, here, State.ARRIVED)
    assert [one.booking_id for one in shown(clinic, ILL).stranded] == [later.id]


def test_whose_visit_was_taken_is_kept_in_mind_with_what_was_chosen(clinic: Clinic):
    mailed, called = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930, BY_PHONE)
    elsewhere = clinic.book(WEDNESDAY_9)
    close_day(clinic, TUESDAY)
    found = clinic.read(lambda session, _: session.query(DisruptedBooking).all())
    assert [(one.booking_id, one.start, one.choice) for one in found] == [
        (mailed.id, TUESDAY_9, Choice.OFFER),
        (called.id, TUESDAY_930, Choice.OFFER),
    ]
    assert now_is(clinic, elsewhere).stranding is None
    assert len(held(clinic, called)) == 3


def closing(clinic: Clinic) -> Closing:
    return clinic.read(
        lambda session, now: closings.get(session, session.query(Disruption.id).scalar(), now=now)
    )


def progress(clinic: Clinic) -> dict[str, str]:
    """How far each patient is, by the wall time that they lost."""
    return {
        f"{one.lost.astimezone(NEW_YORK):%H:%M}": one.progress.value
        for one in closing(clinic).affected
    }


def board(clinic: Clinic, day: date) -> list[Closing]:
    return clinic.read(
        lambda session, now: closings.on_board(
            session, day, today=now.date(), practitioner_id=None, now=now
        )
    )


def deed(clinic: Clinic, booking: Booking, do: Callable[..., None], *what: object) -> None:
    clinic.write(
        lambda session, now: do(
            session,
            clinic.offers,
            clinic.links,
            session.query(Disruption.id).scalar(),
            booking.id,
            *what,
            actor=RECEPTION,
            now=now,
        )
    )


def call(clinic: Clinic, booking: Booking, said: Said) -> None:
    clinic.write(
        lambda session, now: closing_calls.tried(
            session,
            session.query(Disruption.id).scalar(),
            booking.id,
            said,
            actor=RECEPTION,
            now=now,
        )
    )


def test_progress_stays_on_todays_board_until_nobody_is_left(clinic: Clinic):
    mailed, called = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930, BY_PHONE)
    close_day(clinic, TUESDAY)
    assert progress(clinic) == {"09:00": "waiting", "09:30": "to_call"}
    move(clinic, mailed, held(clinic, mailed)[0])
    assert progress(clinic) == {"09:00": "rebooked", "09:30": "to_call"}
    call(clinic, called, Said.NO_ANSWER)
    call(clinic, called, Said.CALLS_BACK)
    one = closing(clinic).affected[1]
    assert (one.tries, one.said, one.tried_at) == (2, Said.CALLS_BACK, clinic.time.now)
    assert len(one.times) == 3
    # Not only on the day's own board: also on that of today, though it is another day.
    assert [len(board(clinic, day)) for day in (MONDAY.date(), TUESDAY)] == [1, 1]
    before = called.sequence
    deed(clinic, called, closing_calls.take, one.times[1].start)
    assert now_is(clinic, called).start == one.times[1].start
    assert now_is(clinic, called).sequence > before
    # It was today's, so the doctor hears of it; there is no address to write to.
    assert {kind for kind, *_ in told(clinic, called)} == {"doctor_moved"}
    assert progress(clinic) == {"09:00": "rebooked", "09:30": "rebooked"}
    assert [len(board(clinic, day)) for day in (MONDAY.date(), TUESDAY)] == [0, 1]


def test_whose_times_ran_out_or_whose_mail_failed_is_called(clinic: Clinic):
    booking, other = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930)
    close_day(clinic, TUESDAY)
    failed = update(Message).where(Message.booking_id == other.id)
    clinic.write(lambda session, _: session.execute(failed.values(state=MessageState.FAILED)) and 1)
    assert progress(clinic) == {"09:00": "waiting", "09:30": "to_call"}
    clinic.time.pass_(hours=24, minutes=30)
    assert progress(clinic) == {"09:00": "to_call", "09:30": "to_call"}
    # Even though the time itself is near or gone, the board does not forget them.
    clinic.time.pass_(hours=3)
    assert len(board(clinic, TUESDAY)[0].of(Progress.TO_CALL)) == 2
    clinic.write(
        lambda session, now: closing_calls.keep_others(
            session,
            clinic.offers,
            clinic.links,
            session.query(Disruption.id).scalar(),
            booking.id,
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )
    )
    assert held(clinic, booking)[0] == wall("01-14 09:00")
    assert progress(clinic)["09:00"] == "waiting"


def test_a_call_moves_nobody_who_has_chosen_meanwhile(clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    close_day(clinic, TUESDAY)
    times = held(clinic, booking)
    chosen = move(clinic, booking, WEDNESDAY_9).start
    with pytest.raises(Outdated):
        deed(clinic, booking, closing_calls.take, times[0])
    with pytest.raises(Outdated):
        cancel_on_the_phone(clinic, booking)
    assert now_is(clinic, booking).start == chosen


def cancel_on_the_phone(clinic: Clinic, booking: Booking) -> None:
    clinic.write(
        lambda session, now: closing_calls.cancel(
            session,
            clinic.offers,
            clinic.links,
            session.query(Disruption.id).scalar(),
            booking.id,
            reason="Wants no other time",
            actor=RECEPTION,
            now=now,
        )
    )


def test_whom_the_clinic_cancels_and_no_mail_reaches_is_told_on_the_phone(clinic: Clinic):
    mailed, called = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930, BY_PHONE)
    close_day(clinic, TUESDAY, Choice.CANCEL)
    assert progress(clinic) == {"09:00": "cancelled", "09:30": "to_call"}
    assert len(board(clinic, MONDAY.date())) == 1
    call(clinic, called, Said.TOLD)
    assert progress(clinic) == {"09:00": "cancelled", "09:30": "cancelled"}
    assert board(clinic, MONDAY.date()) == []
    assert [kind for kind, *_ in told(clinic, mailed)][-1] == "cancelled"


def test_taking_the_block_away_gives_back_what_still_stands(clinic: Clinic):
    stays, moves = clinic.book(TUESDAY_9), clinic.book(TUESDAY_930, BY_PHONE)
    close_day(clinic, TUESDAY)
    deed(clinic, moves, closing_calls.take, held(clinic, moves)[0])
    reopen = closures.reopen(closing(clinic).closure_id or 0)
    close(clinic, shown(clinic, reopen), reopen)
    assert now_is(clinic, stays).stranding is None
    assert progress(clinic) == {"09:00": "kept", "09:30": "rebooked"}
    assert closing(clinic).closure_id is None
    assert board(clinic, TUESDAY) == []
    assert clinic.book(wall("01-13 11:00"))


def test_who_heard_of_it_on_the_phone_is_called_again_when_the_time_stands(clinic: Clinic):
    called = clinic.book(TUESDAY_9, BY_PHONE)
    close_day(clinic, TUESDAY)
    call(clinic, called, Said.CALLS_BACK)
    reopen = closures.reopen(closing(clinic).closure_id or 0)
    close(clinic, shown(clinic, reopen), reopen)
    call(clinic, called, Said.NO_ANSWER)
    assert progress(clinic) == {"09:00": "to_call"}
    assert len(board(clinic, MONDAY.date())) == 1
    call(clinic, called, Said.TOLD)
    assert progress(clinic) == {"09:00": "kept"}
    assert board(clinic, MONDAY.date()) == []


def test_what_takes_the_new_time_as_well_is_what_its_patient_waits_for(clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    close_day(clinic, TUESDAY)
    move(clinic, booking, WEDNESDAY_9)
    wednesday = date(2026, 1, 14)
    close_day(clinic, wednesday)
    both = [one for day in (TUESDAY, wednesday) for one in board(clinic, day)]
    assert [[one.lost for one in found.affected] for found in both] == [[], [WEDNESDAY_9]]
