"""Answers before a visit, given through the API."""

from typing import Any

from sqlalchemy import select

from booking.store.bookings import Consent, Patient
from booking.store.intakes import Caution, Intake
from tests.support import Clinic
from tests.web.api.client import Api, booking_body, wrong
from tests.web.journeys import count

ANSWERS: dict[str, Any] = {
    "cause": "injury",
    "where": ["cheeks", "forehead"],
    "how_long": "under_6_months",
    "hopes_words": "To go out.",
    "health": ["isotretinoin", "changing_mole"],
    "health_when": {"isotretinoin": "now"},
    "help": ["interpreter", "quiet_wait"],
    "language": "Polski",
    "earlier_time": True,
    "sun": None,
}


def test_answers_are_kept_as_the_pages_keep_them(api: Api, clinic: Clinic):
    assert api.post("/bookings", booking_body(intake=ANSWERS)).status_code == 201
    row = clinic.read(lambda session, _: session.scalars(select(Intake)).one())
    assert row.answers == {
        "cause": "injury",
        "where": ["forehead", "cheeks"],
        "how_long": "under_6_months",
        "health": ["isotretinoin", "changing_mole"],
        "hopes_words": "To go out.",
        "health_when": {"isotretinoin": "now"},
    }
    assert row.help == {"help": ["interpreter", "quiet_wait"], "language": "Polski"}
    found = clinic.read(lambda session, _: session.scalars(select(Caution)).all())
    assert {(one.key, one.effect.value, one.detail) for one in found} == {
        ("isotretinoin", "flag", "now"),
        ("changing_mole", "call", ""),
        ("new_scar", "flag", ""),
    }
    purposes = clinic.read(lambda session, _: set(session.scalars(select(Consent.purpose))))
    assert purposes == {"privacy_notice", "earlier_time"}


def test_answers_may_be_left_out_and_none_blocks(api: Api, clinic: Clinic):
    for hour, intake in ((13, None), (14, {}), (15, {"health": ["active_infection"]})):
        start = f"2026-01-13T{hour}:00:00-05:00"
        assert api.post("/bookings", booking_body(start, intake=intake)).status_code == 201
    assert count(clinic, Intake) == 1


def test_what_is_wrong_is_told_under_dotted_fields_in_their_order(api: Api, clinic: Clinic):
    intake = {
        "shoe_size": 43,
        "health_when": {"isotretinoin": "yesterday", "keloid": "now"},
        "cause": "ghosts",
        "where": "cheeks",
        "hopes_words": "x" * 501,
        "earlier_time": "yes",
    }
    body = booking_body(intake=intake, patient={"name": ""})
    assert wrong(api.post("/bookings", body)) == [
        ("patient.name", "missing"),
        ("intake.shoe_size", "unknown_question"),
        ("intake.cause", "impossible"),
        ("intake.where", "not_a_list"),
        ("intake.health_when.keloid", "unknown_question"),
        ("intake.health_when.isotretinoin", "impossible"),
        ("intake.hopes_words", "too_long"),
        ("intake.earlier_time", "not_a_boolean"),
    ]
    assert wrong(api.post("/bookings", booking_body(intake=["x"]))) == [("intake", "not_an_object")]
    assert count(clinic, Patient) == 0


def test_the_document_closes_the_object_and_lists_every_answer(api: Api):
    schemas = api.get("/openapi.json").json["components"]["schemas"]
    asked = schemas["IntakeRequest"]
    assert asked["additionalProperties"] is False
    assert schemas["HealthWhen"]["additionalProperties"] is False
    assert "keloid" in asked["properties"]["health"]["items"]["enum"]
    assert set(ANSWERS) <= set(asked["properties"])


def test_for_somebody_under_18_the_office_books(api: Api, clinic: Clinic):
    body = booking_body(patient={"date_of_birth": "2008-01-14"})
    refused = api.post("/bookings", body)
    assert wrong(refused) == [("patient.date_of_birth", "under_18")]
    assert "(202) 555-0142" in refused.text
    # On the day of the visit they are 18.
    body = booking_body(patient={"date_of_birth": "2008-01-13"})
    assert api.post("/bookings", body).status_code == 201
