"""What clients are told of a service's facets, and what they must give for a visit by phone."""

from booking.store.bookings import Booking
from tests.services.deeds import add_service, change_service
from tests.support import Clinic
from tests.web.api.client import Api, booking_body, count, wrong


def test_services_say_for_whom_they_are_and_how_they_take_place(api: Api, clinic: Clinic):
    change_service(clinic, mode="video", mode_text="https://video.example/room")
    add_service(clinic, "first", minutes=60, patients="new", mode="phone")
    response = api.get("/services")
    assert [(one["id"], one["patients"], one["mode"]) for one in response.json["services"]] == [
        ("first", "new", "phone"),
        ("consultation", "all", "video"),
    ]
    # How to join is for those who have booked.
    assert "video.example" not in response.text


def test_a_visit_by_phone_needs_a_number_even_beside_an_address(api: Api, clinic: Clinic):
    change_service(clinic, mode="phone")
    assert wrong(api.post("/bookings", booking_body())) == [("patient.phone", "missing")]
    alone = booking_body(patient={"email": None})
    assert wrong(api.post("/bookings", alone)) == [("patient.phone", "missing")]
    assert count(clinic, Booking) == 0
    given = booking_body(patient={"phone": "(202) 555-0143"})
    assert api.post("/bookings", given).status_code == 201


def test_a_request_that_was_answered_keeps_its_answer_without_a_number(api: Api, clinic: Clinic):
    key = {"Idempotency-Key": "one"}
    first = api.post("/bookings", booking_body(), headers=key)
    change_service(clinic, mode="phone")
    again = api.post("/bookings", booking_body(), headers=key)
    assert (again.status_code, again.json) == (201, first.json)


def test_the_description_knows_the_facets(api: Api):
    described = api.get("/openapi.json").json["components"]["schemas"]["Service"]
    assert described["properties"]["patients"]["enum"] == ["new", "all", "known"]
    assert described["properties"]["mode"]["enum"] == ["in_person", "phone", "video"]
    assert {"patients", "mode"} <= set(described["required"])
