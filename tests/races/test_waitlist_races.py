"""No two people ever win one time, even were both told that it is theirs."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.waitlist import EntryState
from booking.formats.tokens import random_token, token_hash
from booking.store.bookings import Booking, Hold
from booking.store.claims import Claim
from booking.store.waitlist import WaitlistEntry, WaitlistOffer
from tests.races.crowd import Crowd, Task
from tests.races.test_races import count, double_bookings, losers, race, winners
from tests.services import waiting
from tests.services.deeds import TUESDAY_9, cancel
from tests.support import Clinic, drop_guarantee


def two_offers_of_one_time(clinic: Clinic) -> list[int]:
    """
    The second offer is a mistake that the program cannot make: a hold that claims nothing.
    """
    taken = clinic.book(TUESDAY_9)
    first, second = waiting.join(clinic, "First"), waiting.join(clinic, "Second")
    waiting.work(clinic)
    cancel(clinic, taken)
    waiting.work(clinic)
    rightly = waiting.last(clinic)
    assert rightly.entry_id == first

    def mistake(session: Session, now: object) -> int:
        values = {
            column.key: getattr(rightly, column.key)
            for column in WaitlistOffer.__mapper__.column_attrs
            if column.key != "id"
        }
        real = session.get(Hold, rightly.hold_id)
        hold = Hold(
            token_hash=token_hash(random_token()),
            practitioner_id=real.practitioner_id,
            service_id=real.service_id,
            location_id=real.location_id,
            start=real.start,
            end=real.end,
            expires_at=real.expires_at,
            created_at=real.created_at,
        )
        session.add(hold)
        session.flush()
        wrong = {"entry_id": second, "hold_id": hold.id, "uid": "x", "token_hash": "x"}
        offer = WaitlistOffer(**(values | wrong))
        session.add(offer)
        session.get(WaitlistEntry, second).state = EntryState.OFFERED
        session.flush()
        return offer.id

    return [rightly.id, clinic.write(mistake)]


def both_accept(clinic: Clinic, crowd: Crowd, *, blind: bool = False) -> list[str | None]:
    """Each of the two presses the button on several devices at the same moment."""
    offers = two_offers_of_one_time(clinic)
    tasks = [Task("accept", {"offer_id": offers[number % 2]}) for number in range(16)]
    outcomes = race(clinic, crowd, tasks, blind=blind)
    assert losers(outcomes) <= {"offer_over", "slot_unavailable"}
    return [outcome.result for outcome in winners(outcomes)]


def test_of_two_who_accept_one_time_at_once_exactly_one_wins(clinic: Clinic, crowd: Crowd):
    assert len(both_accept(clinic, crowd)) == 1
    assert double_bookings(clinic) == 0
    claims = select(Claim.booking_id)
    (owner,) = clinic.read(lambda session, _: session.scalars(claims).all())
    assert owner is not None


def test_without_the_guarantee_both_would_win(clinic: Clinic, crowd: Crowd):
    drop_guarantee(clinic.database)
    assert len(both_accept(clinic, crowd, blind=True)) == 2
    assert double_bookings(clinic) > 0


def test_accepting_races_with_the_clinic_taking_it_back_and_with_others(
    clinic: Clinic, crowd: Crowd
):
    taken = clinic.book(TUESDAY_9)
    waiting.join(clinic)
    waiting.work(clinic)
    cancel(clinic, taken)
    waiting.work(clinic)
    offer = waiting.last(clinic).id
    deeds = [
        Task("accept", {"offer_id": offer}),
        Task("withdraw", {"offer_id": offer}),
        Task("book", {"start": TUESDAY_9}),
    ]
    outcomes = race(clinic, crowd, [deeds[number % 3] for number in range(15)])
    made = [one for one in winners(outcomes) if one.deed != "withdraw"]
    assert len(made) <= 1
    assert double_bookings(clinic) == 0
    assert count(clinic, Claim) == len(made)


@pytest.mark.parametrize("rounds", [3])
def test_several_workers_offer_a_time_to_one_person(clinic: Clinic, crowd: Crowd, rounds: int):
    bookings = [clinic.book(TUESDAY_9 + n * timedelta(days=1)) for n in range(rounds)]
    for name in ("First", "Second", "Third"):
        waiting.join(clinic, name)
    waiting.work(clinic)
    for booking in bookings:
        cancel(clinic, booking)
    race(clinic, crowd, [Task("fill_from_waitlist", {})] * 9)
    found = waiting.offers(clinic)
    assert len(found) == rounds
    assert len({entry for entry, *_ in found}) == rounds
    assert len({start for _, start, _ in found}) == rounds
    assert count(clinic, Claim) == count(clinic, Hold) == rounds
    assert count(clinic, Booking) == rounds
