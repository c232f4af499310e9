"""A time that is gone is no error page: the nearest times, and everything typed is kept."""

import pytest
from flask import Flask

from booking.domain.slots import slot_id
from booking.store.bookings import Booking, Draft, Hold
from tests.support import Clinic, at
from tests.web.journeys import ANN, book, confirm, count, fill_in, first_slots, on_one_engine, take
from tests.web.visitor import Page, Visitor


def gone(page: Page, heading: str) -> None:
    assert (page.status, page.heading) == (409, heading)
    assert len(page.slots) == 3


def kept(visitor: Visitor) -> dict[str, str]:
    details = visitor.get("/book/details")
    return {name: details.value(name) for name in ANN}


def lose_the_time(visitor: Visitor, other: Visitor, clinic: Clinic) -> str:
    """The visitor's hold runs out while the form is open, and somebody else books the time."""
    slot = take(visitor)
    fill_in(visitor)
    visitor.get("/book/check")
    clinic.time.pass_(minutes=11)
    assert other.take(slot).location == "/book/details"
    fill_in(other, name="Bob")
    assert confirm(other).status == 303
    return slot


def test_a_time_taken_while_confirming_is_told_with_three_others(app: Flask, clinic: Clinic):
    visitor = Visitor(app)
    slot = lose_the_time(visitor, Visitor(app), clinic)
    answer = visitor.post("/book/check", {"privacy": "1"})
    gone(answer, "That time has just been taken")
    assert "What you typed is kept" in answer.words
    assert slot not in answer.slots
    # The nearest ones: the half-hours that follow nine o'clock on that day.
    assert [button.words for button in answer.document.all("button", name="slot")] == [
        f"Tuesday 13 January, {clock} am" for clock in ("9:30", "10:00", "10:30")
    ]
    assert count(clinic, Booking) == 1


def test_the_answers_go_along_to_another_time(app: Flask, clinic: Clinic):
    visitor = Visitor(app)
    lose_the_time(visitor, Visitor(app), clinic)
    answer = visitor.post("/book/check", {"privacy": "1"})
    assert visitor.fill(answer, "/book/take", slot=answer.slots[0]).location == "/book/details"
    assert kept(visitor) == ANN
    assert (
        visitor.fill(visitor.get("/book/details"), "/book/details").location
        == "/book/questions/cause"
    )
    assert confirm(visitor).status == 303
    assert count(clinic, Booking) == 2


def test_a_hold_that_ran_out_is_no_loss_while_nobody_else_came(visitor: Visitor, clinic: Clinic):
    take(visitor)
    fill_in(visitor)
    visitor.get("/book/check")
    clinic.time.pass_(minutes=11)
    assert visitor.post("/book/check", {"privacy": "1"}).status == 303
    assert count(clinic, Booking) == 1


def test_a_hold_ends_at_its_minute(app: Flask, clinic: Clinic):
    slot = take(Visitor(app))
    clinic.time.pass_(minutes=9, seconds=59)
    assert slot not in first_slots(Visitor(app))
    clinic.time.pass_(seconds=1)
    assert slot in first_slots(Visitor(app))
    assert Visitor(app).take(slot).location == "/book/details"


@on_one_engine
def test_the_page_says_when_the_hold_ran_out(visitor: Visitor, clinic: Clinic):
    take(visitor)
    fill_in(visitor)
    clinic.time.pass_(minutes=11)
    details = visitor.get("/book/details")
    assert details.status == 200
    assert "We are keeping" not in details.words
    assert {name: details.value(name) for name in ANN} == ANN


def test_a_hold_can_be_kept_longer(app: Flask, visitor: Visitor, clinic: Clinic):
    slot = take(visitor)
    clinic.time.pass_(minutes=8)
    visitor.get("/book/details")
    assert visitor.post("/book/extend").location == "/book/details"
    assert visitor.post("/book/extend", {"from": "check"}).location == "/book/check"
    clinic.time.pass_(minutes=9)
    assert slot not in first_slots(Visitor(app))


@on_one_engine
def test_keeping_longer_keeps_what_was_typed(visitor: Visitor, clinic: Clinic):
    take(visitor)
    visitor.get("/book/details")
    visitor.post("/book/extend", ANN | {"day": "31", "month": "2"})
    assert kept(visitor) == ANN | {"day": "31", "month": "2"}


def test_a_hold_is_kept_for_an_hour_at_most(app: Flask, visitor: Visitor, clinic: Clinic):
    slot = take(visitor)
    for _ in range(8):
        clinic.time.pass_(minutes=8)
        visitor.post("/book/extend")
    assert slot in first_slots(Visitor(app))


@on_one_engine
def test_keeping_longer_what_ran_out_offers_the_nearest_times(visitor: Visitor, clinic: Clinic):
    slot = take(visitor)
    fill_in(visitor)
    clinic.time.pass_(minutes=11)
    answer = visitor.post("/book/extend")
    gone(answer, "The time we kept has run out")
    assert slot in answer.slots
    assert "What you typed is kept" in answer.words


@on_one_engine
def test_without_a_time_there_is_nothing_to_keep(visitor: Visitor):
    visitor.get("/book")
    assert visitor.post("/book/extend").location == "/book"


def test_taking_what_somebody_else_took_offers_others(app: Flask, clinic: Clinic):
    first, second = Visitor(app), Visitor(app)
    slot = first_slots(second)[0]
    take(first)
    answer = second.take(slot)
    gone(answer, "That time has just been taken")
    assert "What you typed is kept" not in answer.words
    assert count(clinic, Hold) == 1
    assert count(clinic, Draft) == 1


def test_what_was_held_stays_held_when_another_time_is_not_won(app: Flask, clinic: Clinic):
    first, second = Visitor(app), Visitor(app)
    mine = take(second, number=5)
    theirs = take(first)
    assert second.take(theirs).status == 409
    assert mine not in first_slots(first)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2026-01-12T09:00-05:00", "too close to book online"),
        ("2026-01-09T09:00-05:00", "has passed"),
        ("2026-01-13T12:00-05:00", "does not offer that time"),
        ("2026-01-13T09:10-05:00", "does not offer that time"),
        ("2026-01-17T09:00-05:00", "does not offer that time"),
        ("2026-06-16T09:00-04:00", "not open for booking yet"),
    ],
)
@on_one_engine
def test_a_time_that_is_not_on_offer_is_refused_with_its_reason(
    visitor: Visitor, clinic: Clinic, start: str, words: str
):
    visitor.get("/book")
    answer = visitor.take(slot_id("consultation", "dr-ahmed", at(start)))
    gone(answer, "That time is not free")
    assert words in answer.words
    assert count(clinic, Hold) == 0


@pytest.mark.parametrize("slot", [("massage", "dr-ahmed"), ("consultation", "dr-nobody")])
@on_one_engine
def test_a_time_with_nobody_is_no_page(visitor: Visitor, slot: tuple[str, str]):
    visitor.get("/book")
    assert visitor.take(slot_id(*slot, at("2026-01-13T09:00-05:00"))).status == 404


def test_the_board_of_free_times_follows_bookings_at_once(app: Flask, clinic: Clinic):
    assert "Tuesday 13 January 14 times" in Visitor(app).get("/book").words
    book(Visitor(app))
    assert "Tuesday 13 January 13 times" in Visitor(app).get("/book").words


@on_one_engine
def test_when_nothing_is_free_the_page_says_whom_to_call(visitor: Visitor, clinic: Clinic):
    from booking.store.clinic import Clinic as ClinicRow
    from booking.store.clinic import OpeningHours

    def close(session, _):
        session.query(OpeningHours).delete()
        session.query(ClinicRow).update({"version": ClinicRow.version + 1})

    clinic.write(close)
    page = visitor.get("/book")
    assert "No free times online" in page.words
    assert "(202) 555-0142" in page.words
