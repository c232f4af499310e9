"""What the API does with garbage, foreign sites, cookies and haste."""

import json
from collections.abc import Callable
from io import BytesIO

from booking.web.protection import BODY_LIMIT
from tests.support import Clinic, Time
from tests.web.api.client import TUESDAY_TWO, Api, booking_body, problem, slot_body, wrong

MakeApi = Callable[..., Api]
JSON = "application/json"
SHOP = "https://shop.example"


def bookings(api: Api, raw: bytes | str, content_type: str | None = JSON):
    return api.post("/bookings", data=raw, content_type=content_type)


UNREADABLE = {
    "nothing": b"",
    "no JSON": b"{",
    "words": b"hello",
    "a form": b"service=consultation",
    "two values": b"{}{}",
    "not a number": b'{"start": NaN}',
    "infinity": b'{"start": -Infinity}',
    "thousands of digits": b'{"start": ' + b"9" * 5000 + b"}",
    "no UTF-8": b'{"start": "\xff"}',
    "UTF-16": '{"start": "x"}'.encode("utf-16"),
    "a lone surrogate": rb'{"start": "\ud800"}',
    "a lone surrogate as a name": rb'{"\udfff": 1}',
    "NUL": rb'{"start": "a\u0000b"}',
    "NUL deep down": rb'{"intake": {"a": [{"b": "\u0000"}]}}',
    "a name twice": b'{"start": "a", "start": "b"}',
    "deep arrays": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "somewhat deep": b'{"intake": {"a": ' + b"[" * 40 + b"]" * 40 + b"}}",
}


def test_what_cannot_be_read_as_json_is_400(api: Api):
    for name, raw in UNREADABLE.items():
        assert problem(bookings(api, raw), 400, "malformed_json"), name


def test_json_that_is_no_object_is_422(api: Api):
    for raw in ("[]", "null", '"text"', "5", "1e999", "true"):
        assert wrong(bookings(api, raw)) == [("body", "not_an_object")]


def test_another_content_type_is_415(api: Api):
    raw = json.dumps(booking_body())
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "text/json", "", None):
        problem(bookings(api, raw, content_type), 415, "unsupported_media_type")
    token = api.book()["manage_token"]
    response = api.delete(f"/bookings/{token}", data="reason=x", content_type="text/plain")
    problem(response, 415, "unsupported_media_type")


def test_a_charset_may_stand_beside_the_content_type(api: Api):
    raw = json.dumps(booking_body())
    assert bookings(api, raw, "application/json; charset=utf-8").status_code == 201


def test_a_body_that_is_too_large_is_413(api: Api):
    big = json.dumps(booking_body(beside={"a": "x" * BODY_LIMIT}))
    problem(bookings(api, big), 413, "request_entity_too_large")


def test_a_body_in_chunks_is_measured_too(api: Api):
    for size, status in ((100, 201), (BODY_LIMIT, 413)):
        raw = json.dumps(booking_body(beside={"a": "x" * size})).encode()
        response = api.post(
            "/bookings",
            input_stream=BytesIO(raw),
            content_type=JSON,
            headers={"Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert response.status_code == status


def test_huge_numbers_beside_the_point_do_no_harm(api: Api):
    raw = json.dumps(booking_body())[:-1] + ', "beside": {"a": 1e999, "b": ' + "9" * 4000 + "}}"
    response = api.post(
        "/bookings", data=raw, content_type=JSON, headers={"Idempotency-Key": "huge"}
    )
    assert response.status_code == 201, response.text


def test_addresses_and_methods_that_are_not_there_are_problems_too(api: Api):
    problem(api.get("/nothing"), 404, "not_found")
    problem(api.get("/bookings/a/b"), 404, "not_found")
    refused = api.get("/holds")
    problem(refused, 405, "method_not_allowed")
    assert "POST" in refused.headers["Allow"]
    problem(api.get("/bookings/%00"), 400, "bad_request")
    problem(api.get("/slots?service=%FF"), 400, "bad_request")
    problem(api.get("/slots?service=%00"), 400, "bad_request")
    problem(api.get("/services", headers={"Host": "evil.example"}), 400, "bad_request")


def test_cookies_are_ignored_and_none_is_set(api: Api):
    plain = api.slots()
    with_cookies = api.slots(headers={"Cookie": "session=garbage; staff=garbage; booking=x"})
    assert with_cookies.data == plain.data
    for response in (plain, with_cookies, api.post("/bookings", booking_body())):
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")


def test_no_csrf_token_is_needed(api: Api):
    assert (
        api.post("/holds", slot_body(), headers={"Sec-Fetch-Site": "same-origin"}).status_code
        == 201
    )


def test_a_foreign_site_is_refused(api: Api):
    token = api.book()["manage_token"]
    for origin in (SHOP, "null", "http://127.0.0.1:8000.evil.example", "http://127.0.0.1:9", "x"):
        headers = {"Origin": origin}
        for response in (
            api.slots(headers=headers),
            api.get("/services", headers=headers),
            api.get("/openapi.json", headers=headers),
            api.post("/holds", slot_body(), headers=headers),
            api.post("/bookings", booking_body(), headers=headers),
            api.get(f"/bookings/{token}", headers=headers),
            api.delete(f"/bookings/{token}", headers=headers),
            api.options("/bookings", headers=headers),
        ):
            problem(response, 403, "foreign_origin")
            assert "Access-Control-Allow-Origin" not in response.headers
    assert api.get(f"/bookings/{token}").json["status"] == "confirmed"


def test_the_clinics_own_pages_may_call(make_api: MakeApi):
    api = make_api(PUBLIC_URL="https://Booking.Example.org")
    for origin in ("https://booking.example.org", "https://booking.example.org:443"):
        response = api.get("/services", headers={"Origin": origin, "Host": "booking.example.org"})
        assert response.status_code == 200
    other_port = {"Origin": "https://booking.example.org:8443", "Host": "booking.example.org"}
    problem(api.get("/services", headers=other_port), 403, "foreign_origin")


def test_in_development_the_address_that_was_asked_may_call(api: Api):
    headers = {"Origin": "http://localhost:8000", "Host": "localhost:8000"}
    assert api.get("/services", headers=headers).status_code == 200


def test_a_site_that_is_allowed_reads_the_answers(make_api: MakeApi):
    api = make_api(ALLOWED_ORIGINS=f"{SHOP}, https://clinic.example/")
    for origin in (SHOP, "https://clinic.example"):
        response = api.slots(headers={"Origin": origin})
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert response.headers["Vary"] == "Origin"
        tagged = {"Origin": origin, "If-None-Match": response.headers["ETag"]}
        unchanged = api.slots(headers=tagged)
        assert unchanged.status_code == 304
        assert unchanged.headers["Access-Control-Allow-Origin"] == origin
        refused = api.post("/bookings", {}, headers={"Origin": origin})
        assert refused.headers["Access-Control-Allow-Origin"] == origin
    problem(api.slots(headers={"Origin": "https://other.example"}), 403, "foreign_origin")
    assert api.slots().headers["Vary"] == "Origin"
    description = api.get("/openapi.json", headers={"Origin": SHOP})
    assert description.headers["Access-Control-Allow-Origin"] == SHOP


def test_a_browser_may_ask_beforehand(make_api: MakeApi):
    api = make_api(ALLOWED_ORIGINS=SHOP)
    for path, method in (("/bookings", "POST"), ("/holds", "POST"), ("/bookings/x", "PATCH")):
        asked = {
            "Origin": SHOP,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "content-type,idempotency-key",
        }
        response = api.options(path, headers=asked)
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == SHOP
        assert method in response.headers["Access-Control-Allow-Methods"]
        assert "Idempotency-Key" in response.headers["Access-Control-Allow-Headers"]
        assert method in response.headers["Allow"]
    problem(api.options("/bookings", headers={"Origin": "null"}), 403, "foreign_origin")


def limited(response) -> bool:
    if response.status_code != 429:
        return False
    problem(response, 429, "too_many_requests")
    assert int(response.headers["Retry-After"]) >= 1
    return True


def test_bookings_holds_and_changes_are_limited_for_a_network(
    make_api: MakeApi, clinic: Clinic, time: Time
):
    api = make_api(RATELIMIT_ENABLED="1")
    assert not any(limited(api.post("/bookings", {})) for _ in range(30))
    assert limited(api.post("/bookings", booking_body()))
    assert not any(limited(api.post("/holds", {})) for _ in range(60))
    assert limited(api.post("/holds", slot_body()))
    assert not any(limited(api.delete("/bookings/unknown")) for _ in range(60))
    assert limited(api.patch("/bookings/unknown", {"start": TUESDAY_TWO}))
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert not limited(api.post("/bookings", {}, environ_overrides=elsewhere))
    time.pass_(minutes=61)
    assert api.post("/bookings", booking_body()).status_code == 201


def test_reading_is_limited_for_a_network(make_api: MakeApi):
    api = make_api(RATELIMIT_ENABLED="1")
    calls = [api.get("/services") for _ in range(150)] + [api.slots() for _ in range(151)]
    assert [limited(call) for call in calls] == [False] * 300 + [True]


def test_a_head_request_is_answered_without_a_body(api: Api):
    for path, status in (("/services", 200), ("/slots?service=x", 422), ("/bookings/x", 404)):
        response = api.app.test_client().head(f"/api/v1{path}")
        assert (response.status_code, response.data) == (status, b"")
