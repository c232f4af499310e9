"""Holds: a slot is kept for minutes, and the time comes back by itself."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from booking.domain.errors import HoldExpired, Refusal, SlotUnavailable, TooSoon
from booking.services.clinic import Rulebook
from booking.services.times import holds
from booking.services.times.availability import Offers
from booking.store.bookings import Booking, Hold
from booking.store.engine import Database
from tests.services.deeds import (
    HALF_HOUR,
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    count,
    everything,
    extend,
    hold,
    holds_left,
    is_offered,
    owners,
    sweep,
    wall,
)
from tests.support import MONDAY, Clinic, Time

TEN_MINUTES = timedelta(minutes=10)


def test_a_held_slot_is_taken_for_everybody_else(clinic: Clinic) -> None:
    held = hold(clinic, TUESDAY_9)
    assert held.expires_at == MONDAY + TEN_MINUTES
    assert not is_offered(clinic, TUESDAY_9)
    before = everything(clinic)
    for attempt in (hold, clinic.book):
        with pytest.raises(SlotUnavailable):
            attempt(clinic, TUESDAY_9) if attempt is hold else clinic.book(TUESDAY_9)
    assert everything(clinic) == before


def test_a_hold_becomes_the_booking_without_letting_go_of_its_time(clinic: Clinic) -> None:
    held = hold(clinic, TUESDAY_9)
    clinic.book(TUESDAY_9, hold_id=held.id)
    assert owners(clinic) == [(TUESDAY_9, TUESDAY_9 + HALF_HOUR, "booking")]
    assert holds_left(clinic) == 0


def test_a_hold_is_found_by_its_token_of_which_only_the_hash_is_kept(clinic: Clinic) -> None:
    held = hold(clinic, TUESDAY_9)
    found = clinic.read(lambda session, now: holds.find(session, held.token))
    assert found is not None
    assert found.id == held.id
    assert held.token not in found.token_hash
    assert clinic.read(lambda session, now: holds.find(session, "another")) is None


def test_somebody_elses_hold_is_of_no_use(clinic: Clinic) -> None:
    hold(clinic, TUESDAY_9)
    mine = hold(clinic, TUESDAY_10)
    with pytest.raises(SlotUnavailable):
        clinic.book(TUESDAY_9, hold_id=mine.id)
    assert holds_left(clinic) == 2


def test_who_books_another_time_than_they_held_gives_the_held_one_back(clinic: Clinic) -> None:
    held = hold(clinic, TUESDAY_9)
    clinic.book(TUESDAY_10, hold_id=held.id)
    assert owners(clinic) == [(TUESDAY_10, TUESDAY_10 + HALF_HOUR, "booking")]
    assert is_offered(clinic, TUESDAY_9)


def test_a_hold_keeps_its_slot_while_the_minimum_notice_passes_by(clinic: Clinic) -> None:
    clinic.time.now = wall("01-12 09:00")
    start = wall("01-12 11:00")
    held = hold(clinic, start)
    clinic.time.pass_(minutes=9)
    with pytest.raises(TooSoon):
        clinic.book(start)
    assert clinic.book(start, hold_id=held.id).start == start


def test_a_hold_ends_at_its_last_instant_and_not_before(clinic: Clinic) -> None:
    hold(clinic, TUESDAY_9)
    clinic.time.now = MONDAY + TEN_MINUTES - timedelta.resolution
    assert not is_offered(clinic, TUESDAY_9)
    clinic.time.now = MONDAY + TEN_MINUTES
    assert is_offered(clinic, TUESDAY_9)


def test_an_expired_hold_makes_way_for_a_booking_without_waiting_for_a_sweep(
    clinic: Clinic,
) -> None:
    hold(clinic, TUESDAY_9)
    clinic.time.pass_(minutes=10)
    clinic.book(TUESDAY_9)
    assert owners(clinic) == [(TUESDAY_9, TUESDAY_9 + HALF_HOUR, "booking")]
    assert holds_left(clinic) == 0


def test_an_expired_hold_makes_way_for_another_hold(clinic: Clinic) -> None:
    first = hold(clinic, TUESDAY_9)
    clinic.time.pass_(minutes=10)
    second = hold(clinic, TUESDAY_9)
    assert second.id != first.id
    with pytest.raises(SlotUnavailable):
        clinic.book(TUESDAY_9, hold_id=first.id)


def test_who_comes_back_too_late_still_gets_a_time_that_nobody_took(clinic: Clinic) -> None:
    held = hold(clinic, TUESDAY_9)
    clinic.time.pass_(minutes=10)
    assert clinic.book(TUESDAY_9, hold_id=held.id).start == TUESDAY_9
    assert (len(owners(clinic)), holds_left(clinic)) == (1, 0)


def test_sweeping_removes_holds_that_ran_out_and_claims_that_are_past(clinic: Clinic) -> None:
    hold(clinic, TUESDAY_9)
    clinic.time.pass_(minutes=5)
    hold(clinic, TUESDAY_930)
    clinic.book(TUESDAY_10)
    clinic.time.pass_(minutes=5)
    sweep(clinic)
    assert [start for start, _, _ in owners(clinic)] == [TUESDAY_930, TUESDAY_10]
    clinic.time.now = wall("01-20 09:00")
    sweep(clinic)
    assert owners(clinic) == []
    assert count(clinic, Booking) == 1


def test_a_hold_can_be_extended_for_an_hour_in_all(clinic: Clinic) -> None:
    held = hold(clinic, TUESDAY_9)
    clinic.time.pass_(minutes=9)
    assert extend(clinic, held.id) == MONDAY + timedelta(minutes=19)
    for _ in range(5):
        clinic.time.pass_(minutes=9)
        extend(clinic, held.id)
    assert extend(clinic, held.id) == MONDAY + timedelta(hours=1)
    clinic.time.now = MONDAY + timedelta(minutes=59)
    assert extend(clinic, held.id) == MONDAY + timedelta(hours=1)
    clinic.time.pass_(minutes=1)
    with pytest.raises(HoldExpired):
        extend(clinic, held.id)


def test_extending_never_shortens(clinic: Clinic) -> None:
    held = hold(clinic, TUESDAY_9)
    assert extend(clinic, held.id) == held.expires_at
    clinic.time.now -= timedelta(minutes=3)
    assert extend(clinic, held.id) == held.expires_at


def test_what_has_run_out_or_never_was_cannot_be_extended(clinic: Clinic) -> None:
    held = hold(clinic, TUESDAY_9)
    clinic.time.pass_(minutes=10)
    for hold_id in (held.id, held.id + 1):
        with pytest.raises(HoldExpired):
            extend(clinic, hold_id)


def test_choosing_another_slot_gives_the_first_one_back(clinic: Clinic) -> None:
    first = hold(clinic, TUESDAY_9)
    second = hold(clinic, TUESDAY_930, replaces=first.id)
    assert owners(clinic) == [(TUESDAY_930, TUESDAY_10, "hold")]
    assert is_offered(clinic, TUESDAY_9)
    assert second.id != first.id


def test_choosing_a_slot_that_was_just_lost_keeps_the_first_one(clinic: Clinic) -> None:
    first = hold(clinic, TUESDAY_9)
    clinic.book(TUESDAY_10)
    with pytest.raises(SlotUnavailable):
        hold(clinic, TUESDAY_10, replaces=first.id)
    assert (TUESDAY_9, TUESDAY_930, "hold") in owners(clinic)
    assert clinic.book(TUESDAY_9, hold_id=first.id).start == TUESDAY_9


def test_the_number_of_a_hold_that_is_gone_is_never_given_to_another(clinic: Clinic) -> None:
    first = hold(clinic, TUESDAY_9)
    clinic.time.pass_(minutes=10)
    sweep(clinic)
    assert hold(clinic, TUESDAY_9).id != first.id


def test_ones_own_hold_is_not_in_ones_own_way(clinic: Clinic) -> None:
    first = hold(clinic, TUESDAY_9)
    again = hold(clinic, TUESDAY_9, replaces=first.id)
    assert holds_left(clinic) == 1
    assert again.id != first.id or again.token != first.token


def later(clinic: Clinic) -> Clinic:
    """The same clinic as another process sees it eleven minutes on."""
    url = clinic.database.engine.url.render_as_string(hide_password=False)
    return Clinic(Database(url, clock=Time(clinic.time.now + timedelta(minutes=11))), clinic.time)


def test_a_hold_that_is_swept_away_while_it_is_confirmed_leaves_no_booking_without_its_time(
    served: Clinic,
) -> None:
    held = hold(served, TUESDAY_9)
    worker, made = later(served), served.random_token

    def random_token() -> str:
        sweep(worker)
        return made()

    served.random_token = random_token
    try:
        served.book(TUESDAY_9, hold_id=held.id)
    except Refusal:
        assert count(served, Booking) == 0
    else:
        assert owners(served) == [(TUESDAY_9, TUESDAY_930, "booking")]
    finally:
        worker.database.dispose()


def test_a_hold_that_is_swept_away_while_it_is_extended_has_expired(served: Clinic) -> None:
    held = hold(served, TUESDAY_9)
    worker = later(served)

    class Slow(Offers):
        def rulebook(self, session: Session) -> Rulebook:
            sweep(worker)
            return super().rulebook(session)

    served.offers = Slow()
    try:
        with pytest.raises(HoldExpired):
            extend(served, held.id)
    finally:
        worker.database.dispose()


def test_a_hold_that_was_replaced_meanwhile_is_gone(clinic: Clinic) -> None:
    first = hold(clinic, TUESDAY_9)
    hold(clinic, TUESDAY_10, replaces=first.id)
    with pytest.raises(HoldExpired):
        extend(clinic, first.id)
    assert count(clinic, Hold) == 1


def test_a_hold_that_replaces_one_that_is_gone_is_a_hold_like_others(clinic: Clinic) -> None:
    assert hold(clinic, TUESDAY_9, replaces=4711).slot.start == TUESDAY_9


def test_holding_needs_a_slot_on_offer(clinic: Clinic) -> None:
    before = everything(clinic)
    for start in (wall("01-12 09:00"), wall("01-13 12:00"), datetime(2026, 1, 13, 9)):  # noqa: DTZ001
        with pytest.raises(Refusal):
            hold(clinic, start)
    assert everything(clinic) == before
