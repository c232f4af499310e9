"""Booking, seeing, moving and cancelling over the API."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from booking.domain import references
from booking.store.bookings import Booking, Consent, Hold, Patient
from booking.store.clinic import Clinic as ClinicRow
from booking.store.records import Message
from tests.support import Clinic, Time
from tests.web.api.client import (
    TUESDAY_THREE,
    TUESDAY_TWO,
    Api,
    booking_body,
    count,
    problem,
    slot_body,
    wrong,
)

MakeApi = Callable[..., Api]
KEY = {"Idempotency-Key": "0d3b2a1c-one"}


def test_a_slot_is_booked(api: Api, clinic: Clinic):
    response = api.post("/bookings", booking_body())
    assert (response.status_code, response.content_type) == (201, "application/json")
    booked = response.json
    assert booked["status"] == "confirmed"
    assert (booked["start"], booked["end"]) == (TUESDAY_TWO, "2026-01-13T14:30:00-05:00")
    assert (booked["service"], booked["practitioner"]) == ("consultation", "dr-ahmed")
    assert references.show(references.normalise(booked["reference"]) or "") == booked["reference"]
    assert booked["manage_url"] == f"http://127.0.0.1:8000/manage/{booked['manage_token']}"
    row = clinic.read(lambda session, _: session.scalars(select(Booking)).one())
    assert references.show(row.reference) == booked["reference"]
    assert (count(clinic, Message), count(clinic, Consent)) == (1, 1)
    manage_page = api.app.test_client().get(urlsplit(booked["manage_url"]).path)
    assert manage_page.status_code == 200


def test_who_comes_is_kept_as_the_domain_reads_it(api: Api, clinic: Clinic):
    person = {
        "name": "  Siobhán   O’Brien ",
        "email": None,
        "phone": "(202) 555-0143",
        "locale": "pt-BR",
        "favourite_colour": "blue",
    }
    body = booking_body(patient=person, extra=True)
    assert api.post("/bookings", body).status_code == 201
    patient = clinic.read(lambda session, _: session.scalars(select(Patient)).one())
    assert patient.name == "Siobhán   O’Brien"
    assert (patient.email, patient.phone) == (None, "+1 202-555-0143")
    # Mails are written in English alone so far.
    assert patient.locale == "en"


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_fields(
    api: Api, clinic: Clinic
):
    body = {
        "service": "surgery",
        "practitioner": "dr-ahmed",
        "start": "2026-01-13T14:00:00",
        "patient": {
            "name": "1\r\nBcc: everybody@example.org",
            "date_of_birth": "1990-02-31",
            "email": "nobody",
            "phone": "call me",
        },
    }
    assert wrong(api.post("/bookings", body)) == [
        ("service", "unknown_service"),
        ("start", "naive_time"),
        ("patient.name", "control_characters"),
        ("patient.date_of_birth", "impossible"),
        ("patient.email", "impossible"),
        ("patient.phone", "impossible"),
        ("privacy_notice", "missing"),
    ]
    assert count(clinic, Patient) == 0


@pytest.fixture
def refused(api: Api) -> Callable[..., list[tuple[str, str]]]:
    """What is wrong with a booking whose body was changed."""
    return lambda **changes: wrong(api.post("/bookings", booking_body(**changes)))


def test_what_is_wrong_with_a_patient_is_told_under_their_fields(
    refused: Callable[..., list[tuple[str, str]]],
):
    def patient(**changes: object) -> list[tuple[str, str]]:
        return refused(patient=changes)

    assert patient(name="") == [("patient.name", "missing")]
    assert patient(name="x" * 10_000) == [("patient.name", "too_long")]
    assert patient(name="42") == [("patient.name", "no_letters")]
    assert patient(date_of_birth="14.3.1990") == [("patient.date_of_birth", "impossible")]
    assert patient(date_of_birth="2026-01-13") == [("patient.date_of_birth", "in_future")]
    assert patient(date_of_birth="1890-01-01") == [("patient.date_of_birth", "too_long_ago")]
    assert patient(date_of_birth="") == [("patient.date_of_birth", "missing")]
    assert patient(email="a@b\nc.example") == [("patient.email", "impossible")]
    assert patient(email=None) == [("patient.email", "missing")]
    assert patient(email="", phone=" ") == [("patient.email", "missing")]
    assert patient(phone="12") == [("patient.phone", "impossible")]


def test_wrong_shapes_are_told_under_their_fields(
    refused: Callable[..., list[tuple[str, str]]],
):
    assert refused(patient={"name": 5, "email": ["x"], "phone": {}}) == [
        ("patient.name", "not_text"),
        ("patient.email", "not_text"),
        ("patient.phone", "not_text"),
    ]
    assert refused(patient={"name": None, "locale": 7}) == [
        ("patient.name", "missing"),
        ("patient.locale", "not_text"),
    ]
    assert refused(patient=["Ann"]) == [("patient", "not_an_object")]
    assert refused(patient="Ann") == [("patient", "not_an_object")]
    assert refused(intake=["x"], hold=5) == [("hold", "not_text"), ("intake", "not_an_object")]
    assert refused(privacy_notice=1) == [("privacy_notice", "not_text")]
    assert refused(start=1768330800) == [("start", "not_text")]


def test_a_patient_is_needed(api: Api):
    body = booking_body()
    del body["patient"]
    assert wrong(api.post("/bookings", body)) == [("patient", "missing")]
    body["patient"] = None
    assert wrong(api.post("/bookings", body)) == [("patient", "missing")]
    body["patient"] = {}
    assert wrong(api.post("/bookings", body)) == [
        ("patient.name", "missing"),
        ("patient.date_of_birth", "missing"),
        ("patient.email", "missing"),
    ]


def test_the_current_privacy_notice_must_be_acknowledged(
    api: Api, clinic: Clinic, refused: Callable[..., list[tuple[str, str]]]
):
    assert refused(privacy_notice="") == [("privacy_notice", "missing")]
    assert refused(privacy_notice="2") == [("privacy_notice", "outdated")]
    clinic.write(
        lambda session, _: session.execute(
            update(ClinicRow).values(privacy_notice="2", version=ClinicRow.version + 1)
        )
    )
    assert refused(privacy_notice="1") == [("privacy_notice", "outdated")]
    assert api.get("/services").json["privacy_notice"] == "2"
    assert api.post("/bookings", booking_body(privacy_notice="2")).status_code == 201


def test_a_taken_slot_is_refused_with_the_nearest_that_are_free(api: Api, clinic: Clinic):
    api.book()
    refused = problem(api.post("/bookings", booking_body()), 409, "slot_unavailable")
    assert [slot["start"] for slot in refused["alternatives"]] == [
        "2026-01-13T13:30:00-05:00",
        "2026-01-13T14:30:00-05:00",
        "2026-01-13T15:00:00-05:00",
    ]
    assert set(refused["alternatives"][0]) == {"id", "start", "end", "practitioner"}
    assert count(clinic, Patient) == 1


def test_a_hold_is_turned_into_the_booking(api: Api, clinic: Clinic, time: Time):
    hold = api.post("/holds", slot_body()).json["hold"]
    time.pass_(minutes=9)
    problem(api.post("/bookings", booking_body()), 409, "slot_unavailable")
    assert api.post("/bookings", booking_body(hold=hold)).status_code == 201
    assert count(clinic, Hold) == 0
    problem(api.post("/bookings", booking_body(hold=hold)), 409, "slot_unavailable")


def test_a_hold_that_does_not_fit_counts_as_none(api: Api, time: Time):
    hold = api.post("/holds", slot_body()).json["hold"]
    for other in (None, "", "unknown", "ü" * 10_000):
        problem(api.post("/bookings", booking_body(hold=other)), 409, "slot_unavailable")
    assert api.post("/bookings", booking_body(TUESDAY_THREE, hold=hold)).status_code == 201
    hold = api.post("/holds", slot_body()).json["hold"]
    time.pass_(minutes=10)
    # It has run out, and the time is still free.
    assert api.post("/bookings", booking_body(hold=hold)).status_code == 201


def test_an_expired_hold_does_not_win_a_slot_that_somebody_else_booked(api: Api, time: Time):
    hold = api.post("/holds", slot_body()).json["hold"]
    time.pass_(minutes=10)
    api.book()
    problem(api.post("/bookings", booking_body(hold=hold)), 409, "slot_unavailable")


def test_of_many_for_one_slot_exactly_one_wins(api: Api, clinic: Clinic):
    def book(number: int) -> int:
        body = booking_body(patient={"email": f"patient{number}@patient.example"})
        return Api(api.app).post("/bookings", body).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(book, range(16)))
    assert statuses == [201] + [409] * 15
    assert (count(clinic, Booking), count(clinic, Patient)) == (1, 1)
