"""A patient who lost their time takes one that is kept for them; the desk sees who has not yet."""

import pytest
from flask import Flask

from booking.domain.slots import slot_id
from booking.store.bookings import Booking
from tests.services.deeds import TUESDAY_9, is_offered, now_is, wall
from tests.support import Clinic
from tests.web.visitor import Visitor

KEPT = wall("01-12 16:00")


@pytest.fixture
def asked(admin: Visitor, clinic: Clinic) -> Booking:
    booking = clinic.book(TUESDAY_9)
    admin.get("/admin/closures")
    closed = {"deed": "close", "who": "clinic", "name": "Ill", "first": "2026-01-13", "go": "save"}
    assert "Offer new times" in admin.post("/admin/closures", closed).words
    decided = {**closed, "booking": str(booking.id), f"do-{booking.id}": "offer"}
    refused = admin.post("/admin/closures", decided)
    assert "Say why" in refused.why("reason")
    assert admin.post("/admin/closures", decided | {"reason": "Dr. Ahmed is ill"}).status == 303
    return booking


@pytest.fixture
def address(clinic: Clinic, asked: Booking) -> str:
    return f"/manage/{clinic.links.keys.new(asked.uid, 0)}"


def test_the_patient_takes_a_time_that_is_kept(
    app: Flask, clinic: Clinic, asked: Booking, address: str
):
    patient = Visitor(app)
    page = patient.get(address)
    assert "Please choose another time" in page.words
    assert "Monday 12 January, 4:00 pm" in page.words
    slot = slot_id("consultation", "dr-ahmed", KEPT)
    check = patient.get(f"{address}/move?slot={slot}")
    assert (check.status, check.heading) == (200, "Move your appointment?")
    assert now_is(clinic, asked).start == TUESDAY_9  # looking changes nothing
    done = patient.post(f"{address}/move", {"slot": slot})
    assert done.status == 303
    after = patient.follow(done)
    assert after.heading == "Your appointment is moved"
    assert "Please choose another time" not in after.words
    assert now_is(clinic, asked).start == KEPT
    # What was kept besides is free again.
    assert is_offered(clinic, wall("01-12 15:30"))


def test_to_others_the_kept_time_is_taken(app: Flask, clinic: Clinic, asked: Booking):
    visitor = Visitor(app)
    slot = slot_id("consultation", "dr-ahmed", KEPT)
    assert visitor.get(f"/book?slot={slot}").status == 409


def test_an_offer_that_ran_out_is_told_kindly(
    app: Flask, clinic: Clinic, asked: Booking, address: str
):
    clinic.time.pass_(hours=3, minutes=30)  # 11:30: the notice has no effect, the offers last
    slot = slot_id("consultation", "dr-ahmed", wall("01-12 12:00"))
    patient = Visitor(app)
    gone = patient.get(f"{address}/move?slot={slot}")
    assert gone.status == 409
    assert "you still have" in gone.words


def test_the_desk_shows_who_has_still_to_choose(
    app: Flask, admin: Visitor, clinic: Clinic, asked: Booking, address: str
):
    doctor = Visitor(app)
    doctor.sign_in(clinic, "doctor")
    board = admin.get("/desk?day=2026-01-13")
    # What closes counts them already, and leads to a page with everybody on it.
    assert "1 waiting for an answer" in board.words
    assert "has to choose a new time" not in board.words
    assert "1 patient has to choose a new time" in doctor.get("/desk").words
    assert "asked by e-mail, 3 times kept until" in doctor.get("/desk").words
    # It is today's work, and no news on the board of any other day.
    assert "to choose a new time" not in doctor.get("/desk?day=2026-01-14").words
    assert "Needs a new time" in board.words
    card = admin.get(f"/desk/bookings/{asked.id}")
    assert "Needs a new time" in card.words
    assert "New times were offered" in card.words
    assert "New times to choose from" in card.words


def test_on_the_day_a_new_time_comes_before_arriving(
    admin: Visitor, clinic: Clinic, asked: Booking
):
    clinic.time.now = wall("01-13 08:30")
    admin.sign_in(clinic, "admin")
    board = admin.get("/desk")
    (row,) = [
        one for one in board.document.all("tr") if one.attrs.get("id") == f"booking-{asked.id}"
    ]
    assert row.words.index("Move") < row.words.index("Arrived")


def test_reception_moves_nobody_in_silence_when_offers_ran_out(
    app: Flask, clinic: Clinic, asked: Booking
):
    clinic.time.pass_(hours=9)
    reception, doctor = Visitor(app), Visitor(app)
    reception.sign_in(clinic, "reception")
    doctor.sign_in(clinic, "doctor")
    board = doctor.get("/desk")
    assert "no answer yet, please write to ann@patient.example" in board.words
    assert "1 to call" in reception.get("/desk").words


def test_a_kept_booking_is_marked_on_the_board(admin: Visitor, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    admin.get("/admin/closures")
    closed = {"deed": "close", "who": "clinic", "name": "Ill", "first": "2026-01-13", "go": "save"}
    decided = {**closed, "booking": str(booking.id), f"do-{booking.id}": "keep"}
    assert admin.post("/admin/closures", decided).status == 303
    assert "Kept outside of hours" in admin.get("/desk?day=2026-01-13").words


def test_who_was_booked_with_somebody_who_left_is_asked_to_call(
    app: Flask, admin: Visitor, clinic: Clinic
):
    booking = clinic.book(TUESDAY_9)
    path = "/admin/practitioners/dr-ahmed"
    form = admin.get(path).form(path).values | {"archived": "1", "go": "save"}
    decided = {"booking": str(booking.id), f"do-{booking.id}": "offer", "reason": "Dr. Ahmed left"}
    assert admin.post(path, form | decided).status == 303
    address = f"/manage/{clinic.links.keys.new(booking.uid, 0)}"
    patient = Visitor(app)
    assert "Please choose another time" in patient.get(address).words
    moved = patient.get(f"{address}/move")
    assert (moved.status, moved.heading) == (409, "Your appointment")
    assert "the office will find you a time" in moved.words
