"""The administrator opens a second place; patients choose where, and read the right clock."""

import pytest
from flask import Flask

from booking.domain.slots import slot_id
from booking.store.bookings import Booking
from booking.store.clinic import ExtraOpening, Location
from tests.services.deeds import TUESDAY_9
from tests.support import Clinic, at
from tests.web.journeys import count, on_one_engine
from tests.web.visitor import Page, Visitor

# Forms and their errors; what they change is proven on both engines in tests/services.
pytestmark = on_one_engine

NEW = "/admin/locations/new"
LAKESIDE = {
    "name": "Lakeside",
    "address": "1 Lake Street, Chicago",
    "time_zone": "America/Chicago",
    "directions": "Tram 3 to the lake.\nThe lift is on the left.",
}
HOURS = "/admin/hours/dr-ahmed"
SATURDAY_9_THERE = at("2026-01-17T09:00-06:00")


def send(admin: Visitor, path: str, **changes: object) -> Page:
    form = admin.get(path).form(path)
    return admin.post(path, {**form.values, **changes, "go": "save"})


@pytest.fixture
def lakeside(admin: Visitor, clinic: Clinic) -> None:
    """A second location, where the doctor is on Saturday mornings."""
    assert send(admin, NEW, **LAKESIDE).location == "/admin/locations?saved=1"
    week = admin.get(HOURS).form(HOURS).values
    saturday = {"weekday-10": "5", "opens-10": "09:00", "closes-10": "11:00", "location-10": "2"}
    assert admin.post(HOURS, {**week, **saturday, "go": "save"}).status == 303


def test_one_place_is_never_asked_about(admin: Visitor, clinic: Clinic):
    assert "location-0" not in admin.get(HOURS).text
    assert "Main office" not in admin.get("/book").words
    day = "from=2026-01-13&to=2026-01-13"
    assert "location" not in admin.get(f"/api/v1/slots?service=consultation&{day}").text


def test_patients_choose_where_they_are_seen(
    app: Flask, admin: Visitor, clinic: Clinic, lakeside: None
):
    patient = Visitor(app)
    days = patient.get("/book")
    assert "Anywhere" in days.words
    assert "Lakeside" in days.words
    only = patient.get("/book?location=lakeside")
    assert "Saturday 17 January 4 times" in only.words
    assert "Monday 12 January" not in only.words
    times = patient.get("/book/times?day=2026-01-17&location=lakeside")
    assert "9:00 am" in times.words
    assert "Central Time" in times.words
    assert patient.get("/book?location=nowhere").status == 404


def test_the_place_and_its_clock_go_with_the_booking(
    app: Flask, admin: Visitor, clinic: Clinic, lakeside: None
):
    booking = clinic.book(SATURDAY_9_THERE)
    token = clinic.links.keys.again(booking.uid, 0, booking.manage_token_hash)
    shown = Visitor(app).get(f"/manage/{token}")
    assert "Saturday 17 January 2026, 9:00 am" in shown.words
    assert "Central Time" in shown.words
    assert "Lakeside, 1 Lake Street, Chicago" in shown.words
    assert "Tram 3 to the lake." in shown.words
    calendar = Visitor(app).get(f"/manage/{token}/appointment.ics").text
    assert "Lakeside\\, 1 Lake Street\\, Chicago" in calendar.replace("\r\n ", "")
    board = admin.get("/desk?day=2026-01-17")
    assert "Lakeside" in board.words
    asked = Visitor(app).get(f"/api/v1/bookings/{token}").response.json
    assert asked["start"] == "2026-01-17T09:00:00-06:00"


def test_a_link_to_a_time_says_where_it_is(
    app: Flask, admin: Visitor, clinic: Clinic, lakeside: None
):
    slot = slot_id("consultation", "dr-ahmed", SATURDAY_9_THERE)
    page = Visitor(app).get(f"/book?slot={slot}")
    assert "Saturday 17 January, 9:00 am at Lakeside" in page.words
    assert "1 Lake Street, Chicago" in page.words


def test_the_api_tells_and_takes_the_location(
    app: Flask, admin: Visitor, clinic: Clinic, lakeside: None
):
    week = "/api/v1/slots?service=consultation&from=2026-01-12&to=2026-01-18"
    slots = admin.get(week).response.json["slots"]
    assert {slot["location"] for slot in slots} == {"main", "lakeside"}
    there = admin.get(f"{week}&location=lakeside").response.json
    assert there["time_zone"] == "America/Chicago"
    assert there["slots"][0]["start"] == "2026-01-17T09:00:00-06:00"
    assert len(there["slots"]) == 4
    nowhere = admin.get(f"{week}&location=nowhere").response
    assert (nowhere.status_code, nowhere.json["code"]) == (404, "unknown_location")


def test_a_visit_is_moved_to_another_place(
    app: Flask, admin: Visitor, clinic: Clinic, lakeside: None
):
    booking = clinic.book(TUESDAY_9)
    token = clinic.links.keys.again(booking.uid, 0, booking.manage_token_hash)
    slot = slot_id("consultation", "dr-ahmed", SATURDAY_9_THERE)
    asked = Visitor(app).get(f"/manage/{token}/move?slot={slot}")
    assert "Main office" in asked.words
    assert "Lakeside" in asked.words
    patient = Visitor(app)
    patient.get(f"/manage/{token}/move?slot={slot}")
    assert patient.post(f"/manage/{token}/move", {"slot": slot}).status == 303
    assert clinic.read(lambda s, _: s.get_one(Booking, booking.id).location_id) == 2


def test_nobody_can_be_at_two_places(app: Flask, admin: Visitor, clinic: Clinic, lakeside: None):
    week = admin.get(HOURS).form(HOURS).values
    also = {"weekday-11": "5", "opens-11": "10:00", "closes-11": "12:00", "location-11": "1"}
    shown = admin.post(HOURS, {**week, **also, "go": "save"})
    assert shown.status == 422
    assert "They are at Lakeside then" in shown.why("opens-11")
    forms = admin.get("/admin/closures").forms
    closures = next(form.values for form in forms if form.values.get("deed") == "open")
    extra = {"day": "2026-01-17", "opens": "10:00", "closes": "12:00", "location": "1"}
    refused = admin.post("/admin/closures", {**closures, **extra, "go": "save"})
    assert "They are at Lakeside at this time" in refused.why("opens")
    assert count(clinic, ExtraOpening) == 0


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"name": " "}, "name", "Enter a name"),
        ({"address": ""}, "address", "Enter an address"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Choose a time zone"),
        ({"directions": "x" * 1001}, "directions", "Use 1000 characters or fewer"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], field: str, why: str
):
    shown = send(admin, NEW, **{**LAKESIDE, **changes})
    assert shown.status == 422
    assert why in shown.why(field)
    assert count(clinic, Location) == 1


def test_the_clinics_own_location_stays(admin: Visitor, clinic: Clinic):
    refused = send(admin, "/admin/locations/main", archived="1")
    assert refused.status == 422
    assert "This is the clinic’s own location" in refused.why("archived")
    assert clinic.read(lambda s, _: s.get_one(Location, 1).is_archived) is False


def test_what_is_not_there_is_not_there(admin: Visitor):
    assert admin.get("/admin/locations/nothing").status == 404


@pytest.mark.parametrize(("opens", "closes"), [("07:00", "08:00"), ("11:00", "12:00")])
def test_hours_on_two_clocks_may_show_the_same_times(
    admin: Visitor, clinic: Clinic, lakeside: None, opens: str, closes: str
):
    # In Chicago it is an hour earlier: 11:00 there is in the doctor's lunch break here.
    week = admin.get(HOURS).form(HOURS).values
    tuesday = {"weekday-11": "1", "opens-11": opens, "closes-11": closes, "location-11": "2"}
    done = admin.post(HOURS, {**week, **tuesday, "go": "save"})
    assert done.status == 303
    assert f"{opens} – {closes} at Lakeside" in admin.follow(done).words


def test_nobody_is_at_two_places_at_one_instant(admin: Visitor, clinic: Clinic, lakeside: None):
    week = admin.get(HOURS).form(HOURS).values
    tuesday = {"weekday-11": "1", "opens-11": "12:00", "closes-11": "13:00", "location-11": "2"}
    shown = admin.post(HOURS, {**week, **tuesday, "go": "save"})
    assert shown.status == 422
    assert "They are at Main office then, by its own clock" in shown.why("opens-11")
    assert "Tuesday 13 January 2026" in shown.why("opens-11")


@pytest.mark.parametrize(("opens", "status"), [("11:00", 303), ("12:00", 422)])
def test_an_extra_opening_is_compared_by_instants_too(
    admin: Visitor, clinic: Clinic, lakeside: None, opens: str, status: int
):
    forms = admin.get("/admin/closures").forms
    form = next(form.values for form in forms if form.values.get("deed") == "open")
    extra = {"practitioner": "1", "location": "2", "day": "2026-01-13", "opens": opens}
    sent = {**form, **extra, "closes": f"{int(opens[:2]) + 1}:00", "go": "save"}
    assert admin.post("/admin/closures", sent).status == status


def test_the_list_of_rooms_says_where_each_is(admin: Visitor, clinic: Clinic, lakeside: None):
    assert send(admin, "/admin/rooms/new", name="Room 1", location="2").status == 303
    assert "room · Lakeside" in admin.get("/admin/rooms").words
