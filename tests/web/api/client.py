"""A client of the API, and the bodies it sends."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.support import Clinic

SECRET = "Qm9va2luZyBpbiB0ZXN0cyBvbmx5LCBuZXZlciBsaXZl"
# Tuesday at two in the afternoon, the day after the tests' Monday morning.
TUESDAY_TWO = "2026-01-13T14:00:00-05:00"
TUESDAY_THREE = "2026-01-13T15:00:00-05:00"
PATIENT = {
    "name": "Ann O’Brien",
    "date_of_birth": "1990-03-14",
    "email": "ann@patient.example",
}


def slot_body(start: str = TUESDAY_TWO, **changes: Any) -> dict[str, Any]:
    """What asks for a slot."""
    return {"service": "consultation", "practitioner": "dr-ahmed", "start": start} | changes


def booking_body(
    start: str = TUESDAY_TWO, *, patient: Any = None, **changes: Any
) -> dict[str, Any]:
    """What asks for a booking; `patient` is laid over Ann's details."""
    person = PATIENT | patient if isinstance(patient, dict) else patient or PATIENT
    return slot_body(start) | {"patient": person, "privacy_notice": "1"} | changes


class Api:
    """Calls below `/api/v1`."""

    def __init__(self, app: Flask):
        self.app = app
        self._client = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._client.get(f"/api/v1{path}", **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self._client.post(
            f"/api/v1{path}", **({"json": body} if body is not None else {}), **more
        )

    def patch(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self._client.patch(
            f"/api/v1{path}", **({"json": body} if body is not None else {}), **more
        )

    def delete(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self._client.delete(
            f"/api/v1{path}", **({"json": body} if body is not None else {}), **more
        )

    def options(self, path: str, **more: Any) -> TestResponse:
        return self._client.options(f"/api/v1{path}", **more)

    def slots(
        self, first: str = "2026-01-12", last: str = "2026-01-18", **more: Any
    ) -> TestResponse:
        """The demo clinic's slots on some days."""
        question = {"service": "consultation", "from": first, "to": last}
        return self.get("/slots", query_string=question, **more)

    def book(self, start: str = TUESDAY_TWO, **more: Any) -> dict[str, Any]:
        """Ann's booking, which succeeds."""
        response = self.post("/bookings", booking_body(start), **more)
        assert response.status_code == 201, response.text
        found: dict[str, Any] = response.json
        return found


def count(clinic: Clinic, table: type) -> int:
    """How many rows there are."""
    return clinic.read(
        lambda session, _: session.scalar(select(func.count()).select_from(table)) or 0
    )


def starts(response: TestResponse) -> list[str]:
    """The starts that an answer about slots lists."""
    assert response.status_code == 200, response.text
    return [slot["start"] for slot in response.json["slots"]]


def problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem that a call ended in, which must be the one expected."""
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    found: dict[str, Any] = response.json
    assert (found["status"], found["code"]) == (status, code), found
    assert found["title"]
    assert found["detail"]
    return found


def wrong(response: TestResponse) -> list[tuple[str, str]]:
    """Fields and codes of what is wrong with the input."""
    errors = problem(response, 422, "invalid")["errors"]
    assert all(error["message"] for error in errors)
    return [(error["field"], error["code"]) for error in errors]
