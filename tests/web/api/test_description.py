"""The OpenAPI document, and that the API does what it says."""

import re
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.web.api.client import Api, booking_body

load_all_checks()
OPERATIONS = {
    "GET /api/v1/services": "api.services",
    "GET /api/v1/slots": "api.slots",
    "POST /api/v1/holds": "api.hold",
    "POST /api/v1/bookings": "api.book",
    "GET /api/v1/bookings/{manage_token}": "api.show",
    "PATCH /api/v1/bookings/{manage_token}": "api.move",
    "DELETE /api/v1/bookings/{manage_token}": "api.cancel",
}
EVERYWHERE = {"400", "403", "404", "429", "503"}
WITH_A_BODY = {"413", "415", "422"}
EXAMPLES = 15


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    response = api.get("/openapi.json")
    assert response.status_code == 200
    found: dict[str, Any] = response.json
    return found


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_public_calls_are_described_and_nothing_else(api: Api, document: dict[str, Any]):
    assert document["openapi"].startswith("3.")
    assert document["info"]["title"] == "Booking"
    assert document["servers"] == [{"url": "http://127.0.0.1:8000"}]
    assert set(operations(document)) == set(OPERATIONS)
    rules = {rule.endpoint for rule in api.app.url_map.iter_rules()}
    assert {name for name in rules if name.startswith("api.")} == set(OPERATIONS.values())


def test_every_answer_and_every_body_is_described(document: dict[str, Any]):
    for name, operation in operations(document).items():
        responses = operation["responses"]
        assert set(responses) >= EVERYWHERE, name
        assert operation["summary"]
        for status, response in responses.items():
            assert response["description"]
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], (name, status)
        assert "Retry-After" in responses["429"]["headers"]
        if "requestBody" in operation:
            assert set(responses) >= WITH_A_BODY
            assert operation["requestBody"]["required"] is not name.startswith("DELETE")
    assert set(operations(document)["POST /api/v1/bookings"]["responses"]) >= {"201", "409"}
    assert "304" in operations(document)["GET /api/v1/slots"]["responses"]


def test_the_idempotency_key_is_described(document: dict[str, Any]):
    headers = [
        parameter["name"]
        for parameter in operations(document)["POST /api/v1/bookings"]["parameters"]
        if parameter["in"] == "header"
    ]
    assert headers == ["Idempotency-Key"]


def test_the_document_needs_no_other_host(api: Api):
    addresses = re.findall(r"https?://[^\s\"\\]+", api.get("/openapi.json").text)
    assert set(addresses) == {"http://127.0.0.1:8000"}


def test_the_api_does_what_its_document_says(api: Api):
    """Each call with bodies that fit the document and with bodies that do not."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", api.app)
    seen: dict[str, Counter[int]] = {}
    for operation in schema.get_all_operations():
        described = operation.ok()
        seen[described.label] = Counter()
        for mode in schemathesis.GenerationMode:
            if mode is schemathesis.GenerationMode.POSITIVE or _can_be_wrong(described.label):
                _call(api, described, mode, seen[described.label])
    assert set(seen) == set(OPERATIONS)
    assert {201, 400, 409, 422} <= set(seen["POST /api/v1/bookings"])
    assert {404, 409, 422} <= set(seen["PATCH /api/v1/bookings/{manage_token}"])
    assert {200, 404} <= set(seen["DELETE /api/v1/bookings/{manage_token}"])


def _can_be_wrong(label: str) -> bool:
    """Any text may be a token, and these take nothing else."""
    return label not in {"GET /api/v1/services", "GET /api/v1/bookings/{manage_token}"}


def _call(api: Api, operation: Any, mode: Any, seen: Counter[int]) -> None:
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def calls(case: Any, known: bool) -> None:
        if known:
            _use_what_exists(api, case)
        response = case.call()
        seen[response.status_code] += 1
        # No schema can say which services there are, or which times are free: such input fits
        # the document and gets its 422 all the same.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    calls()


def _use_what_exists(api: Api, case: Any) -> None:
    """Lead a call past the first question, whether there is such a thing at all."""
    if case.path_parameters:
        free = api.slots().json["slots"]
        case.path_parameters["manage_token"] = api.book(free[0]["start"])["manage_token"]
    if isinstance(case.body, dict) and case.meta.generation.mode.is_positive:
        real = booking_body()
        case.body |= {name: value for name, value in real.items() if name in case.body}
