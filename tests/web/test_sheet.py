"""The day's sheet: what stands on it, as a page and as a file that needs nothing else."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.intake import read_intake
from booking.domain.people import Findings, Person
from booking.domain.roles import Role
from booking.services.bookings.intakes import Given
from booking.store.records import AuditEntry
from tests.services.deeds import TUESDAY_9, TUESDAY_10, WEDNESDAY_9, cancel
from tests.support import Clinic
from tests.web.journeys import on_one_engine
from tests.web.page import parse
from tests.web.site import add_practitioner, add_staff
from tests.web.visitor import Visitor

pytestmark = on_one_engine
PAGE, FILE = "/desk/sheet?day=2026-01-13", "/desk/sheet.html?day=2026-01-13"
ANSWERS = {
    "cause": "acne",
    "hopes_words": "To go out without make-up.",
    "health": ["active_infection", "isotretinoin"],
    "health_when": {"isotretinoin": "now"},
    "help": ["interpreter", "quiet_wait"],
    "language": "Polski",
}
WANG = Person("王小明", date(1990, 3, 14), None, "+1 202-555-0145")


@pytest.fixture
def booked(clinic: Clinic) -> str:
    """Two who come and one who does not; the reference of the first."""
    first = clinic.book(TUESDAY_9, WANG, given=Given(read_intake(ANSWERS, Findings()), 1))
    cancel(clinic, clinic.book(TUESDAY_10, Person("Gone", WANG.date_of_birth, "g@x.example", None)))
    clinic.book(WEDNESDAY_9)
    return first.reference


def sits_down(app: Flask, clinic: Clinic, who: Role | str = Role.RECEPTION) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, who)
    return visitor


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_it_says_who_comes_and_what_to_make_ready_and_no_answer(
    app: Flask, clinic: Clinic, booked: str, address: str
):
    page = sits_down(app, clinic).get(address)
    assert page.status == 200
    for words in (
        "Tuesday 13 January 2026",
        "1 appointment, as of Monday 12 January 2026, 8:00 am",
        "9:00 am",
        "王小明",
        booked[:4],
        "(202) 555-0145",
        "Dr. Ahmed",
        "Interpreter: Polski",
        "Quiet place to wait",
        "2 to review",
    ):
        assert words in page.words, words
    for words in ("isotretinoin", "Sore, infected", "make-up", "Gone", "Ann"):
        assert words not in page.text
    spare = [row for row in page.document.all("tr") if row.attrs.get("class") == "spare"]
    assert spare, "no room to write somebody in"


def test_the_file_needs_nothing_beside_itself(app: Flask, clinic: Clinic, booked: str):
    page = sits_down(app, clinic).get(FILE)
    assert page.headers["Content-Disposition"] == "attachment; filename=sheet-2026-01-13.html"
    assert "no-store" in page.headers["Cache-Control"]
    assert not re.search(r"(src|href)=|url\(|@import|<script", page.text)
    assert ".sheet table" in page.text
    assert parse(page.text).all("h1")[0].words == "Tuesday 13 January 2026"


def test_a_day_without_appointments_says_so(app: Flask, clinic: Clinic):
    visitor = sits_down(app, clinic)
    assert "No appointments on this day" in visitor.get("/desk/sheet?day=2026-01-18").words
    assert "Monday 12 January 2026" in visitor.get("/desk/sheet?day=nonsense").words


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_a_doctor_gets_the_own_patients_only(app: Flask, clinic: Clinic, booked: str, address: str):
    other = add_practitioner(clinic)
    add_staff(clinic, "weber@clinic.example", Role.DOCTOR, practitioner_id=other)
    assert "王小明" in sits_down(app, clinic, Role.DOCTOR).get(address).words
    assert "王小明" not in sits_down(app, clinic, "weber@clinic.example").get(address).words


def test_looking_at_it_is_recorded(app: Flask, clinic: Clinic, booked: str):
    visitor = sits_down(app, clinic)
    visitor.get(PAGE)
    visitor.get(FILE)
    query = select(AuditEntry.subject).where(AuditEntry.action == "viewed")
    assert clinic.read(lambda session, _: list(session.scalars(query))) == ["sheet 2026-01-13"] * 2


def test_a_name_cannot_write_into_the_file(app: Flask, clinic: Clinic):
    clinic.book(TUESDAY_9, Person("Ann <script>", WANG.date_of_birth, "a@x.example", None))
    assert "Ann &lt;script&gt;" in sits_down(app, clinic).get(FILE).text
