"""Reception puts visits where nothing is on offer: walk-ins, outside of hours, overbooked."""

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import Exceptional, State
from booking.domain.roles import Role
from booking.store.bookings import Booking
from tests.support import Clinic, at
from tests.web.journeys import CALLER, on_one_engine
from tests.web.visitor import Page, Visitor

NINE = at("2026-01-13T09:00-05:00")
CARLA = CALLER | {"name": "Carla Roy", "phone": "(202) 555-0187", "email": ""}


@pytest.fixture
def desk(app: Flask, clinic: Clinic) -> Visitor:
    """Reception, on Tuesday at ten past nine; Ann has the time from nine to half past."""
    clinic.book(NINE)
    clinic.time.now = at("2026-01-13T09:10-05:00")
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    return visitor


def last(clinic: Clinic) -> Booking:
    query = select(Booking).order_by(Booking.id.desc()).limit(1)
    return clinic.read(lambda session, _: session.scalars(query).one())


def put(desk: Visitor, clock: str, day: str = "2026-01-13", **more: str) -> Page:
    typed = {"slot": "other", "other_day": day, "other_time": clock} | more
    desk.get("/desk/book")
    return desk.post("/desk/book?day=2026-01-13", CARLA | typed)


def test_outside_of_hours_asks_why_and_keeps_what_was_typed(desk: Visitor, clinic: Clinic):
    refused = put(desk, "19:00")
    assert refused.status == 422
    assert "This is outside of opening hours" in refused.words
    kept = refused.form("/desk/book?day=2026-01-13").values
    assert (kept["other_time"], kept["name"]) == ("19:00", "Carla Roy")
    done = put(desk, "19:00", reason="Comes from far away")
    assert done.status == 303
    assert last(clinic).exceptional is Exceptional.OUTSIDE_HOURS
    assert "Outside hours" in desk.get("/desk").words
    card = desk.get(f"/desk/bookings/{last(clinic).id}")
    assert "Comes from far away" in card.words


def test_beside_somebody_says_beside_whom(desk: Visitor, clinic: Clinic):
    refused = put(desk, "09:15")
    assert refused.status == 422
    assert "That time is taken: Ann O’Brien, 9:00 am – 9:30 am" in refused.words
    assert put(desk, "09:15", reason="Her sister").status == 303
    assert "Overbooked" in desk.get("/desk").words


@on_one_engine
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"clock": ""}, "Write the time like 17:30"),
        ({"clock": "25:00"}, "Write the time like 17:30"),
        ({"clock": "10:00", "day": "soon"}, "Choose the day"),
        ({"clock": "10:00", "day": "2026-01-12"}, "Choose today or a day to come"),
        ({"clock": "08:00"}, "That time has passed"),
        ({"clock": "10:00", "day": "2028-01-12"}, "That day is not open for booking yet"),
    ],
)
def test_a_time_that_is_none_is_refused_beside_its_field(
    desk: Visitor, typed: dict[str, str], said: str
):
    refused = put(desk, **typed)
    assert refused.status == 422
    assert said in refused.words


def test_a_walk_in_is_arrived_after_one_form(desk: Visitor, clinic: Clinic):
    clinic.time.now = at("2026-01-13T11:02-05:00")
    desk.sign_in(clinic, Role.RECEPTION)
    form = desk.get("/desk/walk-in").form("/desk/walk-in")
    assert form.values["slot"] == "now.dr-ahmed"
    assert desk.post("/desk/walk-in", CARLA | {"slot": "now.dr-ahmed"}).status == 303
    made = last(clinic)
    assert (made.state, made.exceptional) == (State.ARRIVED, None)
    assert made.start == clinic.time.now
    board = desk.get("/desk").words
    assert "Carla Roy" in board
    assert "walk-in" in board


def test_a_walk_in_may_wait_for_the_next_free_time(desk: Visitor, clinic: Clinic):
    page = desk.get("/desk/walk-in")
    first_free = [i.attrs["value"] for i in page.document.all("input", type="radio")][1]
    assert desk.post("/desk/walk-in", CARLA | {"slot": first_free}).status == 303
    assert last(clinic).start == at("2026-01-13T09:30-05:00")
    assert last(clinic).state is State.ARRIVED


def test_a_walk_in_beside_somebody_asks_why_first(desk: Visitor, clinic: Clinic):
    desk.get("/desk/walk-in")
    refused = desk.post("/desk/walk-in", CARLA | {"slot": "now.dr-ahmed"})
    assert refused.status == 422
    assert "That time is taken: Ann O’Brien" in refused.words
    answered = CARLA | {"slot": "now.dr-ahmed", "reason": "A stitch came open"}
    assert desk.post("/desk/walk-in", answered).status == 303
    assert last(clinic).exceptional is Exceptional.OVERBOOKED
