"""The clinic names who helps people that feel very low; its own country's lines are shown."""

import pytest
from flask import Flask

from booking.store.texts import SupportLine
from tests.support import Clinic
from tests.web.journeys import count
from tests.web.visitor import Visitor

LINES = "/admin/support-lines"
ONE = {"country": "US", "name": "Lifeline", "phone": "988"}


@pytest.fixture
def admin(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, "admin")
    visitor.get(LINES)
    return visitor


def test_lines_of_the_clinics_country_stand_in_the_article(admin: Visitor, clinic: Clinic):
    assert "If you feel very low" not in admin.get("/micro-needling").words
    assert admin.post(LINES, ONE).status == 303
    assert admin.post(LINES, {"country": "GB", "name": "Samaritans", "phone": "116 123"})
    page = admin.get("/micro-needling")
    assert "If you feel very low" in page.words
    links = {a.words: a.attrs["href"] for a in page.document.all("a")}
    assert links["988"] == "tel:988"
    assert "Samaritans" not in page.words
    assert "Samaritans, 116 123 United Kingdom" in admin.get(LINES).words.replace("123U", "123 U")


def test_a_line_is_removed(admin: Visitor, clinic: Clinic):
    admin.post(LINES, ONE)
    assert admin.post(LINES, {"remove": "1"}).status == 303
    assert admin.post(LINES, {"remove": "99"}).status == 303
    assert count(clinic, SupportLine) == 0
    assert "removed: US, Lifeline, 988" in admin.get("/admin/audit").words


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"country": "XX"}, "country", "Choose a country"),
        ({"name": ""}, "name", "Enter a name"),
        ({"name": "x" * 101}, "name", "100 characters or fewer"),
        ({"phone": "call"}, "phone", "Enter the number"),
        ({"phone": "1" * 41}, "phone", "Enter the number"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], field: str, why: str
):
    shown = admin.post(LINES, {**ONE, **changes})
    assert shown.status == 422
    assert why in shown.why(field)
    assert shown.value(field) == changes[field] or field == "country"
    assert count(clinic, SupportLine) == 0
