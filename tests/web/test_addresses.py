"""Addresses that are remembered are those that would be put together."""

import pytest
from flask import Flask, url_for

from tests.web.journeys import on_one_engine


@on_one_engine
@pytest.mark.parametrize(
    ("endpoint", "values", "address"),
    [
        ("desk.day", {}, "/desk"),
        ("desk.day", {"day": "2026-01-13", "view": None}, "/desk?day=2026-01-13"),
        ("desk.day", {"day": "2026-01-14", "view": "beside"}, "/desk?day=2026-01-14&view=beside"),
        ("desk.booking", {"booking_id": 7}, "/desk/bookings/7"),
        ("desk.day", {"_anchor": "main"}, "/desk#main"),
    ],
)
def test_a_page_says_the_same_address_twice(
    app: Flask, endpoint: str, values: dict[str, str | int | None], address: str
):
    say = app.jinja_env.globals["url_for"]
    with app.test_request_context("/desk"):
        assert [say(endpoint, **values) for _ in range(2)] == [address] * 2
        assert url_for(endpoint, **values) == address


@on_one_engine
def test_below_a_path_they_begin_with_it(app: Flask):
    say = app.jinja_env.globals["url_for"]
    with app.test_request_context("/desk"):
        assert say("desk.week") == "/desk/week"
    with app.test_request_context("/desk", environ_overrides={"SCRIPT_NAME": "/clinic"}):
        assert say("desk.week") == "/clinic/desk/week"


@on_one_engine
def test_what_a_part_adds_of_a_request_is_not_remembered(app: Flask):
    say = app.jinja_env.globals["url_for"]
    added = iter("ab")
    app.url_default_functions.setdefault("desk", []).append(
        lambda _, values: values.setdefault("added", next(added))
    )
    with app.test_request_context("/desk"):
        assert [say("desk.month") for _ in range(2)] == [
            "/desk/month?added=a",
            "/desk/month?added=b",
        ]
