"""From an empty database to a page on which patients book, by one form and one link."""

from pathlib import Path

import pytest

from booking.app import create_app
from booking.domain.roles import Role
from booking.services.admin import first_setup
from booking.store.access import Staff
from booking.store.clinic import Clinic as Row
from booking.store.engine import Database
from config import Settings
from tests.support import Clinic, Time, set_up_clinic
from tests.web.journeys import book, count
from tests.web.visitor import Page, Visitor

ANSWERS = {
    "name": "Klinik am Park",
    "address": "Parkstraße 1, 10115 Berlin",
    "country": "DE",
    "time_zone": "Europe/Berlin",
    "phone": "030 1234567",
    "email": "praxis@klinik.example",
    "practitioner": "Dr. Weber",
    "admin_email": "Admin@Klinik.example",
    "password": "correct horse battery",
}


@pytest.fixture
def empty(database: Database, time: Time) -> Clinic:
    """A migrated database without a clinic."""
    return Clinic(database, time)


@pytest.fixture
def visitor(empty: Clinic, time: Time, tmp_path: Path) -> Visitor:
    settings = Settings.from_environment({"INSTANCE_PATH": str(tmp_path / "instance")})
    return Visitor(create_app(settings, database=empty.database, clock=time))


@pytest.fixture
def link(empty: Clinic) -> str:
    return new_link(empty)


def new_link(clinic: Clinic) -> str:
    token = clinic.write(
        lambda session, now: first_setup.make_link(
            session, random_token=clinic.random_token, now=now
        )
    )
    assert token is not None
    return f"/setup/{token}"


def send(visitor: Visitor, link: str, **changes: str) -> Page:
    form = visitor.get(link).form(link)
    days = {"weekday": [str(day) for day in range(5)]}
    return visitor.post(link, {**form.values, **days, **ANSWERS, **changes})


def test_one_form_leads_to_a_page_on_which_patients_book(
    visitor: Visitor, empty: Clinic, link: str
):
    assert visitor.get("/book").status == 503
    done = send(visitor, link)
    assert (done.status, done.location) == (303, "/book?ready=1")
    page = visitor.follow(done)
    assert "Your clinic is open." in page.words
    assert "Klinik am Park" in page.words
    # The administrator is signed in.
    assert visitor.get("/admin").status == 200
    patient = Visitor(visitor.app)
    book(patient)
    assert patient.get("/api/v1/services").response.json["services"][0]["practitioners"] == [
        "dr-weber"
    ]


def test_looking_at_the_link_does_not_use_it_up(visitor: Visitor, empty: Clinic, link: str):
    for _ in range(3):
        assert visitor.get(link).status == 200
    assert send(visitor, link).status == 303


def test_the_link_works_once(visitor: Visitor, empty: Clinic, link: str):
    send(visitor, link)
    again = Visitor(visitor.app).get(link)
    assert (again.status, again.heading) == (404, "This link does not work any more")
    assert Visitor(visitor.app).post(link, ANSWERS).status in {400, 404}
    assert (count(empty, Row), count(empty, Staff)) == (1, 1)


def test_nobody_gets_in_without_the_link(visitor: Visitor, empty: Clinic, link: str):
    for path in ("/setup/x", "/setup/" + "A" * 43, link[:-1]):
        assert visitor.get(path).status == 404
    assert visitor.get("/setup").status == 404


def test_a_link_expires_and_a_new_start_ends_the_earlier_one(
    visitor: Visitor, empty: Clinic, link: str
):
    later = new_link(empty)
    assert visitor.get(link).status == 404
    empty.time.pass_(hours=23)
    assert visitor.get(later).status == 200
    empty.time.pass_(hours=2)
    assert visitor.get(later).status == 404


def test_a_clinic_that_was_made_otherwise_ends_the_link(visitor: Visitor, empty: Clinic, link: str):
    set_up_clinic(empty.database)
    assert visitor.get(link).status == 404
    again = empty.write(
        lambda session, now: first_setup.make_link(
            session, random_token=empty.random_token, now=now
        )
    )
    assert again is None


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"name": ""}, "name", "Enter a name"),
        ({"time_zone": "x"}, "time_zone", "Choose a time zone"),
        ({"practitioner": ""}, "practitioner", "Enter a name"),
        ({"practitioner_email": "x"}, "practitioner_email", "Enter an e-mail"),
        ({"weekday": ""}, "weekday", "at least one day"),
        ({"closes": "08:00"}, "closes", "after the one it opens at"),
        ({"break_from": "08:00"}, "break_from", "between opening and closing"),
        ({"break_until": "18:00"}, "break_from", "between opening and closing"),
        ({"opens": "25:00"}, "opens", "a time like 09:30"),
        ({"minutes": "300"}, "minutes", "No opening is longer than 240 minutes"),
        ({"admin_email": ""}, "admin_email", "Enter your e-mail"),
        ({"admin_email": "x"}, "admin_email", "e-mail address like"),
        ({"password": "short"}, "password", "12 to 200 characters"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field_and_nothing_is_saved(
    visitor: Visitor, empty: Clinic, link: str, changes: dict[str, str], field: str, why: str
):
    shown = send(visitor, link, **changes)
    assert shown.status == 422
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    assert shown.value("address") == "Parkstraße 1, 10115 Berlin"
    assert ANSWERS["password"] not in shown.text
    assert (count(empty, Row), count(empty, Staff)) == (0, 0)
    # The link still works.
    assert send(visitor, link).status == 303


def test_all_that_is_wrong_is_said_at_once(visitor: Visitor, empty: Clinic, link: str):
    wrong = {"name": "", "closes": "08:00", "admin_email": "x", "password": "short"}
    shown = send(visitor, link, **wrong)
    assert shown.status == 422
    assert list(shown.summary()) == ["name", "closes", "admin_email", "password"]


def test_hours_without_a_break(visitor: Visitor, empty: Clinic, link: str):
    send(visitor, link, break_from="", break_until="", opens="10:00", closes="12:00")
    found = visitor.get("/api/v1/slots?service=consultation&from=2026-01-13&to=2026-01-13")
    assert [slot["start"][11:16] for slot in found.response.json["slots"]] == [
        "10:00",
        "10:30",
        "11:00",
        "11:30",
    ]


def test_the_administrator_signs_in_with_what_was_chosen(
    visitor: Visitor, empty: Clinic, link: str
):
    send(visitor, link)
    other = Visitor(visitor.app)
    other.get("/login")
    answer = other.post(
        "/login", {"email": "admin@klinik.example", "password": ANSWERS["password"]}
    )
    assert (answer.status, answer.location) == (303, "/desk")
    roles = empty.read(lambda session, _: session.query(Staff).one().roles[0].role)
    assert roles is Role.ADMIN
