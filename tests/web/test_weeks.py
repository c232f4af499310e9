"""The week as a grid and a list, and how full the days of a month are."""

from datetime import timedelta

import pytest
from flask import Flask

from booking.domain.roles import Role
from tests.services.squeezed import squeeze
from tests.support import Clinic, at
from tests.web.journeys import on_one_engine
from tests.web.site import add_practitioner, add_staff
from tests.web.visitor import Visitor

NINE = at("2026-01-13T09:00-05:00")


@pytest.fixture
def desk(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    return visitor


def test_the_week_shows_each_booking_in_the_grid_and_in_the_list(desk: Visitor, clinic: Clinic):
    booking = clinic.book(NINE)
    page = desk.get("/desk/week?day=2026-01-15")
    assert page.heading == "Week of Monday 12 January"
    blocks = [one for one in page.document.all("a") if "data-id" in one.attrs]
    assert [one.attrs["data-id"] for one in blocks] == [str(booking.id)] * 2
    assert {one.attrs["data-version"] for one in blocks} == {booking.updated_at.isoformat()}
    assert blocks[0].words == "9:00 am Ann O’Brien Confirmed"
    # From a free time the form is one step away; what has passed is not offered.
    free = [one for one in page.document.all("a") if "data-slot" in one.attrs]
    assert free[0].attrs["href"].startswith("/desk/book?day=2026-01-12&slot=")


def test_a_visit_at_night_draws_no_empty_night(desk: Visitor, clinic: Clinic):
    squeeze(clinic, at("2026-01-13T02:00-05:00"))
    page = desk.get("/desk/week?day=2026-01-13")
    assert "Nothing from 2:30 am to 9:00 am" in page.words
    lines = [one.words for one in page.document.all("th") if one.attrs.get("scope") == "row"]
    assert lines[:2] == ["2:00 am", "9:00 am"]
    # An hour off at noon stays drawn: something may be put there.
    assert "12:30 pm" in lines


def test_an_open_week_is_told_only_what_changed(desk: Visitor, clinic: Clinic):
    path = "/desk/week/grid?day=2026-01-13"
    page = desk.get("/desk/week?day=2026-01-13")
    (grid,) = [one for one in page.document.all("div") if "data-week" in one.attrs]
    assert grid.attrs["data-week"] == "/desk/week/grid?day=2026-01-12"
    known = {"If-None-Match": f'"{grid.attrs["data-etag"]}"'}
    assert desk.get(path, headers=known).status == 304
    clinic.book(NINE)
    fresh = desk.get(path, headers=known)
    assert fresh.status == 200
    assert "Ann O’Brien" in fresh.words


@on_one_engine
@pytest.mark.parametrize("garbled", ["2026-02-31", "x", "", "99999-01-01"])
def test_an_address_without_a_week_shows_this_one(desk: Visitor, garbled: str):
    assert desk.get(f"/desk/week?day={garbled}").heading == "Week of Monday 12 January"
    assert desk.get(f"/desk/month?month={garbled}").heading == "January 2026"


def test_the_month_says_how_full_each_day_is(desk: Visitor, clinic: Clinic):
    before = {one.words for one in desk.get("/desk/month?month=2026-01").document.all("li")}
    assert any("Tuesday 13 January" in words and "0 booked" in words for words in before)
    clinic.book(NINE)
    clinic.book(NINE + timedelta(minutes=30))
    page = desk.get("/desk/month?month=2026-01")
    (day,) = [one for one in page.document.all("li") if "Tuesday 13 January" in one.words]
    assert "2 booked · 12 free" in day.words
    assert [bar.attrs["width"] for bar in day.all("rect")] == ["100", "14"]
    assert desk.get("/desk/month?month=2026-02").heading == "February 2026"


def test_a_doctor_sees_only_their_own_week(app: Flask, clinic: Clinic):
    clinic.book(NINE)
    weber = add_practitioner(clinic)
    add_staff(clinic, "weber@clinic.example", Role.DOCTOR, practitioner_id=weber)
    doctor = Visitor(app)
    doctor.sign_in(clinic, "weber@clinic.example")
    assert "Ann O’Brien" not in doctor.get("/desk/week?day=2026-01-13").words
    doctor.sign_in(clinic, Role.DOCTOR)
    assert "Ann O’Brien" in doctor.get("/desk/week?day=2026-01-13").words
