"""Whom the desk has to call, how tries end, and what follows: nothing twice, nothing by itself."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.domain.calls import GRACE, Cause, Outcome, Tried
from booking.domain.errors import NotFound
from booking.domain.lifecycle import State
from booking.domain.people import Person
from booking.formats.mail import compose
from booking.services.audit import Actor
from booking.services.bookings import intakes
from booking.services.bookings.intakes import Given
from booking.services.desk.board import day
from booking.services.desk.calls import call_lists, calls
from booking.services.mail import letters, outbox
from booking.store.access import Staff
from booking.store.bookings import Booking
from booking.store.calls import Call
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_10,
    WEDNESDAY_9,
    cancel,
    history,
    step,
    told,
    undo,
)
from tests.services.test_intakes import answered
from tests.support import ANN, RECEPTION, Clinic

BOB = Person("Bob", date(1981, 5, 2), None, "+12025550143")


@pytest.fixture
def desk(clinic: Clinic) -> Actor:
    """Somebody at the desk, whose id tries are kept with."""

    def hire(session, now):
        row = Staff(email="a@clinic.example", password_hash="-", active=True, created_at=now)
        session.add(row)
        session.flush()
        return row.id

    return Actor(RECEPTION.kind, clinic.write(hire))


def to_call(clinic: Clinic, start=TUESDAY_9, person: Person = ANN) -> Booking:
    return clinic.book(start, person, given=Given(answered(health=["active_infection"])))


def missed(clinic: Clinic, start=TUESDAY_9, person: Person = ANN) -> Booking:
    booking = clinic.book(start, person)
    clinic.time.now = max(clinic.time.now, start + timedelta(hours=1))
    return step(clinic, booking, State.NO_SHOW)


def tasks(clinic: Clinic, cause: Cause) -> list[call_lists.Task]:
    return clinic.read(lambda session, now: call_lists.tasks(session, cause, now=now))


def names(clinic: Clinic, cause: Cause) -> list[str]:
    return [task.name for task in tasks(clinic, cause)]


def count(clinic: Clinic) -> int:
    return clinic.read(lambda session, now: call_lists.open_now(session, now=now))


def make(clinic: Clinic, desk: Actor, booking: Booking, cause: Cause, tried: Tried, seen: int = 0):
    return clinic.write(
        lambda session, now: calls.record(
            session,
            clinic.links,
            booking.id,
            cause,
            tried,
            seen=seen,
            staff_id=desk.staff_id,
            actor=desk,
            now=now,
        )
    )


def take_back(clinic: Clinic, desk: Actor, call_id: int) -> bool:
    zone = clinic.read(lambda session, _: clinic.offers.rulebook(session).clinic.zone)
    return clinic.write(
        lambda session, now: calls.undo(session, call_id, zone=zone, actor=desk, now=now)
    )


def on_the_board(clinic: Clinic, which: date = date(2026, 1, 13)) -> intakes.ForTheDesk:
    return clinic.read(
        lambda session, _: day.rows(session, clinic.offers.rulebook(session), which)[0].needs
    )


def send_all(clinic: Clinic) -> list[str]:
    """What a worker would send now, of the kind that these tests are about."""
    sent = []

    def claim(session, now):
        found = outbox.claim_next(session, lease="me", lease_for=GRACE, now=now)
        if found is None:
            return None
        rules = clinic.offers.rulebook(session)
        letter = letters.letter(found, rules, clinic.links, sender="c@clinic.example", now=now)
        outbox.record_sent(session, found.id, now=now)
        return found.kind.value, compose(letter)

    while (found := clinic.write(claim)) is not None:
        if found[0] == "missed":
            sent.append(f"{found[1]['subject']}\n{found[1].get_body(('plain',)).get_content()}")
    return sent


def test_only_visits_ahead_with_an_open_call_are_listed_by_start(clinic: Clinic, desk: Actor):
    clinic.book(TUESDAY_10, BOB)
    to_call(clinic, WEDNESDAY_9, BOB)
    first = to_call(clinic)
    assert [task.start for task in tasks(clinic, Cause.CAUTION)] == [TUESDAY_9, WEDNESDAY_9]
    assert count(clinic) == 2
    cancel(clinic, first)
    assert names(clinic, Cause.CAUTION) == ["Bob"]
    clinic.time.now = WEDNESDAY_9
    assert (names(clinic, Cause.CAUTION), count(clinic)) == ([], 0)


def test_who_does_not_answer_stays_listed_and_the_board_counts_it(clinic: Clinic, desk: Actor):
    booking = to_call(clinic)
    make(clinic, desk, booking, Cause.CAUTION, Tried(Outcome.NO_ANSWER, None, "Rang off"))
    make(clinic, desk, booking, Cause.CAUTION, Tried(Outcome.LEFT_MESSAGE), seen=1)
    (task,) = tasks(clinic, Cause.CAUTION)
    assert task.last is not None
    assert (task.last.outcome, task.last.number, task.last.in_vain) == ("left_message", 2, 2)
    assert (on_the_board(clinic).to_call, on_the_board(clinic).tries) == (1, 2)


def test_reaching_the_patient_closes_the_call_and_can_be_undone_that_day(
    clinic: Clinic, desk: Actor
):
    booking = to_call(clinic)
    call_id = make(clinic, desk, booking, Cause.CAUTION, Tried(Outcome.REACHED))
    assert (names(clinic, Cause.CAUTION), on_the_board(clinic).to_call) == ([], 0)
    assert take_back(clinic, desk, call_id)
    assert (names(clinic, Cause.CAUTION), on_the_board(clinic).to_call) == ([ANN.name], 1)
    assert not take_back(clinic, desk, call_id)
    call_id = make(clinic, desk, booking, Cause.CAUTION, Tried(Outcome.NO_ANSWER))
    clinic.time.pass_(hours=16)
    assert not take_back(clinic, desk, call_id), "another day has begun"


def test_pressed_twice_it_is_kept_once(clinic: Clinic, desk: Actor):
    booking = to_call(clinic)
    assert make(clinic, desk, booking, Cause.CAUTION, Tried(Outcome.NO_ANSWER))
    assert make(clinic, desk, booking, Cause.CAUTION, Tried(Outcome.NO_ANSWER)) is None
    assert len(clinic.read(lambda s, _: call_lists.history(s, booking.id))) == 1
    with pytest.raises(NotFound):
        make(clinic, desk, booking, Cause.CAUTION, Tried(Outcome.SENT), seen=1)


def test_the_audit_says_what_was_done_without_the_note(clinic: Clinic, desk: Actor):
    booking = to_call(clinic)
    call_id = make(clinic, desk, booking, Cause.CAUTION, Tried(Outcome.NO_ANSWER, None, "secret"))
    take_back(clinic, desk, call_id)
    found = [(one.action, one.from_value, one.to_value) for one in history(clinic, booking)]
    assert found[-2:] == [("call_made", None, "no_answer"), ("call_undone", "no_answer", None)]
    assert "secret" not in "".join(one.reason for one in history(clinic, booking))


def test_who_missed_a_visit_is_listed_for_thirty_days_or_until_settled(clinic: Clinic, desk: Actor):
    booking, _ = missed(clinic), missed(clinic, WEDNESDAY_9, BOB)
    assert names(clinic, Cause.NO_SHOW) == ["Bob", ANN.name]
    make(clinic, desk, booking, Cause.NO_SHOW, Tried(Outcome.DECLINED))
    assert (names(clinic, Cause.NO_SHOW), count(clinic)) == (["Bob"], 1)
    clinic.time.now = WEDNESDAY_9 + timedelta(days=30)
    assert (names(clinic, Cause.NO_SHOW), count(clinic)) == ([], 0)


def test_who_came_back_or_was_cancelled_by_the_clinic_is_not_run_after(clinic: Clinic):
    # Booked online, so with a record of its own.
    missed(clinic)
    again = clinic.book(WEDNESDAY_9, ANN)
    assert names(clinic, Cause.NO_SHOW) == []
    cancel(clinic, again)
    assert names(clinic, Cause.NO_SHOW) == [ANN.name]
    again = clinic.book(WEDNESDAY_9, ANN)
    cancel(clinic, again, actor=RECEPTION, reason="The doctor is ill.")
    assert names(clinic, Cause.NO_SHOW) == []


def test_the_message_leaves_once_and_says_not_what_for(clinic: Clinic, desk: Actor):
    booking = missed(clinic)
    make(clinic, desk, booking, Cause.NO_SHOW, Tried(Outcome.SENT))
    assert make(clinic, desk, booking, Cause.NO_SHOW, Tried(Outcome.SENT), seen=1) is None
    assert send_all(clinic) == [], "it can still be taken back"
    clinic.time.now += GRACE
    (text,) = send_all(clinic)
    assert text.startswith("We missed you")
    assert "/book?service=consultation&practitioner=dr-ahmed" in text
    for word in ("needling", "scar", "Consultation"):
        assert word not in text
    assert told(clinic, booking)[-1] == ("missed", 0, "sent")
    assert make(clinic, desk, booking, Cause.NO_SHOW, Tried(Outcome.SENT), seen=1) is None


def test_taken_back_in_time_it_does_not_leave_and_can_be_sent_again(clinic: Clinic, desk: Actor):
    booking = missed(clinic)
    call_id = make(clinic, desk, booking, Cause.NO_SHOW, Tried(Outcome.SENT))
    assert take_back(clinic, desk, call_id)
    clinic.time.now += GRACE
    assert send_all(clinic) == []
    call_id = make(clinic, desk, booking, Cause.NO_SHOW, Tried(Outcome.SENT))
    clinic.time.now += GRACE
    assert len(send_all(clinic)) == 1
    assert not take_back(clinic, desk, call_id), "it has left"


@pytest.mark.parametrize("what", ["arrived", "undone", "booked again"])
def test_who_turns_up_after_all_gets_no_message(clinic: Clinic, desk: Actor, what: str):
    booking = missed(clinic)
    make(clinic, desk, booking, Cause.NO_SHOW, Tried(Outcome.SENT))
    if what == "booked again":
        clinic.book(WEDNESDAY_9, ANN)
    elif what == "undone":
        undo(clinic, booking)
    else:
        step(clinic, booking, State.ARRIVED)
    clinic.time.now += GRACE
    assert send_all(clinic) == []
    assert names(clinic, Cause.NO_SHOW) == []
    assert ("missed", 0, "dropped") in told(clinic, booking)


def test_without_an_address_nothing_is_sent(clinic: Clinic, desk: Actor):
    booking = missed(clinic, person=BOB)
    assert make(clinic, desk, booking, Cause.NO_SHOW, Tried(Outcome.SENT)) is None
    assert clinic.read(lambda s, _: s.scalars(select(Call)).all()) == []
