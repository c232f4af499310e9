"""A patient books: a day, a time (held), details, check, confirmed."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.slots import parse_slot_id
from booking.store.bookings import Booking, Consent, Draft, Hold, Patient
from booking.store.claims import Claim
from booking.store.records import Message
from tests.support import Clinic, at
from tests.web.journeys import (
    ANN,
    CALLER,
    book,
    confirm,
    count,
    fill_in,
    first_slots,
    on_one_engine,
    take,
)
from tests.web.visitor import Visitor

NINE_ON_TUESDAY = at("2026-01-13T09:00-05:00")


def only_booking(clinic: Clinic) -> Booking:
    return clinic.read(
        lambda session, _: (
            found := session.scalars(select(Booking)).one(),
            found.patient,
            found,
        )[-1]
    )


def test_a_patient_books_step_by_step(visitor: Visitor, clinic: Clinic):
    days = visitor.get("/book")
    assert days.heading == "Choose a day"
    assert "The next free time Monday 12 January, 10:00 am" in days.words
    assert "Tuesday 13 January 14 times" in days.words

    times = visitor.get("/book/times?day=2026-01-13")
    assert times.heading == "Tuesday 13 January"
    assert "Morning 9:00 am 9:30 am" in times.words
    assert "Afternoon 1:00 pm" in times.words

    taken = visitor.take(times.slots[0])
    assert taken.location == "/book/details"
    assert visitor.cookie("draft")

    details = visitor.follow(taken)
    assert details.heading == "About you"
    assert "We are keeping Tuesday 13 January, 9:00 am for you" in details.words
    sent = visitor.fill(details, "/book/details", **ANN)

    asked = visitor.follow(sent)
    for part in ("About your scar", "About your visit", "About your health"):
        assert part in asked.words
        action = asked.response.request.path
        asked = visitor.follow(visitor.fill(asked, action, go="skip"))
    check = asked
    assert check.heading == "Check and confirm"
    for fact in ("Tuesday 13 January 2026, 9:00 am", "Ann O’Brien", "14 March 1990", ANN["email"]):
        assert fact in check.words
    assert count(clinic, Booking) == 0

    done = visitor.follow(visitor.fill(check, "/book/check", privacy="1"))
    booking = only_booking(clinic)
    assert done.heading == "Your consultation is booked"
    assert f"{booking.reference[:4]}-{booking.reference[4:]}" in done.words
    assert "We are sending a confirmation to ann@patient.example" in done.words
    assert booking.start == NINE_ON_TUESDAY
    assert (booking.patient.name, booking.patient.email) == (ANN["name"], ANN["email"])


def test_a_booking_leaves_one_claim_one_consent_and_no_answers_in_the_draft(
    visitor: Visitor, clinic: Clinic
):
    book(visitor)
    assert count(clinic, Hold) == 0
    (claim,) = clinic.read(lambda session, _: session.scalars(select(Claim)).all())
    assert (claim.booking_id, claim.start) == (only_booking(clinic).id, NINE_ON_TUESDAY)
    (consent,) = clinic.read(lambda session, _: session.scalars(select(Consent)).all())
    assert (consent.purpose, consent.text_version, consent.granted) == ("privacy_notice", "1", True)
    (draft,) = clinic.read(lambda session, _: session.scalars(select(Draft)).all())
    assert draft.answers == {}


@on_one_engine
def test_the_cookie_holds_an_id_and_no_answer(visitor: Visitor, clinic: Clinic):
    take(visitor)
    before = visitor.cookie("draft")
    fill_in(visitor)
    assert visitor.cookie("draft") == before
    kept = clinic.read(lambda session, _: session.scalars(select(Draft.token_hash)).one())
    assert before is not None
    assert before not in kept


@on_one_engine
def test_the_privacy_notice_must_be_ticked(visitor: Visitor, clinic: Clinic):
    take(visitor)
    fill_in(visitor)
    check = visitor.get("/book/check")
    refused = visitor.fill(check, "/book/check")
    assert refused.status == 422
    assert refused.title.startswith("Error: ")
    assert refused.why("privacy").startswith("Tick the box")
    assert list(refused.summary()) == ["privacy"]
    assert count(clinic, Booking) == 0


@on_one_engine
def test_a_notice_of_another_version_does_not_count(visitor: Visitor, clinic: Clinic):
    take(visitor)
    fill_in(visitor)
    visitor.get("/book/check")
    assert visitor.post("/book/check", {"privacy": "2"}).status == 422
    assert count(clinic, Booking) == 0


@on_one_engine
def test_with_a_phone_only_the_page_advises_to_keep_the_reference(visitor: Visitor, clinic: Clinic):
    take(visitor)
    fill_in(visitor, **CALLER)
    check = visitor.get("/book/check")
    assert "we cannot send you a confirmation" in check.words
    done = visitor.follow(confirm(visitor))
    assert "Please keep your reference" in done.words
    assert "sending a confirmation" not in done.words
    assert count(clinic, Message) == 0


def test_pressing_confirm_twice_makes_one_booking(visitor: Visitor, clinic: Clinic):
    take(visitor)
    fill_in(visitor)
    check = visitor.get("/book/check")
    first = visitor.fill(check, "/book/check", privacy="1")
    second = visitor.fill(check, "/book/check", privacy="1")
    assert first.location == second.location
    assert second.status in {302, 303}
    assert count(clinic, Booking) == 1
    assert count(clinic, Message) == 1


def test_a_double_click_at_the_same_moment_makes_one_booking(app: Flask, clinic: Clinic):
    visitor = Visitor(app)
    take(visitor)
    fill_in(visitor)
    visitor.get("/book/check")
    draft, session = visitor.cookie("draft"), visitor.cookie("session")
    together = threading.Barrier(4)
    answers = []

    def click() -> None:
        finger = Visitor(app)
        finger.token = visitor.token
        finger.set_cookie("draft", draft or "")
        finger.client.set_cookie("session", session or "", domain="localhost")
        together.wait()
        answers.append(finger.post("/book/check", {"privacy": "1"}))

    fingers = [threading.Thread(target=click) for _ in range(4)]
    for finger in fingers:
        finger.start()
    for finger in fingers:
        finger.join()
    assert {answer.status for answer in answers} <= {302, 303}
    assert len({answer.location for answer in answers}) == 1
    assert count(clinic, Booking) == 1
    assert count(clinic, Patient) == 1


@on_one_engine
@pytest.mark.parametrize("step", ["/book/details", "/book/check"])
def test_back_after_confirming_leads_to_the_confirmation(visitor: Visitor, step: str):
    token = book(visitor)
    assert visitor.get(step).location == f"/book/confirmed/{token}"
    assert visitor.post(step, ANN).location == f"/book/confirmed/{token}"


@on_one_engine
def test_the_confirmation_is_a_bookmark(app: Flask, visitor: Visitor):
    token = book(visitor)
    elsewhere = Visitor(app).get(f"/book/confirmed/{token}")
    assert elsewhere.status == 200
    assert elsewhere.heading == "Your consultation is booked"


def test_another_booking_can_follow_from_the_same_browser(visitor: Visitor, clinic: Clinic):
    book(visitor)
    book(visitor, number=1)
    assert count(clinic, Booking) == 2


def test_whoever_holds_a_time_sees_it_as_theirs_after_back(app: Flask, visitor: Visitor):
    slot = take(visitor)
    page = visitor.get("/book/times?day=2026-01-13")
    assert slot in page.slots
    assert "9:00 am kept for you" in page.words
    assert slot not in first_slots(Visitor(app))
    assert "We are keeping Tuesday 13 January, 9:00 am for you" in visitor.get("/book").words


def test_taking_another_time_gives_the_first_one_back(app: Flask, visitor: Visitor, clinic: Clinic):
    slot = take(visitor)
    take(visitor, number=3)
    assert count(clinic, Hold) == 1
    assert slot in first_slots(Visitor(app))


@on_one_engine
def test_taking_the_same_time_twice_holds_it_once(visitor: Visitor, clinic: Clinic):
    slot = take(visitor)
    assert visitor.take(slot).status == 303
    assert count(clinic, Hold) == 1


@on_one_engine
def test_details_stay_when_the_time_is_changed(visitor: Visitor):
    take(visitor)
    fill_in(visitor)
    take(visitor, number=2)
    details = visitor.get("/book/details")
    assert {name: details.value(name) for name in ANN} == ANN


@on_one_engine
@pytest.mark.parametrize("step", ["/book/details", "/book/check"])
def test_without_a_time_the_way_begins_at_the_days(visitor: Visitor, step: str):
    assert visitor.get(step).location == "/book"
    assert visitor.post(step, ANN).location == "/book"


@on_one_engine
def test_checking_needs_details_first(visitor: Visitor, clinic: Clinic):
    take(visitor)
    assert visitor.get("/book/check").location == "/book/details"
    assert visitor.post("/book/check", {"privacy": "1"}).location == "/book/details"
    assert count(clinic, Booking) == 0


def test_a_link_to_a_slot_shows_it_ready_to_take(visitor: Visitor, clinic: Clinic):
    slot = first_slots(visitor)[0]
    offer = visitor.get(f"/book?slot={slot}")
    assert (offer.status, offer.heading) == (200, "This time is free")
    assert "Tuesday 13 January, 9:00 am" in offer.words
    assert count(clinic, Hold) == 0
    assert count(clinic, Draft) == 0
    assert visitor.fill(offer, "/book/take", slot=offer.slots[0]).location == "/book/details"
    assert parse_slot_id(slot)[2] == NINE_ON_TUESDAY


def test_a_link_to_a_taken_slot_offers_three_others(app: Flask, visitor: Visitor):
    slot = take(visitor)
    offer = Visitor(app).get(f"/book?slot={slot}")
    assert (offer.status, offer.heading) == (409, "That time is not free any more")
    assert len(offer.slots) == 3
    assert slot not in offer.slots


@on_one_engine
def test_a_link_to_ones_own_held_slot_goes_on_with_it(visitor: Visitor):
    slot = take(visitor)
    assert visitor.get(f"/book?slot={slot}").location == "/book/details"


@on_one_engine
@pytest.mark.parametrize(
    "slot", ["nonsense", "AAAA", "../../etc/passwd", "%C3%A9", "MQ", "x" * 400, "NaN"]
)
def test_a_garbled_slot_is_no_page(visitor: Visitor, slot: str):
    assert visitor.get(f"/book?slot={slot}").status == 404
    assert visitor.take(slot).status == 404


@on_one_engine
@pytest.mark.parametrize("day", ["", "2026-02-31", "tomorrow", "2026-01-13T09:00", "-1", "9" * 40])
def test_a_garbled_day_leads_back_to_the_days(visitor: Visitor, day: str):
    assert visitor.get(f"/book/times?day={day}").location == "/book"
    assert visitor.get(f"/book?after={day}").status == 200


@on_one_engine
def test_a_service_that_is_not_offered_is_no_page(visitor: Visitor):
    assert visitor.get("/book?service=massage").status == 404
    assert visitor.get("/book/times?day=2026-01-13&service=massage").status == 404
