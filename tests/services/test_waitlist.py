"""The waitlist that fills itself: a time comes free and goes from one to the next."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from booking.domain.errors import AlreadyCancelled, NotFound, OfferOver, SlotUnavailable
from booking.domain.lifecycle import State
from booking.domain.slots import Slot
from booking.domain.waitlist import Part, Wishes
from booking.services.waitlist import entries, line
from booking.store.bookings import Booking, Consent
from booking.store.records import Message
from booking.store.waitlist import WaitlistEntry
from tests.services import waiting
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_930,
    WEDNESDAY_9,
    add_practitioner,
    cancel,
    count,
    hold,
    is_offered,
    move,
    now_is,
    owners,
    sweep,
    told,
    wall,
)
from tests.support import Clinic

MORNINGS = Wishes(parts=frozenset({Part.MORNING}))


@pytest.fixture
def taken(clinic: Clinic) -> Booking:
    """A morning visit; while others begin to wait, its time is not free."""
    return clinic.book(TUESDAY_9)


def comes_free(clinic: Clinic, taken: Booking) -> None:
    """Whoever waits was seen once; then the time comes free, and the worker looks."""
    waiting.work(clinic)
    cancel(clinic, taken)
    waiting.work(clinic)


def test_a_time_that_comes_free_is_kept_for_who_waits_longest(clinic: Clinic, taken: Booking):
    first = waiting.join(clinic, "First")
    clinic.time.pass_(minutes=1)
    second = waiting.join(clinic, "Second")
    comes_free(clinic, taken)
    assert waiting.offers(clinic) == [(first, TUESDAY_9, "open")]
    assert (waiting.state(clinic, first), waiting.state(clinic, second)) == ("offered", "open")
    assert not is_offered(clinic, TUESDAY_9)
    assert owners(clinic) == [(TUESDAY_9, TUESDAY_930, "hold")]
    assert waiting.mails(clinic, first)[-1] == ("waitlist_offer", "queued")
    waiting.work(clinic)
    assert len(waiting.offers(clinic)) == 1


def test_what_was_free_already_is_offered_to_nobody(clinic: Clinic, taken: Booking):
    waiting.join(clinic)
    waiting.work(clinic)
    waiting.work(clinic)
    assert waiting.offers(clinic) == []
    assert is_offered(clinic, TUESDAY_930)


def test_what_somebody_only_looked_at_is_no_news_when_they_let_it_go(clinic: Clinic):
    waiting.join(clinic)
    waiting.work(clinic)
    hold(clinic, TUESDAY_9)
    waiting.work(clinic)
    clinic.time.pass_(minutes=11)
    waiting.work(clinic)
    assert waiting.offers(clinic) == []


def test_what_was_booked_meanwhile_and_comes_free_is_news(clinic: Clinic):
    waiting.join(clinic)
    waiting.work(clinic)
    booking = clinic.book(TUESDAY_9)
    comes_free(clinic, booking)
    assert [start for _, start, _ in waiting.offers(clinic)] == [TUESDAY_9]


def test_only_who_wishes_for_such_a_time_is_asked(clinic: Clinic, taken: Booking):
    waiting.join(clinic, "Late", wishes=Wishes(parts=frozenset({Part.AFTERNOON})))
    morning = waiting.join(clinic, "Early", wishes=MORNINGS)
    comes_free(clinic, taken)
    assert [entry for entry, *_ in waiting.offers(clinic)] == [morning]


def test_an_offer_that_runs_out_goes_to_the_next_and_the_first_keeps_waiting(
    clinic: Clinic, taken: Booking
):
    first = waiting.join(clinic, "First")
    clinic.time.pass_(minutes=1)
    second = waiting.join(clinic, "Second")
    comes_free(clinic, taken)
    clinic.time.pass_(hours=2)
    waiting.work(clinic)
    assert waiting.offers(clinic) == [
        (first, TUESDAY_9, "expired"),
        (second, TUESDAY_9, "open"),
    ]
    assert (waiting.state(clinic, first), waiting.state(clinic, second)) == ("open", "offered")
    clinic.time.pass_(hours=2)
    waiting.work(clinic)
    # Both had their say; now it is free for everybody.
    assert [outcome for *_, outcome in waiting.offers(clinic)] == ["expired", "expired"]
    assert is_offered(clinic, TUESDAY_9)


def test_the_sweep_of_holds_does_not_lose_the_chain(clinic: Clinic, taken: Booking):
    first = waiting.join(clinic)
    comes_free(clinic, taken)
    clinic.time.pass_(hours=2)
    sweep(clinic)
    waiting.work(clinic)
    assert waiting.offers(clinic) == [(first, TUESDAY_9, "expired")]
    assert waiting.state(clinic, first) == "open"


def test_declining_passes_it_on_at_once(clinic: Clinic, taken: Booking):
    first, second = waiting.join(clinic, "First"), waiting.join(clinic, "Second")
    comes_free(clinic, taken)
    waiting.decline(clinic, waiting.last(clinic).id)
    waiting.work(clinic)
    assert waiting.offers(clinic) == [
        (first, TUESDAY_9, "declined"),
        (second, TUESDAY_9, "open"),
    ]


def test_accepting_makes_the_booking_and_takes_them_off_the_list(clinic: Clinic, taken: Booking):
    entry = waiting.join(clinic)
    comes_free(clinic, taken)
    made = waiting.accept(clinic, waiting.last(clinic).id)
    booking = now_is(clinic, made)
    assert (booking.start, booking.state, booking.source) == (
        TUESDAY_9,
        State.CONFIRMED,
        "waitlist",
    )
    assert (booking.patient.name, booking.patient.email) == ("Wanda Waits", "wanda@patient.example")
    assert booking.patient.date_of_birth == waiting.BIRTH
    assert owners(clinic) == [(TUESDAY_9, TUESDAY_930, "booking")]
    assert waiting.state(clinic, entry) == "filled"
    assert [outcome for *_, outcome in waiting.offers(clinic)] == ["accepted"]
    assert [kind for kind, *_ in told(clinic, booking)] == ["confirmed"]
    assert clinic.read(
        lambda session, _: session.scalars(
            select(Consent.text_version).where(Consent.patient_id == booking.patient_id)
        ).all()
    ) == ["1"]


def test_a_second_click_and_a_late_click_are_refused_and_change_nothing(
    clinic: Clinic, taken: Booking
):
    entry = waiting.join(clinic)
    comes_free(clinic, taken)
    offer = waiting.last(clinic).id
    clinic.time.pass_(hours=2)
    with pytest.raises(OfferOver):
        waiting.accept(clinic, offer)
    assert waiting.state(clinic, entry) == "offered"
    waiting.work(clinic)
    with pytest.raises(OfferOver):
        waiting.accept(clinic, offer)
    assert waiting.state(clinic, entry) == "open"
    assert count(clinic, Booking) == 1


def test_accepting_twice_makes_one_booking(clinic: Clinic, taken: Booking):
    waiting.join(clinic)
    comes_free(clinic, taken)
    offer = waiting.last(clinic).id
    waiting.accept(clinic, offer)
    with pytest.raises(OfferOver):
        waiting.accept(clinic, offer)
    assert count(clinic, Booking) == 2


# -- those who have a visit already --------------------------------------------------------


@pytest.fixture
def later(clinic: Clinic, taken: Booking) -> Booking:
    return clinic.book(WEDNESDAY_9)


def test_a_wish_for_an_earlier_time_waits_in_the_same_line(
    clinic: Clinic, taken: Booking, later: Booking
):
    first = waiting.wish(clinic, later)
    clinic.time.pass_(minutes=1)
    waiting.join(clinic, "Second")
    comes_free(clinic, taken)
    assert waiting.offers(clinic) == [(first, TUESDAY_9, "open")]


def test_accepting_moves_the_booking_and_its_old_time_is_offered_on(
    clinic: Clinic, taken: Booking, later: Booking
):
    waiting.wish(clinic, later)
    clinic.time.pass_(minutes=1)
    second = waiting.join(clinic, "Second")
    comes_free(clinic, taken)
    waiting.accept(clinic, waiting.last(clinic).id)
    moved = now_is(clinic, later)
    assert (moved.start, moved.reference, moved.uid) == (TUESDAY_9, later.reference, later.uid)
    assert [kind for kind, *_ in told(clinic, later)][-1] == "moved"
    waiting.work(clinic)
    assert waiting.offers(clinic)[-1] == (second, WEDNESDAY_9, "open")
    assert [owner for *_, owner in owners(clinic)] == ["booking", "hold"]


def test_a_later_time_is_of_no_use_to_them(clinic: Clinic, taken: Booking):
    early = clinic.book(wall("01-12 16:00"))
    waiting.wish(clinic, early)
    comes_free(clinic, taken)
    assert waiting.offers(clinic) == []


def test_of_a_visit_that_is_cancelled_the_wish_goes_and_its_offer_passes_on(
    clinic: Clinic, taken: Booking, later: Booking
):
    entry = waiting.wish(clinic, later)
    clinic.time.pass_(minutes=1)
    second = waiting.join(clinic, "Second", wishes=Wishes(latest=TUESDAY_9.date()))
    comes_free(clinic, taken)
    cancel(clinic, later)
    with pytest.raises(AlreadyCancelled):
        waiting.accept(clinic, waiting.last(clinic).id)
    waiting.work(clinic)
    assert waiting.offers(clinic) == [
        (entry, TUESDAY_9, "withdrawn"),
        (second, TUESDAY_9, "open"),
    ]
    clinic.write(lambda session, now: entries.sweep(session, now=now))
    assert waiting.state(clinic, entry) == "expired"


def test_who_moves_to_an_even_earlier_time_frees_what_was_offered(
    clinic: Clinic, taken: Booking, later: Booking
):
    waiting.wish(clinic, later)
    comes_free(clinic, taken)
    move(clinic, later, wall("01-12 16:00"))
    waiting.work(clinic)
    assert [outcome for *_, outcome in waiting.offers(clinic)] == ["withdrawn"]
    assert is_offered(clinic, TUESDAY_9)


def test_wishing_twice_is_one_wish_and_after_leaving_it_begins_anew(clinic: Clinic, later: Booking):
    entry = waiting.wish(clinic, later)
    assert waiting.wish(clinic, later) == entry
    waiting.leave(clinic, entry)
    assert waiting.state(clinic, entry) == "left"
    clinic.time.pass_(minutes=5)
    assert waiting.wish(clinic, later) == entry
    assert waiting.state(clinic, entry) == "open"
    assert count(clinic, WaitlistEntry) == 1


# -- night, mail, and how much one person gets ---------------------------------------------


def test_at_night_a_time_is_kept_but_nobody_is_woken(clinic: Clinic, taken: Booking):
    entry = waiting.join(clinic)
    waiting.work(clinic)
    booked = clinic.book(wall("01-15 14:00"))
    waiting.work(clinic)
    clinic.time.now = wall("01-12 22:00")
    cancel(clinic, booked)
    waiting.work(clinic)
    (offer,) = waiting.offers(clinic)
    assert offer == (entry, wall("01-15 14:00"), "open")
    assert waiting.last(clinic).expires_at == wall("01-13 10:00")
    leaves = clinic.read(
        lambda session, _: session.scalars(
            select(Message.next_try_at).where(Message.offer_id.is_not(None))
        ).one()
    )
    assert leaves == wall("01-13 08:00")


def test_a_time_too_near_to_answer_is_simply_free(clinic: Clinic):
    waiting.join(clinic)
    booked = clinic.book(wall("01-12 11:00"))
    waiting.work(clinic)
    clinic.time.now = wall("01-12 08:40")
    cancel(clinic, booked)
    waiting.work(clinic)
    assert waiting.offers(clinic) == []
    assert is_offered(clinic, booked.start)


def test_one_person_has_one_open_offer_whatever_they_signed_up_as(clinic: Clinic, taken: Booking):
    other = clinic.book(WEDNESDAY_9)
    first = waiting.join(clinic, "First", email="me@patient.example")
    waiting.join(clinic, "Again", email="Me+second@patient.example")
    waiting.work(clinic)
    cancel(clinic, taken)
    waiting.work(clinic)
    cancel(clinic, other)
    waiting.work(clinic)
    assert [entry for entry, *_ in waiting.offers(clinic)] == [first]


def test_an_address_that_had_much_mail_is_not_asked_this_hour(clinic: Clinic, taken: Booking):
    for name in ("One", "Two", "Three"):
        waiting.join(clinic, name, email="victim@patient.example")
    comes_free(clinic, taken)
    assert waiting.offers(clinic) == []
    clinic.time.pass_(minutes=61)
    waiting.work(clinic)
    assert len(waiting.offers(clinic)) == 1


def test_nothing_is_sent_after_leaving_and_the_time_goes_to_the_next(
    clinic: Clinic, taken: Booking
):
    first, second = waiting.join(clinic, "First"), waiting.join(clinic, "Second")
    comes_free(clinic, taken)
    waiting.leave(clinic, first)
    assert {state for _, state in waiting.mails(clinic, first)} == {"dropped"}
    waiting.work(clinic)
    assert waiting.offers(clinic) == [
        (first, TUESDAY_9, "withdrawn"),
        (second, TUESDAY_9, "open"),
    ]
    with pytest.raises(NotFound):
        clinic.write(
            lambda session, now: entries.change(
                session,
                clinic.offers.rulebook(session),
                entries.get(session, first),
                MORNINGS,
                now=now,
            )
        )


def test_without_an_address_the_time_is_kept_for_a_call(clinic: Clinic, taken: Booking):
    entry = waiting.join(clinic, email=None, phone="+1 202-555-0177")
    comes_free(clinic, taken)
    assert waiting.offers(clinic) == [(entry, TUESDAY_9, "open")]
    assert waiting.mails(clinic, entry) == []


# -- reception steps in, and time goes by --------------------------------------------------


def slot_at(start: datetime) -> Slot:
    return Slot("consultation", "dr-ahmed", "main", start, start + timedelta(minutes=30))


def test_reception_offers_a_time_out_of_turn(clinic: Clinic):
    waiting.join(clinic, "First")
    second = waiting.join(clinic, "Second")
    waiting.by_hand(clinic, second, slot_at(TUESDAY_9))
    waiting.by_hand(clinic, second, slot_at(WEDNESDAY_9))
    assert waiting.offers(clinic) == [
        (second, TUESDAY_9, "withdrawn"),
        (second, WEDNESDAY_9, "open"),
    ]
    clinic.book(TUESDAY_930)
    with pytest.raises(SlotUnavailable):
        waiting.by_hand(clinic, second, slot_at(TUESDAY_930))
    assert [outcome for *_, outcome in waiting.offers(clinic)] == ["withdrawn", "open"]


def test_reception_takes_an_offer_back(clinic: Clinic, taken: Booking):
    entry = waiting.join(clinic)
    comes_free(clinic, taken)
    waiting.withdraw(clinic, waiting.last(clinic).id)
    assert waiting.state(clinic, entry) == "open"
    assert owners(clinic) == []


def test_after_thirty_days_the_wait_ends(clinic: Clinic):
    entry = waiting.join(clinic)
    for state in ("open", "expired"):
        clinic.write(lambda session, now: entries.sweep(session, now=now))
        assert waiting.state(clinic, entry) == state
        clinic.time.pass_(days=30)


def test_with_several_practitioners_the_wish_decides(clinic: Clinic, taken: Booking):
    add_practitioner(clinic, "dr-weber")
    other = clinic.book(TUESDAY_9, practitioner="dr-weber")
    entry = waiting.join(clinic, wishes=Wishes(practitioner="dr-weber"))
    comes_free(clinic, taken)
    assert waiting.offers(clinic) == []
    cancel(clinic, other)
    waiting.work(clinic)
    assert waiting.offers(clinic) == [(entry, TUESDAY_9, "open")]
    booking = now_is(clinic, waiting.accept(clinic, waiting.last(clinic).id))
    assert booking.practitioner.slug == "dr-weber"


def test_what_an_entry_knows_is_kept_to_the_second(clinic: Clinic):
    entry = waiting.join(clinic)
    waiting.work(clinic)
    known = clinic.read(lambda session, _: line.known_of(entries.get(session, entry)))
    assert TUESDAY_9 in known
    assert all(start.tzinfo is UTC for start in known)
