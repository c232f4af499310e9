"""The shortcut answers as the application would, and leaves to it whatever it should."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, request_started

from tests.services.deeds import TUESDAY_9
from tests.support import Clinic
from tests.web.api.client import Api, starts

WEEK = "/slots?service=consultation&from=2026-01-12&to=2026-01-18"
NINE = "2026-01-13T09:00:00-05:00"


@contextmanager
def requests_of(app: Flask) -> Iterator[list[str]]:
    """The requests that come as far as Flask."""
    seen: list[str] = []

    def note(sender: Flask, **_: Any) -> None:
        seen.append("request")

    with request_started.connected_to(note, app):
        yield seen


def test_a_question_that_was_answered_is_answered_alike_without_flask(api: Api):
    with requests_of(api.app) as seen:
        first, again = api.get(WEEK), api.get(WEEK)
    assert len(seen) == 1
    assert (again.status_code, again.data) == (200, first.data)
    assert sorted(again.headers) == sorted(first.headers)
    assert "Content-Security-Policy" in again.headers


def test_an_allowed_site_changes_no_header_of_the_shortcut(
    make_app: Callable[..., Flask],
):
    api = Api(make_app(ALLOWED_ORIGINS="https://clinic.example"))
    first, again = api.get(WEEK), api.get(WEEK)
    assert sorted(again.headers) == sorted(first.headers)
    allowed = api.get(WEEK, headers={"Origin": "https://clinic.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://clinic.example"


def test_a_booking_is_seen_at_once(api: Api, clinic: Clinic):
    assert NINE in starts(api.get(WEEK))
    assert NINE in starts(api.get(WEEK))
    clinic.book(TUESDAY_9)
    assert NINE not in starts(api.get(WEEK))
    assert NINE not in starts(api.get(WEEK))


def test_time_alone_ends_an_answer(api: Api, clinic: Clinic):
    api.get(WEEK)
    clinic.time.now = TUESDAY_9
    with requests_of(api.app) as seen:
        assert NINE not in starts(api.get(WEEK))
    assert seen


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"method": "HEAD"}, 200),
        ({"method": "POST"}, 405),
        ({"method": "OPTIONS"}, 200),
        ({"headers": {"Origin": "https://evil.example"}}, 403),
        ({"headers": {"Origin": "null"}}, 403),
        ({"headers": {"Host": "evil.example"}}, 400),
        ({"headers": {"Host": ""}}, 400),
        ({"headers": {"If-None-Match": "*"}}, 304),
        ({"headers": {"Transfer-Encoding": "chunked"}}, 200),
        ({"data": b"x" * 300_000}, 413),
        ({"path": "/api/v1" + WEEK + "&x=%ff"}, 400),
        ({"path": "/api/v1" + WEEK + "&x=%00"}, 400),
        ({"path": "/api/v1" + WEEK + "&x=" + "y" * 300}, 200),
        ({"path": "/api/v1" + WEEK.replace("18", "11")}, 422),
        ({"path": "/api/v1" + WEEK.replace("consultation", "surgery")}, 404),
        ({"path": "/api/v1" + WEEK + "&practitioner=nobody"}, 404),
    ],
)
def test_everything_else_is_left_to_the_application(api: Api, more: dict[str, Any], status: int):
    """The same answer, whether or not the week is remembered."""
    client = api.app.test_client()
    asked = {"path": "/api/v1" + WEEK, "method": "GET"} | more
    new = client.open(**asked)
    api.get(WEEK)
    with requests_of(api.app) as seen:
        known = client.open(**asked)
    assert seen
    assert new.status_code == known.status_code == status
    assert new.data == known.data


def test_who_asks_too_often_is_told_so(make_app: Callable[..., Flask]):
    api = Api(make_app(RATELIMIT_ENABLED="1"))
    answers = [api.get(WEEK).status_code for _ in range(301)]
    assert answers == [200] * 300 + [429]
    assert api.get(WEEK).headers["Retry-After"]
